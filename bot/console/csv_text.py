"""The text of a CSV file somebody names on the command line."""

from pathlib import Path

from bot.errors import BadInput


def read(file: Path) -> str:
    """Read a file as UTF-8, with or without a mark at its beginning. Raises BadInput."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{file} cannot be read as UTF-8 text: {error}"
        raise BadInput(msg) from error
