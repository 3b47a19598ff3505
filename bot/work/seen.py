"""What was seen in QuickBooks that ended an alert nobody pressed a button of."""

from collections.abc import Callable, Mapping

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue
from bot.models import Company, Incident, MirrorRow
from bot.render import moment


def seen(session: Session, incident: Incident) -> str:
    """Say what somebody changed in QuickBooks, and when; "" where nothing there shows it."""
    if incident.problem == "inactive_record":
        entity, _, qbo_id = incident.subject.partition(":")
        told: Callable[[MirrorRow, Mapping[str, JsonValue]], str] = _active_again
        theirs: Mapping[str, JsonValue] = {}
    else:
        found = incident.facts.get("theirs")
        theirs = found if isinstance(found, dict) else {}
        entity, qbo_id = str(theirs.get("entity") or ""), str(theirs.get("qbo_id") or "")
        told = _party if incident.problem in _ALIKE else _document
    row = mirror.get(session, incident.company_id, entity, qbo_id)
    words = told(row, theirs) if row is not None else ""
    if row is None or not words:
        return ""
    company = session.get_one(Company, incident.company_id)
    changed = (row.data.get("MetaData") or {}).get("LastUpdatedTime")
    if row.deleted or not changed:
        return words
    return f"{words} (changed there {moment(changed, company.time_zone)})"


_ALIKE = ("same_party", "same_item", "name_on_other_list")


def _active_again(row: MirrorRow, theirs: Mapping[str, JsonValue]) -> str:
    del theirs
    name = mirror.full_name(row.entity, row.data) or row.name
    return f"{name} is active again in QuickBooks" if row.active and not row.deleted else ""


def _party(row: MirrorRow, theirs: Mapping[str, JsonValue]) -> str:
    name = mirror.full_name(row.entity, row.data) or row.name
    before = str(theirs.get("name") or "")
    if name != before:
        return f"{before} is called {name} in QuickBooks now"
    return f"{name} is inactive in QuickBooks now" if not row.active else ""


def _document(row: MirrorRow, theirs: Mapping[str, JsonValue]) -> str:
    before = str(theirs.get("number") or "")
    name = f"the {theirs.get('type') or 'document'} {before}".strip()
    if row.deleted:
        return f"{name} was deleted in QuickBooks"
    if "number" in theirs and (row.doc_number or "") != before:
        return f"{name} has the number {row.doc_number} in QuickBooks now"
    return ""
