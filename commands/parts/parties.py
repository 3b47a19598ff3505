"""What is known of a customer, vendor or item that somebody names: open alerts, what waits."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, bullets, line, strong
from bot.domain import DOCUMENTS, RecordState, RecordType, Waiting
from bot.mirror import bare, fold
from bot.models import Company, Hold, MirrorRow, Record
from bot.render import Span, Text, day, listed, sums
from bot.render.words import article
from bot.services import Services
from bot.sync.totals import totals
from commands.parts.asked import quoted
from commands.parts.held import alert_line, open_alerts
from commands.parts.meaning import is_command_word
from commands.parts.standing import are_held, how_many, waits

# One company's names beyond this many are not compared by likeness.
MOST_NAMES = 50_000
MOST_SHOWN = 5
LIKE_ENOUGH = 86.0
SHORTEST = 3
_FEW = 3
_APOSTROPHES = re.compile(r"['’‘`´ʼ＇]")
_NO_WORD = re.compile(r"[^\w]|_")
LONGEST = 120
_LISTS = ("Customer", "Vendor", "Employee", "Item")
_PARTIES = (RecordType.CUSTOMER, RecordType.VENDOR, RecordType.ITEM)


@dataclass(frozen=True)
class Party:
    """One name at one company."""

    company: Company
    name: str
    key: str


def about(services: Services, call: Call, asked: str) -> Reply | None:
    """Tell what waits and what is wrong for whoever is named; None when nobody is.

    The whole text goes first, so that a name made of small words is found as well.
    """
    for text in dict.fromkeys((call.text, asked)):
        found = named(services, call.companies, text)
        if found:
            return _told(services, found, text)
    return None


def named(services: Services, companies: Sequence[Company], text: str) -> list[Party]:
    """Find the names meant: the same in rough letters, else all typed words in one, else alike."""
    wanted = rough(text[:LONGEST])
    if len(wanted) < SHORTEST:
        return []
    with services.sessions.read() as session:
        known = [party for company in companies for party in _known(session, company)]
    return (
        [party for party in known if party.key == wanted]
        or [party for party in known if _holds(party.key, wanted)]
        or _alike(known, wanted)
        or _inside(known, wanted.split())
    )


def names_somebody(services: Services, text: str) -> bool:
    """Whether the text is a name rather than words for a command.

    The whole text is the name of something, or its few words, none of which is a word for a
    command, all stand in one name.
    """
    words = fold(" ".join(text.split())[:LONGEST]).split()
    if len(words) > 1 and _exists(services, " ".join(words), text):
        return True
    if not 0 < len(words) <= _FEW or any(is_command_word(word) for word in text.split()):
        return False
    if min(len(word) for word in words) < SHORTEST:
        return False
    in_lists = [col(MirrorRow.folded).contains(word, autoescape=True) for word in words]
    in_records = [col(Record.name).icontains(word, autoescape=True) for word in words]
    with services.sessions.read() as session:
        row = session.exec(_listed().where(*in_lists).limit(1)).first()
        return (
            row is not None
            or session.exec(select(Record.id).where(*in_records).limit(1)).first() is not None
        )


def _exists(services: Services, folded: str, text: str) -> bool:
    typed = " ".join(text.split()).lower()
    with services.sessions.read() as session:
        row = session.exec(_listed().where(MirrorRow.folded == folded).limit(1)).first()
        same = select(Record.id).where(func.lower(Record.name) == typed).limit(1)
        return row is not None or session.exec(same).first() is not None


def _listed() -> SelectOfScalar[str]:
    return select(MirrorRow.name).where(
        col(MirrorRow.company_id).in_(select(Company.id)), col(MirrorRow.entity).in_(_LISTS)
    )


def _known(session: Session, company: Company) -> Iterable[Party]:
    """Every name in the records and in the copy of QuickBooks' lists, once per spelling."""
    records = session.exec(
        select(Record.name)
        .where(Record.company_id == company.id, Record.name != "")
        .distinct()
        .limit(MOST_NAMES)
    )
    names = session.exec(
        select(MirrorRow.name)
        .where(MirrorRow.company_id == company.id, col(MirrorRow.entity).in_(_LISTS))
        .where(MirrorRow.name != "", col(MirrorRow.deleted).is_(False))
        .limit(MOST_NAMES)
    )
    seen: dict[str, str] = {rough(name): name for name in records}
    for name in names:
        seen.setdefault(rough(bare(name)), bare(name))
    return [Party(company, name, key) for key, name in seen.items() if key]


def rough(name: str) -> str:
    """A name in small letters without accents and punctuation.

    Quick enough for every name of a company, which the look-up's own folding is not.
    """
    apart = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    kept = "".join(c for c in _APOSTROPHES.sub("", apart) if not unicodedata.combining(c))
    return " ".join(_NO_WORD.sub(" ", kept).split())


def _holds(key: str, wanted: str) -> bool:
    """Whether every typed word begins a word of the name, in any order."""
    words = key.split()
    return all(any(word.startswith(typed) for word in words) for typed in wanted.split())


def _alike(known: Sequence[Party], wanted: str) -> list[Party]:
    """The names that the typed one is a slip away from, in full or by their first words."""
    length = len(wanted.split())
    heads = [" ".join(party.key.split()[:length]) for party in known]
    found = [
        *process.extract(wanted, heads, scorer=fuzz.ratio, score_cutoff=LIKE_ENOUGH, limit=2),
        *process.extract(
            wanted,
            [party.key for party in known],
            scorer=fuzz.ratio,
            score_cutoff=LIKE_ENOUGH,
            limit=2,
        ),
    ]
    return [known[place] for place in dict.fromkeys(place for _, _, place in found)]


def _inside(known: Sequence[Party], words: Sequence[str]) -> list[Party]:
    """The names that stand among other words, each of two words or more."""
    by_name: dict[str, list[Party]] = {}
    for party in known:
        by_name.setdefault(party.key, []).append(party)
    for length in range(len(words), 1, -1):
        for start in range(len(words) - length + 1):
            found = by_name.get(" ".join(words[start : start + length]))
            if found:
                return found
    return []


def _told(services: Services, found: Sequence[Party], text: str) -> Reply:
    if len(found) > MOST_SHOWN:
        names = [f"{party.name} ({party.company.name})" for party in found[:MOST_SHOWN]]
        return Reply(
            (
                line(f"{len(found):,} names fit {quoted(text)}, among them:"),
                bullets(*names),
                line("Next: type more of the name."),
            ),
            private=True,
        )
    parts: list[Text] = []
    wrong = False
    for party in found:
        told, troubled = _one(services, party)
        parts.append(told)
        wrong = wrong or troubled
    if wrong:
        parts.append(line("Next: open the alert and press its button; /qb-errors lists all."))
    else:
        parts.append(line("Next: nothing to do here; /qb-status shows the whole company."))
    return Reply(tuple(parts))


def _one(services: Services, party: Party) -> tuple[Text, bool]:
    """What is known of one name, and whether something is wrong."""
    with services.sessions.read() as session:
        records = _records(session, party)
        alerts = open_alerts(session, party.company.id or 0, _causes(session, party, records))
        there = _there(session, party, records)
    later = _sum(records, RecordState.WAITING)
    kept = _sum(records, RecordState.HELD)
    words = [waits(later), are_held(kept, len(alerts)), _posted(records)]
    said = " · ".join(word for word in words if word)
    if not records:
        said = "no source has handed over anything for it"
    text = line(strong(party.name), f" · {party.company.name} · {there}{said}.")
    items: list[tuple[Span, ...]] = [alert_line(services, row) for row in alerts]
    return text + bullets(*items), bool(alerts or how_many(kept))


def _records(session: Session, party: Party) -> list[Record]:
    """Every record of that name, whatever its spelling."""
    spellings = session.exec(
        select(Record.name).where(Record.company_id == party.company.id).distinct()
    )
    same = [name for name in spellings if rough(name) == party.key]
    return list(
        session.exec(
            select(Record)
            .where(Record.company_id == party.company.id, col(Record.name).in_(same))
            .order_by(col(Record.tier), col(Record.id))
        )
    )


def _causes(session: Session, party: Party, records: Sequence[Record]) -> list[tuple[str, str]]:
    """What is wrong with the records of that name, posted ones that differ included."""
    names = list({row.name for row in records})
    rows = session.exec(
        select(Hold.problem, Hold.subject)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Record.company_id == party.company.id, col(Record.name).in_(names))
        .distinct()
        .order_by(col(Hold.problem), col(Hold.subject))
    )
    return [(problem, subject) for problem, subject in rows]


def _there(session: Session, party: Party, records: Sequence[Record]) -> str:
    """Whether QuickBooks has the name, as last read, and whether it is what was handed over."""
    rows = session.exec(
        select(MirrorRow.entity, MirrorRow.active)
        .where(MirrorRow.company_id == party.company.id, MirrorRow.folded == fold(party.name))
        .where(col(MirrorRow.entity).in_(_LISTS), col(MirrorRow.deleted).is_(False))
    ).all()
    found = [
        f"{entity.lower()}{'' if active else ', INACTIVE'}" for entity, active in sorted(set(rows))
    ]
    ours = [row for row in records if row.type in _PARTIES]
    if ours and all(row.qbo_id is None for row in ours):
        same = f"; QuickBooks has {listed([article(one) for one in found])} of that name"
        return f"not linked{same if found else ''} · "
    return f"in QuickBooks ({listed(found)}) · " if found else ""


def _sum(records: Iterable[Record], state: RecordState) -> Waiting:
    return totals(row for row in records if row.state is state)


def _posted(records: Sequence[Record]) -> str:
    """What of it is in QuickBooks, with the day of the newest document."""
    posted = [row for row in records if row.state is RecordState.POSTED and row.type in DOCUMENTS]
    days = [row.doc_date for row in posted if row.doc_date is not None]
    newest = f", the newest of {day(max(days))}" if days else ""
    return f"{sums.told(totals(posted))} posted{newest}" if posted else ""
