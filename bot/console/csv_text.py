"""The text of a CSV file somebody names on the command line, to be read or written."""

from pathlib import Path

from bot.console.output import say
from bot.errors import BadInput
from bot.render import plural


def read(file: Path) -> str:
    """Read a file as UTF-8, with or without a mark at its beginning. Raises BadInput."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file} cannot be read as UTF-8 text: {error}"
        raise BadInput(msg) from error


def give(text: str, out: Path | None, what: str) -> None:
    """Write a table with a header line to a file, marked for Excel, or show it; `what` is a row."""
    if out is None:
        say(text.rstrip("\n"))
        return
    out.write_text(text, encoding="utf-8-sig", newline="")
    say(f"{plural(text.count(chr(10)) - 1, what)} written to {out}.")
