"""How SKUs, names and descriptions look: the pattern a firm set or that nearly all follow.

A pattern is an example such as ABC-123: a letter stands for any letter, a digit for any digit, `+`
after one for one or more of it; other signs are themselves. What differs from a set pattern is
told (bot.sync.odd_values); a strict one also holds what is new (bot.sync.preflight.formats).
"""

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot import audit, mirror
from bot.domain import RecordType
from bot.errors import BadInput
from bot.models import Company, FormatRule, Hold, MirrorRow, Record
from bot.sync import holds, mappings, spoken
from bot.sync.mapping_table import sources_of

SKU: Final = "sku"
ITEM_NAME: Final = "item_name"
DESCRIPTION: Final = "description"
CUSTOMER_NAME: Final = "customer_name"
FIELDS: Mapping[str, str] = {
    SKU: "SKUs",
    ITEM_NAME: "item names",
    DESCRIPTION: "item descriptions",
    CUSTOMER_NAME: "customer names",
}
# What holds a record whose value differs from a strict pattern.
HELD: Final = "format_held"
# A pattern is learned from so many values, when so many of a hundred have one shape.
LEAST, SHARE = 50, 95
_LONGEST = 100
_MOST_RUNS = 12
_MOST_SHOWN = 20
_MOST_LOOKED_AT = 1_000
_RUNS = re.compile(r"[^\W\d_]+|\d+|[\W_]")
_OF_RECORDS = {
    RecordType.ITEM: ((SKU, "sku"), (ITEM_NAME, "name"), (DESCRIPTION, "description")),
    RecordType.CUSTOMER: ((CUSTOMER_NAME, "name"),),
}


@dataclass(frozen=True)
class Format:
    """A pattern of a field, and the values that differ from it; `source` "" for all.

    `strict`: what is new and differs is held; a learned pattern never is.
    """

    field: str
    source: str
    pattern: str
    learned: bool
    values: int
    differing: tuple[str, ...]
    more: int = 0
    strict: bool = False


def wrong(pattern: str) -> str:
    """Say why a pattern cannot be used; "" if it can."""
    if not pattern.strip() or len(pattern) > _LONGEST:
        return f"A pattern has 1 to {_LONGEST} characters, such as ABC-123 or AB-1+."
    if not any(sign.isalnum() for sign in pattern):
        return "A pattern needs a letter or a digit, such as ABC-123."
    return ""


def fits(pattern: str, value: str) -> bool:
    """Whether a value looks as the pattern says."""
    return _compiled(pattern).fullmatch(value) is not None


def learn(values: Collection[str]) -> str:
    """The pattern that nearly all of these values follow; "" where there is none.

    Plain words are no pattern: it needs a digit or a sign that is no blank.
    """
    if len(values) < LEAST:
        return ""
    shapes = Counter(map(_shape, values))
    shape, count = shapes.most_common(1)[0]
    if count * 100 < SHARE * len(values) or len(shape) > _MOST_RUNS:
        return ""
    if not any(sign != "A" and not sign.isspace() for sign in shape):
        return ""
    alike = [_RUNS.findall(value) for value in values if _shape(value) == shape]
    return "".join(
        _run(sign, {len(runs[place]) for runs in alike}) for place, sign in enumerate(shape)
    )


def look(session: Session, company: Company) -> list[Format]:
    """Each pattern that was set or is learned, with what differs from it; by field."""
    said, sources = _said(session, company), sources_of(session, company)
    rules = standing(session, company.id or 0)
    found: list[Format] = []
    for field in FIELDS:
        every = _in_books(session, company, field) | {
            value for (_, name), values in said.items() if name == field for value in values
        }
        own = [rule for rule in rules if rule.field == field]
        for rule in own:
            source_id = rule.source_id
            values = every if source_id is None else said.get((source_id, field), set())
            name = "" if source_id is None else sources.get(source_id, "")
            one = _format(field, name, rule.pattern, values, learned=False)
            found.append(replace(one, strict=rule.strict))
        learned = "" if any(rule.source_id is None for rule in own) else learn(every)
        if learned:
            found.append(_format(field, "", learned, every, learned=True))
    return found


def learned_of(session: Session, company: Company, field: str) -> str:
    """The pattern that is learned of a field just now. Raises BadInput where there is none."""
    found = [one.pattern for one in look(session, company) if one.learned and one.field == field]
    if not found:
        msg = (
            f"No pattern of {FIELDS.get(field, field)} is learned: it takes {LEAST} values, "
            f"{SHARE} of a hundred of one shape, and none that is set already."
        )
        raise BadInput(msg)
    return found[0]


def ruling(rules: Iterable[FormatRule], source_id: int, field: str) -> FormatRule | None:
    """The pattern that holds for a field of a source: its own goes before the company's."""
    own = [one for one in rules if one.field == field and one.source_id in (None, source_id)]
    return min(own, key=lambda one: one.source_id is None, default=None)


def standing(session: Session, company_id: int) -> Sequence[FormatRule]:
    """The patterns that were set and hold."""
    return session.exec(_standing(), params={"company_id": company_id}).all()


@functools.cache
def _standing() -> SelectOfScalar[FormatRule]:
    own = select(FormatRule).where(col(FormatRule.company_id) == bindparam("company_id"))
    return own.where(col(FormatRule.ended_at).is_(None)).order_by(col(FormatRule.id))


def put(
    session: Session,
    company: Company,
    field: str,
    pattern: str,
    *,
    source_id: int | None,
    by: str,
    now: datetime,
    strict: bool = False,
) -> list[int]:
    """Set the pattern of a field, or with "" end it; audited. Raises BadInput, saying why not.

    What an earlier pattern held is looked at anew: returns the records that may go now.
    """
    if field not in FIELDS:
        msg = f"{field!r} is none of {', '.join(FIELDS)}."
        raise BadInput(msg)
    why = wrong(pattern) if pattern else ""
    if why:
        raise BadInput(why)
    company_id = company.id or 0
    for rule in standing(session, company_id):
        if (rule.field, rule.source_id) == (field, source_id):
            rule.ended_at = now
            session.add(rule)
    if pattern:
        session.add(
            FormatRule(
                company_id=company_id,
                source_id=source_id,
                field=field,
                pattern=pattern,
                strict=strict,
                by=by,
                at=now,
            )
        )
    audit.append(
        session,
        at=now,
        actor=by,
        action="mappings.format",
        subject=f"company:{company_id}",
        company_id=company_id,
        data={"field": field, "source_id": source_id, "pattern": pattern, "strict": strict},
    )
    own = select(Hold.subject).where(Hold.company_id == company_id, Hold.problem == HELD)
    return holds.release_subjects(session, company_id, (HELD,), set(session.exec(own)))


def _format(
    field: str, source: str, pattern: str, values: Collection[str], *, learned: bool
) -> Format:
    differing = sorted(value for value in values if not fits(pattern, value))
    shown = tuple(differing[:_MOST_SHOWN])
    return Format(field, source, pattern, learned, len(values), shown, len(differing) - len(shown))


def _in_books(session: Session, company: Company, field: str) -> set[str]:
    entity = "Customer" if field == CUSTOMER_NAME else "Item"
    rows = mirror.in_use(session, company.id or 0, entity)
    return {value for row in rows if (value := _value(row, field))}


def _value(row: MirrorRow, field: str) -> str:
    if field == SKU:
        return row.sku
    if field == DESCRIPTION:
        return str(row.data.get("Description") or "")
    return row.name


def _said(session: Session, company: Company) -> dict[tuple[int, str], set[str]]:
    """What sources said in the records they handed over last, by source and field."""
    own = select(Record).where(Record.company_id == company.id)
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for record in session.exec(own.order_by(col(Record.id).desc()).limit(_MOST_LOOKED_AT)):
        for field, value in (*own_values(record), *line_skus(record)):
            found[record.source_id, field].add(value)
    return found


def own_values(record: Record) -> Iterator[tuple[str, str]]:
    """Field and value of what a record of a list is called; nothing of a document."""
    for field, key in _OF_RECORDS.get(record.type, ()):
        if record.payload.get(key):
            yield field, str(record.payload[key])


def line_skus(record: Record) -> Iterator[tuple[str, str]]:
    """The SKUs on a document's lines, as `own_values` gives them."""
    words = spoken.words_of(record)
    yield from ((SKU, word) for what, word in words if what == mappings.SKU and word)


def _shape(value: str) -> str:
    return "".join(_class(run) for run in _RUNS.findall(value))


def _class(run: str) -> str:
    if run[0].isdigit():
        return "9"
    return "A" if run[0].isalpha() else run


def _run(sign: str, lengths: set[int]) -> str:
    if sign not in ("A", "9"):
        return sign
    return sign * lengths.pop() if len(lengths) == 1 else f"{sign}+"


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    found: list[str] = []
    after = False  # whether a `+` here would repeat what stands before it
    for sign in pattern:
        if sign == "+" and after:
            found.append("+")
            after = False
            continue
        after = sign.isalpha() or sign.isdigit()
        found.append(r"\d" if sign.isdigit() else r"[^\W\d_]" if after else re.escape(sign))
    return re.compile("".join(found))
