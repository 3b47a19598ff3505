"""The command line's grammar: words and options in, one function call each."""

import typer

from bot.console import (
    adopting,
    books,
    deciding,
    foreseeing,
    jobs,
    knowing,
    leaving,
    loading,
    mappings,
    rounding,
    running,
    scheduling,
    schema,
    upkeep,
)
from bot.console.entry import answer
from bot.console.model import Desk, Parts

__all__ = ["Desk", "Parts", "answer", "build"]

_GROUPS = (
    running,
    jobs,
    books,
    scheduling,
    adopting,
    foreseeing,
    mappings,
    deciding,
    rounding,
    loading,
    leaving,
    upkeep,
    knowing,
    schema,
)


def build(parts: Parts) -> typer.Typer:
    """Make the command line."""
    app = typer.Typer(
        help="The on-call engineer for a company's QuickBooks sync, in Slack.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for group in _GROUPS:
        group.add(app, parts)
    return app
