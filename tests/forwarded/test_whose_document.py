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


@pytest.mark.parametrize(
    ("text", "own"),
    [
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
