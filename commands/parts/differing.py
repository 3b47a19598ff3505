"""What a posted document shows while QuickBooks and its source do not say the same of it."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.domain import IncidentState, Payload
from bot.incidents.address import alert_url
from bot.models import Hold, Incident, Record
from bot.render import money
from bot.services import Services
from bot.sync.causes import AFTER_POSTING, TOTAL_DIFFERS
from bot.sync.flow.fields import DELETED, VOIDED

_UNLIKE = "not as its source says it"


@dataclass(frozen=True)
class Differing:
    """Both sides in words ("$32.40 in QuickBooks, $39.99 in Shop"), and the open alert if any."""

    words: str
    alert: Incident | None
    url: str = ""


def found(services: Services, record: Record) -> Differing | None:
    """Read how a posted document differs from its source; None where nothing is noted of it."""
    with services.sessions.read() as session:
        rows = session.exec(
            select(Hold)
            .where(Hold.record_id == record.id, col(Hold.problem).in_(AFTER_POSTING))
            .order_by(col(Hold.since))
        ).all()
        if not rows:
            return None
        # The amounts say the most.
        row = next((one for one in rows if one.problem == TOTAL_DIFFERS), rows[0])
        alert = _alert(session, row)
    words = _amounts(row.facts) if row.problem == TOTAL_DIFFERS else _happened(row.facts)
    url = alert_url(services, alert) if alert is not None else ""
    return Differing(words or _UNLIKE, alert, url or "")


def _alert(session: Session, hold: Hold) -> Incident | None:
    """The open alert about it; None where it was set aside, or is being written."""
    return session.exec(
        select(Incident).where(
            Incident.company_id == hold.company_id,
            Incident.problem == hold.problem,
            Incident.subject == hold.subject,
            col(Incident.state) != IncidentState.RESOLVED,
        )
    ).first()


def _happened(facts: Payload) -> str:
    """What somebody did with it in QuickBooks that takes it away; "" for an edit."""
    did = str(facts.get("happened") or "")
    return f"{did} there after that" if did in (VOIDED, DELETED) else ""


def _amounts(facts: Payload) -> str:
    """Both totals, or both taxes where the totals agree; "" where the amounts are not known."""
    currency, source = str(facts.get("currency") or "USD"), str(facts.get("source") or "its source")
    ours, theirs, credited = (
        _decimal(facts.get(name)) for name in ("ours_total", "theirs_total", "credited")
    )
    kind = ""
    if ours == theirs:
        ours, theirs = _decimal(facts.get("our_tax")), _decimal(facts.get("their_tax"))
        kind = "sales tax "
    if ours is None or theirs is None:
        return ""
    less = " less what was credited since" if credited else ""
    return (
        f"{kind}{money(theirs, currency)} in QuickBooks{less}, {money(ours, currency)} in {source}"
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None or value == "" else Decimal(str(value))
