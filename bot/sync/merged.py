"""What is known of inactive records that were merged into another one in QuickBooks.

QuickBooks says it when it refuses to change one (6000, "a list element that has been deleted");
which record is left is known where documents were seen to move (bot.mirror.merged).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from bot import mirror
from bot.config import Settings
from bot.domain import JsonValue, Payload
from bot.models import Company, MirrorRow, Write
from bot.quickbooks.links import deep_link

_REFUSED = "list element that has been deleted"
LISTS = ("Customer", "Vendor", "Item")


@dataclass(frozen=True)
class Merged:
    """A record that was merged away; `into` is the one that is left, None where not known."""

    into: MirrorRow | None


def look(session: Session, company_id: int, entity: str, qbo_id: str) -> Merged | None:
    """Return what is known of an inactive record's merge, None when nothing speaks for one."""
    into = mirror.took_over(session, company_id, entity, qbo_id)
    if into is not None or _refused(session, company_id, entity, qbo_id):
        return Merged(into)
    return None


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


def enriched(
    session: Session, settings: Settings, company: Company, problem: str, facts: Payload
) -> Payload:
    """Add what is known of a merge to the facts of a finding.

    For `inactive_record` that is `merged` and `survivor` ({qbo_id, name, active, link} or None);
    for `same_party` and `same_item` it is `theirs.merged`.
    """
    if problem == "inactive_record" and facts.get("entity") in LISTS:
        found = look(session, company.id or 0, str(facts["entity"]), str(facts["qbo_id"]))
        if found is None:
            return facts
        return {**facts, **told(settings, company, found)}
    theirs = _inactive(facts.get("theirs"))
    if problem in ("same_party", "same_item") and theirs:
        found = look(session, company.id or 0, str(theirs["entity"]), str(theirs["qbo_id"]))
        if found is not None:
            return {**facts, "theirs": {**theirs, "merged": True}, "singled_out": False}
    return facts


def told(settings: Settings, company: Company, found: Merged) -> Payload:
    """What an alert says of a merge."""
    return {"merged": True, "survivor": _survivor(settings, company, found.into)}


def _inactive(theirs: JsonValue) -> Mapping[str, JsonValue]:
    is_inactive = isinstance(theirs, Mapping) and theirs.get("active") is False
    return theirs if isinstance(theirs, Mapping) and is_inactive else {}


def _survivor(settings: Settings, company: Company, into: MirrorRow | None) -> Payload | None:
    if into is None:
        return None
    return {
        "qbo_id": into.qbo_id,
        "name": mirror.full_name(into.entity, into.data),
        "active": into.active,
        "link": deep_link(settings, company, into.entity, into.qbo_id),
    }
