"""Files that are not what their names say: each says what it is and what to do."""

import pytest

from bot.models import Record
from bot.sources import pulling
from bot.sync.tablefile import tables
from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.commands.test_file import opened
from tests.dispatch.conftest import bot, slack
from tests.dispatch.slack_world import text_of
from tests.sources.broken import TABLE, archive, book
from tests.sources.test_files_in_slack import _chosen
from tests.sources.test_pulled import folder
from tests.sync.conftest import bench, settings, shop, simulator

__all__ = [
    "bench", "bot", "company", "env_file", "folder", "settings", "shop", "simulator", "slack",
]  # fmt: skip
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000
LOCKED = OLD + "EncryptedPackage".encode("utf-16-le")
XLS = OLD + "Workbook".encode("utf-16-le")
NONE = "it is no Excel workbook"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("zip.xlsx", b"just some words\n", "a plain text file"),
        ("orders.XLSX", TABLE.encode(), "when that text is a table, give it the ending .csv"),
        ("orders.xlsm", LOCKED, "a workbook with a password; open it in Excel and save it without"),
        ("orders.xlsx", XLS, "an old Excel workbook (.xls); open it in Excel and save it as .xlsx"),
        ("orders.xlsx", OLD, "an old Excel workbook (.xls), or one with a password"),
        ("orders.xlsx", OLD + "WordDocument".encode("utf-16-le"), "an old Word document"),
        ("orders.xlsx", b"\xef\xbb\xbf <html><table>", "a web page"),
        ("orders.xlsx", b"<?xml version='1.0'?><Workbook/>", "an XML file"),
        ("orders.xlsx", b'{"error": "no"}', "an answer of a program (JSON)"),
        ("orders.xlsx", b"%PDF-1.7", "a PDF"),
        ("orders.xlsx", b"SQLite format 3\x00" + b"\x00" * 90, "a database"),
        ("orders.xlsx", archive({}), "an empty zip archive"),
        ("orders.xlsx", b"\x00\x01\x02" * 50, "damaged on its way"),
    ],
)
def test_what_only_calls_itself_a_workbook_is_told(name, data, words):
    """Excel opens none of these either."""
    told = tables(data, name)

    assert isinstance(told, str)
    assert told.startswith(NONE)
    assert words in told


@pytest.mark.parametrize(
    ("name", "data"),
    [("orders.csv", book()), ("orders.xls", TABLE.encode()), ("", TABLE.encode())],
)
def test_elsewhere_the_content_counts_and_not_the_name(name, data):
    """A workbook that is called .csv; text that a program exports as .xls, as many do."""
    assert not isinstance(tables(data, name), str)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("zip.xlsx", b"just some words\n", f"{NONE}, though its name says so: it is a plain text"),
        ("locked.xlsx", LOCKED, f"{NONE}, though its name says so: it is a workbook with a pass"),
        ("orders.xls", XLS, "this is an old Excel workbook (.xls), not a CSV file"),
    ],
)
def test_on_the_command_line(company, tmp_path, name, data, words):
    """Nothing is taken in, and the columns cannot be shown."""
    path = tmp_path / name
    path.write_bytes(data)
    asked = ("sync", "--file", str(path), "--source", "shop", "--env-file", company)
    done, shown = run_here(*asked), run_here(*asked, "--show-columns")

    assert done.returncode == 1
    assert f"{name} cannot be read: {words}" in done.stdout
    assert "Nothing of it was taken in." in done.stdout
    assert words in shown.stdout


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"just some words\n", "a plain text file"), (LOCKED, "a workbook with a password")],
)
def test_in_slack(bot, data, words):
    """In the window, by the name of the file."""
    _chosen(bot, opened(bot), "zip.xlsx", data)

    said = text_of(bot.view("operator", says="cannot be read"))

    assert f"zip.xlsx cannot be read: {NONE}, though its name says so: it is {words}" in said
    assert bot.rows(Record) == []


def test_in_a_watched_folder(folder):
    """Put away as failed with the reason beside it; what Excel keeps of an open file stays."""
    where = folder.feed.path
    (where / "zip.xlsx").write_bytes(b"just some words\n")
    (where / "old.xls").write_bytes(XLS)
    (where / "~$orders.xlsx").write_bytes(b"\x03Ann" + b" " * 160)
    (where / "orders.ods").write_bytes(
        archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})
    )
    pulling.pull(folder.services, folder.source_id)
    found = pulling.pull(folder.services, folder.source_id)

    assert len(found.refused) == 3
    failed = {one.name: one.read_text("utf-8-sig") for one in (where / "failed").glob("*.csv")}
    assert NONE in failed["zip-report.csv"]
    assert "an old Excel workbook (.xls)" in failed["old-report.csv"]
    assert "OpenDocument" in failed["orders-report.csv"]
    assert [one.name for one in where.iterdir() if one.is_file()] == ["~$orders.xlsx"]


def test_a_file_whose_totals_were_left_out_has_a_report_beside_it(folder):
    """Nobody waits for it: what was left out is told there."""
    where = folder.feed.path
    (where / "buyers.csv").write_text("Customer ID,Name,Email\nc1,Jane,j@x.example\nTotal,,\n")
    folder.pull()

    report = (where / "done" / "buyers-report.csv").read_text("utf-8-sig")
    assert "left out,looks like a total" in report.replace('"', "")
    assert folder.ids() == ["c1"]
