"""Automated sales tax: the amount that is sent counts, or QuickBooks reckons its own."""

from typing import Any

import pytest

from tests.sandbox.quickbooks.conftest import Books

AUTOMATED = {"TaxPrefs.PartnerTaxEnabled": True}


def _sale(books: Books, *amounts: float) -> dict[str, Any]:
    """An invoice of taxed lines with one cent of tax sent."""
    lines = [
        {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": {"ItemRef": {"value": "1"}, "TaxCodeRef": {"value": "TAX"}},
        }
        for amount in amounts
    ]
    body = {"CustomerRef": {"value": "1"}, "Line": lines, "TxnTaxDetail": {"TotalTax": 0.01}}
    return books.make("Invoice", body)


@pytest.mark.parametrize(("ignores", "automated"), [(False, True), (True, False)])
def test_a_tax_that_is_sent_is_honoured(books: Books, ignores: bool, automated: bool) -> None:
    """As Intuit says it; and always where the company has no automated sales tax."""
    books.switch(automated_tax_ignores_sent=ignores)
    if automated:
        books.act("set_preference", data=AUTOMATED)

    assert _sale(books, 0.94, 0.94)["TotalAmt"] == 1.89


def test_or_quickbooks_reckons_line_by_line(books: Books) -> None:
    """8 % of 0.94 is 8 cents, twice; a line without tax adds none, also when it comes later."""
    books.switch(automated_tax_ignores_sent=True)
    books.act("set_preference", data=AUTOMATED)

    made = _sale(books, 0.94, 0.94)

    assert (made["TotalAmt"], made["TxnTaxDetail"]["TotalTax"]) == (2.04, 0.16)
