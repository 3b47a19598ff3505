"""What a text names is told: who holds a name, the account, the document, the field."""

import pytest

from bot import forwarded, mirror
from bot.forwarded import Report, calling
from bot.render import to_plain

TAKEN = "The name supplied already exists. : Another customer, vendor or employee is already using"


@pytest.fixture
def emily(books):
    """An employee of the books."""
    row = {"Id": "41", "DisplayName": "Emily Platt", "Active": True, "SyncToken": "0"}
    with books.services.sessions.write() as session:
        mirror.put(session, books.company_id, "Employee", row, books.services.clock.now())
    return books


def test_who_holds_a_name_on_another_list_is_the_answer(emily):
    """The main sentence says it; nothing contradicts it, and nothing acts on the holder."""
    row = emily.report(f"{TAKEN} this name. Customer: Emily Platt")
    said = emily.alert(row)
    assert "the name Emily Platt for a customer" in said
    assert "by the employee Emily Platt." in said
    assert "has no" not in said
    assert "“Emily Platt (customer)”" in said
    assert (row.subject, row.facts.get("gone")) == ("Employee:41", None)
    assert "I found the employee Emily Platt" in emily.ask(row.text)
    # An inactive vendor is not made active for a customer's name.
    row = emily.report(f"{TAKEN} this name. Customer: Old Mill Supply")
    assert "by the vendor Old Mill Supply, which is inactive." in emily.alert(row)
    assert forwarded.fixes_of(emily.services.knowledge.problem(row.problem), row.facts | {
        "reported": {"tool": "x"}
    }) == ("settled_elsewhere",)  # fmt: skip


def test_the_records_with_the_id_of_a_taken_name_are_named(books):
    """An id means another record in every list: each of them is said by its name."""
    said = books.alert(
        books.report("QuickBooks error 6240: The name supplied already exists. Id=3")
    )
    assert "by the customer Seaview Hotel, inactive or the item Wooden crate, inactive." in said
    assert "record with the id" not in said


def test_an_account_of_the_wrong_kind_is_named_with_its_item(books):
    """Its number and name, as the text has them."""
    said = books.alert(
        books.report(
            "Status code 3140: There is an invalid reference to QuickBooks Account '4000 – Sales' "
            "in the item Non–Inventory. QuickBooks error message: The expense account is invalid."
        )
    )
    assert "refused the item Non–Inventory: the account 4000 – Sales is of the wrong kind" in said


@pytest.mark.parametrize(
    "row",
    [
        'File "/app/sync/export.py", line 33, in push',
        'File "export.py", line 33, in push',
        'at /var/www/app/QuickBooks.php(212) "InvoiceService->add"',
        "at 'Intuit.Ipp.Core::Send' in 'C:\\sync\\Push.cs'",
    ],
)
def test_a_row_of_a_programs_stack_is_no_record(books, row):
    """Nor is there one alert for each file of a program: both are of one cause."""
    said = books.report(
        f"Traceback (most recent call last):\n  {row}\n    client.save(invoice)\n"
        "quickbooks.exceptions.ObjectNotFoundException: QB Object Not Found Exception 610: Object "
        "Not Found\nObject Not Found : Something you're trying to use has been made inactive."
    )
    alone = books.report(
        "QuickBooks error 610: Something you're trying to use has been made inactive."
    )
    assert (said.problem, said.subject) == (alone.problem, alone.subject)
    assert "export.py" not in books.alert(said).split("“Traceback")[0]


def test_the_field_that_is_missing_is_named(books):
    """In the sentence and in the step."""
    row = books.report("QuickBooks error 6000: Select a customer for this transaction")
    said = books.alert(row)
    assert "A document has no customer" in said
    assert "Open this record in Cin7 Core and fill in its customer." in said
    assert "which field" not in said


def test_a_document_in_the_way_of_another_party_ends_with_one_full_stop(books):
    """Whose text names another customer than the document has."""
    number = "Duplicate Document Number Error 6140. DocNumber=INV-1001. Customer: Kim Lee"
    row = books.report(number)
    facts = books.facts(row)
    facts["theirs"]["by_us"] = True
    text = books.services.render.problem(row.problem, facts)
    assert facts["other_party"] == "Kim Lee"
    assert ".." not in to_plain(text.why)
    assert "from a source already." in to_plain(text.why)


def test_a_name_is_of_the_list_whose_word_stands_before_it(books):
    """Whatever other lists the text speaks of."""
    row = books.report("Customer: Kim Lam\nError 610: Object Not Found: item Blue Mug is inactive")
    assert books.alert(row).startswith("Item Blue Mug: said to be inactive")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            "Customer: Kim Lee\nError 610: Object Not Found: item Wooden crate has been made "
            "inactive",
            "Wooden crate inactive",
        ),
        (
            'Order 12 of customer "Kim Lee": QuickBooks item "Wooden crate" is not active. 610',
            "Wooden crate inactive",
        ),
        (
            "Customer: Kim Lee\nError 610: Object Not Found: item Blue Mug is inactive",
            "Item Blue Mug: said to be inactive",
        ),
        (
            "QuickBooks: Order 12 for customer Kim Lee: the item 'Blue Mug' could not be found",
            "Item Blue Mug is not found",
        ),
        (
            "Kim Lee's order: inactive customer: Seaview Hotel. QuickBooks error 610",
            "Seaview Hotel inactive",
        ),
    ],
)
def test_what_the_text_says_to_be_gone_is_meant_not_whose_order_it_is(books, text, title):
    """An active customer that is named first hides no inactive item, and is not blamed for it."""
    row = books.report(text)
    assert books.alert(row).startswith(title)
    assert books.ask(text).startswith(("I cannot read", title))


def test_colours_of_a_terminal_leave_nothing(books):
    """With their escape, and where it was lost on the way; a name with a bracket stays."""
    for text in ("\x1b[31mname\x1b[0m exists", "[31mname[0m exists", "[1;31mname exists[39m"):
        assert books.report(f"QuickBooks 6240 {text}").text == "QuickBooks 6240 name exists"
    kept = "QuickBooks 6240 name Cable [25m] exists"
    forwarded.take(books.services, books.company_id, "x", Report(kept))
    assert books.rows()[-1].text == kept


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Something is inactive (610) Item: Blue Mug Order: SO-7", "Blue Mug"),
        ("Something is inactive (610) Item: Mail Order Catalog Error: x", "Mail Order Catalog"),
        ("Something is inactive (610) Item Order Tray Customer name: Kim Lee", "Order Tray"),
    ],
)
def test_the_next_label_ends_a_name(text, name):
    """Lines of a form that a chat or a mail has joined."""
    assert calling.called(text, "Item") == name
