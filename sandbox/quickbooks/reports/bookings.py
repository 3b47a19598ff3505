"""What stands in the books: every entry with its record, filtered by a report's parameters."""

from collections.abc import Iterator, Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Entry, Record
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.reports.rows import basis

PARTIES = {"customer": "Customer", "vendor": "Vendor", "employee": "Employee"}


def booked(company: Company, params: Mapping[str, str]) -> Iterator[tuple[Record, Entry]]:
    """Every entry, oldest record first; cash basis leaves out what is not paid."""
    cash = basis(company, params) == "Cash"
    for record in records(company):
        if not _of_party(record, params) or not _of_department(record, params):
            continue
        share = _paid_share(company, record) if cash else (1, 1)
        for entry in record.entries:
            if not _wanted(entry, params):
                continue
            yield record, entry if share == (1, 1) else _scaled(entry, share)


def records(company: Company) -> Iterator[Record]:
    """Every record that books something."""
    for table in company.tables.values():
        for record in table.rows.values():
            if record.entries:
                yield record


def _paid_share(company: Company, record: Record) -> tuple[int, int]:
    """Which part of an invoice or bill is paid: that is all that cash basis counts."""
    if record.entity.name not in ("Invoice", "Bill", "CreditMemo", "VendorCredit"):
        return 1, 1
    total = cents(record.body.get("TotalAmt"))
    paid = sum(company.applied.get(record.key, {}).values())
    return (paid, total) if total and paid < total else (1, 1)


def _scaled(entry: Entry, share: tuple[int, int]) -> Entry:
    amount = round(entry.amount * share[0] / share[1])
    return Entry(entry.account, entry.day, amount, amount, entry.name, entry.memo, entry.klass)


def _of_party(record: Record, params: Mapping[str, str]) -> bool:
    for param, entity in PARTIES.items():
        wanted = params.get(param, "")
        if not wanted:
            continue
        ids = {part.strip() for part in wanted.split(",")}
        if not any(name == entity and key in ids for name, key in record.refs):
            return False
    return True


def _of_department(record: Record, params: Mapping[str, str]) -> bool:
    wanted = params.get("department", "")
    if not wanted:
        return True
    ref = record.body.get("DepartmentRef") or {}
    return ref.get("value") in {part.strip() for part in wanted.split(",")}


def _wanted(entry: Entry, params: Mapping[str, str]) -> bool:
    accounts, classes = params.get("account", ""), params.get("class", "")
    if accounts and entry.account not in {part.strip() for part in accounts.split(",")}:
        return False
    return not classes or entry.klass in {part.strip() for part in classes.split(",")}
