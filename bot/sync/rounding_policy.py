"""What a firm decided about rounding lines: the item whose account gets them, and up to how much.

Set from the command line and in the company's settings in Slack, by the same rules and words. It
holds for what is posted from then on; a difference that is asked about already stays asked.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlmodel import Session

from bot import audit, mirror
from bot.domain import Payload
from bot.errors import BadInput
from bot.models import Company, MirrorRow
from bot.render import money
from bot.sync.rounding import POLICY_MOST, USUAL, account_of, why_unfit

_CENT = Decimal("0.01")
NO_ITEM = "Name the item too{how}: its income account gets the lines."


def item_called(session: Session, company: Company, name: str) -> MirrorRow:
    """The one active item of this name. Raises BadInput saying what to do."""
    rows = mirror.by_folded(session, company.id or 0, mirror.fold(name), ("Item",))
    active = [row for row in rows if row.active]
    if len(active) > 1:
        raise BadInput(f"Several items of {company.name} are called {name}: {_full(active)}.")
    if not active:
        raise BadInput(
            f"{company.name} has no active item {name!r}. Make a service with that name in "
            "QuickBooks (+ New > Product/service), with the income account for rounding and "
            "without sales tax, and try again in a minute."
        )
    return active[0]


def _full(rows: Sequence[MirrorRow]) -> str:
    return ", ".join(mirror.full_name("Item", row.data) or row.name for row in rows)


def item_of(session: Session, company: Company) -> MirrorRow | None:
    """The item that a firm chose, as it was last read; None where it chose none."""
    chosen = company.rounding_item_id
    return mirror.get(session, company.id or 0, "Item", chosen) if chosen else None


def read_limit(text: str, currency: str) -> Decimal:
    """An amount as people type it. Raises BadInput for what is none, or more than the bot takes."""
    try:
        limit = Decimal(text.strip())
        whole = limit.quantize(_CENT) == limit
    except InvalidOperation:
        whole = False
    if not whole:
        raise BadInput(f"{text.strip()!r} is no amount; write it like {USUAL}.")
    if not 0 < limit <= POLICY_MOST:
        raise BadInput(
            f"The limit is an amount above 0.00 and up to {money(POLICY_MOST, currency)}: what is "
            "more is decided by a person, for each document."
        )
    return limit.quantize(_CENT)


def decide(
    session: Session,
    company: Company,
    item: MirrorRow | None,
    limit: Decimal | None,
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep what the firm decided; without an item nothing is rounded by itself any more.

    `limit` comes from `read_limit`; None keeps what was decided before, or takes the usual one.
    Raises BadInput for an item that cannot carry it.
    """
    why = why_unfit(item) if item is not None else ""
    if why:
        raise BadInput(why)
    before = _told(company)
    company.rounding_item_id = item.qbo_id if item is not None else None
    kept = limit or company.rounding_limit or USUAL
    company.rounding_limit = kept if item is not None else None
    if _told(company) == before:
        return
    session.add(company)
    audit.append(
        session,
        at=now,
        actor=by,
        action="rounding.set",
        subject=f"company:{company.id}",
        company_id=company.id,
        data={"before": before, "after": _told(company), "item": item.name if item else ""},
    )


def _told(company: Company) -> Payload:
    limit = company.rounding_limit
    return {"item_id": company.rounding_item_id, "limit": None if limit is None else str(limit)}


def words(session: Session, company: Company) -> str:
    """Say what holds, as a sentence without its end."""
    row, limit = item_of(session, company), company.rounding_limit
    if not company.rounding_item_id or limit is None:
        return "no rounding line is added by itself; each difference is asked about in Slack"
    why = why_unfit(row)
    if row is None or why:
        return f"no rounding line can be added by itself: {why.rstrip('.')}"
    return (
        f"up to {money(limit, company.currency)} a rounding line with {row.name} settles it, to "
        f"{account_of(row)}; more is asked about in Slack"
    )
