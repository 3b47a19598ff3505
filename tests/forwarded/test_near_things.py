"""What is only like something: company names, numbers of bills, a shop's order: never guessed."""

import json
from types import SimpleNamespace

import pytest
from sqlmodel import select

from bot.dispatch import where
from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, line
from bot.domain import RecordType
from bot.forwarded import addressing
from bot.forwarded.mail import Letter
from bot.models import Company, Connection, Record, Source
from bot.quickbooks.redaction import redact
from bot.slack import blocks
from commands import explain
from commands.parts import almost

INACTIVE = "has been made inactive (QuickBooks 610)"
TAKEN = "QuickBooks 6140 Duplicate Document Number Error"
NAMES = [SimpleNamespace(name="Harbor Foods"), SimpleNamespace(name="Blue Ridge Supply")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("customer Kim Lee is inactive (company Harbour Foods) 610", "Harbour Foods"),
        ("at Harbor Foods: customer Kim Lee is inactive", ""),
        ("for harbor", ""),
        ("blue rigde", "blue rigde"),
    ],
)
def test_a_company_that_is_named_nearly_right_is_told(text, words):
    """The beginning of a name is the name; a slip in it may be another company's."""
    assert where._named(NAMES, text).almost == words


@pytest.mark.parametrize("own_channel", [True, False])
def test_no_button_acts_on_a_company_that_is_named_nearly_right(own_channel):
    """In its own channel the channel says whose the text is."""
    company = Company(id=1, name="Harbor Foods", channel_id="C")
    button = blocks.actions([blocks.button("Reactivate…", "x", "1")])
    reply = Reply((line("It is inactive."), button))
    call = Call(
        1, "U", "C", "/qb-explain", "", (company,), almost="Harbour Foods",
        in_company_channel=own_channel,
    )  # fmt: skip
    told = almost.told(call, reply)
    assert "“Harbour Foods” is not known here; the nearest name is Harbor Foods." in told.text
    assert (button in told.parts) is own_channel
    assert ("ask again with its exact name" in told.text) is not own_channel


def test_a_bill_of_nearly_the_same_number_is_told(books):
    """B-2201 is 2201 of that vendor: another bill there would be paid twice."""
    said = books.ask(f"{TAKEN}. Bill 4410 from Old Mill Supply")
    assert "by the bill 4410 of Old Mill Supply" in said
    said = books.ask(f"{TAKEN}. Bill B-4410 from Old Mill Supply")
    assert "found none with exactly B-4410" in said
    assert "one of this vendor with nearly that number: the bill 4410 of Old Mill Supply" in said
    assert "no document with exactly B-4410" in books.ask(f"{TAKEN}. Bill B-4410 from Kim Lee")


def test_a_number_is_found_however_it_is_written(books):
    """In small letters too."""
    assert "by the invoice INV-1001" in books.ask(f"{TAKEN} docnumber=inv-1001")


def test_a_shops_order_is_not_the_invoice_of_its_digits(books):
    """Order 1004 and invoice INV-1004 are two things, unless its source calls it so."""
    with books.services.sessions.write() as session:
        source = Source(
            company_id=books.company_id, name="Shop", created_at=books.services.clock.now()
        )
        session.add(source)
        session.flush()
        for number, key in (("INV-1004", "order-INV-1004"), ("SO-77", "order-2077")):
            record = Record(
                company_id=books.company_id, source_id=source.id, type=RecordType.INVOICE,
                external_id=key, number=number, payload={}, tier=3, digest=key,
                received_at=books.services.clock.now(),
            )  # fmt: skip
            session.add(record)
    text = f"Shopify Connector: order #%s was not imported: customer Seaview Hotel {INACTIVE}"
    assert "I found the document" not in books.ask(text % "1004")
    assert "invoice SO-77" in books.ask(text % "2077")


@pytest.mark.parametrize(
    "text",
    [
        "The customer 'Seaview Hotel' and item 'Wooden crate' have been made inactive (610)",
        "QuickBooks 610: customer Seaview Hotel, the customer Twin Bakery and the item Wooden "
        "crate are inactive",
        "QuickBooks 610: customers Seaview Hotel and Twin Bakery have been made inactive",
        "customer Seaview Hotel inactive AND item Wooden crate inactive. 610",
        'Customer "Seaview Hotel" inactive, customer "Twin Bakery" inactive and item "Wooden crate"'
        " inactive (610)",
        "QuickBooks: customer Seaview Hotel and item Wooden crate inactive",
    ],
)
def test_a_sentence_about_several_records_is_told_of_each(books, text):
    """A verb in the plural, or none, with the word of the list, tells that they are several."""
    said = books.ask(text)
    assert "It tells of" in said
    for name in ("Seaview Hotel", "Twin Bakery", "Wooden crate"):
        assert (f"{name} is inactive in QuickBooks" in said) is (name in text)
    assert "It tells of" not in books.ask(f"Customer Smith and Sons {INACTIVE}")


def test_what_was_said_of_one_error_is_not_said_again(books):
    """Nor does it take the place of another: three explanations are given, and ten errors."""
    same = [f"QuickBooks error 610: object not found{mark}" for mark in ("", "!", "?")]
    others = [f"QuickBooks error {code}: x y" for code in (6210, 3200)]
    said = books.ask(json.dumps([{"message": one} for one in (*same, *others)]))
    assert said.count("The same as 1.") == 2
    assert "more: paste them" not in said
    more = [f"QuickBooks error {code}: x y" for code in (6240, 5010)]
    said = books.ask(json.dumps([{"message": one} for one in (*same, *others, *more)]))
    assert "2 more: paste them by themselves." in said


def test_rows_that_failed_are_told_one_by_one(books):
    """ "Row 14 failed" begins an error as "INV-14:" does."""
    said = books.ask(
        f"SaasAnt: Row 14 failed - customer 'Seaview Hotel' {INACTIVE}; "
        f"Row 15 failed - item 'Wooden crate' {INACTIVE}"
    )
    assert "It tells of 2 errors" in said


@pytest.mark.parametrize(
    ("sender", "tool"),
    [
        (("", "a@x"), "a@x"),
        (("C7", "a@cin7.example"), "C7 <a@cin7.example>"),
        (("", "a@cin7.example"), "cin7.example"),
        (("Cin7 Core", "a@cin7.example"), "Cin7 Core"),
    ],
)
def test_a_sender_is_called_by_more_than_a_letter(sender, tool):
    """Whoever reads "x reported" cannot tell who that is."""
    assert (
        addressing._name_of(Letter("k", "s", (sender,), (), None, (), (), automatic=False)) == tool
    )


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Token hush77hush",
        "authorization: AWS4-HMAC-SHA256 Credential=hush77hush, Signature=hush77hush",
        '{"Cookie": "sid=hush77hush; theme=hush77hush"}',
        "X-Auth-Token: hush77hush",
        "session_id=hush77hush",
        "https://dana:hush77hush@tool.example/x",
        "xoxb-1-hush77hush",
        "ghp_hush77hush",
        "-----BEGIN RSA PRIVATE KEY-----\nhush77hush\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_what_opens_another_service_is_hidden(text):
    """However a log writes it; what stands beside it stays."""
    said = redact(f"{text}\ncustomer Kim Lee is inactive")
    assert "hush77hush" not in said
    assert "customer Kim Lee is inactive" in said


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: missing",
        "Authorization failed for INV-1002 (610)",
        "Incorrect Token: INV-10021 failed",
        "SyncToken: 12345678",
        "Your password: required",
    ],
)
def test_a_sentence_about_a_secret_stays(text):
    """Only values are hidden."""
    assert redact(text) == text


def test_where_several_companies_are_meant_each_is_said(books, office):
    """What was looked through in vain and what could not be read stand first."""
    ridge = office.company("Blue Ridge Supply")
    with books.services.sessions.write() as session:
        for company, state in ((books.company_id, "connected"), (ridge, "lost")):
            session.add(Connection(company_id=company, realm_id=str(company), state=state))
    with books.services.sessions.read() as session:
        both = tuple(session.exec(select(Company)))
    for text, said in (
        (f"customer Aspen Outfitters {INACTIVE}", "no customer “Aspen Outfitters” at Harbor Foods"),
        (f"{TAKEN} DocNumber=INV-7", "no document with exactly INV-7 at Harbor Foods"),
        ("QuickBooks error 6140", ""),
    ):
        call = Call(1, "U", "C", "/qb-explain", text, both, typed=text)
        told = explain.run(books.services, call).text
        assert told.startswith("I cannot read the books of Blue Ridge Supply now.")
        assert ("The bot knows of" in told) is bool(said)
        assert said in told
