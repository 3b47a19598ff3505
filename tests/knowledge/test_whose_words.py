"""Codes and sentences as clients, tools and gateways write them, and whose names stand in them."""

import pytest

from bot.console.explaining import Explainer, explain
from tests.words import TEMPLATES, knowledge

LISTS = (
    'There was an error when modifying a Customers list, element "8000092E-1554170119". '
    "QuickBooks error message: Cannot merge list elements."
)
GATEWAY = (
    "<html><body><h1>504 Gateway Time-out</h1><p>The server didn't respond in time.</p><hr>"
    "{host}</body></html>"
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("QB Validation Exception 610: Object Not Found", "missing_record"),
        ("QB Auth Exception 3200: AuthenticationFailed", "connection_lost"),
        ("QB Validation Exception 6240: Duplicate Name Exists Error", "duplicate_name"),
        ("AuthenticationFailed 003200", "connection_lost"),
        (f'statusCode="3170" {LISTS}', "duplicate_name"),
        (LISTS, "duplicate_name"),
        ("Ungültige Referenz-ID: 2500 Artikel", "missing_record"),
        ("Rapid Inventory: Item not found", "item_not_found"),
        ("Terms: The specified Terms does not exist in the list.", "missing_record"),
        (GATEWAY.format(host="quickbooks.api.intuit.com"), "server_error"),
        ("Unable to cast COM object of type 'QBXMLRP2Lib.RequestProcessor2Class' "
         "REGDB_E_CLASSNOTREG 80040154", "desktop_installation"),
        ("account 'Amazon Fees' has been deleted or made inactive", "inactive_reference"),
        ("Invoice is linked to a deposit, you cannot delete it: Business Validation Error: "
         "Something you're trying to delete is linked", "deposited"),
    ],
)  # fmt: skip
def test_it_is_told_what_it_is(text, problem):
    """With no platform given, as people paste it."""
    assert knowledge().classify("", None, text).problem == problem


@pytest.mark.parametrize(
    "text",
    [
        GATEWAY.format(host="api.example.com"),
        "statusCode=200 3140 rows",
        'renders "QB Exception 6240:"',
        "AuthenticationFailed 3200 ms",
        "Amazon: account has been deleted or made inactive",
    ],
)
def test_what_is_of_others_stays_unknown(text):
    """Another host, a number that is counted, what source code renders, another product."""
    assert knowledge().classify("", None, text).problem == "unknown"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("QuickBooks Desktop status code 3140: There is an invalid reference to QuickBooks Account "
         "'4000 – Sales' in the item. QuickBooks error message: The expense account is invalid.",
         "the account 4000 – Sales is of the wrong kind"),
        ("Bill.com sync: Bill #INV-2201 Duplicate Bill Number. Vendor: Acme Supplies",
         "Bill INV-2201 for Acme Supplies is not posted"),
        ("Erreur 6140 : Numéro de document en double. DocNumber=1001",
         "Document 1001 is not posted"),
        ("QuickBooks: account 'Amazon Fees' has been deleted or made inactive",
         "the account Amazon Fees, which it uses, is inactive"),
        ("ERROR Bill BILL-020: Invalid or Unsupported currency type supplied. Supplied value: US.",
         "what came is “US”"),
    ],
)  # fmt: skip
def test_what_the_text_names_is_told(text, words):
    """Also where no books are at hand."""
    explainer = Explainer(knowledge(), TEMPLATES)
    assert words in explain(explainer, text, "")["meaning"]


def test_a_text_with_its_reason_is_not_without_one():
    """The steps say to read it."""
    explainer = Explainer(knowledge(), TEMPLATES)
    said = explain(explainer, "Business Validation Error: Something is not allowed", "")
    assert said["problem"] == "validation_other"
    assert "without a reason" not in said["meaning"]
