"""Mappings from a file: compared with what stands, shown, and said in one go."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import audit, mirror
from bot.domain import RecordType
from bot.models import Company, MirrorRow
from bot.render import listed
from bot.render.words import spoken
from bot.sync import holds, likely, mappings, places
from bot.sync.causes import subject_of
from bot.sync.mapping_table import ANY, NOTHING, name_of, sources_of, target_words, unfit
from bot.sync.roots import mapping_subject

_LINES = 20_000
# Each of these is one thing; what stands for all of them is a rule's business.
_EACH = frozenset({mappings.SKU, *mappings.PARTIES})
# What QuickBooks' people call otherwise than its programs do.
_CALLED = {"Department": "location", "Term": "payment term"}
# What holds a record whose customer or vendor nobody has said, or QuickBooks has not.
_MISSING = ("missing_parent", "account_unusable")


@dataclass(frozen=True)
class Change:
    """One row of a file: what its word stands for so far and would stand for."""

    line: int
    source_id: int
    source: str
    what: str
    said: str
    entity: str
    qbo_id: str
    name: str
    was: str = ""
    was_name: str = ""

    @property
    def is_new(self) -> bool:
        """Whether nobody has said it before."""
        return not self.was

    @property
    def target(self) -> str:
        """What the word would stand for: by name, with the id that tells it from a namesake."""
        return f"{self.name} ({self.qbo_id})" if self.name else "nothing"


@dataclass(frozen=True)
class Read:
    """What a file would change, how many rows say what is so already, and what is wrong with it."""

    changes: tuple[Change, ...]
    same: int
    refused: tuple[tuple[int, str], ...]


def read(session: Session, company: Company, text: str) -> Read:
    """Compare a file with what stands; nothing is changed.

    A row needs source, what, word and an id or, where only one active record has it, a name.
    """
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    missing = {"source", "what", "word"} - {str(name).strip() for name in lines.fieldnames or ()}
    if missing:
        return Read((), 0, ((1, f"The columns {', '.join(sorted(missing))} are missing."),))
    sources = {name: source_id for source_id, name in sources_of(session, company).items()}
    changes: list[Change] = []
    refused: list[tuple[int, str]] = []
    same, seen = 0, set[tuple[int, str, str]]()
    for row in lines:
        line = lines.line_num
        if line > _LINES:
            refused.append((line, f"A file has at most {_LINES:,} lines; the rest is not read."))
            break
        found = _row(session, company, sources, line, {k: cell(v) for k, v in row.items() if k})
        if isinstance(found, str):
            refused.append((line, found))
            continue
        key = (found.source_id, found.what, mappings.key_of(found.said, found.what))
        if key in seen:
            refused.append((line, f"The word {found.said} stands in the file twice."))
            continue
        seen.add(key)
        if found.was == f"{found.entity}:{found.qbo_id}":
            same += 1
        else:
            changes.append(found)
    return Read(tuple(changes), same, tuple(refused))


def apply(session: Session, company: Company, changes: Sequence[Change], now: datetime) -> int:
    """Say it all in the caller's transaction and let go what waited for it; returns how many go."""
    company_id = company.id or 0
    subjects: set[str] = set()
    for one in changes:
        mappings.put(
            session,
            company_id=company_id,
            source_id=one.source_id,
            what=one.what,
            said=one.said,
            qbo_id=one.qbo_id,
            by="",
            now=now,
            entity=one.entity,
            why="a file",
        )
        subjects |= _subjects(one)
    freed = holds.release_subjects(session, company_id, (*mappings.UNMAPPED, *_MISSING), subjects)
    if changes:
        words = [f"{one.source}: {one.what} {one.said} -> {one.entity} {one.qbo_id}"
                 for one in changes]  # fmt: skip
        audit.append(
            session,
            at=now,
            actor="",
            action="mappings.import",
            subject=f"company:{company_id}",
            company_id=company_id,
            data={"changes": words},
        )
    return len(freed)


def _row(
    session: Session, company: Company, sources: dict[str, int], line: int, row: dict[str, str]
) -> Change | str:
    source_id, what = sources.get(row["source"]), row["what"]
    if source_id is None:
        return f"There is no source {row['source']!r} at this company."
    if what not in mappings.KINDS:
        return f"{what!r} is none of {', '.join(mappings.KINDS)}."
    said = mappings.ANY if row["word"] == ANY else row["word"]
    if not said:
        return "The word is empty."
    if said == mappings.ANY and what in _EACH:
        return f"One {what} cannot stand for everything: say it of each word, or make a rule."
    target = target_of(session, company, what, row)
    if isinstance(target, str):
        return target
    entity, qbo_id, name = target
    standing = mappings.find(session, source_id, what, said)
    was = was_name = ""
    if standing is not None:
        was = f"{standing.entity}:{standing.qbo_id}"
        was_name = target_words(session, standing, standing.entity, standing.qbo_id)
    return Change(line, source_id, row["source"], what, said, entity, qbo_id, name, was, was_name)


def target_of(
    session: Session, company: Company, what: str, row: dict[str, str]
) -> tuple[str, str, str] | str:
    """Entity, id and name of the record a row names, or why it cannot be used."""
    usual = places.lists(company)[0] if what == mappings.LOCATION else mappings.ENTITIES[what]
    entity = row.get("kept as") or usual
    if entity != mappings.ENTITIES[what] and (what, entity) != (mappings.LOCATION, "Class"):
        return f"A {what} is not kept as {entity}."
    qbo_id, name = row.get("id", ""), row.get("name", "")
    if qbo_id == NOTHING:
        allowed = what in mappings.OPTIONAL
        return (entity, mappings.NOTHING, "") if allowed else f"A {what} cannot stand for nothing."
    if not qbo_id and not name:
        return "Neither an id nor a name is given."
    found = _candidates(session, company, entity, qbo_id, name)
    usable = [one for one in found if one.active and not one.deleted]
    if len(usable) > 1:
        return f"Several records are called {name!r}: give the id."
    if not usable:
        if not found:
            return _not_there(session, company, entity, qbo_id, name)
        return f"{name_of(found[0])} ({entity} {found[0].qbo_id}) is inactive or gone."
    return unfit(what, usable[0]) or (entity, usable[0].qbo_id, name_of(usable[0]))


def _not_there(session: Session, company: Company, entity: str, qbo_id: str, name: str) -> str:
    """That QuickBooks does not have it, what is nearest, and what to do."""
    kind = _CALLED.get(entity) or spoken(entity)
    if qbo_id:
        return f"QuickBooks has no {kind} with the id {qbo_id}. Give its name instead, or its id."
    near = likely.nearest_names(session, company.id or 0, entity, name)
    named = f"; the nearest {'is' if len(near) == 1 else 'are'} {listed(near)}" if near else ""
    return (
        f"QuickBooks has no {kind} called {name!r}{named}. Give the name as it stands there, or "
        "the id; or add it there first."
    )


def _candidates(
    session: Session, company: Company, entity: str, qbo_id: str, name: str
) -> list[MirrorRow]:
    if qbo_id:
        row = mirror.get(session, company.id or 0, entity, qbo_id)
        return [row] if row is not None else []
    rows = mirror.by_folded(session, company.id or 0, mirror.fold(name), (entity,))
    return [row for row in rows if mappings.key_of(name_of(row)) == mappings.key_of(name)]


def _subjects(change: Change) -> set[str]:
    """Under which subjects records wait for this word."""
    if change.what in mappings.PARTIES:
        party = subject_of(RecordType(change.what), change.source, change.said)
        return {party, mapping_subject(change.source, change.what, change.said)}
    return {
        mapping_subject(change.source, change.what, change.said),
        subject_of(RecordType.ITEM, change.source, change.said),
        f"account:{change.source}/{change.said}",
        f"income_account:{change.said}",
        "income_account" if change.said == mappings.ANY else "",
    } - {""}


def cell(value: object) -> str:
    """Read a cell without the mark that keeps spreadsheets from computing it."""
    text = str(value or "").strip()
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@") else text
