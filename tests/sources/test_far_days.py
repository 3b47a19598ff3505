"""A day far off is a slip: refused by its line, in a plain sentence; never posted, never lost."""

import pytest

from bot.models import Record
from bot.sources import pulling
from bot.sync.records import BadRow
from bot.sync.tablefile import read_file
from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.commands.test_file import opened
from tests.dispatch.conftest import bot, slack
from tests.dispatch.slack_world import text_of
from tests.sources.broken import CELLS, GOOD, HEAD, book
from tests.sources.test_files_in_slack import _chosen
from tests.sources.test_pulled import folder
from tests.sync.conftest import bench, settings, shop, simulator

__all__ = [
    "bench", "bot", "company", "env_file", "folder", "settings", "shop", "simulator", "slack",
]  # fmt: skip
FAR = GOOD.replace("1001", "1009").replace("11/12/2026", "11/12/2096")
FAR_TOLD = "date 2096-11-12 is more than two years ahead of today"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("11/12/0206", "date is not between 1970 and 2099: 0206-11-12"),
        ("11/12/2206", "date is not between 1970 and 2099: 2206-11-12"),
        ("12/30/1899", "date is not between 1970 and 2099: 1899-12-30"),
        ("1970-01-01", "date is 1970-01-01, which stands where no day is known"),
        ("0000-00-00", "date is not a day of the calendar"),
    ],
)
def test_a_day_no_shop_means_is_refused_by_its_line(day, words):
    """The day zero of Excel, of Unix, of a database; a slip of the keyboard."""
    [refused] = read_file(f"{HEAD}\n{GOOD.replace('11/12/2026', day)}\n".encode())

    assert (refused.line, refused.external_id) == (2, "1001")
    assert words in refused.reason


def test_a_day_far_off_in_a_workbook_too():
    """Whatever Excel shows: 0 as a day is the one before the first of 1900."""

    def spoilt(made):
        made.active["B2"] = 0
        made.active["B2"].number_format = "yyyy-mm-dd"

    [refused] = [row for row in read_file(book(spoilt, CELLS)) if isinstance(row, BadRow)]

    assert refused.line == 2
    assert "date" in refused.reason


def test_years_ahead_are_told_by_line_on_the_command_line(company, tmp_path):
    """Also a due date; nearer ones are a matter of the house."""
    path = tmp_path / "orders.csv"
    due = GOOD.replace("1001", "1010") + ",11/12/2046"
    soon = GOOD.replace("1001", "1011") + ",11/12/2030"
    path.write_text(f"{HEAD},Due date\n{GOOD},\n{FAR},\n{due}\n{soon}\n")
    done = run_here("sync", "--file", str(path), "--source", "shop", "--env-file", company)

    assert "orders.csv: 2 new, 0 changed, 0 known already, 2 refused" in done.stdout
    assert f"  line 3: {FAR_TOLD}" in done.stdout.replace("order 1009: ", "")
    assert "line 4:" in done.stdout
    assert "due date 2046-11-12 is more than ten years ahead of today" in done.stdout


def test_a_file_of_one_such_order_is_not_called_unreadable_in_slack(bot):
    """It is a row to correct, with its line."""
    _chosen(bot, opened(bot), "orders.csv", f"{HEAD}\n{FAR}\n".encode())

    said = text_of(bot.view("operator", says="refused"))

    assert "line 2" in said
    assert FAR_TOLD in said
    assert bot.rows(Record) == []


def test_a_watched_folder_names_the_line_as_well(folder):
    """In the report beside the file."""
    (folder.feed.path / "orders.csv").write_text(f"{HEAD}\n{FAR}\n{GOOD}\n")
    for _ in range(2):
        pulling.pull(folder.services, folder.source_id)

    report = (folder.feed.path / "done" / "orders-report.csv").read_text("utf-8-sig")
    assert f",2,refused,order 1009: {FAR_TOLD}" in report.replace('"', "")
    assert folder.ids() == ["1001"]
