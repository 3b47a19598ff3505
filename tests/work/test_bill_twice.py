"""Bills that are in QuickBooks twice are told, look-alikes are not (story 54)."""

import pytest

from tests.work.test_bills import bill, keyed, mill

__all__ = ["mill"]


def told(house):
    """The open alerts about bills that are there twice."""
    house.capture()
    house.check()
    return [r for r in house.incidents() if r.problem == "bill_twice" and r.state != "resolved"]


def pay(house, *bills):
    """Somebody pays these bills in QuickBooks."""
    books = house.shop.books
    [bank] = [r for r in books("Account") if r["AccountType"] == "Bank"][:1]
    for one in bills:
        [row] = [r for r in books("Bill") if r["Id"] == one]
        line = {"Amount": row["TotalAmt"], "LinkedTxn": [{"TxnId": one, "TxnType": "Bill"}]}
        house.shop.create(
            "BillPayment",
            VendorRef=row["VendorRef"],
            PayType="Check",
            CheckPayment={"BankAccountRef": {"value": bank["Id"]}},
            TotalAmt=row["TotalAmt"],
            Line=[line],
        )


def test_two_near_numbers_are_one_alert_until_one_is_deleted(mill):
    """Both keyed by hand: told with both, green by itself when the copy is gone."""
    one, two = keyed(mill, "INV-1048"), keyed(mill, "1048", TxnDate="2026-11-20")

    [alert] = told(mill)
    assert alert.subject == f"Bill:{one}+{two}"
    assert "More > Delete" in str(mill.services.render.problem(alert.problem, alert.facts).fix)
    mill.told()
    mill.shop.act("delete", "Bill", two)
    assert told(mill) == []


def test_paid_twice_is_guided_to_a_vendor_credit(mill):
    """Both are paid: nothing is deleted; the vendor's credit ends it."""
    one, two = keyed(mill, "INV-1048"), keyed(mill, "INV 1048")
    pay(mill, one, two)

    [alert] = told(mill)
    assert alert.facts["paid"] == 2
    text = mill.services.render.problem(alert.problem, alert.facts)
    assert "the money went out twice" in str(text.why)
    assert "Vendor credit" in str(text.fix)
    [row] = [r for r in mill.shop.books("Bill") if r["Id"] == two]
    lines = [{key: line[key] for key in line if key != "Id"} for line in row["Line"]]
    mill.shop.create("VendorCredit", VendorRef=row["VendorRef"], Line=lines, TxnDate="2026-11-22")
    assert told(mill) == []


def test_what_an_approver_called_another_bill_is_not_told(mill):
    """Said once, when it was posted, is enough."""
    keyed(mill, "INV-1048", 90)
    mill.shop.hand_over(bill("b1", "1048"))
    mill.sync()
    assert mill.mend(mill.incident("duplicate_transaction"), "post_another").state == "resolved"

    assert told(mill) == []


@pytest.mark.parametrize(
    ("number", "more"),
    [
        ("INV-10480", {}),
        ("Rent", {}),
        ("PM-7", {"TxnDate": "2026-10-12"}),
        ("PM-7", {"name": "Ink House"}),
    ],
)
def test_look_alikes_are_not_told(mill, number, more):
    """Another number, none with a digit, last month's, and another vendor's."""
    keyed(mill, "INV-1048")
    keyed(mill, "PM-7")
    keyed(mill, "Rent", TxnDate="2026-11-01")
    keyed(mill, number, **more)

    assert told(mill) == []
