"""Texts that somebody wrote to do harm: shown as they are, and never much work, by every door."""

import json

import pytest

from bot.forwarded import Recognised, bodies, fields, letters, mail, recognising, sorting
from bot.forwarded.subjects import apart
from bot.render import clean
from tests.words import knowledge

# What is asked of the classifier for one text, whatever is in it.
MOST_ASKED = 700
PIECES = (
    "customer a and vendor b and ",
    "INV-1: a is inactive (610); ",
    "Invoice INV-1: customer X is inactive (610)\n",
    "- Invoice 5 failed error 610\n",
    "a\tb\n",
    "Order: 5\nCustomer: Kim\nError: x\n",
    "customer 'a, ",
    "Row 1 failed - ",
    "{{ 7*7 }}{% for x in y %}",
    "<!channel> <@U1> ",
    "<div><b><!-- <style><table><tr><td>",
    "\u202e\u2066a\u0301",
    "客户已停用 العميل غير نشط ",
)


@pytest.fixture
def asked(monkeypatch):
    """How often the classifier was asked; it knows nothing here, which is the longest way."""
    calls: list[str] = []

    def unknown(_knowledge, text, *_more, **_and):
        calls.append(text)
        return Recognised("unknown", "qbo", 0.0)

    for module in (sorting, letters, recognising):
        monkeypatch.setattr(module, "recognise", unknown)
    return calls


@pytest.mark.parametrize("piece", PIECES)
def test_a_huge_text_is_little_work(asked, piece):
    """By webhook, as a bare text and as a mail; it is not looked at line by line."""
    huge = piece * (250_000 // len(piece))
    known = knowledge()
    letters.told_apart(known, fields.reports({"text": huge}, {}), declared=True)
    letters.errors_in(known, huge)
    head = "From: a@b.example\r\nSubject: QuickBooks error\r\nContent-Type: text/html\r\n\r\n"
    letters.errors_of(known, mail.read((head + huge).encode()), expected=True)
    assert len(asked) <= MOST_ASKED
    assert max(map(len, asked), default=0) <= bodies._LONGEST_DIGEST
    assert len(apart(huge)) <= 10


@pytest.mark.parametrize(
    "text",
    [
        "<!channel> QuickBooks 610: customer Seaview Hotel has been made inactive",
        "QuickBooks 610: customer Seaview Hotel has been made inactive {{ config }}{% raw %}",
        "QuickBooks 610: customer \u202eSeaview Hotel\u202c has been made inactive",
        "QuickBooks 610: customer Seaview Hotel has been made inactive <https://x.example|here>",
    ],
)
def test_what_is_written_to_do_harm_is_inert(books, text):
    """Mentions, template words, links and signs that turn words round: the error is told all the
    same, and nothing of them works."""
    row = books.report(text)
    said = books.alert(row)
    assert "Seaview Hotel" in said
    assert "\u202e" not in said
    shown = json.dumps(clean(row.text))
    assert "\u202e" not in shown
    assert "49" not in books.ask(text.replace("{{ config }}", "{{ 7*7 }}"))
