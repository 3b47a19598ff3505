"""Preferences and CompanyInfo: one record each, mostly read."""

from sandbox.quickbooks.entities.fields import address, email, kept, phone, read_only, text, web
from sandbox.quickbooks.faults import fault
from sandbox.quickbooks.model import Entity, Kind, Work

WRITABLE_PREFERENCES = ("EmailMessagesPrefs", "SalesFormsPrefs")
GROUPS = (
    "AccountingInfoPrefs",
    "ProductAndServicesPrefs",
    "SalesFormsPrefs",
    "EmailMessagesPrefs",
    "VendorAndPurchasesPrefs",
    "TimeTrackingPrefs",
    "TaxPrefs",
    "CurrencyPrefs",
    "ReportPrefs",
    "OtherPrefs",
)


def complete_preferences(work: Work) -> None:
    """Only e-mail texts and sales forms can be written; the rest stays as it is.

    The closing date and custom numbers are read-only for every app.
    """
    before = work.before
    if before is None:
        return
    for group in GROUPS:
        old = before.body.get(group)
        if group not in WRITABLE_PREFERENCES and old is not None:
            work.body[group] = old
    forms = work.body.get("SalesFormsPrefs")
    old_forms = before.body.get("SalesFormsPrefs") or {}
    if isinstance(forms, dict):
        kept_number = old_forms.get("CustomTxnNumbers", False)
        work.body["SalesFormsPrefs"] = {**old_forms, **forms, "CustomTxnNumbers": kept_number}


def complete_company(work: Work) -> None:
    """The company's name stays what the company is called."""
    if not work.body.get("CompanyName"):
        raise fault(
            "2020", "Required parameter CompanyName is missing in the request", "CompanyName"
        )


PREFERENCES = Entity(
    name="Preferences",
    fields=tuple(kept(group) for group in GROUPS),
    singleton=True,
    list_word="Preferences",
    operations=frozenset({"update", "read", "query"}),
    known=("PrefEx",),
    complete=complete_preferences,
)

COMPANY_INFO = Entity(
    name="CompanyInfo",
    fields=(
        text("CompanyName", 1024, queryable=True),
        text("LegalName", 1024, queryable=True),
        address("CompanyAddr"),
        address("CustomerCommunicationAddr"),
        address("LegalAddr"),
        email("CustomerCommunicationEmailAddr"),
        phone("PrimaryPhone"),
        text("CompanyStartDate"),
        text("FiscalYearStartMonth"),
        text("Country"),
        email("Email"),
        web(),
        text("SupportedLanguages"),
        read_only("DefaultTimeZone"),
        read_only("NameValue", Kind.LIST),
        text("EmployerId"),
    ),
    singleton=True,
    list_word="CompanyInfo",
    operations=frozenset({"update", "read", "query"}),
    known=(
        "CompanyFileName",
        "FlavorStratum",
        "SampleFile",
        "CompanyUserId",
        "OtherContactInfo",
        "QBVersion",
        "IndustryType",
        "DefaultTimeZone",
        "MultiByteCharsSupported",
    ),
    complete=complete_company,
)
