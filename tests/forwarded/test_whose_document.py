"""Which document a text is about, and what its place says of it; never another number."""

import pytest

from bot.domain import Finding, Scope
from bot.forwarded import recognise
from bot.incidents import observe
from tests.words import knowledge

LOCKED = (
    'QuickBooks error -3175: The object "34F-1234567" cannot be locked because it\'s in use by '
    "user Emily. Invoice 1042"
)


def test_what_desktop_calls_a_document_inside_is_no_number(books):
    """The number that people know is told; whoever has it open is not the record."""
    row = books.report(LOCKED)
    assert row.facts["own"] == "invoice 1042"
    said = books.alert(row)
    assert "34F" not in said.split("reported", 1)[0]
    assert "Emily is" not in said
    assert "invoice 1042" in said
    assert "cannot be locked because it:" not in said


def test_texts_that_name_no_number_are_quoted_each(books):
    """One cause for the bot, which reads no number in them; a person can tell them apart."""
    for number in ("PLAIN", "PLAIN", "WHITE", "BROWN", "BLACK", "GREEN"):
        row = books.report(f"QuickBooks error 6140 Duplicate Document Number. Invoice {number}.")
    said = books.alert(row)
    assert [word in said for word in ("GREEN", "BLACK", "BROWN", "WHITE", "PLAIN")] == [
        True, True, True, True, False,
    ]  # fmt: skip
    for number in (7001, 7002):
        row = books.report(f"QuickBooks error 6210 Account period closed. Invoice {number}.")
    assert "It said also" not in books.alert(row)


@pytest.mark.parametrize("number", ["INV-9001", "SO-US-1001", "INV-B64", "2026-114", "RE-2026/7"])
def test_a_number_is_read_as_people_write_them(books, number):
    """A shop's prefix may have two parts, and letters before its digits."""
    row = books.report(f"QuickBooks error 6140 Duplicate Document Number. Invoice {number} failed")
    assert row.facts["own"] == f"invoice {number}"
    assert f"Number {number} is said to be used" in books.alert(row)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("QuickBooks error 6210 account period closed (SO-US-1001)", "document SO-US-1001"),
        ("SO-US-1001: QuickBooks error 6210 account period closed", "document SO-US-1001"),
        ("Cin7 Core → QBO: INV-1001 — Business Validation Error 6000: it would make credit memo "
         "CM-4 overapplied", "document INV-1001"),
        ("QuickBooks Desktop error 3180: This transaction is in a closed period. INV-1001",
         "document INV-1001"),
        ("QuickBooks error 6210: item TEA-100, account period closed", ""),
        ("QuickBooks error 6210: account period closed for INV-1 and INV-2", ""),
    ],
)  # fmt: skip
def test_the_tools_own_document_is_what_the_text_is_headed_by(books, text, own):
    """Or the only one in it; a SKU is none, and of two nobody knows which."""
    assert books.report(text).facts.get("own", "") == own


def test_a_record_of_a_list_without_a_copy_is_called_by_its_list(books):
    """A class is a class."""
    said = books.ask("QuickBooks 610: Class 'Retail' has been made inactive")
    assert "Class Retail: said to be inactive" in said


def test_an_unknown_error_offers_no_alert_of_whom_it_names(books):
    """What another program said of Jane Doe does not mend her alert here."""
    facts = {"name": "Kim Lee", "list": "customer", "reported": {"tool": "T"}, "source": "T"}
    found = Finding("duplicate_name", "reported:kim lee", facts)
    scope = Scope(frozenset({found.subject}))
    observe(books.services, books.company_id, "failed_records", [found], scope)
    said = books.ask("Error 500: payment gateway declined card 4242 for Kim Lee at checkout")
    assert said.startswith("I do not know")
    assert "Also open, about a name of the text" in said
    assert "It is settled" not in said


def test_a_secret_is_no_name(books):
    """Where one was hidden, the name behind it is looked for."""
    said = books.ask(
        "QuickBooks error 610 Authorization: Bearer abcdefgh1234 customer Seaview Hotel has been "
        "made inactive"
    )
    assert "The customer Seaview Hotel is inactive" in said


def test_a_declared_source_need_not_say_quickbooks():
    """Its place says it; what names another program is still that program's."""
    text = "Order: 4403\nCustomer: Seaview Hotel\nError: customer has been made inactive"
    assert recognise(knowledge(), text, declared=True).known
    for other in ("Xero error: contact has been made inactive", "Lunch at noon?", "Flux missing"):
        assert not recognise(knowledge(), other, declared=True).known


def test_two_unknown_errors_about_one_name_are_two(books):
    """Only the same words, numbers aside, are the same error."""
    text = "QuickBooks error: the flux of customer Kim Lee is out of phase %s"
    one, again = books.report(text % 7), books.report(text % 8)
    other = books.report("QuickBooks error: the blorb of customer Kim Lee hiccuped")
    assert one.problem == other.problem == "unknown"
    assert one.subject == again.subject != other.subject
    assert "Kim Lee" in books.alert(other)


def test_an_apostrophe_opens_no_name(books):
    """What stands between "wasn't" and "couldn't" is no record."""
    said = books.ask(
        "QuickBooks 610: Order #1004 wasn't imported. We couldn't use the item Wooden crate, which "
        "has been made inactive"
    )
    assert "The item Wooden crate is inactive" in said


def test_a_bill_of_another_vendor_is_another_cause(books):
    """Whose bill stands in the way is told, and no alert holds two documents."""
    taken = (
        "Duplicate Document Number Error (6140): You must specify a different number. "
        "DocNumber=B-2201 is assigned to TxnType=Bill with TxnId=38"
    )
    own = books.report(f"QuickBooks refused bill PO-77 of vendor Old Mill Supply. {taken}")
    for vendor in ("Vendor Casco Paper Co", "Vendor: Cascade Dairy Co-op"):
        other = books.report(f"{vendor}\nError: {taken}", "Rapid Inventory")
        assert other.subject != own.subject
        assert books.facts(other)["theirs"]["number"] == "B-2201"
        said = books.alert(other)
        name = vendor.removeprefix("Vendor").lstrip(": ")
        assert (
            f"The text names {name}, and the bill B-2201 in QuickBooks is one of Old Mill" in said
        )
        assert "Mark nothing as posted until" in said
        assert "nearly always the same bill" not in said
    alone = books.report(f"QuickBooks bill PO-78 of vendor Old Mill Supply: {taken}")
    assert alone.subject not in (own.subject, "Bill:38")
    said = books.alert(own)
    assert "nearly always the same bill" in said
    assert "The text names" not in said


def test_a_found_document_of_another_party_or_day_is_told_as_another(books):
    """A number alone does not make it the same; what agrees is not called into question."""
    closed = "QuickBooks error 6210: Account Period Closed. Bill B-2201"
    for text in (f"{closed} of vendor Casco Paper Co, dated 2026-01-15", f"{closed}."):
        row = books.report(text)
        other = "Casco" in text
        for said in (books.alert(row), books.ask(text)):
            assert ("and the text names Casco Paper Co" in said) is other
            assert ("and the text says 01/15/2026" in said) is other
            assert ("these are two documents" in said) is other
        assert ("See first whether it is the same document" in books.alert(row)) is not other
    same = books.ask(f"{closed} of vendor Old Mill Supply")
    assert "the text names" not in same


def test_an_item_is_looked_up_by_its_id_like_a_name_or_an_account(books):
    """QuickBooks says the list before the id; in an answer to a batch as well."""
    batch = (
        '{"BatchItemResponse":[{"bId":"1","Fault":{"Error":[{"Message":"Invalid Reference Id",'
        '"Detail":"Invalid Reference Id : Items element id 3 not found","code":"2500"}],'
        '"type":"ValidationFault"}}]}'
    )
    for text in ("2500 Invalid Reference Id : Items element id 3 not found", batch):
        row = books.report(text)
        assert (row.problem, row.subject) == ("inactive_record", "Item:3")
        assert "Wooden crate" in books.alert(row)
        assert "item Wooden crate · INACTIVE" in books.ask(text)
    assert books.report("2500 Names element id 3 not found").subject == "Customer:3"
    assert books.report("2500 Accounts element id 3 not found").subject == "Account:3"
    unknown = books.report("2500 Items element id 4 not found")
    assert unknown.subject.startswith("reported:")


def test_an_item_that_is_there_is_not_said_to_be_missing(books):
    """The tool did not find it; here it is, and nobody is asked to create it anew."""
    text = "Item OIL-5L not found in QuickBooks"
    for said in (books.ask(text), books.alert(books.report(text))):
        assert "did not find the item Olive oil 5 l" in said.replace("*", "")
        assert "it is active, with the SKU OIL-5L" in said
        assert "was not found in QuickBooks" not in said
        assert "create it" not in said
    gone = books.alert(books.report("Item OIL-7L not found in QuickBooks"))
    assert "create it" in gone
