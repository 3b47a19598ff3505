"""The accounts QuickBooks chooses by itself: receivables, payables, undeposited funds, equity."""

from sandbox.quickbooks import company as companies
from sandbox.quickbooks.company import Company, fold
from sandbox.quickbooks.faults import business
from sandbox.quickbooks.model import Body, Record

RECEIVABLE, PAYABLE = "Accounts Receivable", "Accounts Payable"
# role: (name, AccountType, AccountSubType)
SPECIAL = {
    "ar": ("Accounts Receivable (A/R)", RECEIVABLE, "AccountsReceivable"),
    "ap": ("Accounts Payable (A/P)", PAYABLE, "AccountsPayable"),
    "undeposited": ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    "shrinkage": ("Inventory Shrinkage", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    "exchange": ("Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss"),
}
WANTED = {RECEIVABLE: "accounts receivable", PAYABLE: "accounts payable"}


def receivable(company: Company, currency: str) -> str:
    """Id of the receivables account of a currency. Raises QboFault when there is none."""
    return _by_type(company, "ar", RECEIVABLE, currency)


def payable(company: Company, currency: str) -> str:
    """Id of the payables account of a currency. Raises QboFault when there is none."""
    return _by_type(company, "ap", PAYABLE, currency)


def _by_type(company: Company, role: str, kind: str, currency: str) -> str:
    """By type and currency; the first account found becomes the default and stays it."""
    slot = role if currency == company.home_currency else f"{role}:{currency}"
    held = company.row("Account", company.role_ids.get(slot, ""))
    if held is not None and _serves(held, kind, currency):
        return held.id
    for record in sorted(company.live("Account"), key=lambda one: int(one.id)):
        if _serves(record, kind, currency):
            company.role_ids[slot] = record.id
            return record.id
    foreign = currency != company.home_currency
    if not foreign and not company.switches.creates_missing_accounts:
        raise business(f"You need an {WANTED[kind]} account in {currency} for this transaction.")
    name, _, sub = SPECIAL[role]
    return _add(company, slot, f"{name} - {currency}" if foreign else name, kind, sub, currency)


def _serves(record: Record, kind: str, currency: str) -> bool:
    body = record.body
    return (
        record.active
        and not record.deleted
        and body.get("AccountType") == kind
        and (body.get("CurrencyRef") or {}).get("value") == currency
    )


def special(company: Company, role: str) -> str:
    """Id of an account by its role; QuickBooks adds these by itself when they are missing."""
    held = company.role_ids.get(role)
    if held:
        return held
    name, kind, sub = SPECIAL[role]
    for record in company.live("Account"):
        if record.active and record.body.get("AccountSubType") == sub and role == "undeposited":
            company.role_ids[role] = record.id
            return record.id
    return _add(company, role, name, kind, sub, company.home_currency)


CLASSES = {
    RECEIVABLE: "Asset",
    PAYABLE: "Liability",
    "Other Current Asset": "Asset",
    "Cost of Goods Sold": "Expense",
    "Other Expense": "Expense",
}


def _add(company: Company, role: str, name: str, kind: str, sub: str, currency: str) -> str:
    entity = company.entities["Account"]
    now = company.clock.now()
    taken = {fold(str(one.body["Name"])) for one in company.live("Account")}
    wanted, count = name, 1
    while fold(name) in taken:
        name, count = f"{wanted} - {count}", count + 1
    body: Body = {
        "Name": name,
        "FullyQualifiedName": name,
        "SubAccount": False,
        "Classification": CLASSES[kind],
        "AccountType": kind,
        "AccountSubType": sub,
        "CurrencyRef": {
            "value": currency,
            "name": companies.CURRENCIES.get(currency, currency),
        },
    }
    record = Record(entity, company.next_id(entity), body, now, now)
    company.put(record)
    company.role_ids[role] = record.id
    company.tell(record, "Create")
    return record.id
