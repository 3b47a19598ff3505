"""Rules for words: what everything that fits a pattern stands for, made, ended and asked.

A word's own mapping goes before a rule of its source, that before one of the company, and all of
them before what was chosen for everything and before names. Of several rules of one place the one
with the longest part of its own goes first. A rule's answer is never stored as a mapping: ending
the rule ends it, and what was posted by it stays as it is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot import audit
from bot.errors import BadInput
from bot.models import Company, Hold, MappingRule, Record, Source
from bot.models import Mapping as Mapped
from bot.sync import globs, holds, mappings, spoken
from bot.sync.causes import subject_of
from bot.sync.spoken import Word

# Money would go elsewhere by them: somebody has to answer for each.
APPROVED = frozenset({mappings.ACCOUNT, mappings.DEPOSIT_TO})


@dataclass(frozen=True)
class Wanted:
    """A rule as somebody asks for it; `source_id` None means all sources of the company."""

    what: str
    pattern: str
    entity: str
    qbo_id: str
    source_id: int | None = None
    by: str = ""
    approved_by: str = ""


def standing(session: Session, company_id: int) -> Sequence[MappingRule]:
    """The rules that hold now."""
    return session.exec(_standing(), params={"company_id": company_id}).all()


@cache
def _standing() -> SelectOfScalar[MappingRule]:
    return (
        select(MappingRule)
        .where(col(MappingRule.company_id) == bindparam("company_id"))
        .where(col(MappingRule.ended_at).is_(None))
        .order_by(col(MappingRule.id))
    )


def history(session: Session, company_id: int) -> Sequence[MappingRule]:
    """All rules there ever were, newest first."""
    own = select(MappingRule).where(MappingRule.company_id == company_id)
    return session.exec(own.order_by(col(MappingRule.id).desc()).limit(500)).all()


def first(rules: Iterable[MappingRule], source_id: int, what: str, said: str) -> MappingRule | None:
    """The rule a word goes by: its source's before the company's, then the narrowest."""
    key = _key(said)
    found = [
        rule
        for rule in rules
        if rule.what == what
        and rule.source_id in (None, source_id)
        and said != mappings.ANY
        and globs.fits(_key(rule.pattern), key)
    ]
    return min(found, key=_order, default=None)


def explained(
    session: Session, company_id: int, records: Iterable[Record], own: Collection[Word]
) -> dict[Word, tuple[MappingRule, Mapped]]:
    """Which of the records' words without a mapping of their own a rule explains, and how."""
    rules: dict[str, list[MappingRule]] = {}
    for one in standing(session, company_id):
        rules.setdefault(one.what, []).append(one)
    if not rules:
        return {}
    found: dict[Word, tuple[MappingRule, Mapped]] = {}
    for record in records:
        for what, said in spoken.words_of(record):
            word = (record.source_id, what, mappings.key_of(said, what))
            if word in own or word in found:
                continue
            rule = first(rules.get(what, ()), record.source_id, what, said)
            if rule is not None:
                found[word] = (rule, _as_mapping(rule, record.source_id, said))
    return found


def stands_for(
    session: Session, company_id: int, source_id: int, what: str, said: str
) -> Mapped | None:
    """What one word of a source stands for by its own mapping, else by a rule; None if by none."""
    own = mappings.find(session, source_id, what, said)
    if own is not None:
        return own
    rule = first(standing(session, company_id), source_id, what, said)
    return _as_mapping(rule, source_id, said) if rule is not None else None


def make(session: Session, company: Company, wanted: Wanted, now: datetime) -> MappingRule:
    """Make a rule in the caller's transaction; audited. Raises BadInput, saying why not."""
    company_id = company.id or 0
    pattern = globs.folded(wanted.pattern)
    why = globs.wrong(pattern) or _why_not(session, company_id, wanted, pattern)
    if why:
        raise BadInput(why)
    rule = MappingRule(
        company_id=company_id,
        source_id=wanted.source_id,
        what=wanted.what,
        pattern=pattern,
        entity=wanted.entity,
        qbo_id=wanted.qbo_id,
        by=wanted.by,
        approved_by=wanted.approved_by,
        at=now,
    )
    session.add(rule)
    session.flush()
    _noted(session, rule, "mappings.rule", wanted.by, now)
    return rule


def end(session: Session, rule: MappingRule, by: str, now: datetime) -> None:
    """End a rule in the caller's transaction; what was posted by it stays as it is."""
    rule.ended_at, rule.ended_by = now, by
    session.add(rule)
    _noted(session, rule, "mappings.rule_ended", by, now)


def release(session: Session, rule: MappingRule) -> list[int]:
    """Let go the records that are held for a word the rule explains; returns which."""
    held = select(Hold).where(Hold.company_id == rule.company_id)
    rows = session.exec(
        held.where(col(Hold.problem).in_((*mappings.UNMAPPED, "missing_parent")))
    ).all()
    by_problem: dict[str, set[str]] = {}
    for row in rows:
        if _about(rule, row):
            by_problem.setdefault(row.problem, set()).add(row.subject)
    freed: list[int] = []
    for problem, subjects in by_problem.items():
        freed += holds.release_subjects(session, rule.company_id, (problem,), subjects)
    return freed


def note_used(
    session: Session, records: Iterable[Record], by_rule: Mapping[Word, MappingRule], now: datetime
) -> None:
    """Say in the audit record which rules decided about records that are posted now."""
    if not by_rule:
        return
    records = list(records)
    ids = {record.source_id for record in records}
    sources = session.exec(select(Source).where(col(Source.id).in_(ids)))
    names = {row.id: row.name for row in sources}
    entries: list[audit.Entry] = []
    for record in records:
        used = [
            {"rule": rule.id, "what": what, "word": said, "pattern": rule.pattern}
            for what, said in dict.fromkeys(spoken.words_of(record))
            if (rule := by_rule.get((record.source_id, what, mappings.key_of(said, what))))
        ]
        if used:
            subject = subject_of(record.type, names.get(record.source_id, ""), record.external_id)
            entries.append(
                audit.Entry(now, "", "mappings.rule_used", subject, record.company_id,
                            {"rules": used})
            )  # fmt: skip
    audit.append_many(session, entries)


def _about(rule: MappingRule, hold: Hold) -> bool:
    facts = hold.facts
    what = str(facts.get("what") or facts.get("refers_to") or "")
    said = str((facts.get("ref") if hold.problem == "missing_parent" else facts.get("word")) or "")
    source_id = int(facts.get("source_id") or 0)
    return bool(said) and first([rule], source_id, what, said) is not None


def _why_not(session: Session, company_id: int, wanted: Wanted, pattern: str) -> str:
    """Why a rule cannot be made: nobody approved it, or another one decides about the same."""
    if wanted.what in APPROVED and not wanted.approved_by:
        return (
            "A rule for accounts moves money in the books: say who approved it, with --approved-by "
            "NAME or in the column “approved by” of a file."
        )
    key = _key(pattern)
    for rule in standing(session, company_id):
        if (rule.what, rule.source_id) != (wanted.what, wanted.source_id):
            continue
        other = _key(rule.pattern)
        if other == key:
            return f"There is a rule for {rule.pattern} already (rule {rule.id}): end it first."
        same = (rule.entity, rule.qbo_id) == (wanted.entity, wanted.qbo_id)
        if not same and globs.rank(other) == globs.rank(key) and globs.meet(other, key):
            return (
                f"Some words fit {rule.pattern} (rule {rule.id}) as well, and neither is the "
                "narrower: nobody could say which holds. Make one of them longer."
            )
    return ""


def _key(text: str) -> str:
    """Rules do not look at capitals, not even of ids."""
    return mappings.key_of(text)


def _order(rule: MappingRule) -> tuple[bool, int, int, int]:
    longest, all_of_it = globs.rank(_key(rule.pattern))
    return rule.source_id is None, -longest, -all_of_it, rule.id or 0


def _as_mapping(rule: MappingRule, source_id: int, said: str) -> Mapped:
    """A rule's answer in the shape of a mapping; it is never stored."""
    return Mapped(
        company_id=rule.company_id,
        source_id=source_id,
        what=rule.what,
        key=mappings.key_of(said, rule.what),
        said=said,
        entity=rule.entity,
        qbo_id=rule.qbo_id,
        by=rule.by,
        created_at=rule.at,
    )


def _noted(session: Session, rule: MappingRule, action: str, by: str, now: datetime) -> None:
    audit.append(
        session,
        at=now,
        actor=by,
        action=action,
        subject=f"company:{rule.company_id}",
        company_id=rule.company_id,
        data={
            "rule": rule.id,
            "source_id": rule.source_id,
            "what": rule.what,
            "pattern": rule.pattern,
            "stands_for": f"{rule.entity}:{rule.qbo_id}",
            "approved_by": rule.approved_by,
        },
    )
