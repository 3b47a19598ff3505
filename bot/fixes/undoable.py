"""What of a fix can still be taken back: the steps it did, without those an undo took back already.

An undo that stopped halfway (a step was refused) goes on where it stopped: pressed again, it does
only what is left.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.domain import RecordState
from bot.fixes import local_steps
from bot.fixes.model import UNDO, Action
from bot.mirror.contents import DOCUMENTS
from bot.models import FixRun, FixStep, Record
from bot.render import listed
from bot.render.sums import told
from bot.sync import links
from bot.sync.totals import totals

# In an undo's plan: the ids of the steps its own steps take back, in their order.
TAKES_BACK = "takes_back"
_REVERSIBLE = {Action.UPDATE, Action.CREATE, *local_steps.REVERSIBLE}
# They say how a record is to be posted: once it is, there is nothing left to take back.
_UNTIL_POSTED = (Action.CORRECT.value, Action.TELL_APART.value)


def last_run(session: Session, incident_id: int) -> FixRun | None:
    """Return the last finished fix of an alert that was not undone, None if there is none."""
    return session.exec(
        select(FixRun)
        .where(FixRun.incident_id == incident_id)
        .where(FixRun.fix != UNDO)
        .where(FixRun.approved_by != "")  # what settled by itself did no step
        .where(col(FixRun.state).in_(("done", "failed")))
        .order_by(col(FixRun.id).desc())
    ).first()


def can_undo(session: Session, incident_id: int) -> bool:
    """Say whether a fix of this alert did something that can still be taken back at all."""
    run = last_run(session, incident_id)
    return run is not None and is_reversible(session, run.id or 0)


def is_reversible(session: Session, run_id: int) -> bool:
    """Say whether a run did any step that can still be taken back at all.

    An undo takes back all that is left or nothing: a document among it stays, and so the rest.
    """
    left, _ = split(session, run_id)
    return bool(left) and not any(map(posted, left)) and not posted_since(session, left)


def posted(step: FixStep) -> bool:
    """Say whether a step posted a document: that is voided or credited, never taken back."""
    return step.action == Action.CREATE.value and step.entity in DOCUMENTS


def posted_since(session: Session, steps: Sequence[FixStep]) -> list[Record]:
    """Return the records that were posted as these steps say: those steps stay."""
    ids = {int(one.change["record_id"]) for one in steps if one.action in _UNTIL_POSTED}
    rows = [session.get_one(Record, record_id) for record_id in sorted(ids)]
    return [row for row in rows if row.state is RecordState.POSTED]


def stays(session: Session, run: FixRun) -> str:
    """Count the documents the fix let go, posted since, which no undo touches; "" for none.

    What was only linked to a document of QuickBooks was posted by nobody here.
    """
    ids = [int(one) for one in (run.outcome or {}).get("records", [])]
    rows = session.exec(select(Record).where(col(Record.id).in_(ids))).all()
    posted = [row for row in rows if row.state is RecordState.POSTED]
    linked = links.only_linked(session, posted)
    return told(totals(row for row in posted if row.id not in linked), others=False)


def split(session: Session, run_id: int) -> tuple[list[FixStep], list[FixStep]]:
    """Return the done steps of a run that are left to take back, and those taken back already."""
    steps = [one for one in _done(session, run_id) if Action(one.action) in _REVERSIBLE]
    back = _taken_back(session, run_id)
    left = [one for one in steps if one.id not in back]
    return left, [one for one in steps if one.id in back]


def _done(session: Session, run_id: int) -> Sequence[FixStep]:
    return session.exec(
        select(FixStep)
        .where(FixStep.run_id == run_id, FixStep.state == "done")
        .order_by(col(FixStep.seq))
    ).all()


def _taken_back(session: Session, run_id: int) -> set[int]:
    """The ids of the run's steps whose reverse was done by some undo, finished or not."""
    undos = session.exec(select(FixRun).where(FixRun.undoes_id == run_id)).all()
    return {
        int(undo.plan["facts"][TAKES_BACK][step.seq - 1])
        for undo in undos
        for step in _done(session, undo.id or 0)
    }


def halfway(steps: Sequence[FixStep]) -> str:
    """Say of an undo that stopped what it did, what is left, and how it goes on."""
    done = [step.words for step in steps if step.state == "done"]
    left = [step.words for step in steps if step.state != "done"]
    if not done:
        return "Nothing was changed."
    if not left:
        return "All of it was done; look at it in QuickBooks."
    return (
        f"Taken back so far: {listed(done)}. Left: {listed(left)}. "
        "Press Undo again: it does only what is left."
    )
