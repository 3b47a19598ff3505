"""What is said of a tool's error: what QuickBooks said, what was looked at, nothing beyond it."""

import pytest
from sqlmodel import select

from bot.dispatch.model import Call
from bot.domain import Finding, Scope
from bot.forwarded import Recognised, reading
from bot.incidents import observe
from bot.models import Company, Connection, Incident
from bot.quickbooks.redaction import redact
from commands import explain
from commands.parts import concerned

INACTIVE = "has been made inactive (QuickBooks 610)"
TAKEN = "QuickBooks 6140 Duplicate Document Number Error"


def test_of_two_numbers_the_one_named_as_taken_is_taken(books):
    """DocNumber wins over what the tool calls its own document, which is what is not posted."""
    for text in (
        f"2. Invoice INV-8012: {TAKEN}, DocNumber=INV-1002",
        f"Failed to export Invoice INV-8012: {TAKEN}, DocNumber INV-1002 has already been used",
    ):
        said = books.ask(text)
        assert "Invoice INV-8012 of your tool is not posted: the number INV-1002 is used" in said
        assert "by the invoice INV-1002 of Corner Deli, $130.50" in said
    said = books.ask(f"INV-1002 {TAKEN}")
    assert "by the invoice INV-1002" in said
    assert "vendor's bill" not in said


def test_a_number_that_is_not_found_is_only_said_to_be_used(books):
    """Then the first step is to search for it, and a bill's number is told as a bill's."""
    said = books.ask(f"{TAKEN} DocNumber=INV-10")
    assert "Number INV-10 is said to be used" in said
    assert "The bot has found no document with exactly INV-10" in said
    assert "1. Search for INV-10 in QuickBooks" in said
    assert "Open the document that has this number" not in said
    own = books.ask(f"Shopify order 1001 failed: {TAKEN}. Refund 55, payment 66")
    assert "Order 1001 of your tool is not posted: QuickBooks says that its number" in own
    assert "66" not in own
    assert "A vendor numbers every bill of its own" in books.ask(f"{TAKEN} bill B-2201")


def test_a_closed_month_is_told_by_the_text_alone(books):
    """No closing date is made up, and the day of the posted document is not that of the text."""
    text = "QuickBooks 6210 The account period has closed. Invoice INV-1000 dated 10/02/2026"
    said = books.ask(text)
    assert "QuickBooks says that the books are closed for its date (10/02/2026)" in said
    # A day whose year stands first is read in one way: it is written as every other day here.
    assert "its date (10/02/2026)" in books.ask(text.replace("10/02/2026", "2026-10-02"))
    assert "its date (02.10.2026)" in books.ask(text.replace("10/02/2026", "02.10.2026"))
    assert "its date (2026-13-45)" in books.ask(text.replace("10/02/2026", "2026-13-45"))
    assert "knows of no closing date at Harbor Foods" in said
    found = said.partition("I found the invoice INV-1000 · ")[2]
    assert "dated 11/12/2026" in found
    assert said.count("11/12/2026") == 1
    assert "QuickBooks has invoice INV-1000. See first" in books.alert(books.report(text))


def test_an_account_that_is_missing_is_an_account(books):
    """An item, or the account's own kind, is no name of it; an inactive one is found."""
    assert "Shipping Income is inactive" in books.ask(
        "QuickBooks says: Income Account could not be found. Shipping Income"
    )
    said = books.ask("Income Account could not be found for item Olive oil 5 l (QuickBooks)")
    assert "No income account" in said
    assert "Account Olive" not in said
    assert "names the item Olive oil 5 l" in said
    assert "account Payable" not in books.ask("Accounts Payable account not found QuickBooks")
    said = books.ask(
        "QuickBooks: Bill B-9 failed: Accounts Payable (A/P) account is missing: "
        "Required param missing APAccountRef"
    )
    assert "QuickBooks refused bill B-9" in said


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("QuickBooks item 'Olive oil 5 l' not found", "Item Olive oil 5 l: said to be missing"),
        ("Customer Kim Lee not found in QuickBooks Online", "Customer Kim Lee: said to be missing"),
        ("QuickBooks account 'Mastercard' was not found", "Account Mastercard: said to be missing"),
        ("Item 'Anvil' was not found in QuickBooks", "Item Anvil is not found"),
        ('Dext: Supplier "Casco Paper Co" is not active', "Casco Paper Co: said to be inactive"),
        ("Dext: Supplier Old Mill Supply is not active", "Old Mill Supply inactive"),
        ("Fehler 610: Der Kunde Seaview Hotel ist inaktiv", "Seaview Hotel inactive"),
    ],
)  # fmt: skip
def test_a_title_says_no_more_than_quickbooks_shows(books, text, title):
    """What a text calls missing, and QuickBooks has, is only said to be missing."""
    assert title in books.ask(text)
    assert title in books.alert(books.report(text))


def test_an_inactive_tax_code_has_its_own_steps(books):
    """Not those of a customer; the bot does not claim that it has looked for it."""
    said = books.ask('QuickBooks: Tax code "GST 10" is inactive')
    assert "Tax code GST 10 is inactive" in said
    assert "Your tool uses the tax code GST 10, which is inactive in QuickBooks" in said
    assert "Do not change the rate of a tax code that was used" in said
    assert "The bot has not looked for the tax code" in said
    assert "Customer Hub" not in said


def test_whoever_has_a_record_open_is_named(books):
    """As the person to ask, never as the record."""
    said = books.ask('QuickBooks error -3175: Customer "Kim Lee" is locked by user Maria')
    assert "Ask Maria to save and close the windows" in said
    assert "I found the customer Kim Lee" in said


def test_the_account_that_a_text_names_is_told(books):
    """Its name, though a vendor and a bill stand beside it."""
    said = books.ask("Vendor Casco Paper Co bill 2201: QuickBooks account 'Freight' was not found")
    assert "did not find the account Freight" in said
    said = books.ask("Vendor Casco Paper Co: QuickBooks account Shipping Income was not found")
    assert "The account Shipping Income is inactive" in said


def test_of_a_payment_and_its_invoice_the_invoice_is_in_the_books(books):
    """What the tool did not post is the payment."""
    said = books.ask(
        "QuickBooks error 6000: Payment P-7 for invoice INV-1001: the amount exceeds the open "
        "balance"
    )
    assert "did not post payment P-7" in said
    assert "names the invoice INV-1001 of Corner Deli" in said


def test_of_two_errors_of_one_answer_nothing_is_mixed(books):
    """Who has a number in the first one is not what the second one refused."""
    row = books.report(
        '{"invoice":"INV-7","response":{"Fault":{"Error":[{"Message":"Duplicate Document Number '
        'Error","Detail":"DocNumber=INV-1002 is assigned to TxnType=Invoice with TxnId=22",'
        '"code":"6140"},{"Message":"Object Not Found","Detail":"made inactive","code":"610"}]}}}'
    )
    said = books.alert(row)
    assert "Invoice INV-1002" not in said
    assert "INV-7" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Order: 4402\nCustomer: Kim Lee\nError: Business Validation Error: Select a tax code",
         "QuickBooks refused order 4402 for Kim Lee"),
        ("QuickBooks error 2020: Required parameter DocNumber is missing. customer Kim Lee",
         "The text names the customer Kim Lee"),
    ],
)  # fmt: skip
def test_a_party_named_beside_is_not_what_was_refused(books, text, said):
    """The tool's document is; whom it is for is told as such."""
    told = books.ask(text)
    assert said in told
    assert "refused customer" not in told


def test_a_name_of_another_list_is_another_record(books):
    """A vendor of the name is told, not reactivated for a customer."""
    said = books.ask("QuickBooks error 2500: Could not find customer Casco Paper Co")
    assert "Customer Casco Paper Co is not found" in said
    assert "vendor Casco Paper Co" in said
    for text in (f"Vendor Pine Street Bakery {INACTIVE}", f"customer Old Mill Supply {INACTIVE}"):
        row = books.report(text)
        assert row.facts.get("gone") is None
        assert "this one has the name" in books.alert(row)
    found = books.report("2500 Invalid Reference Id : Names element id 3 not found QuickBooks")
    assert (found.problem, found.subject) == ("inactive_record", "Customer:3")
    taken = books.ask("6240 The name supplied already exists. : Id=3 QuickBooks")
    assert "Mastercard" not in taken


def test_a_document_named_beside_is_not_what_is_gone(books):
    """It stands in QuickBooks; the id is another record's."""
    said = books.ask(
        'QuickBooks Desktop 3120: Object "80000F-11" specified in the request cannot be found. '
        "Invoice INV-1001"
    )
    assert "INV-1001 is gone" not in said
    assert "is gone" in said


def test_what_is_reconciled_is_left_as_it_is(books):
    """The bot is the lock: QuickBooks lets it be changed."""
    said = books.ask("QuickBooks Desktop 3170: You cannot change a reconciled transaction INV-1000")
    assert "reconciled" in said
    assert "ask your accountant" in said
    text = "QuickBooks 6560: Inventory start date is later than transaction date. invoice INV-1000"
    assert "without a reason" not in books.ask(text)


def test_two_records_of_one_sentence_are_told_one_by_one(books):
    """As the lines of a pasted digest are."""
    said = books.ask(
        f"QuickBooks: Customer Seaview Hotel is inactive and item Wooden crate {INACTIVE}"
    )
    assert "The customer Seaview Hotel is inactive" in said
    assert "The item Wooden crate is inactive" in said
    said = books.ask(
        f"1. Invoice INV-8301: Twin Bakery {INACTIVE}\n2. Invoice INV-8302: {TAKEN} "
        f"DocNumber=INV-1002\n3. Invoice INV-8303: item Wooden crate {INACTIVE}"
    )
    assert "It tells of 3 errors" in said
    for words in ("Twin Bakery is inactive", "invoice INV-1002", "Wooden crate is inactive"):
        assert words in said


def test_the_same_words_after_it_was_settled_are_a_new_error(books):
    """Without an id or a moment nothing else tells; with an id it is a second delivery."""
    text = f"customer Seaview Hotel {INACTIVE}"
    first = books.report(text)
    assert books.report(text).id == first.id
    books.settle(first)
    again = books.report(text)
    assert again.id != first.id
    assert again.settled_at is None
    assert books.report(text).id == again.id

    known = books.report(f"customer Twin Bakery {INACTIVE}", key="e1")
    books.settle(known)
    assert books.report(f"customer Twin Bakery {INACTIVE}", key="e1").id == known.id


def test_an_alert_names_the_documents_and_never_the_person_as_the_tool(books):
    """Whoever handed a text over cannot try again; the tool can, with these documents."""
    books.report(f"order SO-551: customer Seaview Hotel {INACTIVE}")
    row = books.report(f"customer Seaview Hotel {INACTIVE}", number="SO-552")
    said = books.alert(row)
    assert "order SO-551 and document SO-552" in said
    assert "then let Cin7 Core try again" in said.replace("Then", "then")
    row = books.report(f"customer Twin Bakery {INACTIVE}", "Dana", person=True)
    assert "Dana try" not in books.alert(row)
    assert "let the other tool try again" in books.alert(row).replace("Let", "let")


def test_only_alerts_about_what_the_text_names_stand_below(books):
    """The button of another customer's alert would end that one."""
    for name in ("Kim Lee", "Zoe Zink"):
        facts = {"name": name, "list": "customer", "reported": {"tool": "T"}, "source": "T"}
        found = Finding("duplicate_name", f"reported:{name}", facts)
        scope = Scope(frozenset({found.subject}))
        observe(books.services, books.company_id, "failed_records", [found], scope)
    said = books.ask("QuickBooks error 6240: The name supplied already exists. Customer: Kim Lee")
    assert "Zoe Zink" not in said


def test_what_is_not_known_is_said_first(books):
    """A customer that is named does not make another program's error one of QuickBooks."""
    said = books.ask("Xero error: the contact Kim Lee was archived there")
    assert said.startswith("I do not know")
    assert "Kim Lee" in said


def test_secrets_are_not_kept(books):
    """Passwords and keys of other services are hidden like tokens."""
    row = books.report(f"password=hunter2 sk_live_abcdefgh1234 customer Twin Bakery {INACTIVE}")
    assert "hunter2" not in row.text
    assert "abcdefgh1234" not in row.text


def test_books_that_cannot_be_read_are_said(books, office):
    """Of several companies the one whose permission is lost proves nothing."""
    ridge = office.company("Blue Ridge Supply")
    with books.services.sessions.write() as session:
        for company in (books.company_id, ridge):
            state = "connected" if company == books.company_id else "lost"
            session.add(Connection(company_id=company, realm_id=str(company), state=state))
    with books.services.sessions.read() as session:
        both = tuple(session.exec(select(Company)))
    text = f"{TAKEN} DocNumber=INV-1002"
    said = explain.run(
        books.services, Call(1, "U", "C", "/qb-explain", text, both, typed=text)
    ).text
    assert "I cannot read the books of Blue Ridge Supply now" in said


def test_an_id_counts_only_for_the_number_that_the_text_gives(books):
    """Ids are other ones in every company: the number wins, and the other document is told."""
    for id, told in (("20", "INV-1002 of Corner Deli"), ("22", "INV-1002 of Corner Deli")):
        said = books.ask(
            f"{TAKEN} DocNumber=INV-1002 is assigned to TxnType=Invoice with TxnId={id}"
        )
        assert told in said
        assert "number INV-1000" not in said
        assert ("TxnId 20. Here that is another document: invoice INV-1000" in said) is (id == "20")
    row = books.report(f"{TAKEN} DocNumber=INV-77 is assigned to TxnType=Invoice with TxnId=20")
    assert row.subject == "reported:inv 77"
    assert "another document: invoice INV-1000" in books.alert(row)


def test_a_named_party_does_not_hide_a_number(books):
    """Numbers of sales are the company's, whoever is named; a vendor's near bill number counts."""
    said = books.ask(f"{TAKEN} (6140) DocNumber=INV-1001. Customer: Kim Lee. Cin7 order SO-9")
    assert "by the invoice INV-1001 of Corner Deli" in said
    assert "found no document" not in said
    assert "bill B-2201" in books.ask(f"QuickBooks {TAKEN} bill B-2201 vendor Casco Paper Co")
    said = books.ask(f"{TAKEN} bill INV-4410 vendor Old Mill Supply")
    assert "this vendor with nearly that number: the bill 4410 of Old Mill Supply" in said
    assert "no document with exactly INV-4410" in books.ask(f"{TAKEN} bill INV-4410 of Kim Lee")


def test_lines_of_a_pasted_text_are_told_one_by_one(books):
    """A line break parts two errors, typed or pasted."""
    said = books.ask(
        "Failed:\nINV-8301: customer Twin Bakery is inactive in QuickBooks (error 610)\n"
        f"INV-8302: {TAKEN}"
    )
    assert "It tells of 2 errors" in said
    assert "Twin Bakery is inactive" in said


def test_a_party_beside_the_tools_own_document_is_not_refused(books):
    """What cannot be linked, or was changed meanwhile, is the payment that the text names."""
    text = "QuickBooks error 620: Transaction cannot be linked. Payment 8 Kim Lee INV-1001"
    row = books.report(text)
    assert "customer Kim Lee:" not in books.alert(row)
    assert "payment 8" in books.alert(row)
    assert books.report("5010 Stale Object. Payment 9 of Kim Lee").subject != "Customer:2"


def test_an_active_record_called_inactive_is_active_by_now(books, monkeypatch):
    """With the bare word too: customer Kim Lee inactive (610)."""
    text = "QuickBooks sync: customer Kim Lee inactive (610)"
    assert "not found" not in books.ask(text)  # QuickBooks cannot be asked here
    monkeypatch.setattr(reading, "_is_active", lambda *_: True)
    assert books.report(text).settled_at is not None
    assert "active by now" in books.ask(text)


def test_books_that_cannot_be_read_are_named(books):
    """Nothing found in them is no all-clear."""
    assert "I cannot read the books of Harbor Foods now" in books.ask(f"{TAKEN} DocNumber=INV-5")


def test_a_button_acts_only_on_the_record_and_the_problem_told(books):
    """An alert of another list's namesake, or of another problem, is told without a button."""
    shared = {"entity": "Customer", "qbo_id": "5", "list": "customer", "active": False}
    facts = shared | {"name": "Pine Street Bakery", "gone": "active", "reported": {"tool": "x"}}
    finding = Finding("inactive_record", "Customer:5", facts)
    observe(books.services, books.company_id, "reports", [finding], Scope(frozenset()))
    with books.services.sessions.read() as session:
        [alert] = session.exec(select(Incident)).all()
    for text, problem, wanted in (
        ("Customer Pine Street Bakery has been made inactive", "inactive_record", True),
        ("Vendor Pine Street Bakery has been made inactive", "inactive_record", False),
        ("customer Pine Street Bakery has no tax code", "tax_mismatch", False),
    ):
        found = Recognised(problem, "qbo", 0.9)
        assert concerned._is_of(books.services, alert, found, text) is wanted, text


def test_keys_and_cookies_of_other_services_are_hidden():
    """However a log writes them; a sentence about a key stays."""
    for text in (
        "api_key: AKIAABCDEFGHIJKLMNOP",
        "Cookie: sid=abc123def456",
        "AKIAABCDEFGHIJKLMNOP",
    ):
        assert "hidden" in redact(text)
        assert "ABCDEF" not in redact(text)
        assert "abc123" not in redact(text)
    assert redact("Your api_key: missing") == "Your api_key: missing"
