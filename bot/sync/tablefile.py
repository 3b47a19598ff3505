"""Reads a table out of whatever file it comes in: CSV or an Excel workbook, by its content."""

from collections.abc import Iterator
from datetime import date

from bot.sync import csvfile, xlsx
from bot.sync.records import BadRow
from bot.sync.table import mistaken
from bot.sync.table.sheet import (
    Choose,
    Output,
    Raw,
    Sheet,
    find_sheet,
    nothing_chosen,
    records_of,
)

MOST_BYTES = csvfile.MOST_BYTES
# What a person may choose: what a file really is, its content says.
ENDINGS = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm")


def read_file(
    data: bytes,
    *,
    time_zone: str | None = None,
    choose: Choose = nothing_chosen,
    today: date | None = None,
) -> Iterator[Output]:
    """Yield the records of a file as `read_csv` does, whether it is CSV or a workbook.

    A file that cannot be read at all yields one BadRow without a line number.
    """
    yield from read_sheet(open_file(data, choose), time_zone, today)


def read_sheet(
    sheet: Sheet | str, time_zone: str | None, today: date | None = None
) -> Iterator[Output]:
    """Yield the records of a table that was found, or the one reason why there is none.

    `today`: the company's; a document dated years ahead of it is refused by its line.
    """
    if isinstance(sheet, str):
        yield BadRow(None, "", sheet)
    else:
        yield from records_of(sheet, time_zone, today)


def open_file(data: bytes, choose: Choose = nothing_chosen, name: str = "") -> Sheet | str:
    """Find the table of a file and its columns; a string says why it has none."""
    raws = tables(data, name)
    return raws if isinstance(raws, str) else find_sheet(raws, choose)


def tables(data: bytes, name: str = "") -> list[Raw] | str:
    """Every table of a file, before its columns are known; a string says why it has none.

    `name`: what the file is called; one that only calls itself a workbook is refused.
    """
    mistake = mistaken.why_no_workbook(data, name)
    if mistake:
        return mistake
    if len(data) <= MOST_BYTES and data.startswith(mistaken.ZIP):
        return xlsx.open_workbook(data)
    return csvfile.open_csv(data)
