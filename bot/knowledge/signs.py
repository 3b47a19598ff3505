"""What an error text shows before any problem is looked at: codes, status, platform, context.

A number is a code only where a fault says so, or where the text is about QuickBooks: order
numbers, amounts and telephone numbers have four digits as well.
"""

import html
import re
from dataclasses import dataclass

from bot.knowledge.codes import Code, bare_code, bare_status, found_codes, http_status, told_code
from bot.knowledge.context import NOTHING, context
from bot.knowledge.identifiers import words_of, words_of_code

_HEAD, _TAIL = 14_000, 6_000
PLATFORMS = ("qbo", "oauth", "qbd", "qbwc")
NEVER_GUESSED = frozenset({"oauth", "qbd", "qbwc"})
# Marks that change only how a text is shown, and control characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_QUOTES = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "\u00a0": " "}
    # Written wide, as Chinese and Japanese texts have them.
    | {"\uff08": "(", "\uff09": ")", "\uff1a": ": ", "\uff0c": ", ", "\u3002": ". "}
)
_ESCAPED_BREAK = re.compile(r"\\+[nrt](?![a-z])|\\+[nrt](?=[A-Z ])")
_ESCAPED_LETTER = re.compile(r"\\+u([0-9a-fA-F]{4})")
_ESCAPED_QUOTE = re.compile(r"\\+([\"'/])")
_PAGE = re.compile(r"<!doctype html|<html", re.IGNORECASE)
_PAGE_WITHIN = 2_000
# Pages with a status from here on come from the gateway before QuickBooks; others from anywhere.
_GATEWAY = 500
# Such a status is all that is told by the programs that ask QuickBooks for a tool.
_STATUS_ALONE = re.compile(
    r"\W{0,3}(?:[\w:.]{0,60}(?:error|exception)\W{1,3})?"
    r"(?:the server responded|request failed) with status(?: code)? \d{3}\W{0,3}"
)
# The host that a page of the gateway before QuickBooks names.
_OWN_HOST = "intuit.com"
_TAG = re.compile(r"<[^<>]{0,300}>")

_PLATFORM_WORDS: dict[str, tuple[str, ...]] = {
    "qbwc": (
        "web connector", "webconnector", "qbwc", "qwclog", ".qwc", "0x800", "sendrequestxml",
        "receiveresponsexml", "fileid",
    ),
    "qbd": (
        "quickbooks desktop", "qbd", "list element", "edit sequence", "statusseverity", "qbxml",
        "company file", "company data file", "qodbc", "listid", "quickbooks pro", "enterprise",
        "quickbooks error message", "invalid reference to quickbooks", "quickbooks installation",
        # Sentences that only the Desktop writes.
        "an attempt was made to modify", "closing date of the company", "could not be locked",
        "list has been modified by another user", "acquire the lock", '" in the field "',
        "insufficient permission level", "not available in this version of quickbooks",
        "there is a missing element",
        "there was an error when", "cannot contain a colon", "specified in the request", "qbsdklog",
        "could not start quickbooks", "could not access quickbooks", "xml text stream",
        "posting account", "item type mismatch", "user has denied access",
        "because it is already in use",
    ),
    "oauth": (
        "oauth", "refresh token", "invalid_grant", "access token", "bearer", "authenticationfailed",
        "authorizationfailed", "applicationauthentication",
    ),
    "qbo": (
        "quickbooks online", "qbo", "intuit.com", "validationfault", '"fault"', "'fault'", "<fault",
        "synctoken", "intuit_tid", "business validation", "fault_type", "com.intuit",
    ),
}  # fmt: skip
_OWN_FORM = ("statusseverity", "validationfault", "<fault", '"fault"', "'fault'", "fault_type")
_MANY = ('"message"', "'message'", "<error ", "statusseverity", "error_message")


@dataclass(frozen=True)
class Signs:
    """What an error shows. `given` is the platform that was told, "" when none was.

    `speaks_of` are the platforms the words belong to. `about` is a level of `context.py`. `named`:
    it says QuickBooks itself, or it is known to be QuickBooks'. `trouble`: it speaks of one;
    `report`: its words may be taken for what went wrong. `many`: it lists more than one error.
    `bare`: it is nothing but a code or a status. `words` are those of the codes other programs
    give their errors (TOKEN_EXPIRED), `told_words` those of one that was told with the text.
    `own_form`: it is written as QuickBooks writes its faults. `gateway`: it is the page of what
    stands before QuickBooks' own host.
    """

    given: str
    text: str
    low: str
    http: int
    codes: tuple[Code, ...]
    speaks_of: frozenset[str]
    about: int
    named: bool
    trouble: bool
    report: bool
    many: bool
    bare: bool = False
    words: str = ""
    told_words: str = ""
    own_form: bool = False
    gateway: bool = False


def signs(platform: str, code: object, text: str, status: int | None = None) -> Signs:
    """Read the signs of an error; codes are looked for in the text too."""
    flat = flatten(text)
    low = flat.lower()
    given = platform if platform in PLATFORMS else ""
    speaks_of = _spoken_of(low)
    told, http = told_code(given, code, low, status or http_status(low))
    # Whoever names one of these knows that the text is QuickBooks'; `qbo` is said of anything.
    sure = given in NEVER_GUESSED
    alone = http >= _GATEWAY and _STATUS_ALONE.fullmatch(low) is not None
    page = alone or (http >= _GATEWAY and _PAGE.search(text[:_PAGE_WITHIN]) is not None)
    # A status that was told as the code is a fault of that platform all the same.
    fault = sure or bool(given and (told or status or page or str(code or "").strip()))
    bare = bare_code(low)
    http = http or bare_status(bare, low)
    words, told_words = words_of(flat), words_of_code(str(code or "").strip())
    where = context(
        flat,
        low,
        told=bool(given),
        sure=sure,
        fault=fault or bool(bare),
        words=f"{words} {told_words}",
    )
    loose = where.about >= NOTHING or where.named
    codes = (*told, *found_codes(low, bare=bare, loose=loose, trouble=where.named or where.trouble))
    return Signs(
        given=given,
        text=flat,
        low=low,
        http=http,
        codes=codes,
        speaks_of=speaks_of,
        about=where.about,
        named=where.named,
        trouble=where.trouble,
        report=where.report,
        many=len({seen.code for seen in codes if seen.sure}) > 1
        or any(low.count(mark) > 1 for mark in _MANY),
        bare=alone or bool(bare),
        gateway=page and _OWN_HOST in low,
        words=words,
        told_words=told_words,
        own_form=any(mark in low for mark in _OWN_FORM),
    )


def _spoken_of(low: str) -> frozenset[str]:
    # Plain loops: some sixty looks at every text.
    found: list[str] = []
    for name, words in _PLATFORM_WORDS.items():
        for word in words:
            if word in low:
                found.append(name)
                break
    return frozenset(found)


def flatten(text: str) -> str:
    """One line without markup escapes, invisible marks or HTML; a huge text keeps its two ends."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]} {text[-_TAIL:]}"
    if not text.isascii():
        text = text.translate(_QUOTES)
    text = _INVISIBLE.sub("", text)
    if "\\" in text:
        text = _ESCAPED_LETTER.sub(lambda found: chr(int(found[1], 16)), text)
        text = _ESCAPED_BREAK.sub(" ", _ESCAPED_QUOTE.sub(r"\1", text))
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if _PAGE.search(text[:_PAGE_WITHIN]):
        text = _TAG.sub(" ", text)
    return " ".join(text.split())
