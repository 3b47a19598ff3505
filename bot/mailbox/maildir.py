"""A maildir of its own: what lies in `new` is unread, and moves to `cur` when it was looked at."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from mailbox import Error as StandardError
from mailbox import Maildir
from pathlib import Path

from bot.mailbox.model import MOST_BYTES, MailboxFault, Mark, New, Why

_NEW, _CUR = "new", "cur"
# As every mail program marks them there: looked at, and read as well.
_LOOKED_AT, _READ = ":2,", ":2,S"


@dataclass(frozen=True)
class MaildirBox:
    """A folder with `new`, `cur` and `tmp` that a mail server delivers into."""

    path: Path

    @property
    def kind(self) -> str:
        """Its job's name."""
        return "maildir"

    @property
    def numbered(self) -> bool:
        """What stays in `new` is given again."""
        return False

    @property
    def name(self) -> str:
        """Its folder."""
        return f"maildir:{self.path}"

    @contextmanager
    def open(self, *, look_only: bool = False) -> Iterator["MaildirReading"]:
        """Open it; see `Box`."""
        del look_only  # looking changes nothing here
        try:
            Maildir(self.path, factory=None, create=False)
            missing = [name for name in (_NEW, _CUR) if not (self.path / name).is_dir()]
        except (StandardError, OSError):
            missing = [str(self.path)]
        if missing:
            msg = f"{self.path} is no maildir: there is no folder {missing[0]}."
            raise MailboxFault(msg, Why.FOLDER)
        try:
            yield MaildirReading(self.path)
        except OSError as error:
            place = error.filename or self.path
            msg = f"The maildir {self.path} cannot be read: {place}: {error.strerror or error}."
            raise MailboxFault(msg) from None


@dataclass(frozen=True)
class MaildirReading:
    """A maildir's new mails."""

    path: Path

    @property
    def end(self) -> Mark:
        """No mark: its mails have no numbers."""
        return Mark()

    def new(self, mark: Mark, since: date) -> Iterator[New]:
        """Give what lies in `new`; see `Reading`. Files tell their own state: no mark is needed.

        One that cannot be read keeps none of the others back; the fault comes after them.
        """
        del mark, since
        broken: OSError | None = None
        for file in sorted(self._files(), key=_age):
            try:
                fits = file.stat().st_size <= MOST_BYTES
                raw = file.read_bytes() if fits else None
            except FileNotFoundError:
                continue  # another program moved it meanwhile
            except OSError as error:
                broken = broken or error
                continue
            yield New(Mark(), file.name, raw)
        if broken is not None:
            raise broken

    def taken(self, one: New) -> None:
        """Move it to `cur` as read."""
        self._move(one, _READ)

    def passed(self, one: New) -> None:
        """Move it to `cur`, unread."""
        self._move(one, _LOOKED_AT)

    def _files(self) -> Iterator[Path]:
        for one in (self.path / _NEW).iterdir():
            # A link could lead to any file of this machine.
            if not one.name.startswith(".") and one.is_file() and not one.is_symlink():
                yield one

    def _move(self, one: New, flags: str) -> None:
        name = one.place.partition(":")[0]
        try:
            (self.path / _NEW / one.place).rename(self.path / _CUR / f"{name}{flags}")
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise


def _age(file: Path) -> tuple[int, str]:
    """The oldest first; one that is gone by now is passed over when it is read."""
    try:
        return (file.stat().st_mtime_ns, file.name)
    except FileNotFoundError:
        return (0, file.name)
