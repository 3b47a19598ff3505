"""Pieces of Block Kit are within Slack's limits whatever is put in, and say when they cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.slack import blocks, inputs

LONG = "x" * 5000


def test_every_text_is_cut_at_its_limit_and_logged() -> None:
    """The only place that cuts; never in silence."""
    with capture_logs() as logs:
        assert len(blocks.header(LONG)["text"]["text"]) == 150
        assert len(blocks.section(LONG)["text"]["text"]) == 3000
        assert len(blocks.section(fields=[LONG])["fields"][0]["text"]) == 2000
        assert len(blocks.button(LONG, "a")["text"]["text"]) == 75
        assert len(blocks.option("v", LONG)["text"]["text"]) == 75
        assert len(blocks.modal(LONG, [])["title"]["text"]) == 24
        assert len(blocks.modal("t", [], submit=LONG)["submit"]["text"]) == 24
        assert len(inputs.text_input("a", LONG, max_length=100)["initial_value"]) == 100

    assert [log["event"] for log in logs] == ["text cut for slack"] * 8


def test_lists_are_cut_at_their_limits() -> None:
    """Fields 10, actions 25, overflow 5, options 100, blocks of a modal 100, a message 50."""
    many = [("v", "label")] * 150
    assert len(blocks.section(fields=["f"] * 20)["fields"]) == 10
    assert len(blocks.actions([blocks.button("b", str(n)) for n in range(40)])["elements"]) == 25
    assert len(blocks.overflow(many, "a")["options"]) == 5
    assert len(inputs.select("a", many)["options"]) == 100
    assert len(blocks.modal("t", [blocks.divider()] * 150)["blocks"]) == 100
    assert len(blocks.within_budget([blocks.divider()] * 80)) == 50
    assert len(blocks.context(*["c"] * 30)["elements"]) == 10


@pytest.mark.parametrize(
    "make",
    [
        lambda: blocks.button("b", "a" * 256),
        lambda: blocks.button("b", "a", "v" * 2001),
        lambda: blocks.button("b", "a", url="https://x.example/" + LONG),
        lambda: blocks.option("v" * 151, "label"),
        lambda: blocks.modal("t", [], private_metadata=LONG),
    ],
)
def test_ids_are_never_cut(make: object) -> None:
    """A cut id would name something else."""
    with pytest.raises(ValueError, match="longer than"):
        make()  # type: ignore[operator]


def test_empty_words_become_a_dash() -> None:
    """Slack refuses empty text objects."""
    assert blocks.section("")["text"]["text"] == "–"
    assert blocks.button(" ", "a")["text"]["text"] == "–"
    assert blocks.words("")["text"] == " "


@given(st.text(min_size=1, max_size=120), st.integers(min_value=0, max_value=10_000))
def test_the_header_of_an_alert_keeps_its_state_and_its_count(front: str, count: int) -> None:
    """At most 60 characters; the name gives way, the state and the count stay."""
    title = f"{front} · {count:,} invoices not posted"
    text = blocks.alert_header("🔴 OPEN", title)["text"]["text"]

    assert len(text) <= 60
    assert text.startswith("🔴 OPEN · ")
    assert text.endswith(f" · {count:,} invoices not posted")


def test_a_message_stays_within_the_budget() -> None:
    """What may be left out goes first, in its order."""
    first, second = blocks.section("a" * 2900), blocks.section("b" * 2900)
    kept = [blocks.section("c" * 2900) for _ in range(2)]
    fitted = blocks.within_budget([first, *kept, second], [second, first])

    assert fitted == [first, *kept]
    assert blocks.size(fitted) <= blocks.MESSAGE_BUDGET


def test_names_are_plain_text() -> None:
    """No mrkdwn anywhere, no emoji from colons."""
    made = blocks.section("*x* :tada: <!channel>")

    assert made["text"] == {"type": "plain_text", "text": "*x* :tada: <!channel>", "emoji": False}


def test_a_chart_keeps_slacks_lengths():
    """Names and the title are cut to what a chart takes; every category has its point."""
    chart = blocks.bar_chart(LONG, ["10/24–10/29", "10/30–11/04"], {LONG: [1, 2], "b": [0, 3]})

    assert len(chart["title"]) == 50
    assert [len(one["name"]) for one in chart["chart"]["series"]] == [20, 1]
    assert [point["value"] for point in chart["chart"]["series"][1]["data"]] == [0, 3]


def test_a_column_that_holds_nothing_is_left_away():
    """Of one row that then says no more than its title nothing is shown."""
    head = ("cause", "documents", "not posted", "state")
    rows = [("Jane Doe inactive", "2", "–", "fixed"), ("Kim Lee inactive", "–", "–", "open")]
    shown = blocks.filled_table(head, rows, (1,))
    assert [cell["text"] for cell in shown["rows"][0]] == ["cause", "documents", "state"]
    assert [one["align"] for one in shown["column_settings"]] == ["left", "right", "left"]
    assert blocks.filled_table(head, rows[1:]) == {}
    assert len(blocks.filled_table(head, rows[:1])["rows"]) == 2
