"""What is known of inactive records that were merged into another one in QuickBooks.

QuickBooks says it when it refuses to change one (6000, "a list element that has been deleted");
which record is left is known where documents were seen to move (bot.mirror.merged), or where
somebody wrote it into the name of the inactive one: "Jane Roe (merged into Roe Household)".
"""

import re
from dataclasses import dataclass

from sqlmodel import Session, select

from bot import mirror
from bot.config import Settings
from bot.domain import Payload
from bot.models import Company, MirrorRow, Write
from bot.quickbooks.links import deep_link

_REFUSED = "list element that has been deleted"
_NAMED = re.compile(r"\(merged(?: (?:with|into|to) (?P<into>[^()]+))?\)", re.IGNORECASE)
LISTS = ("Customer", "Vendor", "Item")


@dataclass(frozen=True)
class Merged:
    """A record that was merged away; `into` is the one that is left, None where not known."""

    into: MirrorRow | None


def look(session: Session, company_id: int, entity: str, qbo_id: str) -> Merged | None:
    """Return what is known of an inactive record's merge, None when nothing speaks for one."""
    into = mirror.took_over(session, company_id, entity, qbo_id)
    if into is not None:
        return Merged(into)
    row = mirror.get(session, company_id, entity, qbo_id)
    said = _NAMED.search(row.name) if row is not None and not row.active else None
    if said is not None:
        return Merged(_called(session, company_id, entity, said["into"] or ""))
    return Merged(None) if _refused(session, company_id, entity, qbo_id) else None


def _called(session: Session, company_id: int, entity: str, name: str) -> MirrorRow | None:
    """The only active record of that name."""
    rows = mirror.by_folded(session, company_id, mirror.fold(name), (entity,)) if name else []
    found = [row for row in rows if row.active and not row.deleted]
    return found[0] if len(found) == 1 else None


def _refused(session: Session, company_id: int, entity: str, qbo_id: str) -> bool:
    """Whether QuickBooks refused to change it because it was merged away, which is for good."""
    replies = session.exec(
        select(Write.reply)
        .where(Write.company_id == company_id)
        .where(Write.state == "fault")
        .where(Write.entity == entity)
        .where(Write.qbo_id == qbo_id)
    ).all()
    return any(
        str(reply.get("code")) == "6000" and _REFUSED in str(reply).casefold() for reply in replies
    )


def told(settings: Settings, company: Company, found: Merged) -> Payload:
    """What an alert says of a merge."""
    return {"merged": True, "survivor": _survivor(settings, company, found.into)}


def _survivor(settings: Settings, company: Company, into: MirrorRow | None) -> Payload | None:
    if into is None:
        return None
    return {
        "qbo_id": into.qbo_id,
        "name": mirror.full_name(into.entity, into.data),
        "active": into.active,
        "link": deep_link(settings, company, into.entity, into.qbo_id),
    }
