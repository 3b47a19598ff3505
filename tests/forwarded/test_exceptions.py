"""An exception of two lines, its message and its detail, is one error; two of them stay two."""

import pytest

from bot.forwarded import exceptions, recognise
from bot.forwarded.sorting import sort_out
from tests.words import knowledge

INACTIVE = (
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields "
    "with accounts, customers, items, vendors or employees."
)
MADE = "QB {name} Exception 610: Object Not Found"
TAKEN = (
    "QB Validation Exception 6240: Duplicate Name Exists Error\n"
    "The name supplied already exists. : Id=12"
)
MISSING = (
    "QB Validation Exception 2500: Invalid Reference Id\n"
    "Invalid Reference Id : Accounts element id 33 not found"
)


@pytest.mark.parametrize("name", ["Validation", "Object Not Found", "General", "Severe"])
def test_an_error_of_the_python_client_is_one(name):
    """What str() of one of its exceptions gives, under the name of its class or alone."""
    said = f"{MADE.format(name=name)}\n{INACTIVE}"
    for text in (said, f"quickbooks.exceptions.QuickbooksException: {said}"):
        assert not sort_out(knowledge(), text, expected=False).errors
        found = knowledge().classify("", None, text)
        assert (found.problem, found.evidence[0]) == ("inactive_reference", "code 610")
        assert found.by_code


@pytest.mark.parametrize(
    "text",
    [
        f"Quickbooks::IntuitRequestException: Object Not Found:\n\t{INACTIVE}",
        f"Intuit.Ipp.Exception.ValidationException: Object Not Found\nDetails: {INACTIVE}",
        f"QuickBooksOnline\\API\\Exception\\ServiceException: Object Not Found\n{INACTIVE}",
    ],
)
def test_so_is_one_of_the_other_clients(text):
    """Ruby indents the detail, .NET labels it, and others say the message once more."""
    assert exceptions.joined(text).count("\n") == 0
    assert not sort_out(knowledge(), text, expected=True).errors


def test_two_exceptions_are_two():
    """Each keeps its own detail."""
    errors = [one for _, one in sort_out(knowledge(), f"{TAKEN}\n{MISSING}", expected=False).errors]
    assert len(errors) == 2
    assert "Id=12" in errors[0]
    assert "Accounts element id 33" in errors[1]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Kim Lee is late; Error 610; and Error 6140 Duplicate Document Number DocNumber=INV-1004",
         ["missing_record", "duplicate_document_number"]),
        ('Synder: Product/Service "Sea salt 25 kg" is inactive in QuickBooks Online; Vendor '
         '"Emily Platt" is inactive', ["inactive_reference", "inactive_reference"]),
        ("Sync failed: Duplicate Document Number Error: You must specify a different number. This "
         "number has already been used. DocNumber=INV-1004; Stale Object Error : You and Maria "
         "Lopez were working on this at the same time.",
         ["duplicate_document_number", "stale_object"]),
        ("Sync failed: Duplicate Name Exists Error: The name supplied already exists; Invalid "
         "Reference Id: Something you're trying to use has been made inactive.",
         ["duplicate_name", "inactive_reference"]),
        ("Sync failed: 6240 Duplicate Name Exists; 6140 Duplicate Document Number; 610 Object Not "
         "Found", ["duplicate_name", "duplicate_document_number", "missing_record"]),
        ("Object Not Found; Object Not Found : Something you're trying to use has been made "
         "inactive.", []),
    ],
)  # fmt: skip
def test_each_fault_that_has_a_name_is_an_error(text, problems):
    """None is lost, and none gets another's number; one that is told twice stays one."""
    known = knowledge()
    told = [one for _, one in sort_out(known, text, expected=False).errors]
    assert [recognise(known, one, declared=True).problem for one in told] == problems


@pytest.mark.parametrize(
    "text",
    [
        f"{MADE.format(name='Validation')}\n2026-11-03 next run",
        f"{MADE.format(name='Validation')}\n- INV-7: customer Kim Lee is inactive",
        "ValidationException: Object Not Found\nCustomer Kim Lee is inactive in QuickBooks",
        f"The name supplied already exists.\n{INACTIVE}",
    ],
)
def test_what_begins_something_new_is_no_detail(text):
    """A day, an item of a list, another sentence: the lines stay as they are."""
    assert exceptions.joined(text) == text


def test_a_stack_trace_is_not_made_one_line():
    """Only its beginning tells of the error, and a huge one costs little."""
    trace = (
        f"ValidationException: Object Not Found\n{INACTIVE}\n" + "\tat a.b.C.d(E.java:1)\n" * 9_000
    )
    assert exceptions.joined(trace).count("\n") > 8_990


def test_who_asks_here_means_quickbooks(books):
    """The item that is not found is looked for, though the text does not name QuickBooks."""
    assert "Wooden crate is inactive" in books.ask("Item not found: Wooden crate")
    assert "An item is not found" in books.ask("Item not found")
    assert books.ask("hello there, are you well?").startswith("I do not know")


def test_the_code_of_an_answer_is_no_name(books):
    """The name that QuickBooks says it does not have is the one that is told."""
    said = books.ask(
        'statusCode="3140" There is an invalid reference to QuickBooks Customer "Kim Leee" in the '
        "Invoice. The specified record does not exist in the list."
    )
    assert "refused the invoice: it has no customer called Kim Leee" in said
    assert "no customer called “Kim Leee” that the bot knows of. Nearly called so" in said
    assert "if it is misspelt: customer Kim Lee." in said
    assert "3140" not in said


@pytest.mark.parametrize("text", ["error 6240 Kim Lee", "6240 Kim Lee"])
def test_a_code_with_a_name_behind_it_is_explained(books, text):
    """And the record of that name is told."""
    said = books.ask(text)
    assert "is taken" in said
    assert "Kim Lee · active" in said


def test_so_is_one_with_an_inactive_record(books):
    """What is inactive is the cause."""
    assert "The item Wooden crate is inactive" in books.ask("error 610 Wooden crate")
