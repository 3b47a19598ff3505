"""The command line's grammar: words and options in, one function call each."""

from pathlib import Path
from typing import Protocol

import typer

from bot.console.entry import answer
from bot.console.model import Desk, Parts

__all__ = ["Desk", "Parts", "answer", "build", "build_explain"]


class Group(Protocol):
    """Commands that belong together: a module of this folder."""

    def add(self, app: typer.Typer, parts: Parts) -> None:
        """Add these commands."""


def build(parts: Parts) -> typer.Typer:
    """Make the command line."""
    app = make()
    for group in _groups():
        group.add(app, parts)
    return app


def build_explain(root: Path) -> typer.Typer:
    """Make the command line of `explain` with our files alone: there in a third of the time."""
    from bot.console import knowing

    app = make()
    # With one command alone its name would be no word of the command line.
    app.callback()(lambda: None)
    knowing.add_explain(app, root, {}, frozenset)
    return app


def make() -> typer.Typer:
    """Make a command line without commands."""
    return typer.Typer(
        help="The on-call engineer for a company's QuickBooks sync, in Slack.",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def _groups() -> tuple[Group, ...]:
    # Each leads to its own part of the program: together they take a second and a half.
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

    return (
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
