"""Account: the chart of accounts."""

from collections.abc import Iterable, Mapping

from sandbox.quickbooks.company import CURRENCIES, SIDES, Company, fold
from sandbox.quickbooks.entities.currency import MISMATCH
from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    flag,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault, has_balance, missing
from sandbox.quickbooks.ledger import Side, book
from sandbox.quickbooks.model import Body, Entity, Entry, Field, Kind, NameRule, Record, Work
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
FOREIGN = ("Bank", "Credit Card", "Accounts Receivable", "Accounts Payable")

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
    _currency(work)
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


def _currency(work: Work) -> None:
    """An account keeps its currency; a foreign one needs multicurrency and a fitting type."""
    body, company = work.body, work.company
    home, wanted = company.currency(), body.get("CurrencyRef")
    if work.before is not None:
        body["CurrencyRef"] = dict(work.before.body["CurrencyRef"])
        return
    if not wanted or wanted["value"] == home["value"]:
        body["CurrencyRef"] = home
        return
    if not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise fault("2220", f"Supplied value:{wanted['value']}", "CurrencyRef")
    if body["AccountType"] not in FOREIGN:
        raise business(MISMATCH)
    name = CURRENCIES.get(wanted["value"], wanted["value"])
    body["CurrencyRef"] = {"value": wanted["value"], "name": name}


def _parent_type(work: Work) -> None:
    parent = work.body.get("ParentRef")
    record = work.company.row("Account", parent["value"]) if parent else None
    if record is not None and record.body["AccountType"] != work.body["AccountType"]:
        raise business("A subaccount has to be of the same account type as its parent account.")


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """The opening balance, booked once, against Opening Balance Equity."""
    body = record.body
    if "opening" not in record.notes:
        amount = cents(body.get("OpeningBalance"))
        record.notes["opening"] = SIDES[body["Classification"]] * amount if amount else 0
        record.notes["opened"] = body.get("OpeningBalanceDate") or company.today()
    equity = company.role_ids.get("opening_balance_equity")
    if not record.notes["opening"] or equity is None:
        return ()
    own = record.merged_into or record.id
    opening = Side(own, record.notes["opening"], memo="Opening Balance")
    return book(record.notes["opened"], (opening, Side(equity, -opening.amount)))


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
    ledger=ledger,
)
