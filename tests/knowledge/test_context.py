"""What is an error report of QuickBooks, and what only sounds like one."""

import pytest

from tests.words import knowledge

KNOWLEDGE = knowledge()


def kind(text: str, platform: str = "qbo") -> str:
    """The kind a text is taken for, the guesses of `explain` included."""
    return KNOWLEDGE.problem(KNOWLEDGE.guess(platform, "", text).problem).kind


@pytest.mark.parametrize(
    "text",
    [
        "How can I fix a duplicate invoice number in QuickBooks?",
        "Is there a limit of 21 characters for QuickBooks invoice numbers? Ours have 24.",
        "Can I use more than one currency in QuickBooks?",
        "How to close the books in QuickBooks Online: choose Settings, then Close the books.",
        "Steps to map accounts in QuickBooks: 1. Open settings 2. Choose Mapping 3. Save",
        "Pro tip: archive inactive customers in QuickBooks every January.",
        "In QuickBooks you can delete a customer who is inactive.",
        "QuickBooks Online supports more than 160 currencies.",
    ],
)
def test_who_asks_or_advises_reports_nothing(text):
    """A question or a help page has the words of a trouble, and is none."""
    assert kind(text) == "unknown"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Tip: the item is inactive in QuickBooks, so the invoice failed", "inactive_record"),
        ("Could not connect to QuickBooks Desktop: is it running?", "network"),
        (
            "Bill.com sync error: An account in this transaction is inactive: 'Amazon Fees'",
            "inactive_record",
        ),
        ("Customer 9 was not found in QuickBooks. Was it deleted?", "missing_record"),
        ("QuickBooks books are closed for May. You can change the date.", "closed_period"),
    ],
)
def test_advice_beside_a_report_does_not_hide_it(text, wanted):
    """What failed is told first, and what to ask or to do after it."""
    assert kind(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "Export to QuickBooks completed: 20 created, 0 updated, 0 errors",
        '<CustomerQueryRs statusCode="0" statusSeverity="Info" statusMessage="Status OK">',
        '{"Invoice":{"Id":"145","DocNumber":"6140","TotalAmt":610.0,"SyncToken":"0"}}',
        "<CustomerRet><EditSequence>12</EditSequence><IsActive>false</IsActive></CustomerRet>",
        "Release 2.3 - Fixed: QuickBooks token refresh could fail after 100 days",
        "QuickBooks support phone number 1-888-555-0199, call now: error 6190, error 3371",
        "The accountant says the books are closed for 2023.",
    ],
)
def test_success_news_and_offers_are_no_errors(text):
    """Good answers, records, release notes, advertisements and hearsay."""
    assert kind(text) == "unknown"


@pytest.mark.parametrize(
    "text",
    [
        "Asana: Task about the missing mapping sheet is overdue",
        "Contoso Books: Invoice number 12 is already taken",
        "Packing slip: item 4000 missing from shipment",
        "RCRD_HAS_BEEN_CHANGED the customer was changed by another user",
        '{"errors":{"sku":["has already been taken"],"item":["is invalid"]}}',
        "cz.example.TokenMgrError: Lexical error at line 1, column 28",
        "ActiveModel::ValidationError: Validation failed: Name has already been taken",
        "550 5.1.1 The email account that you tried to reach does not exist.",
        "Invoice Exception: the server http://localhost:8080/sale returned 500",
        "The price list has been modified by another user.",
        "System CPU Info Error : Invalid query",
        "The customer portal is down for maintenance",
    ],
)
def test_the_fault_of_another_program_is_not_ours(text):
    """Its name before a colon, its form, or words every program uses."""
    assert kind(text) == "unknown"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("QuickBooks: this list has been modified by another user", "stale_object"),
        ("A2X: some transaction types have not been mapped to an account", "missing_mapping"),
        ("Web Connect: wrong password for user 4f1c", "token_expired"),
        ("Customer name: QuickBooks refused the colon in it", "invalid_characters"),
    ],
)
def test_the_same_words_count_where_quickbooks_or_its_tools_speak(text, wanted):
    """A connector's message is mostly QuickBooks' trouble."""
    assert kind(text) == wanted


def test_a_page_is_believed_only_from_the_gateway():
    """Whoever calls a page QuickBooks' may be wrong: a missing page is anybody's."""
    missing = "HTTP/1.1 404 Not Found <html><body>The page was not found - Intranet</body></html>"
    broken = "<html><head><title>503 Service Unavailable</title></head></html>"

    assert kind(missing) == "unknown"
    assert kind(broken) == "server_error"


@pytest.mark.parametrize(
    ("platform", "text", "wanted"),
    [
        ("qbo", "the server responded with status 502", "server_error"),
        ("qbo", "Error: Request failed with status code 500", "server_error"),
        ("", "the server responded with status 502", "unknown"),
        ("qbo", "Request failed with status code 404", "unknown"),
        ("qbo", "invoice.pdf: the server responded with status 502 after upload", "unknown"),
    ],
)
def test_a_status_alone_is_quickbooks_only_where_it_was_told(platform, text, wanted):
    """The programs that ask for a tool name nobody; a missing page is anybody's."""
    assert kind(text, platform) == wanted


@pytest.mark.parametrize("platform", ["", "qbo"])
def test_a_note_of_a_change_to_a_program_is_no_error(platform):
    """Nobody has the trouble it names."""
    assert kind("fix(token): answer invalid_grant when the grant is gone", platform) == "unknown"


@pytest.mark.parametrize(
    ("platform", "text", "wanted"),
    [
        ("oauth", "This company's QuickBooks connection is now inactive", "token_expired"),
        ("oauth", "The QuickBooks link is invalid", "token_expired"),
        ("qbo", 'The linked QuickBooks customer "Reed" is inactive', "inactive_record"),
        ("qbd", "The connection to QuickBooks was closed during the sync", "network"),
        ("qbo", "The connection to QuickBooks was lost. Please reconnect.", "token_expired"),
    ],
)
def test_what_is_inactive_or_lost_decides(platform, text, wanted):
    """A connection is no record, and the Desktop's is lost when somebody closes the program."""
    assert kind(text, platform) == wanted


def test_a_wrong_platform_is_not_believed_against_the_text():
    """3200 stands for two troubles: the words decide, and without them nothing is sure."""
    online = "QuickBooks Online said: AuthenticationFailed; errorCode=003200; statusCode=401"
    worded = KNOWLEDGE.classify("qbd", "3200", online)
    bare = KNOWLEDGE.classify("qbd", "3200", "QuickBooks Online said no")

    assert worded.problem == "connection_lost"
    assert bare.confidence < 0.8


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ONL912: Account not found.", "missing_account"),
        ("ONL912: Ledger account could not be located", "missing_account"),
        ("ONL912: A category on this report is inactive", "inactive_record"),
    ],
)
def test_the_words_decide_under_a_code_that_a_tool_gives_to_many_troubles(text, wanted):
    """ONL912 is said of accounts that are gone and of records that are inactive."""
    assert kind(text) == wanted
