"""Rules for words as a table for a spreadsheet, out and back: all rows of a file, or none."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import mirror
from bot.errors import BadInput
from bot.models import Company, MappingRule
from bot.sync import globs, mapping_file, mapping_rules, mappings
from bot.sync.mapping_rules import Wanted
from bot.sync.mapping_table import NOTHING, name_of, sources_of
from bot.sync.table.report import safe

COLUMNS = ("source", "what", "pattern", "id", "name", "kept as", "by", "approved by", "since")
# What stands in the column of the source for a rule of the whole company.
EVERY = "(every source)"
_LINES = 5_000


@dataclass(frozen=True)
class Read:
    """The rules a file asks for, how many hold already, and what is wrong with it, by line."""

    wanted: tuple[Wanted, ...]
    same: int
    refused: tuple[tuple[int, str], ...]


def export(session: Session, company: Company) -> str:
    """Every standing rule as CSV; a spreadsheet takes no cell for a formula."""
    sources = sources_of(session, company)
    kept = io.StringIO(newline="")
    writer = csv.writer(kept)
    writer.writerow(COLUMNS)
    for rule in mapping_rules.standing(session, company.id or 0):
        cells = (
            EVERY if rule.source_id is None else sources.get(rule.source_id, ""),
            rule.what,
            rule.pattern,
            NOTHING if rule.qbo_id == mappings.NOTHING else rule.qbo_id,
            target_name(session, rule),
            rule.entity,
            rule.by,
            rule.approved_by,
            f"{rule.at:%Y-%m-%d}",
        )
        writer.writerow([safe(cell) for cell in cells])
    return kept.getvalue()


def target_name(session: Session, rule: MappingRule) -> str:
    """The name of what a rule stands for, "" for nothing, or where the mirror has not seen it."""
    row = mirror.get(session, rule.company_id, rule.entity, rule.qbo_id)
    return name_of(row) if row is not None else ""


def wanted(session: Session, company: Company, row: dict[str, str]) -> Wanted | str:
    """Read a rule from the columns of a row, or say why it cannot be one."""
    sources = {name: source_id for source_id, name in sources_of(session, company).items()}
    source, what = row.get("source", ""), row.get("what", "")
    if source not in ("", EVERY) and source not in sources:
        return f"There is no source {source!r} at this company."
    if what not in mappings.KINDS:
        return f"{what!r} is none of {', '.join(mappings.KINDS)}."
    pattern = globs.folded(row.get("pattern", ""))
    why = globs.wrong(pattern)
    target = mapping_file.target_of(session, company, what, row)
    if why or isinstance(target, str):
        return why or str(target)
    entity, qbo_id, _ = target
    return Wanted(
        what,
        pattern,
        entity,
        qbo_id,
        sources.get(source),
        row.get("by", ""),
        row.get("approved by", ""),
    )


def read(session: Session, company: Company, text: str) -> Read:
    """Compare a file with the rules that hold; nothing is changed."""
    lines = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    missing = {"what", "pattern"} - {str(name).strip() for name in lines.fieldnames or ()}
    if missing:
        return Read((), 0, ((1, f"The columns {', '.join(sorted(missing))} are missing."),))
    standing = {_place(rule): rule for rule in mapping_rules.standing(session, company.id or 0)}
    found: list[Wanted] = []
    refused: list[tuple[int, str]] = []
    same, seen = 0, set[tuple[int | None, str, str]]()
    for row in lines:
        line = lines.line_num
        if line > _LINES:
            refused.append((line, f"A file has at most {_LINES:,} lines; the rest is not read."))
            break
        cells = {key: mapping_file.cell(value) for key, value in row.items() if key}
        rule = wanted(session, company, cells)
        if isinstance(rule, str):
            refused.append((line, rule))
            continue
        place = _place(rule)
        if place in seen:
            refused.append((line, f"The pattern {rule.pattern} stands in the file twice."))
            continue
        seen.add(place)
        known = standing.get(place)
        if known is not None and (known.entity, known.qbo_id) == (rule.entity, rule.qbo_id):
            same += 1
        else:
            found.append(rule)
    return Read(tuple(found), same, tuple(refused))


def apply(session: Session, company: Company, found: Read, now: datetime) -> int:
    """Make the rules in the caller's transaction, in place of those with the same patterns.

    Returns how many records may go now. Raises BadInput when one of them cannot be made: then the
    caller takes all of it back.
    """
    for rule in mapping_rules.standing(session, company.id or 0):
        if _place(rule) in {_place(one) for one in found.wanted}:
            mapping_rules.end(session, rule, "", now)
    session.flush()
    freed: set[int] = set()
    for one in found.wanted:
        try:
            made = mapping_rules.make(session, company, one, now)
        except BadInput as error:
            raise BadInput(f"{one.pattern}: {error}") from error
        freed |= set(mapping_rules.release(session, made))
    return len(freed)


def _place(rule: MappingRule | Wanted) -> tuple[int | None, str, str]:
    return rule.source_id, rule.what, mappings.key_of(rule.pattern)
