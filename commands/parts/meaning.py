"""Plain words and the command they stand for, slips of the keyboard included."""

import re
from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

from bot.dispatch.model import Meant
from bot.domain import DOCUMENTS, RecordType
from commands.parts.asked import FILLING, plain, vocabulary
from commands.parts.wish import FILE_WORDS

SYNC, STATUS, ERRORS = "/qb-sync-now", "/qb-status", "/qb-errors"
RECONNECT, HELP = "/qb-reconnect", "/qb-help"
CHECK, FIX, UNDO, MUTE = "/qb-check", "/qb-fix", "/qb-undo", "/qb-mute"
FIND, EXPLAIN, TIPS, MAP = "/qb-find", "/qb-explain", "/qb-tips", "/qb-map"
MOST_WORDS = 5
_NEAR = 0.55

# Words that stand for a command. Earlier commands win when several are named: a person who
# writes "reconnect, sync is broken" wants the connection first.
WORDS: Mapping[str, frozenset[str]] = {
    RECONNECT: vocabulary(
        "reconnect connect connection disconnected authorize login permission token relink"
    ),
    SYNC: vocabulary("sync resync syncnow sync-now push synced syncing"),
    ERRORS: vocabulary(
        "errors error broken broke problem problems fail fails failed failing failure failures "
        "wrong issue issues stuck alert alerts open missing duplicates duplicate inactive mapping "
        "rejected refused held trouble bug bugs attention fix fixes"
    ),
    STATUS: vocabulary(
        "status state health overview board dashboard standing things doing going ok okay fine "
        "posted today money much amount total totals wait waits waiting pending queue queued "
        "backlog unposted summary progress connected online last"
    ),
    HELP: vocabulary("help commands usage manual"),
}
# Words that stand for a command only where they come first; what follows belongs to it.
_FIRST: Mapping[str, str] = {
    "fix": FIX,
    "repair": FIX,
    "solve": FIX,
    "undo": UNDO,
    "revert": UNDO,
    "mute": MUTE,
    "snooze": MUTE,
    "explain": EXPLAIN,
    "tip": TIPS,
    "tips": TIPS,
    "find": FIND,
    "search": FIND,
    "map": MAP,
    "mappings": MAP,
    "check": CHECK,
    "recheck": CHECK,
}
# Exact only: a slip of one letter must not turn another word into them.
_EXACT: Mapping[str, frozenset[str]] = {
    SYNC: vocabulary("post run go retry"),
    HELP: vocabulary("hi hello ?"),
}
# A filter worth keeping in the list of problems; the plain words for problems are not.
_FILTERS = vocabulary("duplicate duplicates inactive mapping")
# What is said of a connection, beside the company's name.
_OF_A_CONNECTION = vocabulary(
    "access again back broken dead died down expired gone invalid link lost needed new permission "
    "renew renewed revoked refused working works"
)
# Who asks how it is does not ask to post.
_ASKING = vocabulary(
    "are did didn't does doesn't has hasn't have how how's hows is isn't was what what's whats "
    "when which who why will"
)
_NOT = vocabulary(
    "cannot can't cant couldn't couldnt didn't didnt doesn't doesnt hasn't hasnt isn't isnt not "
    "never won't wont without"
)
_STOPPING = vocabulary("stop cancel pause abort halt dont don't")
_HOW_TO = re.compile(r"\s*how\s+(?:do|to|can|should|does)\b", re.IGNORECASE)
_DOCUMENT = re.compile(
    r"\b(?P<kind>invoices?|inv|payments?|pmt|bills?|orders?|documents?|doc)\b[\s#.:-]*"
    r"(?:(?:no|nr|number)\b[\s#.:]*)?(?P<number>[a-z]{0,6}-?\d[\w/.-]*)",
    re.IGNORECASE,
)
_AFTER_KIND = re.compile(
    r"\b(?P<kind>invoices?|payments?|bills?|orders?|documents?)\b[\s#:]*"
    r"(?:(?:no|nr|number)\b[\s#.:]*)?(?P<number>[\w/-]+)",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(r"#?[a-z]{0,6}-?\d[\w/.-]*", re.IGNORECASE)
_NUMBERED = tuple(kind for kind in RecordType if kind in DOCUMENTS)
_TYPE = {
    "i": RecordType.INVOICE,
    "o": RecordType.INVOICE,
    "p": RecordType.PAYMENT,
    "b": RecordType.BILL,
}


def means(text: str) -> Meant | None:
    """Find the command that the words mean; None when /qb answers itself.

    1. "help" and "how do I" explain, whatever else is said.
    2. To stop or not to post is never taken for a wish to post.
    3. A file is a wish for the window, unless something is asked or complained about.
    4. "fix", "undo", "mute", "find", "explain", "check" stand for their commands when they come
       first.
    5. A question about posting is answered by the status, "why" by the open problems.
    """
    typed = text.split()
    said = [plain(word) for word in typed]
    hits = {name: _hits(typed, name) for name in WORDS}
    if _helps(text, said, hits):
        return Meant(HELP, _rest(typed, [w for w in typed if plain(w) in WORDS[HELP]]))
    if set(said) & _STOPPING or (said[:2] == ["do", "not"]):
        return None
    first = _first(text, typed, said, hits)
    if first is not None:
        return first
    files = [word for word in typed if _is_file(plain(word))]
    if files and not (set(said[:1]) & _ASKING or hits[ERRORS] or hits[RECONNECT]):
        return Meant(SYNC, " ".join(["file", _rest(typed, [*files, *hits[SYNC]])]).strip())
    name = next((name for name, found in hits.items() if found), None)
    if name is None or (name != SYNC and document(text)):
        return None
    return _with_rest(_asked_for(name, said), typed, hits)


def _helps(text: str, said: list[str], hits: Mapping[str, list[str]]) -> bool:
    asked = bool(_HOW_TO.match(text)) and (hits[SYNC] or any(_is_file(word) for word in said))
    return bool(asked) or bool(set(said) & WORDS[HELP])


def _first(
    text: str, typed: list[str], said: list[str], hits: Mapping[str, list[str]]
) -> Meant | None:
    """The command that the first word of any weight stands for, with all that follows it.

    To mend the connection is to reconnect; who looks for trouble or a document is told of that.
    """
    skipped = (FILLING | _ASKING) - set(_FIRST)
    place = next((at for at, word in enumerate(said) if word not in skipped), None)
    name = _FIRST.get(_slip(said[place])) if place is not None else None
    if name is None or place is None or (name == FIX and hits[RECONNECT]):
        return None
    others = any(hits[other] for other in WORDS)
    if name in (FIND, CHECK) and (others or document(text)):
        return None
    return Meant(name, " ".join(typed[place + 1 :]))


def _slip(word: str) -> str:
    """The first word that is meant, one slip of the keyboard allowed in a longer one."""
    if word in _FIRST or len(word) < 5 or is_command_word(word):
        return word
    return next((one for one in _FIRST if OSA.distance(word, one, score_cutoff=1) <= 1), word)


def _asked_for(name: str, said: list[str]) -> str:
    """What was named, unless it was only asked about."""
    if name == RECONNECT:
        return STATUS if said[0] in ("is", "are", "was") else RECONNECT
    if name != SYNC:
        return name
    if said[0] == "why" or set(said) & _NOT:
        return ERRORS
    return STATUS if said[0] in _ASKING else SYNC


def _with_rest(name: str, typed: list[str], hits: Mapping[str, list[str]]) -> Meant | None:
    """The command with the words it is to look at."""
    if name == ERRORS:
        own = [w for w in (*hits[ERRORS], *hits[SYNC]) if plain(w) not in _FILTERS]
        rest = _rest(typed, [*own, *(w for w in typed if plain(w) in _NOT | FILE_WORDS)])
    elif name == RECONNECT:
        known = [word for found in hits.values() for word in found]
        said = _OF_A_CONNECTION | _NOT
        rest = _rest(typed, [*known, *(word for word in typed if plain(word) in said)])
    elif name == STATUS:
        rest = _rest(typed, [*hits[STATUS], *hits[SYNC], *hits[RECONNECT]])
    else:
        rest = _rest(typed, hits[name])
    if name in (ERRORS, STATUS) and len(rest.split()) > MOST_WORDS:
        return None  # an error text that somebody pasted
    return Meant(name, rest)


def is_command_word(word: str) -> bool:
    """Whether a word is exactly one that stands for a command."""
    found = plain(word)
    own = (*WORDS.values(), *_EXACT.values(), FILE_WORDS, _FIRST.keys() - FILLING)
    return any(found in known for known in own)


def _hits(typed: list[str], name: str) -> list[str]:
    return [word for word in typed if _stands_for(plain(word) or word, name)]


def _is_file(word: str) -> bool:
    return word in FILE_WORDS or _near_one(word, [w for w in FILE_WORDS if len(w) >= 6])


def _stands_for(word: str, name: str) -> bool:
    if word in _EXACT.get(name, frozenset()) or word in WORDS[name]:
        return True
    if len(word) < 4 or word in FILLING or is_command_word(word):
        return False
    return _near_one(word, WORDS[name])


def _near_one(word: str, known: Iterable[str]) -> bool:
    # One slip (a swap counts as one) in a short word, two in a long one.
    # Four letters are soon another word ("Helm" is no "held"): there only a swap is a slip.
    allowed = 1 if len(word) < 7 else 2
    for one in known:
        if len(one) < 4 or len(word) < 4:
            continue
        if len(one) == 4 and one != "sync":
            if sorted(one) == sorted(word):
                return True
        elif OSA.distance(word, one, score_cutoff=allowed) <= allowed:
            return True
    return False


def _rest(typed: list[str], hits: Iterable[str]) -> str:
    gone = set(hits)
    kept = [word for word in typed if word not in gone and plain(word) not in FILLING | _ASKING]
    return " ".join(kept)


def document(text: str) -> tuple[str, tuple[RecordType, ...]] | None:
    """Find a document's number in the words."""
    found = _DOCUMENT.search(text)
    if found:
        kind = _TYPE.get(found["kind"][0].lower())
        return found["number"], (kind,) if kind else _NUMBERED
    if _NUMBER_ALONE.fullmatch(text.strip()):
        return text.strip().lstrip("#"), _NUMBERED
    return None


def called(text: str) -> tuple[str, tuple[RecordType, ...]] | None:
    """What may be a document's number though no digit is in it: "DUPNO" of "invoice DUPNO".

    Only what a document is really called is one.
    """
    found = _AFTER_KIND.search(text)
    if found:
        kind = _TYPE.get(found["kind"][0].lower())
        return found["number"], (kind,) if kind else _NUMBERED
    return (text.strip(), _NUMBERED) if len(text.split()) == 1 else None


def closest(text: str) -> str:
    """The command whose words are nearest to any typed word; "" when none is near."""
    best, name = _NEAR, ""
    for word in (plain(typed) for typed in text.split()[:20]):
        if len(word) < 3 or word in FILLING:
            continue
        for command, known in WORDS.items():
            score = max(OSA.normalized_similarity(word, one) for one in known)
            if score >= best and (score > best or not name):
                best, name = score, command
    return name
