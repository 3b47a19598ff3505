"""Wordings that share their words with another problem, or with another program's error."""

import pytest

from bot.console.explaining import Explainer, explain, explain_lines
from tests.words import TEMPLATES, knowledge


@pytest.mark.parametrize(
    ("platform", "text", "kind"),
    [
        ("qbd", "Multi currency feature is not enabled for this company file.", "unsupported"),
        ("qbo", "QBO vendor (id=17) not found; pull the vendors again", "missing_record"),
        ("qbo", "Inventory Setup Adjustments account missing, add it first", "missing_account"),
        ("qbo", "No BookKeep clinic matches this QBO company. Add it in BookKeep first.",
         "missing_mapping"),
        ("qbo", "Batch size 42 exceeds QBO limit of 30", "validation_other"),
        ("qbo", "DisplayName exceeds the QBO limit of 500 characters", "too_long"),
        ("qbo", "QueryParserError: Encountered \" <ID> \" at line 1, column 8", "query_syntax"),
        ("qbd", "BeginSession failed", "network"),
        ("", "QuickBooks: BeginSession failed", "network"),
        ("", "Business Validation Error: Vendor email is invalid", "validation_other"),
    ],
)  # fmt: skip
def test_what_the_words_around_it_tell(platform, text, kind):
    """A count is no length, and a record's id in brackets stands between it and “not found”."""
    found = knowledge().guess(platform, None, text)
    assert knowledge().problem(found.problem).kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "xapian.QueryParserError: Unknown range operation",
        "xrBeginSession failed: -2.",
        "LocalTarget beginSession failed.",
        'object BVRError extends MTDError("BUSINESS_ERROR", "Business validation error")',
        "ledger/2026.beancount:812: Invalid reference to inactive account 'Assets:Checking'",
        "hledger: Error: account 'Assets:Checking' has not been declared",
    ],
)
def test_names_that_others_use_too_are_no_evidence(text):
    """Other programs parse queries, begin sessions and keep books."""
    assert knowledge().classify("", None, text).problem == "unknown"
    assert knowledge().classify("qbo", None, text).problem == "unknown"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Item not found: Olive oil 5 l", "item_not_found"),
        ("Stock quantity not sufficient: You don't have enough quantity on hand for item Blue Mug",
         "validation_other"),
        ("The redirect_uri query parameter value is invalid. Make sure it is listed in the "
         "Redirect URIs section on your app's keys tab and matches exactly.", "app_credentials"),
        ("hello there, are you well?", "unknown"),
        ("610 Main Street", "unknown"),
        ("Shopify: Item not found", "unknown"),
    ],
)  # fmt: skip
def test_a_pasted_text_is_taken_as_quickbooks(text, problem):
    """Who asks on the command line means QuickBooks too; another program's text stays its own."""
    explainer = Explainer(knowledge(), TEMPLATES)
    assert explain(explainer, text, "")["problem"] == problem


def test_many_lines_are_taken_as_they_are():
    """The form for programs adds nothing to a text."""
    explainer = Explainer(knowledge(), TEMPLATES)
    [found] = explain_lines(explainer, ['{"text": "Item not found: Olive oil 5 l"}'], "")
    assert found["confidence"] < 0.7
