"""A rounding line that the bot added by the firm's rule, as a finished fix that can be taken back.

Nobody pressed a button, so nothing was told and nothing has an "Undo…". Who wants the line out
names the document (`/qb-undo 1042`): then its settled alert is made, with the steps as they were
done, and from there it is an undo like any other: preview, approver, journal, reading back. Its
message is posted when the undo begins.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.domain import ENTITY, IncidentState, Payload, Role
from bot.fixes import codec, own_record, undo_sides, undoable
from bot.fixes.model import Action, Plan
from bot.incidents.rows import NEVER
from bot.models import Company, Delivery, FixRun, FixStep, Incident, Record, Source, Write
from bot.render import money
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import comparing, facts_now, rounding
from bot.sync.causes import TOTAL_DIFFERS, subject_of
from bot.sync.totals import waiting_facts

FIX = "rounding_line"
# Who approved it: no person, but what an admin decided for the company (bot.sync.rounding_policy).
BY = "rule"
# What is older is looked at in QuickBooks, whose Audit Log names every change.
RECENT = timedelta(days=30)
_CHECK = "failed_records"


def line_of(record: Record, since: datetime) -> Decimal | None:
    """The line that the bot added to a record's document by itself since then; None for none."""
    noted = record.base.get(rounding.BY_RULE)
    if not noted or datetime.fromisoformat(str(noted["at"])) < since:
        return None
    return Decimal(str(record.base[comparing.ROUNDED]))


def offer(services: Services, record_id: int, since: datetime) -> int | None:
    """The alert from which that line can be taken back, made when first asked for; None for none.

    Asked again, or by two people at once, it is the same one.
    """
    with services.sessions.write() as session:
        record = session.get_one(Record, record_id, with_for_update=True)
        line = line_of(record, since)
        if line is None:
            return None
        source = session.get_one(Source, record.source_id).name
        subject = subject_of(record.type, source, record.external_id)
        alert = _newest(session, record, subject)
        run = undoable.last_run(session, alert.id or 0) if alert is not None else None
        if alert is not None and run is not None and _is_of(run, record):
            return alert.id
        if alert is None or alert.state is IncidentState.WORKING:
            alert = _settled(session, services, record, subject)
        _finished(session, alert, record, line)
        return alert.id


def _newest(session: Session, record: Record, subject: str) -> Incident | None:
    return session.exec(
        select(Incident)
        .where(Incident.company_id == record.company_id, Incident.problem == TOTAL_DIFFERS)
        .where(Incident.subject == subject)
        .order_by(col(Incident.id).desc())
    ).first()


def _is_of(run: FixRun, record: Record) -> bool:
    """Whether a run stands for the line that is there now, and not for an earlier one."""
    facts = run.plan.get("facts") or {}
    return bool(facts.get("write") == record.base[rounding.BY_RULE]["write"])


def _settled(session: Session, services: Services, record: Record, subject: str) -> Incident:
    """The alert of the difference as if told and settled; it is not posted by itself."""
    noted = record.base[rounding.BY_RULE]
    at = datetime.fromisoformat(str(noted["at"]))
    company = session.get_one(Company, record.company_id)
    name = session.get_one(Source, record.source_id).name
    waits = waiting_facts(company, {record.source_id: name}, [record], at)
    facts = {**(noted["facts"] or {}), **waits}
    problem = services.knowledge.problem(TOTAL_DIFFERS)
    alert = Incident(
        company_id=record.company_id,
        check_name=_CHECK,
        problem=TOTAL_DIFFERS,
        subject=subject,
        family=problem.family,
        kind=problem.kind,
        severity=problem.severity,
        state=IncidentState.RESOLVED,
        facts=facts_now.enriched(session, services.settings, company, TOTAL_DIFFERS, facts),
        record_ids=[record.id or 0],
        opened_at=at,
        last_seen_at=at,
        resolved_at=at,
    )
    session.add(alert)
    session.flush()
    channel = company.channel_id
    session.add(Delivery(incident_id=alert.id or 0, channel_id=channel, not_before=NEVER))
    return alert


def _finished(session: Session, alert: Incident, record: Record, line: Decimal) -> None:
    """The run as an approver's press would have left it."""
    noted = record.base[rounding.BY_RULE]
    at = datetime.fromisoformat(str(noted["at"]))
    write = session.get_one(Write, int(noted["write"]))
    plan = Plan(
        "Rounding line",
        "",
        {"write": write.id, "taken_back": _taken_back(record, write, line)},
        role=Role.APPROVER,
    )
    called = upfirst(own_record.called(record))
    said = f"{called} has a rounding line of {money(line, record.currency)}"
    told = f"{said}, added by the rule of the company"
    run = FixRun(
        incident_id=alert.id or 0,
        company_id=record.company_id,
        fix=FIX,
        state="done",
        plan=codec.to_json(plan),
        plan_digest=codec.digest(plan),
        role_needed=plan.role,
        planned_by="",
        approved_by=BY,
        outcome={"lines": [told]},
        created_at=at,
        expires_at=at,
        approved_at=at,
        finished_at=at,
    )
    session.add(run)
    session.flush()
    to: Payload = {name: write.payload[name] for name in ("Line", "TxnTaxDetail")}
    was: Payload = {**to, "Id": write.qbo_id, "Line": to["Line"][:-1]}
    ours: Payload = {"record_id": record.id, "line": str(line)}
    session.add(_step(run, record, 1, Action.UPDATE, said, was, to, write.reply))
    agrees, noted_facts = f"{called} agrees with its source", {"facts": noted["facts"]}
    session.add(_step(run, record, 2, Action.ROUND, agrees, {}, ours, noted_facts))
    ended = alert.story.get("outcome") or {"by": "", "at": at.isoformat(), "lines": [told]}
    alert.story = {**alert.story, "outcome": {**ended, "undoable": True}}
    session.add(alert)


def _taken_back(record: Record, write: Write, line: Decimal) -> Payload:
    """What an undo changes of the document as QuickBooks had it with the line."""
    total, day = Decimal(str(write.reply["TotalAmt"])), date.fromisoformat(write.reply["TxnDate"])
    return undo_sides.of_line(own_record.called(record), total, line, record.currency, day)


def _step(
    run: FixRun,
    record: Record,
    seq: int,
    action: Action,
    words: str,
    before: Payload,
    change: Payload,
    after: Payload,
) -> FixStep:
    """A step that is done."""
    books = action is Action.UPDATE
    return FixStep(
        run_id=run.id or 0,
        seq=seq,
        action=action.value,
        words=words,
        entity=ENTITY[record.type] if books else "",
        qbo_id=str(record.qbo_id or "") if books else "",
        before=before,
        change=change,
        after=after,
        state="done",
        done_at=run.finished_at,
    )
