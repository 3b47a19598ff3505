"""The steps of a fix that change our own rows only, and how each is taken back.

Each is done inside the caller's transaction, together with its journal entry.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.domain import Payload, RecordState, RecordType
from bot.errors import BotError
from bot.fixes.link_steps import reference
from bot.fixes.model import Action
from bot.forwarded import settling
from bot.models import Company, FixRun, FixStep, Incident, Link, Record, Source
from bot.sync import (
    comparing,
    corrections,
    days,
    holds,
    links,
    mappings,
    outcome,
    returning,
    rounding,
    told,
)
from bot.sync.adopting import linking
from bot.sync.causes import subject_of
from bot.sync.flow import deciding_sides
from bot.sync.intake import WAITED_FOR
from bot.sync.reading import references

Do = Callable[[Session, FixRun, FixStep, datetime], Payload]


def _record(session: Session, step: FixStep) -> Record:
    return session.get_one(Record, int(step.change["record_id"]))


def _unposted(session: Session, step: FixStep, else_: str) -> Record:
    """The step's record while nothing of it is posted. Raises BotError."""
    record = _record(session, step)
    if record.state is RecordState.POSTED:
        msg = f"{record.number or record.name} is posted already; {else_}."
        raise BotError(msg)
    return record


def _let_go(session: Session, record: Record) -> None:
    """Keep the changed record and drop everything that holds it."""
    record.not_before = None
    session.add(record)
    session.flush()
    holds.release_record(session, record.id or 0)


def _link(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    """Link an external id; one whose record has not come too: then nothing is created for it."""
    source_id, kind, external_id = reference(session, step.change)
    qbo_id = step.qbo_id or _created(session, run, int(step.change["from_step"]))
    earlier = links.find(session, source_id, kind, external_id)
    after = {
        "qbo_id": qbo_id,
        "external_id": external_id,
        "earlier_id": earlier.qbo_id if earlier else "",
    }
    if "record_id" in step.change:
        posted = outcome.Posted(step.entity, qbo_id, how=run.fix, by=run.approved_by)
        outcome.record_outcome(session, int(step.change["record_id"]), posted, now)
        return after
    links.link(
        session,
        company_id=run.company_id,
        source_id=source_id,
        type=kind,
        external_id=external_id,
        qbo_id=qbo_id,
        how=run.fix,
        by=run.approved_by,
        now=now,
        entity=step.entity,
    )
    return after


def _adopt(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    first, last = (int(one) for one in step.change["pairs"])
    by = run.approved_by
    done = linking.link_pairs(session, first, last, how=run.fix, by=by, now=now)
    if step.change["last"]:
        linking.finish(session, int(step.change["adoption_id"]), by, now)
    return done


def _not_adopted(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run
    linking.take_back(session, int(step.change["adoption_id"]), step.after, now)
    return {"records": step.after["records"]}


def _created(session: Session, run: FixRun, seq: int) -> str:
    earlier = session.exec(
        select(FixStep).where(FixStep.run_id == run.id, FixStep.seq == seq)
    ).one()
    return str(earlier.after["Id"])


def _unlink(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    """Point the external id back where it pointed before, or nowhere: then it waits again."""
    record = _linked_record(session, step)
    row = _link_row(session, step)
    if row is None or row.qbo_id != step.after["qbo_id"]:
        named = (record.name if record else "") or str(step.after["external_id"])
        msg = f"{named} was linked elsewhere since; nothing is undone."
        raise BotError(msg)
    if step.after["earlier_id"]:
        row.qbo_id = step.after["earlier_id"]
        row.how, row.by, row.created_at = "undo", run.approved_by, now
        session.add(row)
        if record is not None:
            record.qbo_id = step.after["earlier_id"]
            session.add(record)
    else:
        session.delete(row)
        if record is not None:
            record.qbo_id, record.posted_at, record.state = None, None, RecordState.WAITING
            record.not_before, record.attempts = None, 0
            session.add(record)
    return {"external_id": step.after["external_id"], "qbo_id": step.after["earlier_id"]}


def _link_row(session: Session, step: FixStep) -> Link | None:
    return links.find(session, *reference(session, step.change))


def _linked_record(session: Session, step: FixStep) -> Record | None:
    """The outbox record of a LINK step's external id; None while it has not come."""
    source_id, kind, external_id = reference(session, step.change)
    return session.exec(
        select(Record)
        .where(Record.source_id == source_id)
        .where(Record.type == kind)
        .where(Record.external_id == external_id)
    ).first()


def _correct(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del now
    record = _record(session, step)
    changes: Payload = step.change["set"]
    before = corrections.correct(session, record, changes, by=run.approved_by, run_id=run.id or 0)
    return {"before": before}


def _uncorrect(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del now, run
    record = _unposted(session, step, "nothing is undone")
    return {"paths": list(corrections.take_back(session, record, step.run_id))}


def _map(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    qbo_id = step.qbo_id or _created(session, run, int(step.change["from_step"]))
    source_id, what = int(step.change["source_id"]), str(step.change["what"])
    said = str(step.change["said"])
    standing = mappings.find(session, source_id, what, said)
    earlier_entity = standing.entity if standing is not None else ""
    earlier = mappings.put(
        session,
        company_id=run.company_id,
        source_id=source_id,
        what=what,
        said=said,
        qbo_id=qbo_id,
        by=run.approved_by,
        now=now,
        entity=step.entity,
    )
    return {"qbo_id": qbo_id, "earlier_id": earlier, "earlier_entity": earlier_entity}


def _unmap(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    source_id, what = int(step.change["source_id"]), str(step.change["what"])
    earlier = str(step.after["earlier_id"])
    entity = str(step.after.get("earlier_entity") or "")
    said, by = str(step.change["said"]), run.approved_by
    mappings.put_back(session, source_id, what, said, earlier, entity, by=by, now=now)
    return {"qbo_id": earlier}


def _keep(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del now
    company = session.get_one(Company, run.company_id)
    earlier, company.income_account_id = company.income_account_id, step.qbo_id
    session.add(company)
    return {"qbo_id": step.qbo_id, "earlier_id": earlier or ""}


def _not_kept(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del now
    company = session.get_one(Company, run.company_id)
    if company.income_account_id == step.qbo_id:
        company.income_account_id = step.after["earlier_id"] or None
        session.add(company)
    return {"qbo_id": company.income_account_id or ""}


def _skip(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run
    record = _unposted(session, step, "it cannot be skipped any more")
    earlier = record.state.value
    record.state, record.skip_reason = RecordState.SKIPPED, str(step.change["reason"])
    _let_go(session, record)
    told.skipped(session, record, now)
    return {"earlier_state": earlier}


def _unskip(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run, now
    record = _record(session, step)
    if record.state is RecordState.SKIPPED:
        record.state, record.skip_reason, record.attempts = RecordState.WAITING, "", 0
        session.add(record)
        told.released(session, [record.id or 0])
        _let_children_go(session, record)
    return {"state": record.state.value}


def _let_children_go(session: Session, record: Record) -> None:
    """What was held because the record was left out waits for it now."""
    source = session.get_one(Source, record.source_id).name
    names = {record.external_id, record.number if record.type is RecordType.ITEM else ""} - {""}
    subjects = {subject_of(record.type, source, name) for name in names}
    session.flush()
    holds.release_subjects(session, record.company_id, WAITED_FOR, subjects)


def _tell_apart(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run, now
    record = _unposted(session, step, "nothing was changed")
    earlier = list(record.told_apart)
    others = [str(one) for one in step.change["others"]]
    record.told_apart = [*earlier, *(one for one in others if one not in earlier)]
    record.attempts = 0
    _let_go(session, record)
    return {"earlier": earlier}


def _not_apart(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run, now
    record = _unposted(session, step, "nothing is undone")
    record.told_apart = list(step.after["earlier"])
    session.add(record)
    return {"told_apart": record.told_apart}


def _take_over(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run, now
    days.take_over(session, _record(session, step), step.change["facts"])
    return {"date": step.change["facts"]["source_date"]}


def _not_taken_over(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run
    days.put_back(session, _record(session, step), step.change["facts"], now)
    return {"date": step.change["facts"]["posted_date"]}


def _round(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    """Its document has the line: nothing differs any more. What was noted of it is kept."""
    del run, now
    record = _record(session, step)
    facts = comparing.standing(session, record)
    rounding.note(record, Decimal(str(step.change["line"])))
    session.add(record)
    comparing.end(session, record)
    return {"facts": facts}


def _not_rounded(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run
    record = _record(session, step)
    rounding.note(record, None)
    session.add(record)
    comparing.put_back(session, record, step.after["facts"], now)
    return {"line": None}


def _credit(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    """What came back is credited: nothing differs any more. What was noted is kept with it."""
    del run, now
    record = _record(session, step)
    facts = comparing.standing(session, record)
    returning.remember(record, {**step.change["credit"], "facts": facts})
    session.add(record)
    comparing.end(session, record)
    return {"credit": step.change["credit"]["external_id"]}


def _agree(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run
    ids = [int(one) for one in step.change["record_ids"]]
    wanted = step.change.get("wanted")
    return deciding_sides.agree(session, ids, step.change["books"], now, wanted)


def _not_agreed(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del run
    deciding_sides.put_back(session, step.after["before"], now)
    return {"records": [one["record_id"] for one in step.after["before"]]}


def _release(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    del now
    incident = session.get_one(Incident, run.incident_id)
    # What waits for the same root may stand under another problem: the step names it then.
    problem = str(step.change.get("problem") or incident.problem)
    subject = str(step.change.get("subject") or incident.subject)
    released = holds.release(session, run.company_id, problem, subject)
    return {"records": released}


def _settle(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    """Let go what other tools reported of this cause; a new report opens it again."""
    del step
    incident = session.get_one(Incident, run.incident_id)
    count = settling.settle(session, run.company_id, incident.problem, incident.subject, now)
    return {"settled": count}


def _take_back(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    earlier = session.get_one(FixStep, int(step.change["step_id"]))
    return _BACK[Action(earlier.action)](session, run, earlier, now)


_DO: Mapping[Action, Do] = {
    Action.LINK: _link,
    Action.ADOPT: _adopt,
    Action.CORRECT: _correct,
    Action.MAP: _map,
    Action.KEEP: _keep,
    Action.SKIP: _skip,
    Action.TELL_APART: _tell_apart,
    Action.TAKE_OVER: _take_over,
    Action.ROUND: _round,
    Action.CREDIT: _credit,
    Action.AGREE: _agree,
    Action.SETTLE: _settle,
    Action.RELEASE: _release,
    Action.TAKE_BACK: _take_back,
}
_BACK: Mapping[Action, Do] = {
    Action.LINK: _unlink,
    Action.ADOPT: _not_adopted,
    Action.CORRECT: _uncorrect,
    Action.MAP: _unmap,
    Action.KEEP: _not_kept,
    Action.SKIP: _unskip,
    Action.TELL_APART: _not_apart,
    Action.TAKE_OVER: _not_taken_over,
    Action.ROUND: _not_rounded,
    Action.AGREE: _not_agreed,
}
# What can be taken back; dropping holds needs no undoing, posting goes by its own rules.
REVERSIBLE = frozenset(_BACK)


def do(session: Session, run: FixRun, step: FixStep, now: datetime) -> Payload:
    """Do one local step inside the caller's transaction; returns what is journaled of it.

    Raises BotError with a sentence when it cannot be done any more.
    """
    return _DO[Action(step.action)](session, run, step, now)


def documents_of_link(session: Session, step: FixStep) -> list[Record]:
    """Return the posted documents that go to what a LINK step linked, since it was done."""
    source_id, kind, external_id = reference(session, step.change)
    if _link_row(session, step) is None:
        return []
    posted = session.exec(
        select(Record)
        .where(Record.source_id == source_id)
        .where(col(Record.state) == RecordState.POSTED)
        .where(col(Record.posted_at) >= step.done_at)
    ).all()
    wanted = (kind, external_id)
    return [one for one in posted if wanted in references(one.payload)]
