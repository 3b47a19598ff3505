"""Counts the error texts that nothing explains: what is missing here is told, too."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import Counter
from sqlmodel import Session, col, select

from bot.db.inserting import insert_into
from bot.knowledge.knowledge import UNKNOWN, Knowledge
from bot.models import Unexplained
from bot.render import clean, shorten

UNKNOWN_ERRORS = Counter("qb_unknown_errors", "Error texts that no problem file explains.")
LONGEST, LONGEST_CODE = 300, 12
LEFT_OUT = "…"
_ADDRESS = re.compile(r"\S+@\S+|\b\w+://\S+|\bwww\.\S+")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)|\[[^\]]*\]")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_SHORTEST_NAME = 3
# Names in quotation marks are shorter.
_SENTENCE = 5


@dataclass(frozen=True)
class Gap:
    """An error text that nothing explains, and the problem it is most like ("" for none)."""

    text: str
    code: str = ""
    platform: str = ""
    nearest: str = ""
    likeness: float = 0.0


def note(
    session: Session,
    knowledge: Knowledge,
    company_id: int,
    gap: Gap,
    now: datetime,
    names: Iterable[str] = (),
) -> int:
    """Count a text that was classified as unknown; return the row of its shape.

    `names` are the words of the record it is about. They, everything in quotation marks and every
    word with a capital or a digit that no problem file uses are left out of what is kept.
    """
    told = redacted(knowledge, gap.text, names)
    code = redacted(knowledge, gap.code) if len(gap.code) > LONGEST_CODE else gap.code
    key = f"{gap.platform}|{code}|{told.casefold()}"
    shape = hashlib.sha256(key.encode()).hexdigest()[:32]
    latest = {"last_at": now, "nearest": gap.nearest, "likeness": gap.likeness}
    insert = insert_into(session, Unexplained).values(
        company_id=company_id, shape=shape, platform=gap.platform, code=code, text=told,
        first_at=now, count=1, **latest,
    )  # fmt: skip
    # The sync and a forwarded error may tell of the same text at the same moment.
    counted = insert.on_conflict_do_update(
        index_elements=["company_id", "shape"],
        set_={**latest, "count": insert.table.c.count + 1},
    ).returning(insert.table.c.id)
    row_id: int = session.connection().execute(counted).scalar_one()
    UNKNOWN_ERRORS.inc()
    return row_id


def missing(session: Session, company_id: int | None = None, most: int = 100) -> list[Unexplained]:
    """The texts without an explanation, the most frequent first."""
    rows = select(Unexplained).order_by(col(Unexplained.count).desc(), col(Unexplained.id))
    if company_id is not None:
        rows = rows.where(Unexplained.company_id == company_id)
    return list(session.exec(rows.limit(most)))


def still_missing(knowledge: Knowledge, rows: Iterable[Unexplained]) -> list[Unexplained]:
    """Those that would still be unknown today: an explanation may have been written since.

    One that held nothing but names and numbers, and no code, tells nobody what is missing.
    """
    found = []
    for row in rows:
        if not row.code and not any(sign.isalnum() for sign in row.text):
            continue
        again = knowledge.classify(row.platform or "any", row.code, row.text)
        if again.problem == UNKNOWN:
            found.append(row)
    return found


def redacted(knowledge: Knowledge, text: str, names: Iterable[str] = ()) -> str:
    """The text as it may be kept and shown to whoever writes explanations."""
    told = clean(text)[:4_000]
    for name in sorted(names, key=len, reverse=True):
        if len(name) >= _SHORTEST_NAME:
            told = re.sub(re.escape(name), LEFT_OUT, told, flags=re.IGNORECASE)
    told = _QUOTED.sub(
        lambda hit: hit[0] if _is_said(knowledge.vocabulary, hit[0]) else LEFT_OUT,
        _ADDRESS.sub(LEFT_OUT, told),
    )
    told = _WORD.sub(lambda hit: _kept(knowledge.vocabulary, hit[0]), told)
    told = re.sub(rf"{LEFT_OUT}(?:[^\w\s]*\s?[^\w\s]*{LEFT_OUT})+", LEFT_OUT, told)
    return shorten(" ".join(told.split()), LONGEST)


def _is_said(vocabulary: frozenset[str], quoted: str) -> bool:
    """Whether a sentence stands in quotation marks, as the error in JSON, and not a name."""
    words = _WORD.findall(quoted)
    known = sum(word.casefold() in vocabulary for word in words)
    return len(words) >= _SENTENCE and 2 * known >= len(words)


def _kept(vocabulary: frozenset[str], word: str) -> str:
    if word.casefold() in vocabulary:
        return word
    return word if word.islower() and word.isalpha() else LEFT_OUT
