"""Files in Slack: a workbook, columns that are asked about once, and the report given back."""

import base64
import csv
import io

from bot.models import ColumnMap, Record
from tests.commands.test_file import GOOD, handed_over, opened
from tests.dispatch.conftest import bot, slack
from tests.dispatch.slack_world import text_of
from tests.sources.broken import book
from tests.sources.test_columns import ODD
from tests.waiting import wait_for

__all__ = ["bot", "slack"]


def _chosen(bot, view, name, content):
    chosen = bot.slack.act(
        "operator",
        "file",
        name=name,
        content_base64=base64.b64encode(content).decode(),
        view_id=view["id"],
        block_id="file",
        action_id="value",
    )
    assert chosen["ok"], chosen
    return bot.slack.act("operator", "submit", view_id=view["id"], values={})


def _says(bot, view, *columns):
    values = {f"column:{place}": column for place, column in enumerate(columns)}
    return bot.slack.act("operator", "submit", view_id=view["id"], values=values)


def test_a_workbook_is_read_like_a_csv_file(bot):
    """The same window, the same words."""
    _chosen(bot, opened(bot), "orders.xlsx", book())

    view = bot.view("operator", says="They are being posted now")

    assert "orders.xlsx for Harbor Foods" in text_of(view)
    assert [row.external_id for row in bot.rows(Record)] == ["1001"]


def test_hidden_rows_are_read_and_the_answer_says_so(bot):
    """Whoever looks at the workbook does not see them."""

    def filtered(made):
        made.active.append(["1002", "2026-11-12", "c1", "MUG", 1, 1, 1, 0, 1])
        made.active.row_dimensions[3].hidden = True

    _chosen(bot, opened(bot), "orders.xlsx", book(filtered))

    view = bot.view("operator", says="They are being posted now")

    assert "1 row of this sheet is hidden in Excel; it was read too" in text_of(view)
    assert sorted(row.external_id for row in bot.rows(Record)) == ["1001", "1002"]


def test_a_broken_workbook_is_answered_in_words(bot):
    """Nothing was taken in."""
    _chosen(bot, opened(bot), "orders.xlsx", book()[:900])

    view = bot.view("operator", says="cannot be read")

    assert "the workbook is damaged" in text_of(view)
    assert bot.rows(Record) == []


def test_columns_that_are_only_guessed_are_asked_about_once(bot):
    """The guess stands in the menus; what the person says is kept for the next file."""
    handed_over(bot, opened(bot), ODD)
    view = bot.view("operator", says="I do not know every column")
    assert bot.rows(Record) == []
    sent = _says(bot, view, "order", "date", "customer", "sku", "quantity", "amount")
    assert sent["acked"], sent
    bot.view("operator", says="They are being posted now")
    bot.slack.close_windows()

    handed_over(bot, opened(bot), ODD.replace("1001", "1002"))
    bot.view("operator", says="They are being posted now")

    assert sorted(row.external_id for row in bot.rows(Record)) == ["1001", "1002"]
    [kept] = bot.rows(ColumnMap)
    assert kept.columns["ordr nr"] == "order"
    assert kept.by == bot.slack.users["operator"]


def test_two_columns_that_mean_the_same_are_refused_in_the_window(bot):
    """Before anything is read."""
    handed_over(bot, opened(bot), ODD)
    view = bot.view("operator", says="I do not know every column")

    sent = _says(bot, view, "order", "order", "customer", "sku", "quantity", "amount")

    assert sent["ack"]["response_action"] == "errors"
    assert bot.rows(ColumnMap) == []


def test_the_report_comes_back_as_a_file_to_the_person_alone(bot):
    """Each row of the file, with its line and what became of it."""
    handed_over(bot, opened(bot), GOOD + "1003,soon,Jim,j@x.example,MUG-1,Mug,1,10.00,10.00\n")
    view = bot.view("operator", says="refused")

    assert "is in your messages from me" in text_of(view)
    given = wait_for(
        "the report",
        lambda: next(
            (f for f in bot.slack.get("files")["files"] if f["name"] == "orders-report.csv"), None
        ),
    )
    reply = bot.slack.http.get(given["url_private"], params={"user": bot.slack.users["operator"]})
    rows = list(csv.reader(io.StringIO(reply.content.decode("utf-8-sig"))))
    assert [row[-3:-1] for row in rows[1:]] == [
        ["2", "taken in"],
        ["3", "taken in"],
        ["4", "refused"],
    ]
    assert not any("orders-report" in str(one) for one in bot.slack.messages("books-harbor-foods"))
