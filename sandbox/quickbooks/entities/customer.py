"""Customer, with sub-customers and jobs."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    PERSON_NAME,
    REACHED_AT,
    address,
    choice,
    day,
    flag,
    name_part,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.entities.people import (
    CUSTOMERS,
    complete_name,
    give_address_ids,
    party_currency,
)
from sandbox.quickbooks.faults import fault, has_balance
from sandbox.quickbooks.model import Entity, Kind, Record, Work
from sandbox.quickbooks.rules import full_name

FIELDS = (
    flag("Taxable", queryable=True),
    address("BillAddr"),
    address("ShipAddr"),
    text("Notes", 2000),
    flag("Job", queryable=True),
    flag("BillWithParent", queryable=True),
    flag("IsProject", queryable=True),
    ref("ParentRef", "Customer", queryable=True),
    read_only("Level", Kind.NUMBER, queryable=True),
    read_only("Balance", Kind.NUMBER, queryable=True),
    read_only("BalanceWithJobs", Kind.NUMBER, queryable=True),
    day("OpenBalanceDate"),
    ref("CurrencyRef"),
    choice("PreferredDeliveryMethod", "Print", "Email", "None"),
    *PERSON_NAME,
    read_only("FullyQualifiedName", queryable=True),
    text("CompanyName", 100, queryable=True),
    name_part("PrintOnCheckName", 110),
    *REACHED_AT,
    ref("DefaultTaxCodeRef", "TaxCode"),
    ref("SalesTermRef", "Term"),
    ref("PaymentMethodRef", "PaymentMethod"),
    ref("ARAccountRef", "Account"),
    ref("CustomerTypeRef"),
    text("ResaleNum", 16),
    text("PrimaryTaxIdentifier", 20),
    text("TaxExemptionReasonId"),
    text("GSTIN", 15),
    text("GSTRegistrationType", 15),
    text("BusinessNumber", 10),
    text("SecondaryTaxIdentifier", 20),
    text("Source"),
    number("OverDueBalance"),
    number("CreditLimit"),
)

KNOWN = (
    "AcctNum",
    "AltContactName",
    "ContactName",
    "CCDetail",
    "CustomerEx",
    "CustomField",
    "DefaultTaxCode",
    "ClientEntityId",
    "IntuitId",
    "JobInfo",
    "Organization",
    "OtherAddr",
    "OtherContactInfo",
    "OverDueBalance",
    "OpenBalance",
    "PriceLevelRef",
    "ReverseChargeRate",
    "RootCustomerRef",
    "SalesRepRef",
    "TDSEnabled",
    "TaxGroupCodeRef",
    "TaxRegime",
    "TotalExpense",
    "TotalRevenue",
    "UserId",
    "V4IDPseudonym",
    "EntityEx",
    "NameAndId",
)


def complete(work: Work) -> None:
    """Name, hierarchy, currency and the defaults a new customer gets."""
    body, company = work.body, work.company
    complete_name(work)
    own = work.before.id if work.before else None
    body["FullyQualifiedName"] = full_name(company, work.entity, body, own)
    _hierarchy(work)
    for name, default in (
        ("Taxable", True),
        ("Job", False),
        ("BillWithParent", False),
        ("PreferredDeliveryMethod", "Print"),
    ):
        body.setdefault(name, default)
    body["CurrencyRef"] = party_currency(work)
    give_address_ids(work, "BillAddr", "ShipAddr")


def _hierarchy(work: Work) -> None:
    body = work.body
    _project(work)
    if body.get("Job") and not body.get("ParentRef"):
        raise fault("6150", "ParentRef Required Validation Error", "ParentRef")
    if body.get("ParentRef") and "Job" not in work.sent:
        body["Job"] = True
    before = work.before
    if before is None or bool(before.body.get("BillWithParent")) == bool(
        body.get("BillWithParent")
    ):
        return
    if any(_is_open_invoice(work.company, key) for key in work.company.referrers[before.key]):
        raise fault("6130", "Cannot change who customer bills with", "BillWithParent")


def _project(work: Work) -> None:
    """Projects are made on QuickBooks' screen; what an app says about it is not kept."""
    body, before = work.body, work.before
    if not work.by_person:
        body["IsProject"] = bool(before and before.body.get("IsProject"))
    if body.get("IsProject") and not body.get("ParentRef"):
        raise fault("6150", "ParentRef Required Validation Error", "ParentRef")
    if not body.get("IsProject"):
        body.pop("IsProject", None)


def _is_open_invoice(company: Company, key: tuple[str, str]) -> bool:
    record = company.find(key)
    return record is not None and key[0] == "Invoice" and bool(record.body.get("Balance"))


def may_deactivate(company: Company, record: Record) -> None:
    """Not with a balance, its own or below it, nor above active sub-customers."""
    if company.balance_with_children(record.key):
        raise has_balance("customer")
    if any(child.active for child in company.descendants(record.key)):
        raise fault("800", "Cannot delete object", "")


CUSTOMER = Entity(
    name="Customer",
    fields=FIELDS,
    sequence="Name",
    list_word="Names",
    plural="customers",
    operations=LIST_OPERATIONS,
    name_rule=CUSTOMERS,
    known=KNOWN,
    complete=complete,
    may_deactivate=may_deactivate,
)
