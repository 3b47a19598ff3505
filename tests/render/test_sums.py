"""Money of documents: totals with their sales tax apart, kinds and currencies apart."""

from decimal import Decimal

import pytest

from bot.domain import Waiting
from bot.render.sums import invoiced, of_facts, sales, told, waiting_amounts

TAXED = {"sales_count": 14, "sales_amount": "38210.50", "sales_tax": "2994.37", "currency": "USD"}


def test_a_total_with_tax_is_told_in_its_two_parts() -> None:
    """Receivables grow by the total; only the rest of it is sales."""
    split = "$38,210.50 = sales $35,216.13 + sales tax $2,994.37"

    assert invoiced("38210.50", "2994.37") == split
    assert sales({"USD": "38210.50"}, {"USD": "2994.37"}) == f"total {split}"
    assert waiting_amounts(TAXED, taxed=True) == f"14 invoices, {split}"
    assert waiting_amounts(TAXED) == "14 invoices, $38,210.50"


@pytest.mark.parametrize(
    ("tax", "word"), [("0.00", "sales $60.00"), (None, "total $60.00"), ("", "total $60.00")]
)
def test_a_total_is_called_sales_only_when_it_holds_no_tax(tax, word) -> None:
    """A tax that nobody told may be in it: then it is a total."""
    assert sales("60.00", tax) == word
    assert invoiced("60.00", tax) == "$60.00"


def test_each_currency_has_its_own_tax() -> None:
    """One currency's tax may be known and the other's not."""
    total, tax = {"EUR": "11.00", "USD": "60.00"}, {"EUR": "1.00"}

    assert sales(total, tax) == "total €11.00 = sales €10.00 + sales tax €1.00 and total $60.00"


def test_a_credit_keeps_its_signs() -> None:
    """Negative totals have negative parts."""
    assert invoiced("-110.00", "-10.00") == "-$110.00 = sales -$100.00 + sales tax -$10.00"


def test_kinds_are_told_apart_and_other_records_are_counted() -> None:
    """Invoices, payments and bills are three sums, never one."""
    usd = {"USD": Decimal("10.00")}
    found = Waiting(1, usd, 2, usd, 3, 1, usd)

    assert told(found) == (
        "1 invoice, $10.00, 2 payments, $10.00, 1 bill, $10.00, and 3 other records"
    )
    assert told(found, amounts=False) == "1 invoice, 2 payments, 1 bill and 3 other records"
    assert told(found, others=False).endswith("and 1 bill, $10.00")
    assert told(Waiting(other_count=1)) == "1 customer, vendor or item"
    assert told(Waiting()) == ""


def test_the_sums_of_an_alert_are_read_back_whole() -> None:
    """Other currencies stand beside the main one; a sum of nothing is still told."""
    facts = {
        **TAXED,
        "cash_count": 1,
        "cash_amount": "0.00",
        "record_count": 17,
        "other_currencies": [{"currency": "EUR", "sales_amount": "7.50", "sales_tax": None}],
    }
    found = of_facts(facts)

    assert found.sales_amount == {"USD": Decimal("38210.50"), "EUR": Decimal("7.50")}
    assert found.sales_tax == {"USD": Decimal("2994.37")}
    assert (found.cash_amount, found.other_count) == ({"USD": Decimal("0.00")}, 2)
