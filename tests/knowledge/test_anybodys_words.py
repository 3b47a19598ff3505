"""Sentences that QuickBooks writes and others write too: whose they are is told by the rest."""

import pytest

from tests.words import knowledge

KNOWLEDGE = knowledge()


def kind(text: str, platform: str = "", code: str = "") -> str:
    return KNOWLEDGE.problem(KNOWLEDGE.guess(platform, code, text).problem).kind


@pytest.mark.parametrize("hint", ["", "qbo"])
@pytest.mark.parametrize(
    "text",
    [
        "The branch name is missing in the request.",
        "svg: element contains invalid characters",
        "Invalid company status: choose active or archived",
        "Duplicate request id ignored",
        "You are already using this name in this workspace.",
        "from metrics.query import QueryValidationError",
        "retry on stale object, then give up",
        'throw new AuthError("Refresh token has expired. Please login again.");',
        "raise exception 'Invalid account type';",
        "new ApiError('LOCKED', 'Accounting period is closed', 409)",
        "INVALID_ACCT\nTB_REG_ERR_ACCT_TYPE Invalid account type used",
    ],
)
def test_without_a_sign_of_quickbooks_they_are_nobodys(text, hint):
    """Other programs and their source code say the same."""
    assert kind(text, hint) == "unknown"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("QuickBooks: CustomerRef is missing in the request", "missing_required_field"),
        ("QBO sync: Element contains invalid characters", "invalid_characters"),
        ("QuickBooks said Invalid Company Status", "company_suspended"),
        ("QuickBooks: duplicate request id", "duplicate_transaction"),
        ("Another vendor is already using this name.", "duplicate_name"),
        ("QueryValidationError: Property Foo not found for Entity Bill", "query_syntax"),
        ("Stale Object Error : save refused", "stale_object"),
        ("QuickBooks: invalid account type", "account_mismatch"),
        ("Unsupported Operation: Operation CREATE is not supported.", "unsupported"),
    ],
)
def test_with_a_sign_of_it_they_are_quickbooks(text, right):
    """Its name, a word of bookkeeping, or the whole sentence as it writes it."""
    assert kind(text) == right


@pytest.mark.parametrize("hint", ["", "qbo"])
@pytest.mark.parametrize(
    "text",
    [
        'Account(code="6140", name="Travel", description="Hotels and taxis")',
        '{"code": "6240", "name": "Repairs", "type": "Expense"}',
        "[0x80040410, 0x80040414, 0x80041618]",
    ],
)
def test_a_list_of_numbers_is_no_error(text, hint):
    """The number of an account stands beside its name; a table of numbers tells of nothing."""
    assert kind(text, hint) == "unknown"


@pytest.mark.parametrize(
    ("code", "text", "right"),
    [
        ("3000", 'statusCode="3000" statusMessage="The company file is busy."', "network"),
        ("3100", "QB-3100: Invalid list ID", "missing_record"),
    ],
)
def test_words_against_the_number_decide_and_are_not_sure(code, text, right):
    """A tool gave the number a meaning of its own."""
    assert kind(text, "qbd", code) == right
    assert KNOWLEDGE.guess("qbd", code, text).confidence < 0.8


@pytest.mark.parametrize(
    ("platform", "code", "text", "right"),
    [
        ("qbo", "", "No QuickBooks account matches the Freight setting", "missing_account"),
        ("qbd", "", "QuickBooks file mode mismatch, stopping", "network"),
        ("qbd", "", "QuickBooks is not set to allow access to this app", "permission"),
        ("qbd", "-2147221005", "Invalid class string: QBXMLRP2", "unsupported"),
        ("qbo", "X_LOCKED", "QuickBooks reports this payment as reconciled", "validation_other"),
        ("qbo", "X_DRIFT", "QuickBooks changed before the bill could be sent", "stale_object"),
        ("qbo", "", "QBO answered: the response is not valid JSON", "server_error"),
        ("oauth", "", "QuickBooks connection not found for tenant 7", "token_expired"),
        ("qbo", "", "{'type': 'Vendor Mapping', 'message': 'Vendor mapping not found'}",
         "missing_mapping"),
        ("qbo", "400", '{"Fault":{"Error":[{"Message":"Bad request","code":"400"}],'
         '"type":"ValidationFault"}}', "validation_other"),
    ],
)  # fmt: skip
def test_what_tools_say_in_their_own_words(platform, code, text, right):
    """Settings that name nothing, words for codes, Windows' words, a bare refusal."""
    assert kind(text, platform, code) == right
