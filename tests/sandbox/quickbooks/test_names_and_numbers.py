"""Which names and document numbers QuickBooks takes, and the switches of both."""

import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body
from tests.sandbox.quickbooks.refusals import TAKEN, too_long


@pytest.mark.parametrize("form", [1, 2, 3, 4, 5])
def test_duplicate_name_has_five_forms(books: Books, form: int) -> None:
    """The Detail of 6240 comes in the form the switch chooses."""
    books.switch(duplicate_name_form=form)

    detail = fault_of(books.post("customer", {"DisplayName": "Cool Cars"}))["Detail"]

    assert (
        detail
        == {
            1: TAKEN,
            2: "The name supplied already exists. : null",
            3: "The name supplied already exists. : Id=3",
            4: "The name supplied already exists. : Another $$customer$$ is already using this "
            "name. Please use a different name.",
            5: "The name supplied already exists: Another customer is already using this name. "
            "Please use a different name.",
        }[form]
    )


def test_ampersand_hash_slash_and_quotes_are_good_names(books: Books) -> None:
    """Only colon, tab and line breaks are refused in names."""
    name = 'Müller & Söhne #1 / "Café" 🌱'

    assert books.make("Customer", {"DisplayName": f" {name} "})["DisplayName"] == name


def test_display_name_limit_is_a_switch(books: Books) -> None:
    """100 characters were enforced by some companies, 500 is documented."""
    books.switch(display_name_limit=100)

    fault = fault_of(books.post("customer", {"DisplayName": "x" * 103}))

    assert fault["Detail"] == too_long("100", "103")


def test_document_number_of_21_characters_passes(books: Books) -> None:
    """21 is the last length allowed."""
    assert books.make("Invoice", invoice_body("1", DocNumber="N" * 21))["DocNumber"] == "N" * 21


def test_duplicate_number_can_be_allowed_on_purpose(books: Books) -> None:
    """include=allowduplicatedocnum posts a second document with the number."""
    made = books.make(
        "Invoice", invoice_body("1", DocNumber="1001"), include="allowduplicatedocnum"
    )

    assert made["DocNumber"] == "1001"


def test_credit_memo_and_invoice_share_numbers_by_switch(books: Books) -> None:
    """The holder may be of another type; 6140 names it."""
    memo = books.make("CreditMemo", invoice_body("1", DocNumber="CM-1"))

    fault = fault_of(books.post("invoice", invoice_body("1", DocNumber="CM-1")))

    assert fault["Detail"].endswith(
        f"DocNumber=CM-1 is assigned to TxnType=Credit Memo with TxnId={memo['Id']}"
    )
    books.switch(invoice_and_credit_memo_share_numbers=False)
    assert books.make("Invoice", invoice_body("1", DocNumber="CM-1"))["DocNumber"] == "CM-1"


def test_without_custom_numbers_quickbooks_numbers_itself(books: Books) -> None:
    """With the preference off the number sent is not kept."""
    books.act("set_preference", data={"SalesFormsPrefs.CustomTxnNumbers": False})

    first = books.make("Invoice", invoice_body("1", DocNumber="MINE-1"))
    second = books.make("Invoice", invoice_body("1"))

    assert [first["DocNumber"], second["DocNumber"]] == ["1038", "1039"]


def test_with_custom_numbers_a_missing_number_stays_missing(books: Books) -> None:
    """Nobody numbers for the sender."""
    assert "DocNumber" not in books.make("Invoice", invoice_body("1"))
