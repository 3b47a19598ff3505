"""What an error text shows before any problem is looked at: codes, status, platform, context.

A number is a code only where a fault says so, or where the text is about QuickBooks: order
numbers, amounts and telephone numbers have four digits as well.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.knowledge.context import OTHER_FORM, context

_HEAD, _TAIL = 14_000, 6_000
PLATFORMS = ("qbo", "oauth", "qbd", "qbwc")
_NEVER_GUESSED = frozenset({"oauth", "qbd", "qbwc"})
# Marks that change only how a text is shown, and control characters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "\u00a0": " "})
_ESCAPED_BREAK = re.compile(r"\\+[nrt](?![a-z])|\\+[nrt](?=[A-Z ])")
_ESCAPED_LETTER = re.compile(r"\\+u([0-9a-fA-F]{4})")
_ESCAPED_QUOTE = re.compile(r"\\+([\"'/])")
_PAGE = re.compile(r"<!doctype html|<html", re.IGNORECASE)
_PAGE_WITHIN = 2_000
# Pages with a status from here on come from the gateway before QuickBooks; others from anywhere.
_GATEWAY = 500
_TAG = re.compile(r"<[^<>]{0,300}>")

_CODE = re.compile(
    r"(?:error[_ ]?|(?<![a-z_])(?<!status )(?<!response )(?<!zip )(?<!postal )(?<!exit )"
    r"(?<!tax )(?<!http )(?<!area )(?<!return )(?<!accounting ))code(?P<mark>[\"'\]]*(?: is)?\s*"
    r"(?:=>|[:=])?\s*(?:string\(\d+\)\s*)?[\"'(\[]{0,2})0*(?P<code>\d{3,6})\b(?![.,]\d)"
)
_QBXML = re.compile(
    r"status_?code[\"']?\s*(?:=>|[=:])\s*[\"']?(?P<code>\d{1,4})\b(?=[^<]{0,60}status_?(?:severity|message))"
)
_NAMED = re.compile(r"\b(?:onl|desk|qbo|qbwc)\d{2,4}\b|\b0x8[0-9a-f]{7}\b|(?<!\d)-21472\d{5}\b")
_OAUTH = re.compile(
    r"\b(?:invalid_(?:grant|client|scope|token|request)|unauthorized_client|access_denied"
    r"|app_already_purchased|unsupported_grant_type)\b|\btoken_(?:rejected|expired|revoked)\b"
)
_LOOSE = re.compile(
    r"\b(?:error|fault|qbo)\s*(?:no\.?|number|#)?[-:#(\[ ]{1,3}0*(?P<after>\d{3,5})\b(?![.,]\d)"
    r"|^\W{0,3}0*(?P<first>\d{3,5})\b(?![.,/-]\d)(?=\W{0,3}[a-z]|\W{0,3}$)"
)
_HTTP = re.compile(
    r"(?:\bhttp(?:/\d(?:\.\d)?)?|\bstatus|\bresponse)[ _-]?(?:error)?(?:status)?[ _-]?(?:code)?"
    r"(?:\W{0,4}|\W+of\W+|\W+is\W+)(?P<said>[1-5]\d\d)\b"
    r"|\b(?P<named>40[134]|413|429|50[0234])\b\W{0,3}(?:unauthorized|forbidden|not found|too many"
    r"|internal server|bad gateway|service (?:temporarily )?unavailable|gateway time)"
    r"|statuscode=(?P<gateway>[45]\d\d)"
)
_PLATFORM_WORDS: dict[str, tuple[str, ...]] = {
    "qbwc": ("web connector", "webconnector", "qbwc", "qwclog", ".qwc", "0x800"),
    "qbd": (
        "quickbooks desktop", "qbd", "list element", "edit sequence", "statusseverity", "qbxml",
        "company file", "company data file", "qodbc", "listid", "quickbooks pro", "enterprise",
        "quickbooks error message", "invalid reference to quickbooks",
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
_EXPENSIFY = {"onl": "qbo", "des": "qbd", "qbo": "qbo"}
# How the codes begin that a tool gives, and not QuickBooks.
TOOL_CODES = ("ONL", "DESK")
_MANY = ('"message"', "'message'", "<error ", "statusseverity", "error_message")


@dataclass(frozen=True)
class Code:
    """A code as it stands in the text. `sure`: a fault names it, so no other evidence is needed.

    `platform` is set where the form of the code belongs to one platform alone.
    """

    code: str
    sure: bool
    at: int = 0
    platform: str = ""


@dataclass(frozen=True)
class Signs:
    """What an error shows. `given` is the platform that was told, "" when none was.

    `speaks_of` are the platforms the words belong to. `about` is a level of `context.py`. `named`:
    it says QuickBooks itself, or it is known to be QuickBooks'. `trouble`: it speaks of one;
    `report`: its words may be taken for what went wrong. `many`: it lists more than one error.
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


def signs(platform: str, code: object, text: str, http_status: int | None = None) -> Signs:
    """Read the signs of an error; codes are looked for in the text too."""
    flat = flatten(text)
    low = flat.lower()
    given = platform if platform in PLATFORMS else ""
    speaks_of = frozenset(
        name for name, words in _PLATFORM_WORDS.items() if any(word in low for word in words)
    )
    told = tuple(_given(code))
    http = http_status or _http(low)
    # Whoever names one of these knows that the text is QuickBooks'; `qbo` is said of anything.
    sure = given in _NEVER_GUESSED
    page = http >= _GATEWAY and _PAGE.search(text[:_PAGE_WITHIN]) is not None
    fault = sure or bool(given and (told or http_status or page))
    where = context(flat, low, told=bool(given), sure=sure, fault=fault)
    loose = where.named or where.about > 0 or bool(given and where.about > OTHER_FORM)
    codes = (*told, *_found(low, loose=loose))
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
    )


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


def _given(code: object) -> Iterator[Code]:
    said = str(code or "").strip() if code != 0 else "0"
    if not said:
        return
    if said.isdigit():
        said = said.lstrip("0") or "0"
    elif said.startswith("-21472") and said[1:].isdigit():
        said = _hresult(said)
    yield Code(_spelled(said), True, -1)


def _found(low: str, *, loose: bool) -> Iterator[Code]:
    """The codes of a text, the surest forms first; each only once."""
    told: set[str] = set()
    for seen in (*_formal(low), *(_loose(low) if loose else ())):
        if seen.code not in told:
            told.add(seen.code)
            yield seen


def _formal(low: str) -> Iterator[Code]:
    if "status" in low:
        for found in _QBXML.finditer(low):
            yield Code(found["code"].lstrip("0") or "0", True, found.start(), "qbd")
    if "code" in low:
        for found in _CODE.finditer(low):
            sure = bool(found["mark"].strip(" :"))
            if not _is_status(found["code"], sure=sure, low=low):
                yield Code(found["code"], sure, found.start())
    for found in _NAMED.finditer(low):
        word = found[0]
        platform = _EXPENSIFY.get(word[:3], "qbwc") if not word.startswith("qbwc") else "qbwc"
        said = _hresult(word) if word[0] == "-" else word
        yield Code(_spelled(said), True, found.start(), platform)
    if "_" in low:
        for found in _OAUTH.finditer(low):
            yield Code(found[0], False, found.start(), "oauth")


def _loose(low: str) -> Iterator[Code]:
    for found in _LOOSE.finditer(low):
        code = found["after"] or found["first"]
        if not _is_status(code, sure=False, low=low):
            yield Code(code, False, found.start())


def _is_status(code: str, *, sure: bool, low: str) -> bool:
    """Say whether a number of three digits is an HTTP status; 500 is a code of QuickBooks too."""
    if len(code) != 3 or code[0] not in "45":
        return False
    return "unsupported operation" not in low and (not sure or "internal server" in low)


def _hresult(decimal: str) -> str:
    return f"0x{int(decimal) & 0xFFFFFFFF:08x}"


def _spelled(code: str) -> str:
    """HRESULTs as 0x8004040A, other codes with letters as they are written in the tables."""
    low = code.lower()
    if low.startswith("0x"):
        return "0x" + code[2:].upper()
    return code.upper() if low.startswith(("onl", "desk", "qbo", "qbwc", "http_", "lib_")) else low


def _http(low: str) -> int:
    found = _HTTP.search(low)
    return int(found["said"] or found["named"] or found["gateway"]) if found else 0
