"""Slack's front door: envelopes in, rows and nudges out."""

from bot.dispatch.door import build_app
from bot.dispatch.http import http_handler
from bot.dispatch.manifest import build_manifest
from bot.dispatch.model import Button, Call, Form, Lookup, Need, Opened, Press, SlashCommand
from bot.dispatch.reply import Reply
from bot.dispatch.socket import SocketDoor

__all__ = [
    "Button",
    "Call",
    "Form",
    "Lookup",
    "Need",
    "Opened",
    "Press",
    "Reply",
    "SlashCommand",
    "SocketDoor",
    "build_app",
    "build_manifest",
    "http_handler",
]
