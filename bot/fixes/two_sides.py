"""What two sides say of one record, read fresh, and the steps that make one of them stand.

Never in closed books, never what is paid, deposited, matched or reconciled (accounting.md rules 2
to 5). What was voided or deleted is posted once more as a document of its own, if at all.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import DOCUMENTS, SALES_DOCUMENTS, JsonValue, Payload, Role
from bot.errors import BadInput
from bot.fixes import effects, line_changes, own_record
from bot.fixes.model import Action, Plan, Step
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Company, Hold, Incident, MirrorRow, Record, Source
from bot.render import day, money
from bot.render.words import month, upfirst
from bot.services import Services
from bot.sync import anew, corrections, periods, resolve
from bot.sync.flow import agreed, causes, deciding_sides, policies, sides, writable
from bot.sync.flow.compare import Verdict
from bot.sync.flow.fields import STATE, Field, fields_of, same
from bot.sync.flow.sides import Compared
from bot.sync.reading import stored_record


@dataclass(frozen=True)
class Both:
    """One record as both sides have it now; `others` are linked to the same one of QuickBooks."""

    own: Own
    company: Company
    row: MirrorRow
    found: Compared
    others: tuple[int, ...]
    change: Payload
    posted: Payload
    shown: tuple[tuple[Field, str, str, str], ...]
    to_decide: frozenset[str]
    # Another version that the source has handed over since, as it said it.
    wanted: Payload | None = None
    # The lines in which they differ, from QuickBooks' to the source's; () where not known.
    lines: tuple[Payload, ...] = ()

    @property
    def is_fresh(self) -> bool:
        """Whether `posted` is another version of a document, as it would be posted now."""
        return self.wanted is not None and self.is_document

    @property
    def record(self) -> Record:
        """Our record."""
        return self.own.record

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups a person decides about: those that differ, and that no policy settles."""
        return tuple(one for one in self.moved if one in self.to_decide)

    @property
    def moved(self) -> tuple[str, ...]:
        """All groups in which the two differ."""
        return tuple(one for one, verdict in self.found.verdicts.items() if verdict != Verdict.SAME)

    @property
    def state(self) -> str:
        """Voided, deleted or inactive since both agreed; "" otherwise."""
        state = self.found.now.theirs.get(STATE) or ""
        return "" if state == (self.found.was.theirs.get(STATE) or "") else state

    @property
    def is_document(self) -> bool:
        """Whether it has a day and amounts."""
        return self.record.type in DOCUMENTS

    @property
    def days(self) -> list[date]:
        """The days it has in QuickBooks and is to have, the earlier first."""
        named = {self.row.doc_date, self.record.doc_date}
        return sorted(day for day in named if day is not None)


def read(services: Services, incident: Incident, chosen: Collection[str] | None = None) -> Both:
    """Read the record fresh and compare it. `chosen`: the groups in which the source stands.

    Raises BadInput when the alert is about nothing that is posted; QuickBooksFault.
    """
    entity, _, qbo_id = incident.subject.partition(":")
    mirror.refresh(services, incident.company_id, entity, qbo_id)
    company = periods.refreshed(services, incident.company_id)
    with services.sessions.read() as session:
        records = _records(session, incident)
        record = records[0]
        row = deciding_sides.row_of(session, record)
        if row is None:
            msg = "QuickBooks shows nothing of it any more. Press again in a minute."
            raise BadInput(msg)
        asked = causes.asked_of(session, record)
        agreed.take_own_writes(session, record, row, asked=bool(asked))
        wanted = asked.wanted
        found = sides.look(session, record, row, wanted, asked.waiting)
        source = session.get_one(Source, record.source_id).name
        groups = _to_decide(session, record, found, asked)
        differing = [field for field in _differing(record, found) if field.group in groups]
        fields = [field for field in differing if chosen is None or field.group in chosen]
        shown = tuple(_shown(session, record, found, differing))
        posted = writable.posted_payload(session, record) if record.type in DOCUMENTS else {}
    if wanted is not None:
        record = _as_said(record, wanted)
        posted = _posted_now(services, record) if posted else {}
    change: Payload = {}
    if fields and not row.deleted:
        fresh = posted if wanted is not None and record.type in DOCUMENTS else None
        with services.sessions.read() as session:
            change = writable.change(session, record, row, fields, fresh)
    lines: list[Payload] = []
    if posted and not row.deleted:
        with services.sessions.read() as session:
            lines = line_changes.rows(session, record, row.data, posted)
    others = tuple(one.id or 0 for one in records)
    own = Own(record, source)
    made = Both(own, company, row, found, others, change, posted, shown, groups, wanted)
    return replace(made, lines=tuple(lines))


def _as_said(record: Record, wanted: Payload) -> Record:
    """The record as its source says it now; a document with its amount and day of that."""
    if record.type not in DOCUMENTS:
        return record.model_copy(update={"payload": wanted})
    payload = corrections.carry_over(record, wanted).payload
    columns = corrections.columns(stored_record(payload))
    return record.model_copy(update={**columns, "payload": payload})


def _posted_now(services: Services, record: Record) -> Payload:
    """A document as it would be posted now; {} where what it names is not in QuickBooks."""
    found = anew.decide(services, record)
    return found.payload if isinstance(found, resolve.Ready) else {}


def _records(session: Session, incident: Incident) -> list[Record]:
    own = (Hold.company_id == incident.company_id, Hold.subject == incident.subject)
    rows = session.exec(
        select(Record)
        .join(Hold, col(Hold.record_id) == col(Record.id))
        .where(*own, Hold.problem == incident.problem)
        .order_by(col(Record.id))
    ).all()
    if not rows:
        msg = "Both sides agree by now; the alert ends by itself."
        raise BadInput(msg)
    return list(rows)


def _differing(record: Record, found: Compared) -> Iterator[Field]:
    for group in dict.fromkeys(field.group for field in fields_of(record.type)):
        yield from found.differing(record, group)


def _to_decide(
    session: Session, record: Record, found: Compared, asked: causes.Asked
) -> frozenset[str]:
    """What was asked about, and what differs since and is to be asked about too."""
    since = (
        group
        for group, verdict in found.verdicts.items()
        if verdict is not Verdict.SAME
        and policies.winner(session, record, group, verdict) == policies.ASK
    )
    return frozenset((*asked.groups, *since))


def _shown(
    session: Session, record: Record, found: Compared, fields: Collection[Field]
) -> Iterator[tuple[Field, str, str, str]]:
    for field in fields:
        values = (found.now.theirs, found.now.ours, found.was.theirs)
        theirs, ours, was = (
            sides.shown(session, record, field, one.get(field.name)) for one in values
        )
        yield field, theirs, ours, was


def agreement(both: Both, books: Collection[str], wanted: Payload | None = None) -> Step:
    """Our own rows: both agree on what QuickBooks shows then.

    `wanted`: the version of the source that is taken over, where no question names it any more.
    """
    change: Payload = {"record_ids": list(both.others), "books": list(books)}
    change |= {"wanted": wanted} if wanted is not None else {}
    words = f"Both sides agree on {both.own.called}"
    return Step(Action.AGREE, words, change=change)


def plan(
    preview: Preview, both: Both, title: str, source: Collection[str], more: Payload | None = None
) -> Plan:
    """Plan that the source's values stand in the groups `source`, QuickBooks' in all others."""
    books = [group for group in both.moved if group not in source]
    steps: tuple[Step, ...] = ()
    if both.change and source:
        steps = (_update(both),)
    role = Role.APPROVER if both.is_document else Role.OPERATOR
    made = replace(preview, company=both.company).plan(
        title=title,
        submit="Change it in QuickBooks" if steps else "QuickBooks is right",
        steps=(*steps, agreement(both, books)),
        changes=list(_changes(both, source)),
        checked=["it is open and unpaid, and no bank knows of it"]
        * bool(steps and both.is_document),
        undo="It goes back to how it is now, as long as nobody changes it meanwhile.",
        role=role,
    )
    return replace(made, facts={**made.facts, **_facts(both, source), **(more or {})})


def _update(both: Both) -> Step:
    named = (both.row.data.get(key) for key in both.change)
    before: Payload = {"Id": both.row.qbo_id, "SyncToken": both.row.data.get("SyncToken")}
    before |= dict(zip(both.change, named, strict=True))
    words = f"{upfirst(both.own.called)} is in QuickBooks as {both.own.source} says"
    return Step(Action.UPDATE, words, both.row.entity, both.row.qbo_id, before, both.change)


def _changes(both: Both, source: Collection[str]) -> Iterator[Payload]:
    for field, theirs, ours, _ in both.shown:
        if field.name == "lines":
            yield from _line_changes(both, field.group in source)
        elif field.name == STATE and field.group not in source:
            yield {"what": field.words, "before": ours, "after": theirs}
        elif field.group in source:
            yield {"what": field.words, "before": f"{theirs} in QuickBooks", "after": ours}
        else:
            yield {"what": field.words, "before": f"{ours} in {both.own.source}", "after": theirs}
    due = str(both.change.get("DueDate") or "")
    if source and due and all(field.name != "due" for field, *_ in both.shown):
        before = both.row.data.get("DueDate")
        before = day(before) if before else "nothing"
        yield {"what": "due date, by its terms", "before": before, "after": day(due)}


def _line_changes(both: Both, by_source: bool) -> Iterator[Payload]:
    """The lines that change where the source stands; else how QuickBooks' differ from its."""
    if both.lines:
        yield from both.lines if by_source else line_changes.turned(both.lines)
        return
    after = _as_lines(both) if by_source else "as in QuickBooks"
    yield {"what": "lines", "before": _other_lines(both), "after": after}


def _as_lines(both: Both) -> str:
    return f"as {both.own.source} says" if both.is_fresh else "as posted"


def _other_lines(both: Both) -> str:
    return f"others than {both.own.source} says" if both.is_fresh else "others than were posted"


def _changes_back(both: Both, source: Collection[str]) -> Iterator[Payload]:
    for field, theirs, ours, _ in both.shown:
        if field.group in source and field.name == "lines" and both.lines:
            yield from line_changes.turned(both.lines)
        elif field.group in source and field.name == "lines":
            before = _as_lines(both)
            yield {"what": "lines", "before": before, "after": "as they were in QuickBooks"}
        elif field.group in source:
            yield {"what": field.words, "before": f"{ours} in QuickBooks", "after": theirs}


def _facts(both: Both, source: Collection[str]) -> Payload:
    moved = _months(both) if source and both.is_document else []
    found: Payload = {
        "our_document": both.own.called,
        "state": both.state,
        "source": both.own.source,
        "by_source": bool(source),
        "both_stand": bool(source) and len(source) < len(both.groups),
        "months_moved": moved,
        "expected": _expected(both, source),
        # What an undo of this changes, as its preview shows it.
        "taken_back": {
            "document": both.own.called,
            "sale": both.record.type in SALES_DOCUMENTS,
            "changes": list(_changes_back(both, source)),
            "months": _months(both, back=True) if moved else [],
        },
    }
    if (moved or len(both.days) > 1) and both.record.type in SALES_DOCUMENTS and source:
        found["filed"] = filed(both)
    return found


def _expected(both: Both, source: Collection[str]) -> dict[str, str | None]:
    fields = [field for field, *_ in both.shown if field.group in source and field.name != STATE]
    return {field.name: _wanted(both, field.name) for field in fields}


def _wanted(both: Both, name: str) -> str | None:
    said = both.found.now.ours.get(name)
    return said if said is not None else both.found.was.theirs.get(name)


def _months(both: Both, *, back: bool = False) -> list[JsonValue]:
    """What each month gains or loses when the source's total and day stand; or that taken back."""
    ours = money_of(_wanted(both, "total"))
    theirs = money_of(both.found.now.theirs.get("total"))
    if both.state:
        theirs = money_of("0.00")
    if both.record.doc_date is None or (ours == theirs and len(both.days) == 1):
        return []
    last = both.record.doc_date
    first = last if both.state else both.row.doc_date or last
    one_month = (first.year, first.month) == (last.year, last.month)
    if one_month and ours == theirs:
        return []
    sums = {last: ours - theirs} if one_month else {first: -theirs, last: ours}
    rows: list[JsonValue] = []
    for when, gained in sorted(sums.items()):
        amount = -gained if back else gained
        sign = "-" if amount < 0 else "+"
        told = f"{sign}{money(abs(amount), both.record.currency)}"
        is_filed = _is_filed(both, min(when, first) if one_month else when)
        rows.append({"month": when.isoformat(), "change": told, "filed": is_filed})
    return rows


def filed(both: Both) -> Payload:
    """What happens to the returns of its months that are filed; {} where none is."""
    days = [day for day in both.days if _is_filed(both, day)]
    named = " and ".join(dict.fromkeys(month(day) for day in days))
    effect = "changes and has to be amended, or settled in the next one"
    return effects.filed_months(both.company, days, [f"The return of {named} {effect}"])


def _is_filed(both: Both, day: date) -> bool:
    through = both.company.tax_filed_through
    return both.record.type in SALES_DOCUMENTS and through is not None and day <= through


def money_of(value: str | None) -> Decimal:
    """An amount of a compared field."""
    return Decimal(value or "0.00")


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the record again: it shows what was chosen."""
    expected: Mapping[str, str | None] = plan.facts.get("expected") or {}
    step = next((one for one in plan.steps if one.action is Action.UPDATE), None)
    if step is None:
        return ""
    mirror.refresh(services, incident.company_id, step.entity, step.qbo_id)
    with services.sessions.read() as session:
        row = mirror.get(session, incident.company_id, step.entity, step.qbo_id)
        agreeing = next(one for one in plan.steps if one.action is Action.AGREE)
        record = session.get_one(Record, int(agreeing.change["record_ids"][0]))
        if row is None or row.deleted:
            return f"QuickBooks does not show {own_record.called(record)} any more."
        shown = sides.look(session, record, row, None).now.theirs
        wrong = [name for name, value in expected.items() if not same(value, shown.get(name))]
    words = {field.name: field.words for field in fields_of(record.type)}
    return f"QuickBooks does not show the {words[wrong[0]]} that was chosen." if wrong else ""
