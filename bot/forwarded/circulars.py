"""Mails that are nobody's error: absence notes, bounces, Slack's notices, and newsletters.

Vendors send true errors with the headers of newsletters too (Auto-Submitted, List-Unsubscribe), and
a lost error costs more than a needless alert. So a header alone makes no newsletter: it also names
nothing of anybody's books, and its subject advertises, or nothing in it has happened.
"""

import re
from collections.abc import Callable, Iterable

from bot.forwarded.recognising import NAMES, Recognised
from bot.forwarded.roles import names_document

# Says what a header of a mail holds, "" where there is none.
Header = Callable[[str], str]

_NOTICES = ("slack.com",)
# Who brings mails back, and what stands in the head of one that came back or answers by itself.
_BOUNCES = "mailer-daemon"
_ANSWERS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-vacation", "x-failed-recipients")
_ANSWERED = "auto-replied"
_ANSWER_WORDS = frozenset({"auto_reply", "auto-reply", "vacation"})
# How programs of all kinds head an absence note, in the languages of their makers.
_ABSENT = re.compile(
    r"^(?:\[[^\]]{1,40}\]\s*)?(?:(?:re|aw|antw|sv|rv|r)\s?:\s*)*"
    r"(?:automatic(?:ally generated)? (?:reply|response)|auto[- ]?(?:reply|response|responder)"
    r"|out[- ]of[- ](?:the[- ])?office|(?:on|away on) (?:vacation|holiday|annual leave)\b"
    r"|(?:vacation|away|absence) (?:reply|message|notice)"
    r"|automatische (?:antwort|abwesenheit)|abwesen(?:heit|d\b)|nicht im (?:büro|haus)"
    r"|r[ée]ponse automatique|message d[’']absence|absen(?:ce|t) du bureau"
    r"|respuesta autom[áa]tica|fuera de (?:la )?oficina"
    r"|resposta autom[áa]tica|fora do escrit[óo]rio|aus[êe]ncia (?:tempor[áa]ria|do escrit[óo]rio)"
    r"|risposta automatica|fuori (?:sede|ufficio)"
    r"|automatisch antwoord|afwezig|autosvar|automatiskt? svar|fr[åa]nvaro|frav[æa]r"
    r"|autom[aá]ttinen vastaus|odpowied[źz] automatyczna|automatick[áa] odpov[ěe][ďd]"
    r"|автоматический ответ|自动(?:回复|答复)|自動(?:返信|回覆|応答)|자동 (?:회신|응답))",
    re.IGNORECASE,
)
# What newsletters and mailing lists carry in their heads.
_OF_LISTS = ("list-unsubscribe", "list-id", "list-post")
_BULK = frozenset({"bulk", "list", "junk"})
_ADVERTISES = re.compile(
    r"\b(?:newsletter|webinars?|tips|tricks|how to|e-?book|blog|round-?up|what'?s new"
    r"|new (?:in|feature)|introducing|release notes|product updates?|save your (?:seat|spot)"
    r"|join us|\d{1,2} ?% off|top \d{1,2}|\d{1,2} (?:ways|things|reasons|steps))\b",
    re.IGNORECASE,
)
_FOR_MANY = re.compile(r"\bnewsletter|\bwebinar|\bunsubscribe\b", re.IGNORECASE)
_HAPPENED = re.compile(
    r"\b(?:could ?n[o']t|could not|cannot|can't|unable to|was(?: not|n't)|were(?: not|n't)"
    r"|has been|have been|has failed|failed|fails|failing|rejected|refused|expired|disconnected"
    r"|lost|ended|needs? (?:your )?attention|action (?:is )?(?:required|needed)|stopped"
    r"|there (?:was|were|is|are) (?:an? |\d+ )?(?:problem|error|issue)s?"
    r"|your (?:quickbooks|qbo|connection|subscription|integration|sync|errors?))\b",
    re.IGNORECASE,
)


def is_automatic(header: Header, kind: str, senders: Iterable[str]) -> bool:
    """Whether a mail program or Slack wrote a mail by itself: an answer, a bounce, a notice.

    `kind` is the mail's media type, `senders` the addresses it came from.
    """
    answered = header("auto-submitted").lower().startswith(_ANSWERED)
    precedence = header("precedence").lower() in _ANSWER_WORDS
    told = answered or precedence or any(map(header, _ANSWERS))
    absent = _ABSENT.match(header("subject")) is not None
    return told or absent or kind == "multipart/report" or any(map(_is_machine, senders))


def is_bulk(header: Header) -> bool:
    """Whether a mail's head is that of a newsletter or a list; vendors' errors have it too."""
    return header("precedence").lower() in _BULK or any(map(header, _OF_LISTS))


def is_newsletter(subject: str, text: str, errors: Iterable[Recognised], *, bulk: bool) -> bool:
    """Whether a mail with these errors only writes about errors, for many readers.

    `bulk`: its head says so. Else its words have to, and its subject.
    """
    if names_document(text) or any(map(_names, errors)):
        return False
    if _ADVERTISES.search(subject) and not _HAPPENED.search(subject):
        return bulk or _FOR_MANY.search(text) is not None
    return bulk and _HAPPENED.search(text) is None


def _names(found: Recognised) -> bool:
    """Whether an error names a record or a document of somebody's books."""
    return any(found.facts.get(key) for key in (*NAMES, "number", "holder_id", "holder_number"))


def _is_machine(address: str) -> bool:
    """A mail server that brings a mail back; Slack, whose notices repeat what the bot wrote."""
    name, _, host = address.rpartition("@")
    slack = any(host == known or host.endswith(f".{known}") for known in _NOTICES)
    return slack or name == _BOUNCES
