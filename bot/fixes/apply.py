"""Do an approved fix step by step; every step is journaled before the next (design.md rule 12).

A restart finds the run in its state and goes on: a step that is done is not done again, a write
that was on its way is settled by its requestid.
"""

from sqlmodel import Session, col, select

from bot import audit
from bot.db.leases import Held, require
from bot.domain import Payload
from bot.errors import BotError, CompanyBusy, LeaseLost
from bot.fixes import local_steps, stale
from bot.fixes.model import Action
from bot.models import FixRun, FixStep, Write
from bot.services import Services
from bot.sync import writing
from bot.sync.trouble import HEALING


class StepFailed(BotError):
    """A step could not be done; the sentence says what QuickBooks answered."""


def open_steps(services: Services, run_id: int) -> list[FixStep]:
    """Give the steps that are not done yet, in order."""
    with services.sessions.read() as session:
        return list(
            session.exec(
                select(FixStep)
                .where(FixStep.run_id == run_id, FixStep.state != "done")
                .order_by(col(FixStep.seq))
            )
        )


def do_step(services: Services, run: FixRun, step: FixStep, held: Held) -> None:
    """Do one step and journal what came of it. Raises StepFailed; QuickBooksFault when unreachable.

    Local steps are one transaction; a write to QuickBooks is intended, performed, recorded.
    """
    action = Action(step.action)
    if action in (Action.UPDATE, Action.CREATE):
        _write(services, run, step, held, "update" if action is Action.UPDATE else "create")
        return
    try:
        with services.sessions.write() as session:
            require(session, held)
            after = local_steps.do(session, run, step, services.clock.now())
            _done(session, run, step, after, services)
    except (CompanyBusy, LeaseLost):
        raise
    except BotError as impossible:
        raise StepFailed(impossible.message) from impossible


def _write(services: Services, run: FixRun, step: FixStep, held: Held, operation: str) -> None:
    with services.sessions.write() as session:
        require(session, held)
        write = session.exec(
            select(Write).where(Write.step_id == step.id).order_by(col(Write.id).desc())
        ).first()
        first = write is None or write.state == "fault"
        if write is None or write.state == "fault":
            write = writing.intend(
                session,
                run.company_id,
                operation,
                step.entity,
                _payload(step),
                now=services.clock.now(),
                step_id=step.id,
                qbo_id=step.qbo_id or None,
            )
        write_id = write.id or 0
    settled = writing.perform(services, write_id, held, first=first)
    trouble = str(settled.reply.get("trouble") or "")
    if settled.state != "done" and _needs_person(services, trouble):
        raise StepFailed(_no_way_in(settled.reply))
    if settled.state == "fault" and trouble:
        # Busy or out of reach, and certainly not done: the same step is tried again by itself.
        raise StillUnknown(str(settled.reply.get("fault_message") or "QuickBooks did not answer"))
    if settled.state == "fault" and stale.is_stale(services, settled.reply):
        why_not = stale.read_again(services, run, step)
        if why_not:
            raise StepFailed(why_not)
        _write(services, run, step, held, operation)
        return
    if settled.state == "fault":
        raise StepFailed(_fault_words(settled.reply))
    if settled.state != "done":
        msg = "QuickBooks did not answer; the same request is asked again until it does."
        raise StillUnknown(msg)
    with services.sessions.write() as session:
        require(session, held)
        _done(session, run, step, settled.reply, services)


class StillUnknown(BotError):
    """Whether the write took effect is not known yet; the same requestid settles it later."""


def _needs_person(services: Services, trouble: str) -> bool:
    """Whether the way to QuickBooks is closed until somebody opens it again."""
    return bool(trouble) and services.knowledge.problem(trouble).kind not in HEALING


def _no_way_in(reply: Payload) -> str:
    said = reply.get("detail") or reply.get("fault_message") or ""
    code = f" (code {reply['code']})" if reply.get("code") else ""
    because = f": {str(said).rstrip('.')}{code}" if said else code
    return (
        f"QuickBooks does not let the bot in{because}. This is not about the change itself: the "
        "alert about the connection says who can mend it. Press again after that."
    )


def _fault_words(reply: Payload) -> str:
    said = reply.get("detail") or reply.get("fault_message") or "no reason given"
    code = f" (code {reply['code']})" if reply.get("code") else ""
    told = f"QuickBooks refused the change: {said}{code}"
    if str(reply.get("code")) == "6000" and "has been deleted" in str(said):
        told += ". It was merged into another record: use that one, with the button on the alert."
    return told


def _payload(step: FixStep) -> Payload:
    if step.action == Action.CREATE.value:
        return dict(step.change)
    identity = {"Id": step.qbo_id, "SyncToken": step.before.get("SyncToken"), "sparse": True}
    return identity | dict(step.change)


def _done(session: Session, run: FixRun, step: FixStep, after: Payload, services: Services) -> None:
    now = services.clock.now()
    step.after, step.state, step.done_at = after, "done", now
    session.add(step)
    audit.append(
        session,
        at=now,
        actor=run.approved_by,
        action=f"fix.{run.fix}.{step.action}",
        subject=f"{step.entity}:{step.qbo_id or after.get('Id') or after.get('qbo_id', '')}",
        company_id=run.company_id,
        data={
            "run": run.id,
            "incident": run.incident_id,
            "words": step.words,
            "before": step.before,
            "change": step.change,
        },
    )


def has_open_write(services: Services, record_id: int) -> bool:
    """Say whether a write of this record may or may not have taken effect."""
    with services.sessions.read() as session:
        found = session.exec(
            select(Write.id).where(Write.record_id == record_id, col(Write.state).in_(writing.OPEN))
        ).first()
    return found is not None
