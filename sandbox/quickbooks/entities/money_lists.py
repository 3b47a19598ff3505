"""Tax agencies, currencies, kinds of customers and budgets: lists that few apps write."""

from sandbox.quickbooks.company import CURRENCIES
from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    READ_OPERATIONS,
    choice,
    day,
    flag,
    kept,
    read_only,
    text,
)
from sandbox.quickbooks.faults import business, fault
from sandbox.quickbooks.model import Entity, Field, NameRule, Work

ON_SCREEN = frozenset({"create", "update"})


def _complete_agency(work: Work) -> None:
    work.body.setdefault("TaxTrackedOnSales", True)
    work.body.setdefault("TaxTrackedOnPurchases", False)


def complete_currency(work: Work) -> None:
    """A code of ISO 4217 that is not the home currency, where several currencies are on."""
    company, body = work.company, work.body
    if not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise business("Multi Currency should be enabled to perform this operation.")
    code = str(body["Code"]).upper()
    if len(code) != 3 or not code.isalpha() or code == company.home_currency:
        raise fault("2220", f"Supplied value:{code}", "Code")
    body["Code"] = code
    body.setdefault("Name", CURRENCIES.get(code, code))


TAX_AGENCY = Entity(
    name="TaxAgency",
    fields=(
        Field("DisplayName", longest=100, required=True, queryable=True),
        text("TaxRegistrationNumber", 30),
        flag("TaxTrackedOnSales"),
        flag("TaxTrackedOnPurchases"),
        read_only("TaxAgencyConfig"),
        read_only("LastFileDate"),
    ),
    list_word="TaxAgencies",
    plural="tax agencies",
    operations=frozenset({"create", "read", "query"}),
    name_rule=NameRule("DisplayName", "TaxAgencies", "tax agency", has_path=False),
    complete=_complete_agency,
)

COMPANY_CURRENCY = Entity(
    name="CompanyCurrency",
    fields=(
        Field("Code", longest=3, required=True, queryable=True),
        text("Name", 100, queryable=True),
        kept("CustomField"),
    ),
    list_word="Currencies",
    plural="currencies",
    operations=LIST_OPERATIONS,
    name_rule=NameRule("Name", "Currencies", "currency", has_path=False),
    prepare=complete_currency,
)

CUSTOMER_TYPE = Entity(
    name="CustomerType",
    fields=(Field("Name", longest=100, required=True, queryable=True),),
    list_word="CustomerTypes",
    plural="customer types",
    operations=READ_OPERATIONS,
    screen_operations=ON_SCREEN,
    name_rule=NameRule("Name", "CustomerTypes", "customer type", has_path=False),
)

BUDGET = Entity(
    name="Budget",
    fields=(
        Field("Name", longest=100, required=True, queryable=True),
        day("StartDate", queryable=True),
        day("EndDate", queryable=True),
        choice("BudgetType", "ProfitAndLoss", queryable=True),
        choice("BudgetEntryType", "Monthly", "Quarterly", "Annually", queryable=True),
        kept("BudgetDetail"),
    ),
    list_word="Budgets",
    plural="budgets",
    operations=READ_OPERATIONS,
    screen_operations=ON_SCREEN,
    name_rule=NameRule("Name", "Budgets", "budget", has_path=False),
)
