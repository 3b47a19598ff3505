"""Undo: take the steps of the last finished fix of an alert back, where that is still true.

What was posted meanwhile is never undone here: a posted document is voided or credited in
QuickBooks (accounting.md rule 4), and a record that documents now depend on stays as it is
(rule 9: a customer with a balance is not made inactive).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import local_steps, own_record, undo_sides, undoable
from bot.fixes.model import UNDO, Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.mirror.names import bare, name_field
from bot.models import FixRun, FixStep, Incident
from bot.render import money, plural
from bot.render.words import spoken, upfirst
from bot.services import Services
from bot.sync import periods
from bot.sync.finding_back import agrees
from bot.sync.settled import settled
from bot.sync.totals import totals

NOTHING = (
    "Nothing of this can be undone by the bot. A posted document is voided or credited in "
    "QuickBooks, by itself."
)


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the reverse of every step that is left, newest first.

    What an earlier undo took back before it stopped is said; what is not true any more is refused.
    """
    del choices
    preview = Preview.of(services, incident)
    with services.sessions.read() as session:
        run = undoable.last_run(session, incident.id or 0)
        steps, already = undoable.split(session, run.id or 0) if run is not None else ([], [])
        stays = undoable.stays(session, run) if run is not None else ""
        stop = _came_back(session, incident) or _posted(session, steps) or _in_use(session, steps)
    if run is None or not (steps or already):
        return preview.refuse("Cannot be undone", NOTHING)
    if stop:
        return preview.refuse("Cannot be undone", stop)
    steps = steps[::-1]
    back: list[Step] = []
    for step in steps:
        reverse = _local(step) if step.action in _LOCAL else _in_books(services, preview, step)
        if isinstance(reverse, str):
            return preview.refuse("Cannot be undone", reverse)
        back.append(undo_sides.with_total(run, reverse))
    sides = undo_sides.facts(preview.company, run, steps)
    made = preview.plan(
        title="Undo",
        submit=_submit(steps, already),
        steps=tuple(back),
        changes=_changes(steps, back) + sides.changes,
        undo="",
        role=Role.OPERATOR,
    )
    return Plan(
        title=made.title,
        submit=made.submit,
        facts={
            **made.facts,
            **sides.facts,
            "subject_name": _about(run) or made.facts["subject_name"],
            "undoes": run.id,
            "fix": run.fix,
            "stays": stays,
            "already": [step.words for step in already],
            undoable.TAKES_BACK: [step.id for step in steps],
        },
        steps=made.steps,
        role=max(made.role, run.role_needed),
        second=str(run.plan.get("second") or ""),
        first=Role(run.plan.get("first") or 0),
    )


def _about(run: FixRun) -> str:
    """The document a fix was about, where it was about one; "" otherwise."""
    return str((run.plan.get("facts") or {}).get("our_document") or "")


def _changes(steps: Sequence[FixStep], back: Sequence[Step]) -> list[Payload]:
    return [
        {"what": upfirst(step.words), "before": "done", "after": reverse.words}
        for step, reverse in zip(steps, back, strict=True)
    ]


def _submit(left: Sequence[FixStep], already: Sequence[FixStep]) -> str:
    if not left:
        return "Say so on the alert"
    return "Undo the rest" if already else "Undo"


_LOCAL = {action.value for action in local_steps.REVERSIBLE}


def _came_back(session: Session, incident: Incident) -> str:
    newer = session.exec(
        select(Incident.id)
        .where(Incident.company_id == incident.company_id)
        .where(Incident.problem == incident.problem)
        .where(Incident.subject == incident.subject)
        .where(col(Incident.id) > (incident.id or 0))
    ).first()
    return "This trouble has a newer alert: undo it from there." if newer else ""


def _posted(session: Session, steps: Sequence[FixStep]) -> str:
    """Say that a record was posted as the fix left it, and how it is changed then."""
    posted = undoable.posted_since(session, steps)
    if not posted:
        return ""
    own = own_record.called(posted[0])
    how = "void or credit it" if posted[0].amount is not None else "change it"
    return f"{upfirst(own)} is in QuickBooks by now: {how} there. Nothing is undone."


def _in_use(session: Session, steps: Sequence[FixStep]) -> str:
    for step in steps:
        if step.action != Action.LINK.value:
            continue
        documents = local_steps.documents_of_link(session, step)
        if documents:
            found = totals(documents)
            by_type = (found.sales_amount, found.cash_amount, found.purchase_amount)
            sums = [money(dict(one)) for one in by_type if one]
            return (
                f"{plural(len(documents), 'document')} ({' and '.join(sums)}) "
                f"{'was' if len(documents) == 1 else 'were'} posted with it since. Void or credit "
                "each in QuickBooks first; then this can be undone."
            )
    return ""


def _local(step: FixStep) -> Step:
    pointed = "goes back to where it was" if step.after.get("earlier_id") else "is taken away"
    words = {
        Action.LINK.value: f"the link {pointed}",
        Action.ADOPT.value: "not linked; all of its source is held, as before",
        Action.CORRECT.value: "as the source handed it over",
        Action.MAP.value: "not mapped, as before",
        Action.KEEP.value: "no account is kept for them, as before",
        Action.SKIP.value: "waits to be posted again",
        Action.TELL_APART.value: "may be the document in QuickBooks, as before",
        Action.TAKE_OVER.value: "the source names another day, as before",
        Action.ROUND.value: "the amounts differ, as before",
        Action.AGREE.value: "the two sides differ, as before",
    }[step.action]
    return Step(Action.TAKE_BACK, words, step.entity, step.qbo_id, change={"step_id": step.id})


def _in_books(services: Services, preview: Preview, step: FixStep) -> Step | str:
    """The reverse of one change in QuickBooks, from a fresh read; or why it cannot be."""
    company_id = preview.incident.company_id
    qbo_id = step.qbo_id or str(step.after.get("Id") or "")
    found = mirror.refresh(services, company_id, step.entity, qbo_id)
    if found is None:
        return "QuickBooks no longer has this record: it was deleted or merged since."
    field = name_field(step.entity)
    name = bare(str(found.get(field) or ""))
    begins = name  # of a sentence; a name is written as it is
    if not name:
        name = f"{spoken(step.entity)} {found.get('DocNumber') or ''}".strip()
        begins = upfirst(name)
    stays = _document_stays(step, found, name) or _closed(services, company_id, step, found, name)
    if stays:
        return stays
    if step.action == Action.CREATE.value:
        change: Payload = {"Active": False, field: found.get(field)}
    else:
        moved = [key for key, value in step.change.items() if not _is_same(found.get(key), value)]
        if moved:
            return (
                f"{begins} was changed in QuickBooks since ({', '.join(moved)}); nothing is undone."
            )
        change = {key: step.before.get(key) for key in step.change}
        if change.get("Active") is True and field in step.before:
            change[field] = step.before[field]  # without QuickBooks' "(deleted)" behind it
        if change.get("Active") is False and field in change:
            change[field] = found.get(field)  # QuickBooks itself writes "(deleted)" behind it
    if change.get("Active") is False:
        stays = _must_stay(found, name, preview.company.currency)
        if stays:
            return stays
    before: Payload = {key: found.get(key) for key in ("Id", "SyncToken", *change)}
    words = f"{begins} is {_as_it_was(change)}"
    return Step(Action.UPDATE, words, step.entity, qbo_id, before, change)


def _document_stays(step: FixStep, found: Payload, name: str) -> str:
    """Say why a document is not changed back: it was posted, or money moved since."""
    if undoable.posted(step):
        return f"{upfirst(name)} is posted: void or credit it in QuickBooks. Nothing is undone."
    if {"CustomerRef", "Line"} & set(step.change) and settled(step.entity, found):
        return f"{upfirst(name)} {settled(step.entity, found)[0]} since; nothing is undone."
    return ""


def _closed(services: Services, company_id: int, step: FixStep, found: Payload, name: str) -> str:
    """Say why a day or amounts do not go back to what they were: the books are closed by now."""
    if not {"TxnDate", "Line"} & set(step.change):
        return ""
    company = periods.refreshed(services, company_id)
    both = {str(one.get("TxnDate") or found["TxnDate"]) for one in (step.before, step.change)}
    if not any(periods.is_closed(company, date.fromisoformat(day)) for day in both):
        return ""
    return (
        f"The books are closed through {company.book_close_date:%m/%d/%Y} by now, so "
        f"{name} stays as it is; nothing is undone."
    )


def _as_it_was(change: Payload) -> str:
    if "Active" not in change:
        return "as it was in QuickBooks before"
    return "active again" if change["Active"] else "inactive again"


def _is_same(found: JsonValue, value: JsonValue) -> bool:
    """QuickBooks adds to what was written: a reference's name, the ids of an address or a line."""
    if isinstance(value, Mapping | list):
        return agrees(found, value)
    return bool(found == value)


def _must_stay(found: Payload, name: str, home: str) -> str:
    balance = Decimal(str(found.get("Balance") or found.get("CurrentBalance") or 0))
    if balance:
        shown = money(balance, str((found.get("CurrencyRef") or {}).get("value") or home))
        return (
            f"{name} stays active while there is a balance ({shown}): QuickBooks refuses to "
            "make it inactive. Undo it when it is settled."
        )
    quantity = Decimal(str(found.get("QtyOnHand") or 0))
    return f"{name} stays active while there is stock ({quantity:f})." if quantity else ""


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read every changed record again and compare."""
    for step in plan.steps:
        if step.action is not Action.UPDATE:
            continue
        found = mirror.refresh(services, incident.company_id, step.entity, step.qbo_id)
        if found is None or not _is_so(found, step.change):
            return f"QuickBooks does not show it: {step.words}."
    return ""


def _is_so(found: Payload, change: Mapping[str, JsonValue]) -> bool:
    # QuickBooks writes "(deleted)" behind the name of what was made inactive.
    names = {"DisplayName", "Name", "FullyQualifiedName"}
    return all(_is_same(found.get(key), value) for key, value in change.items() if key not in names)


FIX = Fix(
    name=UNDO,
    label="Undo…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=never,
)
