"""Slack's front door: one module per slash command; buttons, forms and their jobs beside them."""

from bot.dispatch.model import SlashCommand
from commands import errors, help, qb, reconnect, status, sync_now

ALL_COMMANDS: tuple[SlashCommand, ...] = (
    sync_now.COMMAND,
    status.COMMAND,
    errors.COMMAND,
    reconnect.COMMAND,
    help.COMMAND,
    qb.COMMAND,
)
