"""What every mailbox offers, whatever it is kept in."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from bot.errors import BotError

MOST_BYTES = 5 * 1024 * 1024


class Why(StrEnum):
    """Why a mailbox cannot be read; `AWAY` may heal by itself, the rest needs a person."""

    SIGN_IN = "sign_in"
    APPLICATION = "application"
    FOLDER = "folder"
    CERTIFICATE = "certificate"
    READ_ONLY = "read_only"
    AWAY = "away"


class MailboxFault(BotError):
    """The mailbox cannot be read."""

    def __init__(self, message: str, why: Why = Why.AWAY) -> None:
        super().__init__(message)
        self.why = why


@dataclass(frozen=True)
class Mark:
    """How far a mailbox was read: the last mail's number, in the numbering `validity`."""

    validity: int = 0
    uid: int = 0


@dataclass(frozen=True)
class New:
    """A mail that was not read yet. `raw` is None for one that is too large to be fetched.

    `mark`: everything up to it was given by now; without a number where that cannot be said.
    """

    mark: Mark
    place: str
    raw: bytes | None


class Reading(Protocol):
    """A mailbox while it is open."""

    @property
    def end(self) -> Mark:
        """Where it ended when it was opened; no mark where mails are not numbered."""

    def new(self, mark: Mark, since: date) -> Iterator[New]:
        """Give what came after `mark`, oldest first.

        Without a mark, or when the mailbox has numbered its mails anew: the unread ones that
        arrived since a day. Nothing is changed by it.
        """

    def taken(self, one: New) -> None:
        """Mark a mail as read; its errors are kept by now."""

    def passed(self, one: New) -> None:
        """Note that a mail was looked at and left alone: a person finds it unread, as it was."""


class Box(Protocol):
    """One mailbox. Every method may raise MailboxFault, in one clear line."""

    @property
    def kind(self) -> str:
        """What the job that reads it is called: imap or maildir."""

    @property
    def numbered(self) -> bool:
        """Whether a mark tells what was looked at; else what was not moved is given again."""

    @property
    def name(self) -> str:
        """What its state is kept under; another account is another name. Never a secret."""

    def open(self, *, look_only: bool = False) -> AbstractContextManager[Reading]:
        """Open it; `look_only`: nothing in it can be changed."""
