"""A record that somebody changed while a fix was writing to it: read again, re-apply once, or ask.

QuickBooks refuses a change with an old SyncToken (5010), and has used the same code for a closed
period, so the text is read first. Where the other person touched only fields of their own, ours
are written over what they saved; where they changed the very field that we change, nobody is
overruled: the fix stops, says both values, and its button asks whose stands (bot.fixes.conflict).
"""

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import Payload
from bot.fixes import conflict
from bot.fixes.model import Action
from bot.models import FixRun, FixStep, Write
from bot.services import Services

_STALE = "stale_object"


def is_stale(services: Services, reply: Payload) -> bool:
    """Say whether a refusal means that somebody else saved the record first."""
    text = f"{reply.get('fault_message') or ''} {reply.get('detail') or ''}"
    status = int(reply.get("http_status") or 0) or None
    seen = services.knowledge.classify("qbo", str(reply.get("code") or ""), text, status)
    return seen.problem == _STALE


def read_again(services: Services, run: FixRun, step: FixStep) -> str:
    """Take the step to the record's newest version; "" when it may be tried once more.

    Otherwise the reason why not, in words. Raises QuickBooksFault when it cannot be read.
    """
    if step.action != Action.UPDATE.value or _tries(services, step) > 1:
        return "Somebody is changing this record in QuickBooks just now. Press again in a minute."
    fresh = mirror.refresh(services, run.company_id, step.entity, step.qbo_id)
    if fresh is None:
        return "Somebody deleted or merged this record in QuickBooks meanwhile."
    both = conflict.found(step, fresh)
    if both:
        with services.sessions.write() as session:
            conflict.note(session, run.id or 0, step, both)
        told = "; ".join(one.words for one in both)
        return (
            f"Somebody else changed the same in QuickBooks meanwhile: {told}. "
            "Press again: the new preview asks, field by field, which of the two stands."
        )
    with services.sessions.write() as session:
        row = session.get_one(FixStep, step.id)
        row.before = {**row.before, "SyncToken": fresh.get("SyncToken")}
        session.add(row)
    step.before = {**step.before, "SyncToken": fresh.get("SyncToken")}
    return ""


def _tries(services: Services, step: FixStep) -> int:
    """How many writes of this step QuickBooks has refused."""
    with services.sessions.read() as session:
        return len(_refused(session, step))


def _refused(session: Session, step: FixStep) -> list[int | None]:
    wanted = select(Write.id).where(Write.step_id == step.id, col(Write.state) == "fault")
    return list(session.exec(wanted))
