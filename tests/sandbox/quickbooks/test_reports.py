"""Reports come from the real bookings, in the shapes of the reports API."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body, payment_body
from tests.sandbox.quickbooks.ledger_reading import (
    account,
    expense,
    group,
    item,
    report,
    sold,
    trial_balance,
    vendor,
    walk,
)


def total(books: Books, name: str, **params: str) -> float:
    """The grand total of an aging or balance report."""
    cells = group(report(books, name, **params), "GrandTotal")
    return float(cells[-1]) if cells else 0.0


def test_profit_and_loss_by_month(books: Books) -> None:
    """A column per month and their total; a voided month goes back to nothing."""
    fees = books.make("Item", _service(books))["Id"]
    for day, amount in (("2025-01-31", 100), ("2025-02-01", 250), ("2025-03-15", 50)):
        body = {"CustomerRef": {"value": "1"}, "TxnDate": day, "Line": [sold(fees, 1, amount)]}
        made = books.make("Invoice", body)
    books.make("Bill", _bill(books, 30, TxnDate="2025-02-10"))
    asked = {"start_date": "2025-01-01", "end_date": "2025-03-31"}
    by_month = report(books, "ProfitAndLoss", **asked, summarize_column_by="Month")

    titles = [column["ColTitle"] for column in by_month["Columns"]["Column"]]
    assert titles == ["", "Jan 2025", "Feb 2025", "Mar 2025", "Total"]
    data = {one["Name"]: one["Value"] for one in by_month["Columns"]["Column"][2]["MetaData"]}
    assert data == {"StartDate": "2025-02-01", "EndDate": "2025-02-28", "ColKey": "Feb 2025"}
    assert group(by_month, "Income") == ["100.00", "250.00", "50.00", "400.00"]
    assert group(by_month, "Expenses") == ["0.00", "30.00", "0.00", "30.00"]
    assert group(by_month, "NetIncome") == ["100.00", "220.00", "50.00", "370.00"]
    assert by_month["Header"]["ReportName"] == "ProfitAndLoss"
    assert by_month["Header"]["SummarizeColumnsBy"] == "Month"

    books.post("invoice", {"Id": made["Id"], "SyncToken": "0"}, operation="void")
    assert group(report(books, "ProfitAndLoss", **asked), "NetIncome") == ["320.00"]


def _service(books: Books) -> dict[str, Any]:
    income = {"value": account(books, "Fees Billed")}
    return {"Name": "Survey", "Type": "Service", "IncomeAccountRef": income}


def _bill(books: Books, amount: float, **more: Any) -> dict[str, Any]:
    line = expense(account(books, "Supplies"), amount)
    return {"VendorRef": {"value": vendor(books)}, "Line": [line], **more}


def test_balance_sheet_at_a_date(books: Books) -> None:
    """Assets equal liabilities and equity on every day, and nothing later shows."""
    empty = report(books, "BalanceSheet", end_date="2019-01-01")
    books.make("Invoice", invoice_body("1", 100, TxnDate="2025-06-30"))
    before = report(books, "BalanceSheet", end_date="2025-06-29")
    after = report(books, "BalanceSheet", end_date="2025-06-30")

    assert empty["Header"]["Option"][1] == {"Name": "NoReportData", "Value": "false"}
    assert float(group(after, "AR")[0]) - float((group(before, "AR") or ["0"])[0]) == 100
    for sheet in (before, after, report(books, "BalanceSheet")):
        assert group(sheet, "TotalAssets") == group(sheet, "TotalLiabilitiesAndEquity")
    rows = [row["ColData"][0]["value"] for row in walk(after["Rows"]) if "ColData" in row]
    assert {"Net Income", "Accounts Receivable (A/R)"} <= set(rows)


def test_profit_of_last_year_is_retained(books: Books) -> None:
    """This year's profit is net income, that of the years before stands in retained earnings."""
    books.make("Invoice", invoice_body("1", 100, TxnDate="2024-12-31"))
    kept = report(books, "BalanceSheet", start_date="2025-01-01", end_date="2025-01-01")
    rows = {
        row["ColData"][0]["value"]: row["ColData"][1]["value"]
        for row in walk(kept["Rows"])
        if row.get("type") == "Data"
    }

    assert (rows["Retained Earnings"], rows["Net Income"]) == ("100.00", "0.00")


def test_balance_sheet_by_month(books: Books) -> None:
    """Balances at the end of each month; balances are not added up."""
    books.make("Invoice", invoice_body("1", 100, TxnDate="2025-01-31"))
    sheet = report(
        books,
        "BalanceSheet",
        start_date="2025-01-01",
        end_date="2025-02-28",
        summarize_column_by="Month",
    )

    assert len(sheet["Columns"]["Column"]) == 3
    assert group(sheet, "AR") == ["100.00", "100.00"]


def test_trial_balance_is_even(books: Books) -> None:
    """Debits equal credits on the sample books."""
    sums = trial_balance(books)

    assert sums["Accounts Receivable (A/R)"] > 0
    assert round(sum(sums.values()), 2) == 0


def test_aging(books: Books) -> None:
    """What is open stands in the column of its days overdue; payments take it out."""
    acme = books.make("Customer", {"DisplayName": "Aged"})["Id"]
    dates = {"2025-06-30": 10, "2025-06-10": 20, "2025-05-15": 30, "2025-01-01": 40}
    ids = [
        books.make("Invoice", invoice_body(acme, amount, TxnDate="2025-01-01", DueDate=due))["Id"]
        for due, amount in dates.items()
    ]
    row = _aged_row(books, acme)
    assert row == ["10.00", "20.00", "30.00", "0.00", "40.00", "100.00"]

    paid = {f"i{ids[1]}": 20, f"i{ids[3]}": 15}
    books.make("Payment", payment_body(acme, 35, **paid) | {"TxnDate": "2025-06-01"})
    assert _aged_row(books, acme) == ["10.00", "0.00", "30.00", "0.00", "25.00", "65.00"]
    owed = books.read("Customer", acme)["Balance"]
    assert owed == 65


def _aged_row(books: Books, customer: str) -> list[str]:
    body = report(books, "AgedReceivables", report_date="2025-06-30", customer=customer)
    titles = [column["ColTitle"] for column in body["Columns"]["Column"]]
    wanted = ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert titles == wanted
    rows = [row for row in walk(body["Rows"]) if row.get("type") == "Data"]
    assert [row["ColData"][0]["id"] for row in rows] == [customer]
    return [cell["value"] for cell in rows[0]["ColData"][1:]]


def test_aging_agrees_with_the_account(books: Books) -> None:
    """Receivables by customer add up to the account; payables by vendor too."""
    books.make("Bill", _bill(books, 77))
    sums = trial_balance(books)

    assert total(books, "AgedReceivables") == sums["Accounts Receivable (A/R)"]
    assert total(books, "CustomerBalance") == sums["Accounts Receivable (A/R)"]
    assert total(books, "AgedPayables") == -sums["Accounts Payable (A/P)"] == 77
    assert total(books, "VendorBalance") == 77


def listed(books: Books, **params: str) -> dict[str, dict[str, str]]:
    """Transaction Id -> its cells by column key."""
    body = report(books, "TransactionList", **params)
    keys = [column["MetaData"][-1]["Value"] for column in body["Columns"]["Column"]]
    found: dict[str, dict[str, str]] = {}
    for row in walk(body["Rows"]):
        cells = dict(zip(keys, row["ColData"], strict=True))
        found[cells["txn_type"]["id"]] = {key: cell["value"] for key, cell in cells.items()}
    return found


ALL = {"date_macro": "all"}


def test_transaction_list_tells_the_banks_view(books: Books) -> None:
    """cleared= finds what is matched, reconciled and deposited, and nothing else."""
    ids = [books.make("Payment", payment_body("1", part))["Id"] for part in (10, 20, 30, 40)]
    books.act("match", entity="Payment", id=ids[0])
    books.act("reconcile", entity="Payment", id=ids[1])
    deposit = books.act("deposit", id=ids[2])["deposit"]

    assert set(listed(books, cleared="Cleared", **ALL)) == {ids[0]}
    assert set(listed(books, cleared="Reconciled", **ALL)) == {ids[1]}
    assert set(listed(books, cleared="Deposited", **ALL)) == {ids[2]}
    open_ones = set(listed(books, cleared="Uncleared", **ALL))
    assert {ids[3], deposit} <= open_ones
    assert not open_ones & set(ids[:3])
    books.act("unreconcile", entity="Payment", id=ids[1])
    assert listed(books, cleared="Reconciled", **ALL) == {}
    shown = listed(books, columns="tx_date,txn_type,is_cleared", **ALL)
    assert shown[ids[2]]["is_cleared"] == "Deposited"


def test_reconciling_an_account(books: Books) -> None:
    """Everything on the account up to the day is ticked off."""
    paid = books.make(
        "Payment",
        payment_body("1", 10)
        | {"DepositToAccountRef": {"value": account(books, "Checking")}, "TxnDate": "2025-02-01"},
    )
    books.act("reconcile", entity="Account", id=account(books, "Checking"), date="2025-02-28")

    assert set(listed(books, cleared="Reconciled", **ALL)) == {paid["Id"]}


def test_transaction_list_columns_and_filters(books: Books) -> None:
    """The usual columns; types, parties, numbers and days narrow it down."""
    made = books.make(
        "Invoice", invoice_body("1", 100, DocNumber="TL-1", TxnDate="2025-02-03", PrivateNote="hm")
    )
    bill = books.make("Bill", _bill(books, 30, TxnDate="2025-02-10"))
    asked = {"start_date": "2025-02-01", "end_date": "2025-02-28"}
    rows = listed(books, **asked)

    assert set(rows) == {made["Id"], bill["Id"]}
    assert rows[made["Id"]] == {
        "tx_date": "2025-02-03",
        "txn_type": "Invoice",
        "doc_num": "TL-1",
        "is_no_post": "Yes",
        "name": "Amy's Bird Sanctuary",
        "memo": "hm",
        "account_name": "Accounts Receivable (A/R)",
        "other_account": "Services",
        "subt_nat_amount": "100.00",
    }
    for narrowed in (
        {"transaction_type": "Bill"},
        {"vendor": bill["VendorRef"]["value"]},
        {"source_account_type": "AccountsPayable"},
        {"appaid": "Unpaid"},
    ):
        assert set(listed(books, **asked, **narrowed)) == {bill["Id"]}, narrowed
    for narrowed in ({"customer": "1"}, {"docnum": "TL-1"}, {"memo": "hm"}):
        assert set(listed(books, **asked, **narrowed)) == {made["Id"]}, narrowed
    assert list(listed(books, **asked, sort_order="descend")) == [bill["Id"], made["Id"]]


@pytest.mark.parametrize(
    ("name", "params", "code"),
    [
        ("NoSuchReport", {}, "5020"),
        ("TransactionList", {"cleared": "Perhaps"}, "2170"),
        ("ProfitAndLoss", {"start_date": "yesterday"}, "2060"),
        ("ProfitAndLoss", {"start_date": "2025-02-01", "end_date": "2025-01-01"}, "2190"),
        ("ProfitAndLoss", {"summarize_column_by": "Moon"}, "2170"),
        ("BalanceSheet", {"date_macro": "some day"}, "2170"),
        ("AgedReceivables", {"aging_period": "0"}, "2090"),
    ],
)
def test_reports_that_are_refused(
    books: Books, name: str, params: dict[str, str], code: str
) -> None:
    """An unknown report is a matter of permission; bad parameters are named."""
    fault = fault_of(books.get(f"reports/{name}", **params))

    assert fault["code"] == code
    assert fault["element"] in ("ReportName", *params)


def test_report_without_data_says_so(books: Books) -> None:
    """NoReportData is true and there are no rows."""
    body = report(books, "TransactionList", start_date="1999-01-01", end_date="1999-01-02")

    assert body["Rows"] == {}
    assert body["Header"]["Option"][1]["Value"] == "true"


def test_cash_basis_counts_what_is_paid(books: Books) -> None:
    """An unpaid invoice is no income yet by cash."""
    asked = {"start_date": "2025-02-01", "end_date": "2025-02-28"}
    acme = books.make("Customer", {"DisplayName": "Acme"})["Id"]
    made = books.make("Invoice", invoice_body(acme, 100, TxnDate="2025-02-03"))
    cash = {**asked, "accounting_method": "Cash"}
    assert group(report(books, "ProfitAndLoss", **cash), "Income") == ["0.00"]

    books.make("Payment", payment_body(acme, 40, **{f"i{made['Id']}": 40}))
    assert group(report(books, "ProfitAndLoss", **cash), "Income") == ["40.00"]
    assert group(report(books, "ProfitAndLoss", **asked), "Income") == ["100.00"]


def test_general_ledger_runs_on(books: Books) -> None:
    """Each account's entries with a running balance; both sides of a document show."""
    made = books.make("Invoice", invoice_body("1", 100, TxnDate="2025-02-03"))
    body = report(books, "GeneralLedger", start_date="2025-02-01", end_date="2025-02-28")
    rows = [row for row in walk(body["Rows"]) if row.get("type") == "Data"]

    assert [row["ColData"][1]["id"] for row in rows] == [made["Id"]] * 2
    assert [row["ColData"][-1]["value"] for row in rows] == ["100.00", "100.00"]


def test_a_parent_account_shows_its_children(books: Books) -> None:
    """A sub-account stands below its parent, and the parent sums it up."""
    fuel = account(books, "Fuel")
    line = expense(fuel, 12)
    books.make(
        "Purchase",
        {
            "PaymentType": "Cash",
            "AccountRef": {"value": account(books, "Checking")},
            "TxnDate": "2025-02-03",
            "Line": [line],
        },
    )
    body = report(books, "ProfitAndLoss", start_date="2025-02-01", end_date="2025-02-28")
    sums = [row["Summary"]["ColData"][0]["value"] for row in walk(body["Rows"]) if "Summary" in row]

    assert "Total Automobile" in sums


steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["invoice", "payment", "credit", "receipt", "bill", "paybill", "expense", "deposit"]
        ),
        st.integers(min_value=1, max_value=50_000),
        st.sampled_from(["keep", "void", "delete", "halve"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_books_stay_even_whatever_happens(books: Books, did: list[tuple[str, int, str]]) -> None:
    """Debits equal credits, the sheet balances, and names add up to their accounts."""
    names = {"acme": "1", "yard": books.query("select * from Vendor")["Vendor"][0]["Id"]}
    for kind, cents, then in did:
        _do(books, names, kind, cents / 100, then)

    sums = trial_balance(books)
    assert round(sum(sums.values()), 2) == 0
    sheet = report(books, "BalanceSheet")
    assert group(sheet, "TotalAssets") == group(sheet, "TotalLiabilitiesAndEquity")
    assert total(books, "CustomerBalance") == sums["Accounts Receivable (A/R)"]
    assert total(books, "AgedReceivables") == sums["Accounts Receivable (A/R)"]
    assert total(books, "VendorBalance") == -sums.get("Accounts Payable (A/P)", 0)


def _do(books: Books, names: dict[str, str], kind: str, amount: float, then: str) -> None:
    """One thing in the books, and what becomes of it."""
    supplies = expense(account(books, "Supplies"), amount)
    checking = {"value": account(books, "Checking")}
    pump = [sold(item(books, "Pump"), 2, amount)]
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        "invoice": ("Invoice", {"CustomerRef": {"value": names["acme"]}, "Line": pump}),
        "payment": ("Payment", payment_body(names["acme"], amount)),
        "credit": ("CreditMemo", invoice_body(names["acme"], amount)),
        "receipt": ("SalesReceipt", {"Line": pump}),
        "bill": ("Bill", {"VendorRef": {"value": names["yard"]}, "Line": [supplies]}),
        "paybill": ("VendorCredit", {"VendorRef": {"value": names["yard"]}, "Line": [supplies]}),
        "expense": (
            "Purchase",
            {"PaymentType": "Cash", "AccountRef": checking, "Line": [supplies]},
        ),
        "deposit": ("Payment", payment_body(names["acme"], amount)),
    }
    entity, body = bodies[kind]
    made = books.make(entity, body)
    if kind == "deposit":
        books.act("deposit", id=made["Id"])
        return
    sent = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    if then == "delete":
        books.post(entity.lower(), sent, operation="delete")
    elif then == "void":
        books.post(entity.lower(), {**sent, "sparse": True}, operation="update", include="void")
    elif then == "halve" and entity == "Payment":
        books.sparse(entity, made, TotalAmt=round(amount / 2, 2))
