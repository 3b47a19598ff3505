"""When “unknown” may outvote what was found: less where the text is surely about QuickBooks."""

import pytest

from tests.words import knowledge


def kind(platform: str, code: str, text: str) -> str:
    known = knowledge()
    return known.problem(known.guess(platform, code, text).problem).kind


@pytest.mark.parametrize(
    ("platform", "code", "text"),
    [
        ("qbo", "429", '{"error": "token failed"}'),
        ("", "", "QuickBooks: 429 token failed"),
        ("oauth", "", "HTTP 429 while revoking the token at Intuit: token failed"),
        ("oauth", "429", "Revoke Token failed. Body: []."),
    ],
)
def test_a_status_of_too_many_requests_says_more_than_the_words_around_a_token(
    platform: str, code: str, text: str
) -> None:
    """Signing in again would not help: the limit is what has to pass."""
    assert kind(platform, code, text) == "throttled"


def test_what_the_words_of_a_row_tell_of_quickbooks_is_not_outvoted() -> None:
    """QuickBooks is named, something is said to be missing, and a row tells what."""
    text = "Vendor 'Acme Corp' is missing a default expense account in QuickBooks."
    assert kind("qbo", "VENDOR_MISSING_ACCOUNT", text) == "missing_account"


def test_a_text_of_the_sign_in_is_no_other_programs() -> None:
    """Its words are those of every program's sign-in; the platform says whose it is."""
    text = "Error: OAuth error: refresh_token is expired, please get a new one"
    assert kind("oauth", "", text) == "token_expired"
    assert kind("", "", text) == "unknown"


@pytest.mark.parametrize("hint", ["", "qbo"])
def test_a_page_that_is_not_found_is_no_missing_record(hint: str) -> None:
    """QuickBooks answers with a fault, and never with 404 for a customer."""
    assert kind(hint, "", "404 Not Found: Customer not found") == "unknown"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("InvalidTokenException: Unauthorized-401", "token_expired"),
        ("QuickBooks export failed: Invalid XML character", "invalid_characters"),
        ("SKU 7 was refused by QuickBooks: another item goes by that name", "duplicate_name"),
        ("QuickBooks: the company is inactive due to non-payment", "company_suspended"),
        ("The QuickBooks connection's authorization has lapsed", "token_expired"),
    ],
)
def test_words_that_earlier_rows_did_not_know(text: str, right: str) -> None:
    """Each stands for a gap that an examination showed."""
    assert kind("qbo", "", text) == right
