"""The reports that still stand, by their cause, as a check finds them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from bot.domain import Finding, Payload, Scope
from bot.forwarded.causes import BUSY
from bot.forwarded.digest import unmarked
from bot.forwarded.settling import is_gone
from bot.models import Company, Forwarded
from bot.render import listed, shorten
from bot.services import Services

Key = tuple[str, str]
# What is said where a report tells nothing of it, so that every template has its words.
_NOTHING: Payload = {
    "documents": 0,
    "sales_count": 0,
    "cash_count": 0,
    "record_count": 0,
    "alone": 0,
    "list": "record",
    "name": "",
}
_MOST_TOOLS = 3
# So many documents of the tool are named, and so many of the newest reports looked through.
_MOST_DOCUMENTS, _LOOKED_THROUGH = 10, 500
# Where the texts name none, so many of them are quoted beside the last, each so far.
_MOST_OTHERS, _OTHER = 3, 150
# What is said of the tool whose error a person handed over.
UNKNOWN_TOOL = "the other tool"
_SAID = 300
_AT_ONCE = 400


@dataclass(frozen=True)
class _Group:
    """The standing reports of one cause."""

    last: Forwarded
    count: int
    first_at: datetime
    tools: Sequence[str]
    documents: Sequence[str] = ()
    others: Sequence[str] = ()


def standing(
    session: Session, services: Services, company: Company, scope: Scope
) -> dict[Key, Payload]:
    """The facts of every cause that reports still stand for, by its problem and subject.

    A cause that QuickBooks no longer shows is left out; so is a tool that was turned away for a
    moment only, which tries again by itself.
    """
    long = timedelta(seconds=services.settings.LASTING_OUTAGE_SECONDS)
    found: dict[Key, Payload] = {}
    for group in _groups(session, company.id or 0):
        row = group.last
        brief = row.problem == BUSY and row.received_at - group.first_at < long
        if not brief and scope.covers(row.subject) and not is_gone(session, row):
            found[(row.problem, row.subject)] = _facts(company, group)
    return found


def finding(company: Company, row: Forwarded) -> Finding:
    """One report alone as a finding, for somebody who wants to act on it at once."""
    own = [str(row.facts["own"])] if row.facts.get("own") else []
    group = _Group(row, 1, row.received_at, [row.tool], own)
    return Finding(row.problem, row.subject, _facts(company, group))


def _groups(session: Session, company_id: int) -> Iterable[_Group]:
    standing_ones = (
        Forwarded.company_id == company_id,
        Forwarded.state == "read",
        col(Forwarded.settled_at).is_(None),
    )
    cause = (col(Forwarded.problem), col(Forwarded.subject))
    rows = session.exec(
        select(
            func.max(Forwarded.id), func.count(), func.min(Forwarded.received_at)
        )  # one row a cause, whatever the number of its reports
        .where(*standing_ones)
        .group_by(*cause)
        .order_by(*cause)
    ).all()
    tools: dict[Key, list[str]] = defaultdict(list)
    for problem, subject, tool in session.exec(
        select(Forwarded.problem, Forwarded.subject, Forwarded.tool)
        .where(*standing_ones)
        .distinct()
        .order_by(col(Forwarded.tool))
    ):
        tools[(problem, subject)].append(tool)
    documents = _documents(session, standing_ones)
    newest_ones = _rows(session, [newest for newest, _, _ in rows])
    for newest, count, first in rows:
        last = newest_ones[newest]
        key = (last.problem, last.subject)
        own = list(documents[key].values())
        others = [] if own or count == 1 else _others(session, standing_ones, last)
        yield _Group(last, count, first, tools[key], own, others)


def _documents(
    session: Session, standing_ones: Sequence[ColumnElement[bool] | bool]
) -> Mapping[Key, Mapping[str, str]]:
    """What the tools call their own documents, by the cause that keeps them, the oldest first."""
    found: dict[Key, dict[str, str]] = defaultdict(dict)
    rows = session.exec(
        select(Forwarded.problem, Forwarded.subject, Forwarded.facts)
        .where(*standing_ones)
        .order_by(col(Forwarded.id).desc())
        .limit(_LOOKED_THROUGH)
    ).all()
    for problem, subject, facts in reversed(rows):
        number, own = str(facts.get("own_number") or ""), str(facts.get("own") or "")
        known = found[(problem, subject)]
        # "document" is said where a text gives the number alone.
        if number and (number not in known or not own.startswith("document ")):
            known[number] = own
    return found


def _others(
    session: Session, standing_ones: Sequence[ColumnElement[bool] | bool], last: Forwarded
) -> Sequence[str]:
    """What the reports of a cause say that names no document: nobody else tells them apart."""
    texts = session.exec(
        select(Forwarded.text)
        .where(*standing_ones, Forwarded.problem == last.problem)
        .where(Forwarded.subject == last.subject, Forwarded.text != last.text)
        .group_by(col(Forwarded.text))
        .order_by(func.max(Forwarded.id).desc())
        .limit(_MOST_OTHERS)
    )
    return [f"“{shorten(unmarked(text), _OTHER)}”" for text in texts]


def _rows(session: Session, ids: Sequence[int | None]) -> dict[int | None, Forwarded]:
    found: dict[int | None, Forwarded] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = col(Forwarded.id).in_(ids[start : start + _AT_ONCE])
        found |= {row.id: row for row in session.exec(select(Forwarded).where(part))}
    return found


def _facts(company: Company, group: _Group) -> Payload:
    """Without `detail`, which is what QuickBooks said: these are the words of the tool."""
    row = group.last
    tools = listed(group.tools[:_MOST_TOOLS])
    again = UNKNOWN_TOOL if row.facts.get("person") else tools
    return {
        **_NOTHING,
        "company": company.name,
        "currency": company.currency,
        "book_close_date": _day(company.book_close_date),
        "filed_through": _day(company.tax_filed_through),
        **row.facts,
        "source": again,
        "platform": row.platform,
        "raw": row.text,
        "since": group.first_at.isoformat(),
        "reported": {
            "tool": tools,
            "again": again,
            "count": group.count,
            "first": group.first_at.isoformat(),
            "last": row.received_at.isoformat(),
            "said": shorten(unmarked(row.text), _SAID),
            "link": row.link,
            "documents": _named(group.documents),
            "numbered": len(group.documents),
            "others": listed(group.others),
        },
    }


def _named(documents: Sequence[str]) -> str:
    more = len(documents) - _MOST_DOCUMENTS
    return listed([*documents[:_MOST_DOCUMENTS], *([f"{more} more"] if more > 0 else [])])


def _day(value: date | None) -> str | None:
    return value.isoformat() if value is not None else None
