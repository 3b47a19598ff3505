"""/qb: forgiving words. Slack never delivers a mistyped command, so "did you mean" lives here."""

import re
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlmodel import Session

from bot.dispatch.model import Call, Meant, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, strong
from bot.domain import RecordType, Role
from bot.models import Company, Record
from bot.render import words
from bot.services import Services
from commands.parts import documents

_SYNC, _STATUS, _ERRORS = "/qb-sync-now", "/qb-status", "/qb-errors"
_RECONNECT, _HELP = "/qb-reconnect", "/qb-help"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that stand for a command. Earlier commands win when several are named: a person who
# writes "reconnect, sync is broken" wants the connection first.
_WORDS: Mapping[str, frozenset[str]] = {
    _RECONNECT: _words(
        "reconnect connect connection disconnected authorize login permission token relink"
    ),
    _SYNC: _words("sync resync syncnow sync-now push upload import csv"),
    _ERRORS: _words(
        "errors error broken problem problems failed failing wrong issue issues stuck alerts open "
        "missing duplicates duplicate inactive mapping rejected held"
    ),
    _STATUS: _words(
        "status state health overview board dashboard standing things doing going ok okay fine "
        "posted today"
    ),
    _HELP: _words("help commands usage manual"),
}
# Exact only: a slip of one letter must not turn another word into them.
_EXACT: Mapping[str, frozenset[str]] = {
    _SYNC: _words("post run go retry"),
    _HELP: _words("hi hello ?"),
}
# Words that carry no meaning of their own; the rest goes on to the command.
_FILLING = _words(
    "a again all am an and are at be can do does everything for how i in is it just list me my not "
    "now of on our please qb quickbooks show tell the there to us we what what's whats why "
    "with you"
)
_DOCUMENT = re.compile(
    r"\b(?P<kind>invoices?|inv|payments?|pmt|orders?|documents?|doc)\b[\s#.:-]*"
    r"(?:(?:no|nr|number)\b[\s#.:]*)?(?P<number>[a-z]{0,6}-?\d[\w/.-]*)",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(r"#?[a-z]{0,6}-?\d[\w/.-]*", re.IGNORECASE)
_TYPE = {"i": RecordType.INVOICE, "o": RecordType.INVOICE, "p": RecordType.PAYMENT}
_NEAR = 0.62
MOST_WORDS = 5


def means(text: str) -> Meant | None:
    """Find the command that the words mean; None when this command answers itself."""
    typed = text.split()
    hits = {name: _hits(typed, name) for name in _WORDS}
    name = next((name for name, found in hits.items() if found), None)
    if name is None or (name != _SYNC and _document(text)):
        return None
    if name in (_ERRORS, _STATUS) and len(_rest(typed, hits[name]).split()) > MOST_WORDS:
        return None  # an error text that somebody pasted
    if name == _ERRORS:
        # The word itself ("duplicates") is a filter worth keeping; plain ones are not.
        own = [word for word in hits[name] if _plain(word) not in _FILTERS]
        return Meant(name, _rest(typed, own))
    return Meant(name, _rest(typed, hits[name]))


_FILTERS = frozenset(("duplicate", "duplicates", "inactive", "mapping"))


def _hits(typed: list[str], name: str) -> list[str]:
    return [word for word in typed if _stands_for(_plain(word), name)]


def _plain(word: str) -> str:
    return word.casefold().strip(".,!?:;\"'()")


def _stands_for(word: str, name: str) -> bool:
    if word in _EXACT.get(name, frozenset()) or word in _WORDS[name]:
        return True
    if len(word) < 4 or word in _FILLING or any(word in known for known in _WORDS.values()):
        return False
    # One slip (a swap counts as one) in a short word, two in a long one.
    allowed = 1 if len(word) < 7 else 2
    return any(
        OSA.distance(word, known, score_cutoff=allowed) <= allowed
        for known in _WORDS[name]
        if len(known) >= 4
    )


def _rest(typed: list[str], hits: list[str]) -> str:
    kept = [word for word in typed if word not in hits and _plain(word) not in _FILLING]
    return " ".join(kept)


def _document(text: str) -> tuple[str, tuple[RecordType, ...]] | None:
    """Find a document's number in the words."""
    found = _DOCUMENT.search(text)
    if found:
        kind = _TYPE.get(found["kind"][0].lower())
        return found["number"], (kind,) if kind else tuple(_TYPE.values())
    if _NUMBER_ALONE.fullmatch(text.strip()):
        return text.strip().lstrip("#"), (RecordType.INVOICE, RecordType.PAYMENT)
    return None


def run(services: Services, call: Call) -> Reply:
    """Look a document up, explain an error text, or say what can be typed."""
    asked = _document(call.text)
    if asked is not None:
        return _look_up(services, call, *asked)
    if not call.text:
        return _did_you_mean("What shall I do?", call)
    explained = _explain(services, call)
    return explained or _did_you_mean(f"I did not understand “{call.text[:80]}”.", call)


def _look_up(services: Services, call: Call, number: str, types: tuple[RecordType, ...]) -> Reply:
    with services.sessions.read() as session:
        found = documents.find(session, call.companies, number, types)
        likely = [] if found else _near(session, call.companies, number)
    companies = {company.id: company for company in call.companies}
    if found:
        shown = found[: documents.MOST_FOUND]
        places = [documents.place(services, companies[row.company_id], row) for row in shown]
        return Reply(tuple(places))
    names = " and ".join(company.name for company in call.companies)
    said = f"No source has handed over document {number} for {names} yet."
    if likely:
        return Reply.say(said, f"Did you mean {' or '.join(likely)}?")
    return Reply.say(said, "Check the number, or look in the source whether it was exported.")


def _near(session: Session, companies: tuple[Company, ...], number: str) -> list[str]:
    """Numbers that look alike: a wrong last digit, a swap."""
    rows: list[Record] = documents.like(session, companies, number)
    known = {row.number: row for row in rows if row.number}
    close = process.extract(
        number, list(known), scorer=OSA.normalized_similarity, score_cutoff=_NEAR, limit=2
    )
    return [documents.called(known[found]) for found, _, _ in close]


def _explain(services: Services, call: Call) -> Reply | None:
    """Explain a pasted error text, when a problem is recognised."""
    if len(call.words) < 3:
        return None
    found = services.knowledge.classify("qbo", "", call.text)
    problem = services.knowledge.problems.get(found.problem)
    if problem is None or found.problem == "unknown" or found.confidence < 0.5:
        return None
    return Reply(
        (
            line("That looks like: ", strong(problem.name.replace("_", " ")), "."),
            words("If it is open here, /qb-errors shows its alert with the button that fixes it."),
        )
    )


def _did_you_mean(said: str, call: Call) -> Reply:
    guess = _closest(call.text)
    first = f"{said} Did you mean {guess}?" if guess else said
    return Reply(
        (
            line(first),
            line("Examples:"),
            bullets(
                "/qb sync now – post what waits",
                "/qb status – how each company stands",
                "/qb what is broken – the open problems",
                "/qb reconnect blue ridge – a private link",
                "/qb invoice 1042 – where a document stands",
            ),
        )
    )


def _closest(text: str) -> str:
    """The command whose words are nearest to any typed word; "" when none is near."""
    best, name = 0.0, ""
    for word in (_plain(typed) for typed in text.split()[:20]):
        if len(word) < 3 or word in _FILLING:
            continue
        for command, known in _WORDS.items():
            found = process.extractOne(word, known, scorer=OSA.normalized_similarity)
            if found is not None and found[1] > best:
                best, name = found[1], command
    return name if best >= _NEAR - 0.12 else ""


COMMAND = SlashCommand(
    name="/qb",
    help="Understands plain words: sync now, status, what is broken, invoice 1042.",
    usage="<words>",
    role=Role.VIEWER,
    run=run,
    examples=("/qb sync now", "/qb what is broken", "/qb invoice 1042", "/qb reconnect blue ridge"),
    means=means,
)
