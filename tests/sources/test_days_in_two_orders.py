"""Days that could be meant as MM/DD/YYYY or as DD/MM/YYYY: told or refused, not guessed."""

from datetime import date

import pytest

from bot.sync.records import BadRow, Note
from bot.sync.table.report import report_csv
from bot.sync.table.sheet import nothing_chosen
from bot.sync.tablefile import open_file, read_sheet
from tests.sources.test_fresh_files import HEAD, row, table

TODAY = date(2026, 11, 23)


def orders(*days):
    """A file of one order for each day."""
    return table(*(row(Order=str(1001 + place), Date=day) for place, day in enumerate(days)))


def read(data, today=TODAY):
    """What becomes of a file: days taken, reasons, notes about their order; its report."""
    sheet = open_file(data, nothing_chosen)
    found = list(read_sheet(sheet, "America/New_York", today))
    bad = [one for one in found if isinstance(one, BadRow)]
    notes = [one for one in found if isinstance(one, Note)]
    days = [str(one.date) for one in found if not isinstance(one, BadRow | Note)]
    ordered = [one for one in notes if "DD/MM/YYYY" in one.text]
    return days, bad, ordered, report_csv(sheet, None, bad, notes).decode("utf-8-sig")


def test_three_november_days_of_a_british_shop_are_not_posted_in_march():
    """Month first they lie months ago, day first within weeks: a person writes them clearly."""
    days, bad, notes, report = read(orders("03/11/2026", "04/11/2026", "10/11/2026"))
    assert (days, notes) == ([], [])
    assert [one.line for one in bad] == [2, 3, 4]
    assert "could mean two days: '03/11/2026', since all such days of the file lie" in bad[0].reason
    assert "write all of them as YYYY-MM-DD" in bad[0].reason
    assert report.count("refused") == 3


def test_a_future_month_is_no_day_of_a_sale():
    """11/12 would be in three weeks, 12/11 was eleven days ago."""
    days, bad, _, _ = read(orders("12/11/2026"))
    assert days == []
    assert "could mean two days" in bad[0].reason


@pytest.mark.parametrize(
    "written",
    [("10/11/2026", "11/10/2026"), ("01/05/2026", "02/06/2026")],
    ids=["both recent", "both long ago"],
)
def test_where_both_are_as_likely_it_is_said_how_they_were_read(written):
    """They are taken month first; the answer and the report say so at the first of them."""
    days, bad, [note], report = read(orders(*written))
    assert (len(days), bad) == (2, [])
    assert note.line == 2
    assert note.text.startswith(
        "2 days of the file could also be meant as DD/MM/YYYY; they were read as MM/DD/YYYY: "
    )
    assert note.text in report


def test_one_day_is_told_with_its_month():
    """So that whoever reads the note sees at once whether it is right."""
    days, _, [note], _ = read(orders("01/05/2026"))
    assert days == ["2026-01-05"]
    assert note.text == (
        "1 day of the file could also be meant as DD/MM/YYYY; it was read as MM/DD/YYYY: "
        "01/05/2026 is January 5"
    )


@pytest.mark.parametrize(
    "written",
    [
        ("11/05/2026", "11/06/2026"),
        ("11/05/2026", "11/13/2026", "03/11/2026"),
        ("11/11/2026",),
        ("2026-11-03",),
    ],
    ids=["read so all are recent", "another day settles it", "the same both ways", "written out"],
)
def test_where_one_way_is_sure_nothing_is_said(written):
    """A note that comes every day is read by nobody."""
    days, bad, notes, _ = read(orders(*written))
    assert (len(days), bad, notes) == (len(written), [], [])


def test_when_it_is_due_says_nothing_about_today():
    """An invoice of today is due next month; the day a sale was made decides."""
    data = table(f"{row(Date='11/05/2026')},12/05/2026", head=f"{HEAD},Due date")
    days, bad, notes, _ = read(data)
    assert (days, bad, notes) == (["2026-11-05"], [], [])


def test_without_a_today_nothing_is_judged():
    """Near or far from a day that is not known cannot be said."""
    days, bad, notes, _ = read(orders("03/11/2026"), None)
    assert (days, bad, len(notes)) == (["2026-03-11"], [], 0)
