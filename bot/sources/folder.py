"""A watched folder: each file that appears and is whole is taken in, then put away.

A file of totals beside them (`totals.csv`, `orders.totals.json`) says what the source has of a day.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from stat import S_ISREG

from pydantic import Field

from bot.domain import Payload
from bot.sources.model import Options, Page, Reach, SourceKind, SourceTrouble
from bot.sync import control
from bot.sync.intake import IntakeReport
from bot.sync.table.mistaken import SPREADSHEETS
from bot.sync.table.report import report_csv
from bot.sync.table.sheet import Sheet
from bot.sync.tablefile import ENDINGS, MOST_BYTES, open_file, read_sheet

DONE, FAILED = "done", "failed"
# Of a folder with more files the first are taken at this turn, the others at the next.
MOST_AT_ONCE = 100
# Hidden files, and what Excel keeps beside a workbook that somebody has open.
_NOT_OURS = (".", "~$")
# Spreadsheets that are not read are met as well, so that somebody is told.
_ENDINGS = (*ENDINGS, *SPREADSHEETS)


class Folder(Options):
    """`path`: a folder of this machine that other programs write into."""

    path: str = Field(min_length=1, max_length=1000)


def read(reach: Reach, options: Folder, cursor: Payload) -> Iterator[Page]:
    """Yield each file that did not change since the last look, oldest first.

    1. A file is looked at twice before it is read: one that is still written changes meanwhile.
    2. Its records are taken in.
    3. Then it moves to `done` (or `failed`, when no row of it could be used), with its report
       beside it where a row was refused or left out. Killed before that, it is read again, and
       changes nothing.
    """
    folder = Path(options.path)
    before = cursor.get("seen") or {}
    found = _files(folder)
    seen = {path.name: list(mark) for path, mark in found}
    whole = [path for path, mark in found if before.get(path.name) == list(mark)]
    if not whole:
        yield Page((), {"seen": seen}, folder.name)
    for path in whole[:MOST_AT_ONCE]:
        data = _content(path)
        if data is not None and control.is_named_so(path.name):
            totals = tuple(control.read_totals(data))
            after = partial(_put_totals_away, path)
            yield Page((), {"seen": seen}, path.name, after, totals)
        elif data is not None:
            sheet = open_file(data, reach.choose, path.name)
            items = tuple(read_sheet(sheet, reach.time_zone, reach.today))
            after = partial(_put_away, path, sheet, reach.time_zone)
            yield Page(items, {"seen": seen}, path.name, after)


def _files(folder: Path) -> list[tuple[Path, tuple[int, int]]]:
    """The files of a folder that may be taken in, with what changes while one is written."""
    found = []
    try:
        for path in folder.iterdir():
            if path.name.startswith(_NOT_OURS) or not _is_wanted(path.name):
                continue
            # A link may point anywhere: only what lies here is read.
            with suppress(FileNotFoundError):
                state = path.lstat()
                if S_ISREG(state.st_mode):
                    found.append((path, (state.st_size, state.st_mtime_ns)))
    except OSError as error:
        msg = f"The folder {folder} cannot be read: {error.strerror}."
        raise SourceTrouble(msg) from None
    # Totals last: the records they speak of may lie beside them.
    return sorted(found, key=lambda one: (control.is_named_so(one[0].name), one[1][1], one[0].name))


def _is_wanted(name: str) -> bool:
    return name.lower().endswith(_ENDINGS) or control.is_named_so(name)


def _content(path: Path) -> bytes | None:
    """The bytes of a file; None when somebody else took it away meanwhile."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"The file {path.name} cannot be read: {error.strerror}."
        raise SourceTrouble(msg) from None


def _put_away(path: Path, sheet: Sheet | str, time_zone: str, report: IntakeReport) -> None:
    used = report.accepted or report.updated or report.unchanged
    target = path.parent / (DONE if used or not report.refused else FAILED)
    try:
        target.mkdir(exist_ok=True)
        kept = _free(target / path.name)
        path.rename(kept)
        if report.refused or _speaks_of_rows(sheet, report):
            written = report_csv(sheet, time_zone, report.refused, report.notes)
            kept.with_name(f"{kept.stem}-report.csv").write_bytes(written)
    except FileNotFoundError:
        return
    except OSError as error:
        msg = f"The file {path.name} was taken in, but cannot be put away: {error.strerror}."
        raise SourceTrouble(msg) from None


def _speaks_of_rows(sheet: Sheet | str, report: IntakeReport) -> bool:
    """Whether something is to be said of a row: it was left out, or its accents were repaired."""
    head = 0 if isinstance(sheet, str) else sheet.head.line
    return any(note.line is not None and note.line > head for note in report.notes)


def _put_totals_away(path: Path, report: IntakeReport) -> None:
    reasons = [f"line {one.line}: {one.reason}" if one.line else one.reason
               for one in report.refused]  # fmt: skip
    _put_away(path, "; ".join(reasons), "", report)


def _free(path: Path) -> Path:
    """A name that is not taken: the same file name comes every night."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


KIND = SourceKind("folder", "a folder that other programs write files into", Folder, read)
