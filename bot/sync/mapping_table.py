"""The mappings of a company as a table for a spreadsheet, their history, and how they stand."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot import mirror
from bot.models import (
    Company,
    Hold,
    Mapping,
    MappingHistory,
    MappingRule,
    MirrorRow,
    Record,
    Source,
)
from bot.sync import accounts, mapping_rules, mappings, spoken
from bot.sync.roots import KIND_WORDS
from bot.sync.table.report import safe

COLUMNS = ("source", "what", "word", "id", "name", "kept as", "active", "by", "since")
# So many of the newest records tell which words are in use.
_MOST_LOOKED_AT = 1_000
# The words a file may use for what stands for nothing, and for everything of its kind.
NOTHING, ANY = "(nothing)", "(everything)"
# A source's id and a kind of word.
Group = tuple[int, str]


@dataclass(frozen=True)
class Health:
    """How the words of one kind of a source stand.

    used: the words said in what was handed over last, and those that hold records. Each of them is
    one of: mapped (used_mapped), explained by a rule (by_rule), open (unmapped), or it goes by its
    name in QuickBooks (by_name). `mapped` counts the words that are not in use, too.
    """

    source: str
    what: str
    mapped: int
    broken: int
    wrong_kind: int
    shared: int
    unmapped: int
    used: int = 0
    used_mapped: int = 0
    by_rule: int = 0
    by_name: int = 0


def export(session: Session, company: Company, people: dict[str, str] | None = None) -> str:
    """Every mapping as CSV, by source, kind and word; a spreadsheet takes no cell for a formula.

    `people`: names by the Slack user ids of `said_by`; who is not among them stays an id.
    """
    sources = sources_of(session, company)
    rows = _mappings(session, company)
    targets = _targets(session, company, rows)
    kept = io.StringIO(newline="")
    writer = csv.writer(kept)
    writer.writerow(COLUMNS)
    rows = sorted(rows, key=lambda row: (sources[row.source_id], row.what, row.key))
    for row in rows:
        target = targets.get((row.entity, row.qbo_id))
        nothing = row.qbo_id == mappings.NOTHING
        cells = (
            sources[row.source_id],
            row.what,
            ANY if row.said == mappings.ANY else row.said,
            NOTHING if nothing else row.qbo_id,
            name_of(target) if target is not None else "",
            row.entity,
            "" if target is None else "yes" if target.active and not target.deleted else "no",
            (people or {}).get(row.by, row.by),
            f"{row.created_at:%Y-%m-%d}",
        )
        writer.writerow([safe(cell) for cell in cells])
    return kept.getvalue()


def said_by(session: Session, company: Company) -> set[str]:
    """Slack user ids of who said what the words stand for now."""
    return {row.by for row in _mappings(session, company) if row.by}


def history(session: Session, company: Company, word: str = "") -> list[MappingHistory]:
    """What was said and when, newest first; of one word or of all."""
    statement = select(MappingHistory).where(MappingHistory.company_id == company.id)
    if word:
        # Ids of customers and vendors are kept with their capitals.
        keys = {mappings.key_of(word), mappings.key_of(word, mappings.CUSTOMER)}
        statement = statement.where(col(MappingHistory.key).in_(keys))
    return list(session.exec(statement.order_by(col(MappingHistory.id).desc()).limit(500)))


def told(session: Session, row: MappingHistory) -> tuple[str, str]:
    """What the word stood for before and after a change, by name."""
    was = target_words(session, row, row.was_entity, row.was)
    return was, target_words(session, row, row.entity, row.qbo_id)


def target_words(session: Session, row: Mapping | MappingHistory, entity: str, qbo_id: str) -> str:
    """Name what a word of a mapping stands for; its id where the mirror has not seen it."""
    if not qbo_id:
        return "nothing said"
    if qbo_id == mappings.NOTHING:
        return f"no {KIND_WORDS[row.what]}"
    found = mirror.get(session, row.company_id, entity, qbo_id)
    return name_of(found) if found is not None else f"{entity} {qbo_id}"


def health(session: Session, company: Company) -> Iterator[Health]:
    """Per source and kind: mapped, to nothing usable, to the wrong kind, shared, and still open."""
    sources = sources_of(session, company)
    rows = _mappings(session, company)
    targets = _targets(session, company, rows)
    groups: dict[Group, list[Mapping]] = defaultdict(list)
    for row in rows:
        groups[row.source_id, row.what].append(row)
    unmapped = _unmapped(session, company)
    said = _said(session, company)
    rules = mapping_rules.standing(session, company.id or 0)
    shown_groups = (
        groups.keys()
        | unmapped.keys()
        | {group for group in said if any(rule.what == group[1] for rule in rules)}
    )
    for source_id, what in sorted(shown_groups):
        found = [row for row in groups[source_id, what] if row.qbo_id != mappings.NOTHING]
        shown = [(row, targets.get((row.entity, row.qbo_id))) for row in found]
        used = Counter((row.entity, row.qbo_id) for row in found)
        yield Health(
            sources.get(source_id, ""),
            what,
            len(groups[source_id, what]),
            sum(one is not None and (one.deleted or not one.active) for _, one in shown),
            sum(one is not None and bool(unfit(what, one)) for _, one in shown),
            sum(count - 1 for count in used.values()),
            *_used(
                (source_id, what),
                said.get((source_id, what), set()),
                unmapped.get((source_id, what), set()),
                {row.key for row in groups[source_id, what]},
                rules,
            ),
        )


def _said(session: Session, company: Company) -> dict[Group, set[str]]:
    """The words of the records that were handed over last, by source and kind."""
    own = select(Record).where(Record.company_id == company.id)
    rows = session.exec(own.order_by(col(Record.id).desc()).limit(_MOST_LOOKED_AT))
    found: dict[Group, set[str]] = defaultdict(set)
    for record in rows:
        for what, word in spoken.words_of(record):
            if word != mappings.ANY:
                found[record.source_id, what].add(mappings.key_of(word, what))
    return found


def _used(
    group: Group, said: set[str], waiting: set[str], mapped: set[str], rules: Sequence[MappingRule]
) -> tuple[int, int, int, int, int]:
    """How the words in use stand: open, all of them, mapped, by a rule, by their name."""
    source_id, what = group
    fitting = [rule for rule in rules if rule.what == what]
    rest = said - waiting
    own = rest & mapped
    ruled = {
        key for key in rest - own if mapping_rules.first(fitting, source_id, what, key) is not None
    }
    by_name = len(rest) - len(own) - len(ruled)
    return len(waiting), len(rest) + len(waiting), len(own), len(ruled), by_name


def _unmapped(session: Session, company: Company) -> dict[Group, set[str]]:
    """Words that hold records and stand for nothing yet, by source and kind."""
    rows = session.exec(
        select(Hold)
        .where(Hold.company_id == company.id, col(Hold.problem).in_(mappings.UNMAPPED[:-1]))
        .where(col(Hold.cause_record_id).is_(None))
    )
    found: dict[Group, set[str]] = defaultdict(set)
    for row in rows:
        if row.facts.get("source_id") and row.facts.get("what"):
            what = str(row.facts["what"])
            key = mappings.key_of(str(row.facts.get("word") or ""), what)
            found[int(row.facts["source_id"]), what].add(key)
    return found


def unfit(what: str, row: MirrorRow) -> str:
    """Why a record is of the wrong kind for such a word, "" where it is not."""
    if what == mappings.SKU and row.data.get("Type") in ("Category", "Group"):
        return f"{name_of(row)} is a category or a bundle, no item that is sold."
    if what == mappings.DEPOSIT_TO and not accounts.fits(accounts.MONEY, row):
        kind = row.data.get("AccountType")
        return f"{name_of(row)} is an account of the kind {kind}; money goes to a bank account."
    return ""


def name_of(row: MirrorRow) -> str:
    """A record's full name, without QuickBooks' marks."""
    return mirror.full_name(row.entity, row.data) or row.name


def sources_of(session: Session, company: Company) -> dict[int, str]:
    """The sources of a company by id."""
    rows = session.exec(select(Source).where(Source.company_id == company.id))
    return {row.id or 0: row.name for row in rows}


def _mappings(session: Session, company: Company) -> list[Mapping]:
    return list(session.exec(select(Mapping).where(Mapping.company_id == company.id)))


def _targets(
    session: Session, company: Company, rows: Sequence[Mapping]
) -> dict[tuple[str, str], MirrorRow]:
    found: dict[tuple[str, str], MirrorRow] = {}
    for entity in sorted({row.entity for row in rows}):
        ids = sorted({row.qbo_id for row in rows if row.entity == entity})
        for start in range(0, len(ids), 500):
            matching = session.exec(
                select(MirrorRow)
                .where(MirrorRow.company_id == company.id, MirrorRow.entity == entity)
                .where(col(MirrorRow.qbo_id).in_(ids[start : start + 500]))
            )
            found |= {(entity, row.qbo_id): row for row in matching}
    return found
