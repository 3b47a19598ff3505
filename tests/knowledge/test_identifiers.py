"""Codes that programs give their errors are read as the words they are made of."""

import pytest

from bot.knowledge.identifiers import words_of, words_of_code
from tests.words import knowledge

KNOWLEDGE = knowledge()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("qb_token_expired", "qb token expired"),
        ("DUPLICATE_DOCNUMBER: Invoice 1042", "duplicate document number"),
        ("QBOAuthExpired", "qbo authorization expired"),
        ("CustomerNotFound", "customer not found"),
        ("item-not-found", "item not found"),
        ("SyncToken", ""),
        ("ValidationFault", ""),
        ("rate-limited", ""),
        ("https://shop.example/customer_not_found", ""),
        ("max@not_found.example", ""),
    ],
)
def test_the_words_of_a_code_that_tells_of_trouble(text, words):
    """Names of fields and classes, addresses and plain words are none."""
    assert words_of(text) == words


def test_of_a_code_that_was_told_one_word_is_enough():
    """A number is no word."""
    assert words_of_code("throttled") == "throttled"
    assert words_of_code("6140") == ""
    assert words_of_code("") == ""


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        ("qb_token_expired", "Merchant is not active.", "token_expired"),
        ("QBO_DUPLICATE_DOCNUMBER", "", "duplicate_document_number"),
        ("ITEM_INACTIVE", "", "inactive_record"),
        ("CUSTOMER_NOT_FOUND", "", "missing_record"),
        ("RATE_LIMITED", "", "throttled"),
        ("currencyMismatch", "", "tax_currency"),
        ("", "NOT_CONNECTED: QuickBooks refused the call", "token_expired"),
        ("", '{"error":"quickbooks_rate_limited"}', "throttled"),
    ],
)
def test_a_code_of_a_tool_says_what_happened(code, text, kind):
    """It was chosen for the error; what else is said goes around it. It is never sure."""
    found = KNOWLEDGE.classify("qbo", code, text)

    assert KNOWLEDGE.problem(found.problem).kind == kind
    assert found.confidence < 0.8


def test_a_line_of_source_code_reports_nothing():
    """A class that is named like an error has not happened."""
    text = "class QboRateLimitError extends Error {}"

    assert KNOWLEDGE.classify("", "", text).problem == "unknown"


@pytest.mark.parametrize(
    "text",
    ["Error (-6000, -83): …", "6123, 0", "Connection has been lost (-6123, 0)", "QuickBooks H202"],
)
def test_a_company_file_that_does_not_open_is_known_by_its_code(text):
    """The Desktop writes two numbers, the second one often with a minus."""
    found = KNOWLEDGE.classify("", "", text)

    assert KNOWLEDGE.problem(found.problem).kind == "network"
    assert found.platform == "qbd"


def test_an_oauth_error_that_stands_alone_is_quickbooks():
    """As a word, or as JSON without a description; Google's has one."""
    for text in ("invalid_grant", '{"error":"invalid_grant"}'):
        found = KNOWLEDGE.classify("", "", text)
        assert KNOWLEDGE.problem(found.problem).kind == "token_expired"

    google = '{"error":"invalid_grant","error_description":"Token has been expired or revoked."}'
    assert KNOWLEDGE.classify("", "", f"google: {google}").problem == "unknown"
