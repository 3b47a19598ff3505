"""python-quickbooks as an independent client: bills, receipts, deposits, journals, reports."""

from collections.abc import Iterator
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import QuickbooksException, ValidationException
from quickbooks.objects import (
    Account,
    Bill,
    BillPayment,
    Customer,
    Deposit,
    Estimate,
    Item,
    JournalEntry,
    Purchase,
    RefundReceipt,
    SalesReceipt,
    Vendor,
    VendorCredit,
)
from quickbooks.objects.base import LinkedTxn, Ref
from quickbooks.objects.billpayment import BillPaymentLine, CheckPayment
from quickbooks.objects.deposit import DepositLine, DepositLineDetail
from quickbooks.objects.detailline import (
    AccountBasedExpenseLine,
    AccountBasedExpenseLineDetail,
    SalesItemLine,
    SalesItemLineDetail,
)
from quickbooks.objects.journalentry import Entity, JournalEntryLine, JournalEntryLineDetail

from tests.sandbox.quickbooks.conftest import Books
from tests.sandbox.quickbooks.test_python_quickbooks import Session


@pytest.fixture
def qb(books: Books) -> Iterator[Any]:
    """A QuickBooks client pointed at the simulator."""
    client = QuickBooks(company_id=books.realm, minorversion=75)
    session = Session(books.token)
    client.session = session
    client.api_url_v3 = client.sandbox_api_url_v3 = books.ready["api_url"]
    yield client
    session.close()


def account(qb: Any, name: str) -> Ref:
    """A reference to an account."""
    return Account.filter(Name=name, qb=qb)[0].to_ref()


def expense(qb: Any, amount: float) -> AccountBasedExpenseLine:
    """A line by account as the library builds it."""
    made = AccountBasedExpenseLine()
    made.Amount = amount
    made.AccountBasedExpenseLineDetail = AccountBasedExpenseLineDetail()
    made.AccountBasedExpenseLineDetail.AccountRef = account(qb, "Supplies")
    return made


def sale(qb: Any, amount: float) -> SalesItemLine:
    """A sales line as the library builds it."""
    made = SalesItemLine()
    made.Amount = amount
    made.SalesItemLineDetail = SalesItemLineDetail()
    made.SalesItemLineDetail.ItemRef = Item.all(max_results=1, qb=qb)[0].to_ref()
    return made


def bill_of(qb: Any, amount: float, number: str = "") -> Bill:
    """A saved bill of the first vendor."""
    made = Bill()
    made.Line.append(expense(qb, amount))
    made.VendorRef = Vendor.all(max_results=1, qb=qb)[0].to_ref()
    made.DocNumber = number
    return made.save(qb=qb)


def test_bill_and_its_payment(qb: Any) -> None:
    """A bill is paid by check; read objects save again; the payment is voided."""
    bill = bill_of(qb, 200, "B-77")
    payment = BillPayment()
    payment.PayType, payment.TotalAmt = "Check", 200
    payment.VendorRef = bill.VendorRef
    payment.CheckPayment = CheckPayment()
    payment.CheckPayment.BankAccountRef = account(qb, "Checking")
    line = BillPaymentLine()
    line.Amount = 200
    linked = LinkedTxn()
    linked.TxnId, linked.TxnType = bill.Id, "Bill"
    line.LinkedTxn.append(linked)
    payment.Line.append(line)
    payment.save(qb=qb)

    paid = Bill.get(bill.Id, qb=qb)
    assert (paid.Balance, paid.LinkedTxn[0].TxnType) == (0, "BillPaymentCheck")
    paid.PrivateNote = "seen"
    paid.save(qb=qb)
    BillPayment.get(payment.Id, qb=qb).void(qb=qb)
    assert Bill.get(bill.Id, qb=qb).Balance == 200


def test_bill_number_taken(qb: Any) -> None:
    """The library tells 6140 as its base exception, with the holder in the detail."""
    first = bill_of(qb, 10, "B-78")
    with pytest.raises(QuickbooksException) as caught:
        bill_of(qb, 10, "B-78")

    assert caught.value.error_code == 6140
    assert f"TxnId={first.Id}" in caught.value.detail


def test_vendor_credit_and_purchase(qb: Any) -> None:
    """Both saved, read, and deleted."""
    credit = VendorCredit()
    credit.Line.append(expense(qb, 30))
    credit.VendorRef = Vendor.all(max_results=1, qb=qb)[0].to_ref()
    credit.save(qb=qb)
    assert VendorCredit.get(credit.Id, qb=qb).TotalAmt == 30
    credit.delete(qb=qb)

    purchase = Purchase()
    purchase.PaymentType = "CreditCard"
    purchase.AccountRef = account(qb, "Mastercard")
    purchase.EntityRef = Vendor.all(max_results=1, qb=qb)[0].to_ref()
    purchase.Line.append(expense(qb, 12.34))
    purchase.save(qb=qb)
    again = Purchase.get(purchase.Id, qb=qb)
    again.PrivateNote = "fuel"
    again.save(qb=qb)
    assert Purchase.get(purchase.Id, qb=qb).PrivateNote == "fuel"
    assert Purchase.filter(PaymentType="CreditCard", qb=qb)[0].TotalAmt == 12.34


def test_receipts_go_to_the_bank(qb: Any) -> None:
    """A sales receipt on a deposit is frozen; the deposit deleted, it can be voided."""
    receipt = SalesReceipt()
    receipt.Line.append(sale(qb, 80))
    receipt.CustomerRef = Customer.all(max_results=1, qb=qb)[0].to_ref()
    receipt.save(qb=qb)
    deposit = Deposit()
    deposit.DepositToAccountRef = account(qb, "Checking")
    line = DepositLine()
    line.Amount = 80
    linked = LinkedTxn()
    linked.TxnId, linked.TxnType = receipt.Id, "SalesReceipt"
    line.LinkedTxn.append(linked)
    deposit.Line.append(line)
    fee = DepositLine()
    fee.Amount, fee.DepositLineDetail = -2, DepositLineDetail()
    fee.DepositLineDetail.AccountRef = account(qb, "Merchant Fees")
    deposit.Line.append(fee)
    deposit.save(qb=qb)
    assert Deposit.get(deposit.Id, qb=qb).TotalAmt == 78

    frozen = SalesReceipt.get(receipt.Id, qb=qb)
    frozen.PrivateNote = "x"
    with pytest.raises(QuickbooksException) as caught:
        frozen.save(qb=qb)
    assert caught.value.error_code == 6540

    Deposit.get(deposit.Id, qb=qb).delete(qb=qb)
    SalesReceipt.get(receipt.Id, qb=qb).void(qb=qb)
    assert SalesReceipt.get(receipt.Id, qb=qb).TotalAmt == 0


def test_refund_and_estimate(qb: Any) -> None:
    """A refund pays from the bank; an estimate is only an offer."""
    refund = RefundReceipt()
    refund.Line.append(sale(qb, 15))
    refund.DepositToAccountRef = account(qb, "Checking")
    refund.save(qb=qb)
    assert RefundReceipt.get(refund.Id, qb=qb).TotalAmt == 15

    estimate = Estimate()
    estimate.Line.append(sale(qb, 500))
    estimate.CustomerRef = Customer.all(max_results=1, qb=qb)[0].to_ref()
    estimate.save(qb=qb)
    read = Estimate.get(estimate.Id, qb=qb)
    read.TxnStatus = "Accepted"
    read.save(qb=qb)
    assert Estimate.filter(TxnStatus="Accepted", qb=qb)[0].Id == estimate.Id


def test_journal_entry(qb: Any) -> None:
    """Two sides with a name; sides that differ are a validation error."""
    entry = JournalEntry()
    for side, name in (("Debit", "Accounts Receivable (A/R)"), ("Credit", "Fees Billed")):
        line = JournalEntryLine()
        line.Amount, line.JournalEntryLineDetail = 25, JournalEntryLineDetail()
        line.JournalEntryLineDetail.PostingType = side
        line.JournalEntryLineDetail.AccountRef = account(qb, name)
        if side == "Debit":
            entity = Entity()
            entity.Type = "Customer"
            entity.EntityRef = Customer.all(max_results=1, qb=qb)[0].to_ref()
            line.JournalEntryLineDetail.Entity = entity
        entry.Line.append(line)
    entry.save(qb=qb)
    read = JournalEntry.get(entry.Id, qb=qb)
    assert read.TotalAmt == 25
    read.PrivateNote = "again"
    read.save(qb=qb)

    read = JournalEntry.get(entry.Id, qb=qb)
    read.Line[0].Amount = 26
    with pytest.raises(ValidationException) as caught:
        read.save(qb=qb)
    assert caught.value.error_code == 2300


def test_reports(qb: Any) -> None:
    """get_report hands back the report as JSON; an unknown one is refused."""
    body = qb.get_report(
        "ProfitAndLoss",
        {
            "start_date": "2025-01-01",
            "end_date": "2025-12-31",
            "summarize_column_by": "Month",
        },
    )
    assert len(body["Columns"]["Column"]) == 14
    assert qb.get_report("TransactionList", {"cleared": "Reconciled"})["Rows"] == {}
    with pytest.raises(QuickbooksException) as caught:
        qb.get_report("Horoscope")
    assert caught.value.error_code == 5020
