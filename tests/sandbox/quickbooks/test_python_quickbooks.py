"""python-quickbooks as an independent client of the simulator."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.exceptions import AuthClientError
from quickbooks import QuickBooks
from quickbooks.batch import batch_create
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
    ValidationException,
)
from quickbooks.objects import (
    Account,
    CompanyInfo,
    Customer,
    Employee,
    Invoice,
    Item,
    Payment,
    PaymentMethod,
    Vendor,
)
from quickbooks.objects.base import Address, EmailAddress, PhoneNumber
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.payment import PaymentLine
from quickbooks.objects.preferences import Preferences

from tests.sandbox.quickbooks.conftest import Books


class Session(requests.Session):
    """A session that carries the token itself, so that plain http is accepted."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.access_token = token
        self.headers["Authorization"] = f"Bearer {token}"


@pytest.fixture
def qb(books: Books) -> Iterator[Any]:
    """A QuickBooks client pointed at the simulator."""
    client = QuickBooks(company_id=books.realm, minorversion=75)
    session = Session(books.token)
    client.session = session
    client.api_url_v3 = client.sandbox_api_url_v3 = books.ready["api_url"]
    yield client
    session.close()


def line(item: Any, amount: float = 100) -> SalesItemLine:
    """A sales line as the library builds it: zero price and quantity included."""
    made = SalesItemLine()
    made.LineNum = 1
    made.Description = "description"
    made.Amount = amount
    made.SalesItemLineDetail = SalesItemLineDetail()
    made.SalesItemLineDetail.ItemRef = item.to_ref()
    return made


def invoice_for(qb: Any, customer: Any, **saving: Any) -> Invoice:
    """An invoice of the first item."""
    made = Invoice()
    made.Line.append(line(Item.all(max_results=1, qb=qb)[0]))
    made.CustomerRef = customer.to_ref()
    made.save(qb=qb, **saving)
    return made


def test_customer(qb: Any) -> None:
    """Every part survives a round trip; a read object saves again."""
    customer = Customer()
    customer.Title, customer.GivenName, customer.FamilyName = "Mr", "James", "King"
    customer.CompanyName = customer.DisplayName = "King & Sons"
    customer.BillAddr = Address()
    customer.BillAddr.Line1 = "123 Main"
    customer.BillAddr.PostalCode = "94030"
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "555-555-5555"
    customer.PrimaryEmailAddr = EmailAddress()
    customer.PrimaryEmailAddr.Address = "test@email.com"
    customer.save(qb=qb)
    read = Customer.get(customer.Id, qb=qb)
    read.GivenName = "Jim"
    read.save(qb=qb)

    again = Customer.get(customer.Id, qb=qb)
    assert (again.GivenName, again.DisplayName, again.Title) == ("Jim", "King & Sons", "Mr")
    assert again.BillAddr.Line1 == "123 Main"
    assert again.PrimaryEmailAddr.Address == "test@email.com"


def test_vendor_and_employee(qb: Any) -> None:
    """The other two of the shared name space."""
    vendor = Vendor()
    vendor.DisplayName = vendor.PrintOnCheckName = "Test Vendor"
    vendor.TaxIdentifier, vendor.AcctNum = "99-9999999", "221100"
    vendor.save(qb=qb)
    employee = Employee()
    employee.GivenName, employee.FamilyName, employee.HiredDate = "John", "Smith", "2020-07-22"
    employee.save(qb=qb)

    assert Vendor.get(vendor.Id, qb=qb).AcctNum == "221100"
    assert Employee.get(employee.Id, qb=qb).DisplayName == "John Smith"


def test_item_and_account(qb: Any) -> None:
    """An inventory item on accounts found by sub-type; an account renamed."""
    find = {
        "IncomeAccountRef": "AccountSubType = 'SalesOfProductIncome'",
        "ExpenseAccountRef": "AccountSubType = 'SuppliesMaterialsCogs'",
        "AssetAccountRef": "AccountSubType = 'Inventory'",
    }
    item = Item()
    item.Name, item.Type, item.Sku = "Test Item", "Inventory", "SKU123123"
    item.TrackQtyOnHand, item.QtyOnHand, item.InvStartDate = True, 10, "2015-01-01"
    for name, where in find.items():
        setattr(item, name, Account.where(where, max_results=1, qb=qb)[0].to_ref())
    item.save(qb=qb)
    account = Account()
    account.AcctNum, account.Name = "T1122093230", "Test Account"
    account.AccountType, account.AccountSubType = "Bank", "CashOnHand"
    account.save(qb=qb)
    account.Name = "Test Account_updated"
    account.save(qb=qb)

    skus = {one.Name: one.Sku for one in Item.all(max_results=100, qb=qb)}
    assert skus["Test Item"] == "SKU123123"
    assert Account.get(account.Id, qb=qb).Name == "Test Account_updated"


def test_invoice(qb: Any) -> None:
    """Create, replay, find by customer, void and delete."""
    customer = Customer.all(max_results=1, qb=qb)[0]
    first = invoice_for(qb, customer, request_id="same")
    second = invoice_for(qb, customer, request_id="same")
    third = invoice_for(qb, customer)
    third.void(qb=qb)
    voided = Invoice.get(third.Id, qb=qb)
    fourth = invoice_for(qb, customer)
    fourth.delete(qb=qb)

    assert first.Id == second.Id
    assert (voided.Balance, voided.TotalAmt) == (0, 0)
    assert "Voided" in voided.PrivateNote
    assert Invoice.filter(Id=fourth.Id, qb=qb) == []
    found = Invoice.where(f"CustomerRef = '{customer.Id}'", qb=qb)
    assert found[0].CustomerRef.name == customer.DisplayName


def test_payment(qb: Any) -> None:
    """Applied to an invoice, then voided."""
    customer = Customer.all(max_results=1, qb=qb)[0]
    invoice = invoice_for(qb, customer)
    payment = Payment()
    payment.TotalAmt = 140.0
    payment.CustomerRef = customer.to_ref()
    payment.PaymentMethodRef = PaymentMethod.all(max_results=1, qb=qb)[0].to_ref()
    part = PaymentLine()
    part.Amount = 100
    part.LinkedTxn.append(invoice.to_linked_txn())
    payment.Line.append(part)
    payment.save(qb=qb)

    assert Payment.get(payment.Id, qb=qb).UnappliedAmt == 40
    assert Invoice.get(invoice.Id, qb=qb).Balance == 0
    payment.void(qb=qb)
    assert Payment.get(payment.Id, qb=qb).TotalAmt == 0
    assert Invoice.get(invoice.Id, qb=qb).Balance == 100
    assert len(Payment.all(max_results=5, qb=qb)) == 5


def test_settings(books: Books, qb: Any) -> None:
    """Preferences read and written, CompanyInfo read."""
    preferences = Preferences.get(qb=qb)
    preferences.EmailMessagesPrefs.EstimateMessage.Subject = "changed"
    preferences.save(qb=qb)

    again = Preferences.get(qb=qb)
    assert again.Id == "1"
    assert again.AccountingInfoPrefs.TaxYearMonth == "January"
    assert again.OtherPrefs.NameValue[0].Name == "SalesFormsPrefs.DefaultCustomerMessage"
    assert again.EmailMessagesPrefs.EstimateMessage.Subject == "changed"
    assert CompanyInfo.get(books.realm, qb=qb).CompanyName == "Sandbox Company US"


def test_batch_and_changes(qb: Any) -> None:
    """BatchManager and change_data_capture understand the replies."""
    customers = []
    for name in ("B1", "B2", "Cool Cars"):
        customer = Customer()
        customer.DisplayName = name
        customers.append(customer)
    results = batch_create(customers, qb=qb)
    changes = change_data_capture([Customer, Invoice], "2020-01-01T00:00:00-08:00", qb=qb)

    assert (len(results.successes), len(results.faults)) == (2, 1)
    assert results.faults[0].Error[0].code == "6240"
    assert {"B1", "B2"} <= {one.DisplayName for one in changes.Customer}


def test_counting(qb: Any) -> None:
    """count() reads totalCount."""
    assert Customer.count(qb=qb) == 12


def test_exceptions(books: Books, qb: Any) -> None:
    """The library's classes by code."""
    twin = Customer()
    twin.DisplayName = "Cool Cars"
    with pytest.raises(QuickbooksException) as taken:
        twin.save(qb=qb)
    with pytest.raises(ObjectNotFoundException):
        Customer.get(999, qb=qb)
    with pytest.raises(ValidationException):
        qb.query("select * from Custmoer")
    books.arm("unauthorized")
    with pytest.raises(AuthorizationException):
        Customer.get(1, qb=qb)
    books.arm("throttled", format="xml")
    with pytest.raises(QuickbooksException):
        Customer.get(1, qb=qb)

    assert taken.value.error_code == 6240


def test_auth_client(books: Books) -> None:
    """intuit-oauth with the discovery address as its environment."""
    client = AuthClient(
        books.ready["client_id"],
        books.ready["client_secret"],
        "http://localhost:8000/callback",
        books.ready["discovery_url"],
    )
    client.refresh(refresh_token=books.ready["refresh_token"])
    first = client.access_token
    assert client.expires_in == 3600
    client.revoke(token=client.refresh_token)
    with pytest.raises(AuthClientError) as dead:
        client.refresh()
    client.close()

    assert first
    assert dead.value.status_code == 400
    assert b"invalid_grant" in dead.value.content
