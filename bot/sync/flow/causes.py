"""What an alert says where two sides differ: both values, what was agreed, and when it changed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import ENTITY, JsonValue, Payload
from bot.models import Company, Hold, MirrorRow, Record, Source
from bot.render import moment
from bot.sync import holds
from bot.sync.causes import (
    CHANGED_IN_BOOKS,
    CONTENT_DIFFERS,
    DAY_DIFFERS,
    SIDES_DIFFER,
    TOTAL_DIFFERS,
    Cause,
    record_facts,
)
from bot.sync.flow.compare import Verdict
from bot.sync.flow.fields import DATES, DELETED, IDENTITY, INACTIVE, MONEY, STATE, VOIDED
from bot.sync.flow.sides import Compared, shown

PROBLEMS = (CHANGED_IN_BOOKS, SIDES_DIFFER)
# What the other alerts about a posted document are about.
TOLD = {
    TOTAL_DIFFERS: (MONEY,),
    CONTENT_DIFFERS: (MONEY, IDENTITY),
    DAY_DIFFERS: (DATES,),
}
_EDITED = "edited"
_HAPPENED = {_EDITED: "changed", VOIDED: "voided", DELETED: "deleted", INACTIVE: "made inactive"}


@dataclass(frozen=True)
class Asked:
    """What a person is asked about: groups of fields.

    `wanted` is the version of the source that waits for the answer, `handed` when it was handed
    over (ISO), `waiting` as in `sides.look`, `refused` what QuickBooks said when it was to be
    written.
    """

    wanted: Payload | None = None
    waiting: tuple[str, ...] = ()
    refused: str = ""
    groups: tuple[str, ...] = ()
    handed: str = ""

    def __bool__(self) -> bool:
        """Whether anything is asked at all."""
        return self is not NOTHING


NOTHING = Asked()


def ask(
    session: Session,
    record: Record,
    row: MirrorRow,
    found: Compared,
    question: Asked,
    now: datetime,
) -> None:
    """Hold what a person has to decide; the record stays posted."""
    asked, refused = question.groups, question.refused
    ours = refused or any(found.verdicts[group] is not Verdict.THEIRS for group in asked)
    problem = SIDES_DIFFER if ours else CHANGED_IN_BOOKS
    facts: Payload = {
        **record_facts(record),
        # The amounts stand in the rows.
        "amount": None,
        "total": None if record.amount is None else str(record.amount),
        "name": record.name,
        "currency": record.currency,
        "source": session.get_one(Source, record.source_id).name,
        "entity": ENTITY[record.type],
        "qbo_id": row.qbo_id,
        "what": _what(found),
        "happened": _HAPPENED[_what(found)],
        "rows": _rows(session, record, found, asked),
        "groups": list(asked),
        "changed_when": _when(session, record, row),
        "both": _both({found.verdicts[group] for group in asked}),
        "wanted": question.wanted,
        "handed": question.handed,
        "handed_when": _moment(session, record, question.handed),
        "waiting": list(question.waiting),
        "refusal": refused,
    }
    drop(session, record, now, other_than=problem)
    holds.hold_also(session, record, Cause(problem, f"{row.entity}:{row.qbo_id}", facts), now)


def drop(session: Session, record: Record, now: datetime, *, other_than: str = "") -> bool:
    """Nothing has to be decided any more; says whether something had."""
    rows = [hold for hold in standing(session, record) if hold.problem != other_than]
    holds.adjust(session, record, (), rows, now)
    return bool(rows)


def standing(session: Session, record: Record) -> list[Hold]:
    """What a person is asked about a record's two sides."""
    own = select(Hold).where(Hold.record_id == record.id)
    return list(session.exec(own.where(col(Hold.problem).in_(PROBLEMS))))


def groups_told(problem: str, facts: Mapping[str, JsonValue]) -> set[str]:
    """The groups of fields that an alert about a posted record is about."""
    asked = facts.get("groups") if problem in PROBLEMS else TOLD.get(problem)
    return {str(one) for one in asked or ()}


def _when(session: Session, record: Record, row: MirrorRow) -> str:
    changed = (row.data.get("MetaData") or {}).get("LastUpdatedTime")
    return "" if row.deleted else _moment(session, record, changed)


def _moment(session: Session, record: Record, at: JsonValue) -> str:
    return moment(at, session.get_one(Company, record.company_id).time_zone) if at else ""


def _both(verdicts: Collection[Verdict]) -> bool:
    """Whether either side has changed something of what is asked about."""
    return Verdict.BOTH in verdicts or {Verdict.OURS, Verdict.THEIRS} <= set(verdicts)


def asked_of(session: Session, record: Record) -> Asked:
    """What a person is asked about a record; NOTHING (which is false) where nobody is asked."""
    rows = standing(session, record)
    if not rows:
        return NOTHING
    facts = rows[0].facts
    waiting = tuple(str(one) for one in facts["waiting"])
    groups = tuple(str(one) for one in facts["groups"])
    handed = str(facts.get("handed") or "")
    return Asked(facts["wanted"], waiting, str(facts["refusal"]), groups, handed)


def _what(found: Compared) -> str:
    state = found.now.theirs.get(STATE, "")
    return state if state in (VOIDED, DELETED, INACTIVE) and _is_new(found, state) else _EDITED


def _is_new(found: Compared, state: str) -> bool:
    return found.was.theirs.get(STATE) != state


def _rows(
    session: Session, record: Record, found: Compared, groups: tuple[str, ...]
) -> list[Payload]:
    rows: list[Payload] = []
    for group in groups:
        fields = found.differing(record, group)
        for field in fields:
            if field.name == STATE or (field.name == "lines" and len(fields) > 1):
                continue
            said = found.now.ours.get(field.name)
            was, now = found.was.theirs.get(field.name), found.now.theirs.get(field.name)
            rows.append(
                {
                    "group": group,
                    "what": field.words,
                    "was": shown(session, record, field, was),
                    "books": shown(session, record, field, now),
                    "source": None if said is None else shown(session, record, field, said),
                    "changed_there": was != now,
                }
            )
    return rows
