"""What a kind of source is that is read by the bot: its options, and how it is read."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.domain import Payload
from bot.errors import BotError
from bot.sync.control import TotalIn
from bot.sync.intake import IntakeReport
from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.table.sheet import Choose


class SourceTrouble(BotError):
    """A source could not be read just now; it is tried again at its next turn."""


class Options(BaseModel):
    """The options of a kind: strict, so that a misspelt one is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True)
class Reach:
    """What a kind may know of the company it reads for."""

    time_zone: str
    choose: Choose
    today: date


@dataclass(frozen=True)
class Page:
    """A part of what a source has: its records, and how far it is read once they are taken in.

    `name` is what the part is called where its refused rows are shown. `after` is told what became
    of them, once the cursor is kept; it may run again after a crash. `totals`: what the source
    says it has of whole days; they are kept after the records.
    """

    items: tuple[RecordIn | BadRow | Note, ...]
    cursor: Payload
    name: str
    after: Callable[[IntakeReport], None] | None = None
    totals: tuple[TotalIn | BadRow, ...] = ()


def never(_options: Options) -> bool:
    """Nobody declared it."""
    return False


@dataclass(frozen=True)
class SourceKind:
    """A kind of source. `read` yields pages from a cursor on ({}: from the beginning).

    Between two pages everything of the one before was taken in and its cursor kept; a kind that
    is read again from any cursor it ever gave yields every record that came since, and may repeat
    others: what is known already changes nothing. Raises SourceTrouble.
    """

    name: str
    help: str
    options: type[Options]
    read: Callable[[Reach, Any, Payload], Iterator[Page]]
    # How many documents it has of a day, by another question than the one they are read by; None
    # where that cannot be asked. Raises SourceTrouble.
    totals: Callable[[Reach, Any, date], Iterable[TotalIn | BadRow]] | None = None
    # Whether people declared where it says them: then trouble with it is told.
    declares_totals: Callable[[Any], bool] = never
