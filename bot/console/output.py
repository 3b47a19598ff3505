"""Standard output for people or for programs, and errors as one clear line."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError

from bot.domain import JsonValue
from bot.errors import BotError

ANSWERED, WRONG, MISUSED = 0, 1, 2
# As wide as no table is; written to a pipe, rich takes 80 columns for the screen and cuts.
_UNCUT = 10_000


def say(line: str = "") -> None:
    """Write one line for people."""
    typer.echo(line)


def give(value: JsonValue) -> None:
    """Write one JSON value for programs, and nothing else.

    What the terminal cannot write (half an emoji, another encoding) is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False, default=str)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, default=str)
    typer.echo(text)


def note(line: str) -> None:
    """Write a line to standard error: it is no part of the answer."""
    typer.echo(line, err=True)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a table for people; no cell is cut, also where a line is wider than the screen."""
    made = Table(*head, box=None, pad_edge=False)
    for row in rows:
        made.add_row(*row)
    # Plain text, nothing read as markup: names come from QuickBooks.
    out = Console(file=sys.stdout, width=_UNCUT, markup=False, highlight=False, soft_wrap=True)
    out.print(made)


@contextmanager
def one_clear_line() -> Iterator[None]:
    """Turn errors that a person can do something about into one line and exit code 2."""
    try:
        yield
    except BotError as error:
        note(error.message)
    except SQLAlchemyError as error:
        # The driver's own words; SQLAlchemy's would hold the statement, or the address.
        reason = getattr(error, "orig", None) or type(error).__name__
        note(f"The database of DATABASE_URL cannot be used: {' '.join(str(reason).split())}")
    except BrokenPipeError:
        # Whoever read standard output has enough; `bot.console.entry` ends quietly.
        raise
    except OSError as error:
        note(f"{error.filename or 'The system'}: {error.strerror or error}")
    else:
        return
    raise typer.Exit(MISUSED)
