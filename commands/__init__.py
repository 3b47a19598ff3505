"""Slack's front door: one module per slash command; buttons, forms and their jobs beside them."""

from bot.dispatch.model import SlashCommand
from commands import (
    check,
    errors,
    explain,
    find,
    fix,
    help,
    map,
    mute,
    qb,
    reconnect,
    status,
    sync_now,
    tips,
    undo,
)

ALL_COMMANDS: tuple[SlashCommand, ...] = (
    sync_now.COMMAND,
    status.COMMAND,
    errors.COMMAND,
    check.COMMAND,
    fix.COMMAND,
    undo.COMMAND,
    mute.COMMAND,
    find.COMMAND,
    map.COMMAND,
    explain.COMMAND,
    tips.COMMAND,
    reconnect.COMMAND,
    help.COMMAND,
    qb.COMMAND,
)
