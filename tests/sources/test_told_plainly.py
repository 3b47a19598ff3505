"""A file that cannot be read is said to be unreadable: no import, no rows, and what to do."""

from bot.models import ImportRun, Record
from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.commands.test_file import GOOD, handed_over, opened
from tests.dispatch.conftest import bot, slack
from tests.dispatch.slack_world import text_of
from tests.sources.broken import book
from tests.sources.test_files_in_slack import _chosen

__all__ = ["bot", "company", "env_file", "slack"]
FOREIGN = "Ordr;Kunde;Datum;Art;Menge;Preis;Betrag;Summe\n1001;c1;11/12/2026;MUG;1;5.00;5.00;5.00\n"
MEANT = ("order", "customer", "date", "sku", "quantity", "price", "amount", "total")


def test_in_slack_no_import_is_made_of_it(bot):
    """The window says it; no message says that it is done, and no row of it is counted."""
    _chosen(bot, opened(bot), "fake.xlsx", book()[:900])

    assert "the workbook is damaged" in text_of(bot.view("operator", says="cannot be read"))
    assert bot.rows(ImportRun) == []


def test_on_the_command_line_it_has_no_counts(company, tmp_path):
    """One sentence, and the exit says that nothing could be used."""
    path = tmp_path / "fake.xlsx"
    path.write_bytes(book()[:900])
    done = run_here("sync", "--file", str(path), "--source", "shop", "--env-file", company)

    assert done.returncode == 1
    assert "fake.xlsx cannot be read: the workbook is damaged" in done.stdout
    assert "0 new" not in done.stdout


def test_columns_nobody_knows_are_named_with_the_way_out(company, tmp_path):
    """On the command line; said once, the file is read."""
    path = tmp_path / "odd.csv"
    path.write_text(FOREIGN)
    asked = ("sync", "--file", str(path), "--source", "shop", "--env-file", company)
    said = [word for pair in zip(FOREIGN.split("\n")[0].split(";"), MEANT, strict=True)
            for word in ("--columns", "=".join(pair))]  # fmt: skip
    unread, shown, read = (
        run_here(*asked),
        run_here(*asked, "--show-columns"),
        run_here(*asked, *said),
    )

    assert "it has 'Ordr', 'Kunde', 'Datum'" in unread.stdout
    assert 'Say what they mean: --columns "Ordr=order"' in unread.stdout
    assert "  Kunde: " in shown.stdout
    assert "odd.csv: 1 new" in read.stdout


def test_columns_nobody_knows_are_asked_about_in_slack(bot):
    """In the window that asks what each column means."""
    handed_over(bot, opened(bot), FOREIGN)
    view = bot.view("operator", says="I do not know every column")
    near = [block for block in view["blocks"] if str(block.get("block_id")).startswith("column:")]

    assert len(near) == len(MEANT)
    assert bot.rows(Record) == []


def test_refused_rows_stand_in_the_order_of_their_lines_below_what_to_do(bot):
    """The list follows the sentence that asks for it."""
    bad = "\n1003,soon,Jim,j@x.example,MUG-1,Mug,1,10.00,10.00"
    handed_over(
        bot,
        opened(bot),
        GOOD.rstrip() + bad + bad.replace("1003", "1004").replace(",1,10", ",x,10"),
    )
    said = text_of(bot.view("operator", says="refused"))

    assert said.index("is in your messages from me") < said.index("Correct these rows")
    assert said.index("Correct these rows") < said.index("line 4") < said.index("line 5")


def test_names_on_the_rows_of_orders_are_said_to_be_unused(company, tmp_path):
    """The customer is told by its id: whoever wrote the name beside it hears that."""
    path = tmp_path / "orders.csv"
    path.write_text(
        "Order,Date,Customer ID,Name,SKU,Quantity,Amount\n"
        "1001,2026-11-02,c1,Jane Doe,MUG-BLUE,1,10.00\n"
    )
    done = run_here("sync", "--file", str(path), "--source", "shop", "--env-file", company)

    assert "columns that are not used on rows of this kind: 'Name'" in done.stdout
