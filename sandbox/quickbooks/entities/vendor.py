"""Vendor."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    PERSON_NAME,
    REACHED_AT,
    address,
    flag,
    name_part,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.entities.people import (
    PEOPLE,
    complete_name,
    give_address_ids,
    party_currency,
)
from sandbox.quickbooks.faults import has_balance
from sandbox.quickbooks.model import Entity, Kind, Record, Work

FIELDS = (
    address("BillAddr"),
    ref("TermRef", "Term"),
    text("TaxIdentifier", 20),
    read_only("Balance", Kind.NUMBER, queryable=True),
    number("BillRate"),
    number("CostRate"),
    text("AcctNum", 100),
    flag("Vendor1099", queryable=True),
    flag("T4AEligible"),
    flag("T5018Eligible"),
    ref("CurrencyRef"),
    ref("APAccountRef", "Account"),
    *PERSON_NAME,
    text("CompanyName", 100, queryable=True),
    name_part("PrintOnCheckName", 100),
    *REACHED_AT,
    text("TaxReportingBasis"),
    text("GSTIN", 15),
    text("GSTRegistrationType", 15),
    text("BusinessNumber", 10),
    text("Source"),
)

KNOWN = (
    "AltContactName",
    "ContactName",
    "CustomField",
    "HasTPAR",
    "IntuitId",
    "OpenBalance",
    "OpenBalanceDate",
    "Organization",
    "OtherAddr",
    "OtherContactInfo",
    "ShipAddr",
    "UserId",
    "V4IDPseudonym",
    "VendorEx",
    "VendorPaymentBankDetail",
    "CreditLimit",
    "FullyQualifiedName",
    "Notes",
    "TaxCountry",
    "TDSDefaultSectionRef",
    "TDSEntityTypeId",
    "TDSOverrideThreshold",
    "TDSSectionTypeId",
    "TDSEnabled",
    "PrefVendor",
    "EntityEx",
)


def complete(work: Work) -> None:
    """Name and defaults; a tax id is shown with only its last four digits."""
    body = work.body
    complete_name(work, check_name=100)
    body.setdefault("Vendor1099", False)
    body["CurrencyRef"] = party_currency(work)
    tax_id = body.get("TaxIdentifier")
    if tax_id and not tax_id.startswith("XXXXXX"):
        body["TaxIdentifier"] = f"XXXXXX{tax_id[-4:]}"
    give_address_ids(work, "BillAddr")


def may_deactivate(company: Company, record: Record) -> None:
    """Not with a balance."""
    if company.balance(record.key):
        raise has_balance("vendor")


VENDOR = Entity(
    name="Vendor",
    fields=FIELDS,
    sequence="Name",
    list_word="Names",
    plural="vendors",
    operations=LIST_OPERATIONS,
    name_rule=PEOPLE,
    known=KNOWN,
    complete=complete,
    may_deactivate=may_deactivate,
)
