"""Receivables stay consistent on every side, whatever is posted, changed, voided or deleted."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body, payment_body


def balance(books: Books, customer: str) -> float:
    """The customer's balance."""
    return books.read("Customer", customer)["Balance"]


def account(books: Books, kind: str) -> float:
    """The balance of the first account of a type."""
    rows = books.query(f"select * from Account where AccountType = '{kind}'")["Account"]
    return rows[0]["CurrentBalance"]


def customer(books: Books, name: str = "Acme", **more: Any) -> str:
    """A new customer's Id."""
    return books.make("Customer", {"DisplayName": name, **more})["Id"]


def remove(books: Books, entity: str, record_id: str) -> None:
    """Delete a transaction as it stands."""
    record = books.read(entity, record_id)
    body = {"Id": record_id, "SyncToken": record["SyncToken"]}
    assert books.post(entity.lower(), body, operation="delete").status_code == 200


def test_invoice_raises_the_balance(books: Books) -> None:
    """Customer and receivables grow by the total."""
    before = account(books, "Accounts Receivable")
    acme = customer(books)
    made = books.make("Invoice", invoice_body(acme, 120.5))

    assert (made["TotalAmt"], made["Balance"]) == (120.5, 120.5)
    assert balance(books, acme) == 120.5
    assert account(books, "Accounts Receivable") == pytest.approx(before + 120.5)


def test_payment_shows_on_both_sides(books: Books) -> None:
    """The payment's line names the invoice, the invoice's LinkedTxn names the payment."""
    acme = customer(books)
    invoice = books.make("Invoice", invoice_body(acme, 100))
    payment = books.make("Payment", payment_body(acme, 80, **{f"i{invoice['Id']}": 60}))
    paid = books.read("Invoice", invoice["Id"])

    assert payment["UnappliedAmt"] == 20
    assert payment["Line"][0]["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    assert payment["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert paid["Balance"] == 40
    assert paid["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "Payment"}]
    assert balance(books, acme) == 20


def test_deleting_a_payment_reopens_its_invoice(books: Books) -> None:
    """The invoice is open again and no longer linked."""
    acme = customer(books)
    invoice = books.make("Invoice", invoice_body(acme, 100))
    payment = books.make("Payment", payment_body(acme, 100, **{f"i{invoice['Id']}": 100}))
    remove(books, "Payment", payment["Id"])
    open_again = books.read("Invoice", invoice["Id"])

    assert (open_again["Balance"], open_again["LinkedTxn"]) == (100, [])
    assert balance(books, acme) == 100


def test_deleting_an_invoice_frees_its_payment(books: Books) -> None:
    """The money stays as an unapplied payment."""
    acme = customer(books)
    invoice = books.make("Invoice", invoice_body(acme, 100))
    payment = books.make("Payment", payment_body(acme, 100, **{f"i{invoice['Id']}": 100}))
    remove(books, "Invoice", invoice["Id"])
    freed = books.read("Payment", payment["Id"])

    assert (freed["UnappliedAmt"], freed["Line"]) == (100, [])
    assert balance(books, acme) == -100


def test_voiding_an_invoice(books: Books) -> None:
    """Amounts zero, links gone, number and date kept, noted and counted."""
    acme = customer(books)
    invoice = books.make("Invoice", invoice_body(acme, 100, DocNumber="V-1"))
    body = {"Id": invoice["Id"], "SyncToken": "0"}
    voided = books.post("invoice", body, operation="void").json()["Invoice"]

    assert (voided["TotalAmt"], voided["Balance"], voided["LinkedTxn"]) == (0, 0, [])
    assert (voided["DocNumber"], voided["PrivateNote"]) == ("V-1", "Voided")
    assert (voided["SyncToken"], voided["TxnDate"]) == ("1", invoice["TxnDate"])
    assert {line["Amount"] for line in voided["Line"]} == {0}
    assert balance(books, acme) == 0


def test_voiding_a_payment(books: Books) -> None:
    """operation=update with include=void and a sparse body."""
    acme = customer(books)
    invoice = books.make("Invoice", invoice_body(acme, 100))
    payment = books.make("Payment", payment_body(acme, 100, **{f"i{invoice['Id']}": 100}))
    body = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    voided = books.make("Payment", body, operation="update", include="void")

    assert (voided["TotalAmt"], voided["UnappliedAmt"]) == (0, 0)
    assert "Voided" in voided["PrivateNote"]
    assert books.read("Invoice", invoice["Id"])["Balance"] == 100


def test_smaller_invoice_gives_money_back(books: Books) -> None:
    """A paid invoice that shrinks leaves the difference unapplied."""
    acme = customer(books)
    invoice = books.make("Invoice", invoice_body(acme, 100))
    payment = books.make("Payment", payment_body(acme, 100, **{f"i{invoice['Id']}": 100}))
    smaller = books.sparse(
        "Invoice", books.read("Invoice", invoice["Id"]), Line=invoice_body(acme, 70)["Line"]
    )

    assert (smaller["TotalAmt"], smaller["Balance"]) == (70, 0)
    assert books.read("Payment", payment["Id"])["UnappliedAmt"] == 30
    assert balance(books, acme) == -30


def test_payment_cannot_exceed_what_is_open_or_received(books: Books) -> None:
    """More than the balance, more than the money, another customer's or an unknown invoice."""
    acme, other = customer(books), customer(books, "Other")
    invoice = books.make("Invoice", invoice_body(acme, 100))
    key = f"i{invoice['Id']}"

    assert fault_of(books.post("payment", payment_body(acme, 200, **{key: 150})))["code"] == "6000"
    assert fault_of(books.post("payment", payment_body(acme, 50, **{key: 60})))["code"] == "6000"
    assert fault_of(books.post("payment", payment_body(other, 50, **{key: 50})))["code"] == "620"
    assert fault_of(books.post("payment", payment_body(acme, 5, i9999=5)))["code"] == "610"
    assert balance(books, acme) == 100


def test_customer_of_a_paid_invoice_stays(books: Books) -> None:
    """A linked document is not moved to somebody else."""
    acme, other = customer(books), customer(books, "Other")
    invoice = books.make("Invoice", invoice_body(acme, 100))
    books.make("Payment", payment_body(acme, 100, **{f"i{invoice['Id']}": 100}))
    body = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "CustomerRef": {"value": other}}

    assert fault_of(books.post("invoice", body))["code"] == "6000"


def test_moving_an_open_invoice_moves_the_balance(books: Books) -> None:
    """Both customers' balances follow."""
    acme, other = customer(books), customer(books, "Other")
    invoice = books.make("Invoice", invoice_body(acme, 100))
    books.sparse("Invoice", invoice, CustomerRef={"value": other})

    assert (balance(books, acme), balance(books, other)) == (0, 100)


def test_sub_customers_count_in_the_balance_with_jobs(books: Books) -> None:
    """A parent pays for its sub-customers."""
    top = customer(books)
    job = customer(books, "Job", Job=True, ParentRef={"value": top}, BillWithParent=True)
    invoice = books.make("Invoice", invoice_body(job, 100))
    parent = books.read("Customer", top)

    assert (parent["Balance"], parent["BalanceWithJobs"]) == (0, 100)
    books.make("Payment", payment_body(top, 100, **{f"i{invoice['Id']}": 100}))
    assert books.read("Invoice", invoice["Id"])["Balance"] == 0
    assert books.read("Customer", top)["BalanceWithJobs"] == 0


def test_bill_with_parent_stays_while_invoices_are_open(books: Books) -> None:
    """6130 blocks the change."""
    top = customer(books)
    job = books.make(
        "Customer",
        {"DisplayName": "Job", "Job": True, "ParentRef": {"value": top}, "BillWithParent": True},
    )
    books.make("Invoice", invoice_body(job["Id"], 100))
    body = {"Id": job["Id"], "SyncToken": "0", "sparse": True, "BillWithParent": False}

    assert fault_of(books.post("customer", body))["code"] == "6130"


def test_credit_memo_is_applied_by_a_payment(books: Books) -> None:
    """A payment of zero ties the credit to the invoice."""
    acme = customer(books)
    invoice = books.make("Invoice", invoice_body(acme, 100))
    memo = books.make("CreditMemo", invoice_body(acme, 30))
    assert (memo["RemainingCredit"], balance(books, acme)) == (30, 70)

    lines = [
        {"Amount": 30, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]},
        {"Amount": 30, "LinkedTxn": [{"TxnId": memo["Id"], "TxnType": "CreditMemo"}]},
    ]
    books.make("Payment", {"CustomerRef": {"value": acme}, "TotalAmt": 0, "Line": lines})

    assert books.read("Invoice", invoice["Id"])["Balance"] == 70
    assert books.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0
    assert balance(books, acme) == 70


def test_tax_sent_is_added(books: Books) -> None:
    """TotalTax goes into TotalAmt and into the liability."""
    acme = customer(books)
    made = books.make("Invoice", invoice_body(acme, 100, TxnTaxDetail={"TotalTax": 8.25}))
    owed = books.query("select * from Account where Name = 'Sales Tax Payable'")["Account"][0]

    assert made["TotalAmt"] == 108.25
    assert owed["CurrentBalance"] == 8.25


def test_tax_code_taxes_the_taxable_lines(books: Books) -> None:
    """8 % on the line marked TAX, nothing on the other."""
    body = invoice_body("1", 100, TxnTaxDetail={"TxnTaxCodeRef": {"value": "2"}})
    body["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "TAX"}
    body["Line"].append(invoice_body("1", 50)["Line"][0])
    made = books.make("Invoice", body)

    assert made["TxnTaxDetail"]["TotalTax"] == 8
    assert made["TotalAmt"] == 158
    assert made["TxnTaxDetail"]["TaxLine"][0]["TaxLineDetail"]["NetAmountTaxable"] == 100


def test_discount_lowers_the_total(books: Books) -> None:
    """A percentage of the subtotal, or an amount."""
    body = invoice_body("1", 200)
    detail = {"PercentBased": True, "DiscountPercent": 10}
    body["Line"].append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
    made = books.make("Invoice", body)

    assert made["TotalAmt"] == 180
    assert [line["DetailType"] for line in made["Line"]] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]


def test_unit_price_is_rounded_after_multiplying(books: Books) -> None:
    """3 x 33.3333 is 100.00: full precision passes, a rounded price does not."""
    body = invoice_body("1", 100)
    body["Line"][0]["SalesItemLineDetail"] |= {"UnitPrice": 33.3333, "Qty": 3}
    assert books.make("Invoice", body)["TotalAmt"] == 100
    body["Line"][0]["SalesItemLineDetail"]["UnitPrice"] = 33.33

    assert fault_of(books.post("invoice", body))["code"] == "6070"


def test_due_date_follows_the_terms(books: Books) -> None:
    """The document's term, else the customer's, else 30 days."""
    acme = customer(books, SalesTermRef={"value": "2"})
    own = books.make(
        "Invoice", invoice_body(acme, TxnDate="2026-11-01", SalesTermRef={"value": "4"})
    )
    theirs = books.make("Invoice", invoice_body(acme, TxnDate="2026-11-01"))
    plain = books.make("Invoice", invoice_body("1", TxnDate="2026-11-01"))

    assert [one["DueDate"] for one in (own, theirs, plain)] == [
        "2026-12-31",
        "2026-11-16",
        "2026-12-01",
    ]


def test_stock_follows_sales(books: Books) -> None:
    """Inventory goes down with an invoice and comes back with its deletion."""
    pump = books.query("select * from Item where Name = 'Pump'")["Item"][0]
    body = invoice_body("1", 45)
    body["Line"][0]["SalesItemLineDetail"] = {
        "ItemRef": {"value": pump["Id"]},
        "UnitPrice": 15,
        "Qty": 3,
    }
    invoice = books.make("Invoice", body)
    sold = books.read("Item", pump["Id"])["QtyOnHand"]
    remove(books, "Invoice", invoice["Id"])

    assert (pump["QtyOnHand"], sold, books.read("Item", pump["Id"])["QtyOnHand"]) == (25, 22, 25)


def test_company_day_is_not_utc(books: Books) -> None:
    """Without TxnDate a document has the day of the company's time zone."""
    books.control.post("/clock", json={"now": "2026-11-01T06:30:00+00:00"})
    made = books.control.post(
        "/companies", json={"name": "East", "time_zone": "America/Los_Angeles", "seed": "empty"}
    ).json()
    books.realm, books.token = made["realm_id"], made["access_token"]
    acme = customer(books)

    assert books.make("Invoice", invoice_body(acme))["TxnDate"] == "2026-10-31"


STEP = st.tuples(
    st.sampled_from(["invoice", "pay", "void", "delete", "shrink", "unpay"]),
    st.integers(0, 5),
    st.integers(1, 500),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEP, min_size=4, max_size=14))
def test_books_always_balance(books: Books, steps: list[tuple[str, int, int]]) -> None:
    """Customer balance = open invoices - unapplied money, after any history."""
    acme = books.control.post("/companies", json={"name": "Prop", "seed": "empty"}).json()
    books.realm, books.token = acme["realm_id"], acme["access_token"]
    payer = customer(books)
    for kind, pick, amount in steps:
        run_step(books, payer, kind, pick, amount)
    invoices = books.query("select * from Invoice").get("Invoice", [])
    payments = books.query("select * from Payment").get("Payment", [])

    open_amount = sum(round(row["Balance"] * 100) for row in invoices)
    unapplied = sum(round(row["UnappliedAmt"] * 100) for row in payments)
    shown = round(balance(books, payer) * 100)
    assert shown == open_amount - unapplied
    assert shown == round(account(books, "Accounts Receivable") * 100)
    for invoice in invoices:
        applied = sum(
            round(line["Amount"] * 100)
            for row in payments
            for line in row["Line"]
            if line["LinkedTxn"][0]["TxnId"] == invoice["Id"]
        )
        assert round(invoice["Balance"] * 100) == round(invoice["TotalAmt"] * 100) - applied


def run_step(books: Books, payer: str, kind: str, pick: int, amount: int) -> None:
    """One random change; what QuickBooks refuses changes nothing."""
    if kind == "invoice":
        books.post("invoice", invoice_body(payer, amount / 4))
        return
    entity = "Payment" if kind == "unpay" else "Invoice"
    rows = books.query(f"select * from {entity}").get(entity, [])
    if not rows:
        return
    row = rows[pick % len(rows)]
    body = {"Id": row["Id"], "SyncToken": row["SyncToken"], "sparse": True}
    if kind == "pay":
        part = min(amount / 4, row["Balance"])
        books.post("payment", payment_body(payer, amount / 4, **{f"i{row['Id']}": part}))
    elif kind == "shrink":
        books.post("invoice", {**body, "Line": invoice_body(payer, amount / 8)["Line"]})
    else:
        books.post(entity.lower(), body, operation="void" if kind == "void" else "delete")
