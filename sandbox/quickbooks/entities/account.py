"""Account: the chart of accounts."""

from collections.abc import Mapping

from sandbox.quickbooks.company import Company, fold
from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    flag,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault, has_balance, missing
from sandbox.quickbooks.model import Body, Entity, Field, Kind, NameRule, Record, Work
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.rules import full_name
from sandbox.quickbooks.shape import check_length

# AccountType: (Classification, the AccountSubType taken when none is given).
TYPES: Mapping[str, tuple[str, str]] = {
    "Bank": ("Asset", "CashOnHand"),
    "Accounts Receivable": ("Asset", "AccountsReceivable"),
    "Other Current Asset": ("Asset", "EmployeeCashAdvances"),
    "Fixed Asset": ("Asset", "FurnitureAndFixtures"),
    "Other Asset": ("Asset", "Licenses"),
    "Accounts Payable": ("Liability", "AccountsPayable"),
    "Credit Card": ("Liability", "CreditCard"),
    "Other Current Liability": ("Liability", "OtherCurrentLiabilities"),
    "Long Term Liability": ("Liability", "NotesPayable"),
    "Equity": ("Equity", "OpeningBalanceEquity"),
    "Income": ("Revenue", "ServiceFeeIncome"),
    "Other Income": ("Revenue", "OtherMiscellaneousIncome"),
    "Cost of Goods Sold": ("Expense", "SuppliesMaterialsCogs"),
    "Expense": ("Expense", "OtherMiscellaneousServiceCost"),
    "Other Expense": ("Expense", "OtherMiscellaneousExpense"),
}
BALANCE_SHEET = ("Asset", "Liability", "Equity")

FIELDS = (
    Field("Name", longest=100, required=True, queryable=True, forbidden='":'),
    flag("SubAccount", queryable=True),
    ref("ParentRef", "Account", queryable=True),
    text("Description", 100, queryable=True),
    read_only("FullyQualifiedName", queryable=True),
    read_only("Level", Kind.NUMBER),
    Field(
        "Classification",
        Kind.CHOICE,
        choices=("Asset", "Equity", "Expense", "Liability", "Revenue"),
        queryable=True,
    ),
    text("AccountType", 100, queryable=True),
    text("AccountSubType", 100, queryable=True),
    text("AcctNum", 20, queryable=True),
    read_only("CurrentBalance", Kind.NUMBER, queryable=True),
    read_only("CurrentBalanceWithSubAccounts", Kind.NUMBER, queryable=True),
    ref("CurrencyRef"),
    ref("TaxCodeRef", "TaxCode"),
    text("TxnLocationType"),
    number("OpeningBalance"),
    Field("OpeningBalanceDate", Kind.DATE),
)

KNOWN = (
    "AccountAlias",
    "AccountEx",
    "AcctNumExtn",
    "BankNum",
    "BankAccountType",
    "BankName",
    "CheckRegisterName",
    "CustomField",
    "DefaultTaxCodeRef",
    "DisplayOrder",
    "FIName",
    "JournalCodeRef",
    "LastModifiedTime",
    "OnlineBankingEnabled",
    "OpenBalance",
    "OpenBalanceDate",
    "ParentLevel",
    "RoutingNumber",
    "TaxAccount",
)


def complete(work: Work) -> None:
    """Type and sub-type belong together; the classification follows from them."""
    body, company = work.body, work.company
    own = work.before.id if work.before else None
    _type(body)
    if body.get("AcctNum"):
        check_length(body["AcctNum"], company.switches.account_number_limit, "AcctNum")
        if company.preference("AccountingInfoPrefs", "UseAccountNumbers"):
            _unique_number(work)
    _parent_type(work)
    body["FullyQualifiedName"] = full_name(company, work.entity, body, own)
    body["SubAccount"] = bool(body.get("ParentRef"))
    body["CurrencyRef"] = company.currency()
    if body.get("OpeningBalance"):
        if body["Classification"] not in BALANCE_SHEET:
            raise business("This account type doesn't support opening balances.")
        if not body.get("OpeningBalanceDate"):
            raise fault("6060", "OpeningBalanceDate is required", "OpeningBalanceDate")


def _type(body: Body) -> None:
    kind, sub = body.get("AccountType"), body.get("AccountSubType")
    if not kind and not sub:
        raise fault("6010", "AccountType or AccountSubType is required", "AccountType")
    if not kind:
        kind = next((name for name, (_, default) in TYPES.items() if default == sub), None)
        if kind is None:
            raise missing("AccountType")
    if kind not in TYPES:
        raise fault("2170", f"Invalid Enumeration : {kind}", "AccountType")
    classification, default = TYPES[kind]
    body["AccountType"] = kind
    body["AccountSubType"] = sub or default
    body["Classification"] = classification


def _unique_number(work: Work) -> None:
    wanted = fold(str(work.body["AcctNum"]))
    for record in work.company.live("Account"):
        if record is work.before or not record.active:
            continue
        if fold(str(record.body.get("AcctNum", ""))) == wanted:
            raise business(
                "This account number is already being used. Enter a different account number."
            )


def _parent_type(work: Work) -> None:
    parent = work.body.get("ParentRef")
    record = work.company.row("Account", parent["value"]) if parent else None
    if record is not None and record.body["AccountType"] != work.body["AccountType"]:
        raise business("A subaccount has to be of the same account type as its parent account.")


def committed(company: Company, record: Record, before: Body | None) -> None:
    """Book the opening balance once, against Opening Balance Equity."""
    amount = cents(record.body.get("OpeningBalance"))
    if before is None and amount:
        company.balances[record.key] += amount
        equity = company.role_ids.get("opening_balance_equity")
        if equity:
            company.balances[("Account", equity)] += amount
        record.wire = None


def may_deactivate(company: Company, record: Record) -> None:
    """Not a system account, one with a balance, nor one above active sub-accounts."""
    if record.id in company.role_ids.values():
        raise business("You can't make this account inactive because QuickBooks uses it.")
    if company.balance_with_children(record.key):
        raise has_balance("account")
    if any(child.active for child in company.descendants(record.key)):
        raise fault("800", "Cannot delete object", "")


ACCOUNT = Entity(
    name="Account",
    fields=FIELDS,
    list_word="Accounts",
    plural="accounts",
    operations=LIST_OPERATIONS,
    name_rule=NameRule("Name", "Accounts", "account", unique_path=True, shown_path=True),
    known=KNOWN,
    complete=complete,
    may_deactivate=may_deactivate,
    committed=committed,
)
