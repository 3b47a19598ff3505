"""Accounts as trees of rows: each account with what is below it, by type."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.reports.rows import cells, data, section, with_total
from sandbox.quickbooks.shape import display_name


@dataclass(slots=True)
class Sums:
    """Account Id -> one amount per column, on the account's usual side."""

    columns: int
    by_account: dict[str, list[int]] = field(default_factory=dict)

    def add(self, account: str, column: int, amount: int) -> None:
        """Count an amount."""
        self.by_account.setdefault(account, [0] * self.columns)[column] += amount

    def total(self, accounts: Iterable[str]) -> list[int]:
        """Column by column."""
        rows = [self.by_account.get(account, [0] * self.columns) for account in accounts]
        return [sum(row[place] for row in rows) for place in range(self.columns)]


def by_type(company: Company) -> Mapping[str, list[Record]]:
    """AccountType -> accounts by name, inactive ones too."""
    found: dict[str, list[Record]] = defaultdict(list)
    for account in company.live("Account"):
        found[str(account.body["AccountType"])].append(account)
    for rows in found.values():
        rows.sort(key=lambda one: str(one.body.get("FullyQualifiedName", "")).casefold())
    return found


def account_rows(
    company: Company, accounts: Sequence[Record], sums: Sums, *, several: bool
) -> list[Body]:
    """Rows of a type's accounts; a parent is a section of its own with its children."""
    known = {account.id for account in accounts}
    tops = [a for a in accounts if (a.body.get("ParentRef") or {}).get("value") not in known]
    return [row for top in tops if (row := _account_row(company, top, sums, several=several))]


def _account_row(company: Company, account: Record, sums: Sums, *, several: bool) -> Body | None:
    children = sorted(
        (
            child
            for child_id in company.children.get(account.key, ())
            if (child := company.row("Account", child_id)) is not None
        ),
        key=lambda one: str(one.body["Name"]).casefold(),
    )
    rows = [row for one in children if (row := _account_row(company, one, sums, several=several))]
    own = sums.total([account.id])
    name = leaf_name(account)
    if not rows:
        return data(name, with_total(own, several=several), account.id) if any(own) else None
    below = [account.id, *(child.id for child in company.descendants(account.key))]
    values = with_total(sums.total(below), several=several)
    made = section(name, rows, f"Total {name}", values)
    made["Header"]["ColData"] = cells(name, with_total(own, several=several), account.id)
    return made


def leaf_name(account: Record) -> str:
    """The account's own name, marked when it is inactive."""
    name = str(account.body["Name"])
    return name if account.active else f"{name} (deleted)"


def full_title(account: Record) -> str:
    """`Parent:Child`, as in lists without a hierarchy."""
    return display_name(account)
