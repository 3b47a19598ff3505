"""What posting the blocked documents would change, said before it happens: amounts and months."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.domain import DOCUMENTS, JsonValue, Payload, Risk, Role
from bot.fixes.model import Plan
from bot.models import Company, Record
from bot.render import listed, plural
from bot.render.sums import sales
from bot.render.words import month, plural_of
from bot.sync.periods import changes_filed_return, lies_in_closed
from bot.sync.totals import totals

_MOST_NAMED = 3


def posts(records: Sequence[Record], company: Company) -> Payload:
    """Count and sum the documents by type and currency (accounting.md rule 18: never one sum)."""
    waiting = totals(records)
    return {
        "documents": waiting.documents,
        "sales_count": waiting.sales_count,
        "sales_noun": waiting.sales_noun,
        "sales_amount": _amounts(waiting.sales_amount),
        "sales_tax": _amounts(waiting.sales_tax),
        "cash_count": waiting.cash_count,
        "cash_amount": _amounts(waiting.cash_amount),
        "purchase_count": waiting.purchase_count,
        "purchase_noun": waiting.purchase_noun,
        "purchase_amount": _amounts(waiting.purchase_amount),
        "entry_count": waiting.entry_count,
        "entry_noun": waiting.entry_noun,
        "entry_amount": _amounts(waiting.entry_amount),
        "currency": company.currency,
    }


def also(others: Sequence[Record], titles: Sequence[str]) -> Payload:
    """Count what this fix lets go of but another alert still holds, and name that; {} if none."""
    if not others:
        return {}
    documents = totals(others).documents
    return {
        "count": documents or len(others),
        "noun": "document" if documents else "record",
        "titles": list(titles),
    }


def _amounts(sums: Mapping[str, Decimal]) -> Payload:
    return {currency: str(amount) for currency, amount in sorted(sums.items())}


def months(records: Sequence[Record], company: Company) -> list[JsonValue]:
    """Group the documents by month; one counts as filed or closed if any of them is dated there.

    Only sales make a month filed: they are what its return holds.
    `amount` (invoices) with the `tax` in it, `cash` (payments), `purchases` (bills) and `entries`
    (deposits and the like, where they are of one type) are sums by currency.
    """
    rows: dict[str, list[Record]] = {}
    for record in records:
        if record.doc_date is not None and record.type in DOCUMENTS:
            rows.setdefault(record.doc_date.strftime("%Y-%m"), []).append(record)
    return [_month(key, rows[key], company) for key in sorted(rows)]


def _month(key: str, records: Sequence[Record], company: Company) -> Payload:
    waiting = totals(records)
    return {
        "month": f"{key}-01",
        "amount": _amounts(waiting.sales_amount),
        "tax": _amounts(waiting.sales_tax),
        "cash": _amounts(waiting.cash_amount),
        "purchases": _amounts(waiting.purchase_amount),
        "entries": _amounts(waiting.entry_amount),
        "entry_nouns": plural_of(waiting.entry_noun),
        "count": waiting.documents,
        "filed": any(changes_filed_return(company, record) for record in records),
        **_closed(records, company),
    }


def _closed(records: Sequence[Record], company: Company) -> Payload:
    """Whether books are closed for any of these, and through which day of whatever month."""
    closing = company.book_close_date
    if closing is None or not any(lies_in_closed(company, record) for record in records):
        return {"closed": False}
    return {"closed": True, "closed_through": closing.isoformat()}


def filed(rows: Sequence[JsonValue], company: Company, verb: str = "gets") -> Payload:
    """Say what happens to the returns of the filed months among these; {} where none is filed.

    `verb`: what a month does with these amounts, such as "gets" or "stays without".
    """
    touched = [row for row in rows if row["filed"]]
    returns = [_return(row, verb) for row in touched]
    return filed_months(company, [date.fromisoformat(str(r["month"])) for r in touched], returns)


def filed_months(company: Company, days: Iterable[date], returns: Iterable[str]) -> Payload:
    """Make the fact `filed` of a plan, of one day in each month and what its return does."""
    months_touched = list(dict.fromkeys(month(day) for day in days))
    through = company.tax_filed_through
    if through is None or not months_touched:
        return {}
    told = " ".join(f"{sentence}." for sentence in returns)
    return {"months": months_touched, "told": told, "through": f"{through:%m/%d/%Y}"}


def _return(row: Payload, verb: str) -> str:
    # A payment or a bill of the month is no part of its return.
    return f"The return of {month(row['month'])} {verb} {sales(row['amount'], row['tax'])}"


def under_filed_rule(made: Plan, risk: Risk) -> Plan:
    """Ask for an approver where a plan touches a month whose sales tax is filed.

    The one place of that rule (design.md section 10, accounting.md rule 3): nobody does it alone.
    One asks and an approver approves; for what changes the books by itself both are approvers.
    The reason names the amount and the return.
    """
    touched = made.facts.get("filed")
    if made.refused or not touched:
        return made
    second, first = made.second, made.first
    if made.steps and not second:
        named = listed(touched["months"])
        second = f"Sales tax of {named} is filed, so a second person has to approve as well."
        first = Role.NONE if risk is Risk.BOOKS else Role.OPERATOR
    who = "An approver and a second person have" if second else "An approver has"
    reason = f"{who} to do this: sales tax is filed through {touched['through']}. {touched['told']}"
    return replace(
        made,
        facts={**made.facts, "approval": reason},
        role=max(made.role, Role.APPROVER),
        role_reason=reason,
        second=second,
        first=first,
    )


def in_closed_months(records: Sequence[Record], company: Company) -> list[str]:
    """Name what keeps these from being posted: those dated in closed books, three at most."""
    found = [row for row in records if lies_in_closed(company, row)]
    named = [
        f"{row.type.words} {row.number or row.external_id} is dated in closed books"
        for row in found[:_MOST_NAMED]
    ]
    more = len(found) - _MOST_NAMED
    if more > 0:
        named.append(f"{plural(more, 'more document')} dated in closed books")
    return named
