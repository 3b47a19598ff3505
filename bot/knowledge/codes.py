"""The codes an error text holds, and its HTTP status: most numbers of a text are neither.

A number is a code where a fault says so, where the text is about QuickBooks, or where the text is
nothing but that number: order numbers, amounts and telephone numbers have four digits as well.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_CODE = re.compile(
    r"(?:error[_ ]?|(?<![a-z_])(?<!status )(?<!response )(?<!zip )(?<!postal )(?<!exit )"
    r"(?<!tax )(?<!http )(?<!area )(?<!return )(?<!accounting ))code(?P<mark>[\"'\]]*(?: is)?\s*"
    r"(?:=>|[:=])?\s*(?:string\(\d+\)\s*)?[\"'(\[]{0,2})0*(?P<code>\d{3,6})\b(?![.,]\d)"
    # The number of an account in a list of accounts: its name comes next.
    r"(?![\"'], ?[\"']?(?:account_?)?(?:name|label)[\"']?[=:])"
)
_QBXML = re.compile(
    r"status_?code[\"']?\s*(?:=>"
    r"|[=:])\s*[\"']?(?P<code>\d{1,4})\b(?=[^<]{0,60}status_?(?:severity|message))"
)
# A status of HTTP has three digits; the Desktop's have four. “QB Validation Exception 610” is how
# the usual client of QuickBooks in Python writes an error.
_STATUS_OF_QBXML = re.compile(
    r"\bstatus[_ ]?code[\"']?\s*(?:=>|[:=])?\s*[\"']?(?P<code>3[0-5]\d\d)\b(?![.,]\d)"
)
_OF_PYTHON = re.compile(r"\bqb (?:[a-z]{3,15} ){0,3}exception (?P<code>\d{3,6}): ?(?=[a-z])")
# Nobody else writes its number with noughts before it, beside the name of what failed.
_PADDED = re.compile(r"auth(?:entication|orization)failed\W{0,4}00(?P<code>\d{4})\b")
_NAMED = re.compile(
    r"\b(?:onl|desk|qbo|qbwc)\d{2,4}\b|\b0x8[0-9a-f]{7}\b|(?<!\d)-21472\d{5}\b"
    r"|(?<![\w.,-])80040[34][0-9a-f]{2}(?![\w,-]|\.\d)"
)
_TOOL = re.compile(r"(?:onl|desk|qbo|qbwc)\d\d")
_HEX = re.compile(r"80040[34][0-9a-f]{2}")
# Nothing but numbers of Windows, several of them: a table, and nobody's error.
_TABLE = re.compile(r"[\W\d]*0x[0-9a-f]{8}(?:\W+(?:0x[0-9a-f]{1,8}|\d+))+\W*")
_OAUTH = re.compile(
    r"\b(?:invalid_(?:grant|client|scope|token|request)|unauthorized_client|access_denied"
    r"|app_already_purchased|unsupported_grant_type)\b|\btoken_(?:rejected|expired|revoked)\b"
)
# What a number counts, whose house it is, and which day: “610 Main Street”, “610 dollars”.
_OF_SOMETHING = (
    r"(?: [\w'.]{1,20}){0,3} (?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd"
    r"|highway|hwy|parkway|pkwy|court|terrace|plaza|suite)\b(?! ?(?:error|is|was|not|has|already))"
    r"| ?(?:[$€£%]|(?:usd|eur|gbp|cad|aud|chf|dollars?|euros?|pounds?|cents?|kg|lbs?|pcs|pieces"
    r"|units?|boxes|hours?|minutes?|days?|times|st|nd|rd|th)\b)"
    r"| (?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b"
)
_COUNTED = re.compile(rf"\W{{0,2}}[$€£] ?\d|\W{{0,3}}\d{{3,5}}(?:{_OF_SOMETHING})")
_LOOSE = re.compile(
    r"(?:\b(?:error|err|fault|qbo|fehler(?:code)?|(?:code d')?erreur|c[oó]digo(?: de error?)?"
    r"|codice(?: errore)?|errore?|erro|fout(?:code)?)\s*(?:no\.?|nr\.?|n[°º]|number|#)?"
    r"[-:#(\[ ]{1,3}|(?:错误|錯誤|エラー|오류)(?:代码|代碼|コード| ?코드)?[-:#(\[ ]{0,3})"
    r"0*(?P<after>\d{3,5})\b(?![.,-]\d)"
    rf"|^\W{{0,3}}0*(?P<first>\d{{3,5}})\b(?![.,/-]\d|{_OF_SOMETHING})"
    r"(?=\W{0,3}[^\W\d_]|\W{0,3}$)"
    r"|\bquick ?books(?: online| desktop)?(?: (?:said|says|answered|returned|fault|code))?\W{1,3}"
    r"(?!20[0-4]\d)(?P<named>\d{4})(?=\s*(?:[:;,.)\]]|$)|,? (?:while|when|on|for|during|after)\b)"
)
# At the end of what is told: “the customer is inactive (610)”, “it is in use (3176). Customer: …”,
# “vendor B inactive. 610”.
_LAST = re.compile(
    r"(?<!balance )(?<!amount )(?<!total )\((?P<last>\d{3,5})\)\W{0,3}(?:$|(?<=:) )"
    r"|\b(?:in use|use|used|exists?|inactive|invalid|found|missing|refused|rejected|denied|failed"
    r"|error|fault|locked|closed|deleted|expired|long|user|quickbooks|qbo?|qbd)"
    r"\W{0,3}(?:\((?:qb\w? |error |code )?(?P<within>\d{3,5})\)"
    r"|[.:;]\W{0,2}(?P<trailing>610|6\d{3})\W{0,3}$)"
)
# Said in one breath: “QuickBooks 6240 name exists”; what is counted is no code.
_GLUED = re.compile(
    r"\bquick ?books(?: online| desktop)? (?P<glued>610|[356]\d{3}) (?=[a-z])(?!(?:\w+ ){0,2}"
    r"(?:accounts|bills|companies|customers|days|employees|files|invoices|items|lines|minutes"
    r"|orders|payments"
    r"|products|records|requests|rows|seconds|transactions|users|vendors|characters|clients"
    r"|calls)\b)"
)
# The Desktop's codes for a company file that does not open: “-6000, -83”, “(-6123, 0)”.
_FILE = re.compile(
    r"(?<![\w.,-])(?:-(?P<family>6\d{3}), ?-?\d{1,4}|-?(?P<plain>6\d{3})(?:, ?0|,? -\d{1,4})"
    r"|(?<=error )-(?P<alone>6\d{3}))(?![\w-]|[.,]\d)"
)
# A text that is nothing but a code: “error 6240”, “QB 3180”, “QBWC1085?”.
_MONEY = "$€£"
_ASKED = (
    r"(?:quick ?books|qb|qbo|qbd|desktop|online|intuit|error|err|fault|code|number|no|num"
    r"|fehler(?:code)?|erreur|c[oó]digo|codice|errore?|erro|fout(?:code)?|错误|エラー|오류|an?|the|this"
    r"|what|is|what's|means?|does|do|explain|please"
    r"|i|we|get|gets|got|getting|keep|have|see|why|how|to|fix|again|help)\b\W*"
)
_BARE = re.compile(
    rf"\W*?(?:{_ASKED})*0{{0,3}}(?P<bare>\d{{2,6}}|qbwc\d{{4}}|0x8[0-9a-f]{{7}}|-21472\d{{5}}"
    rf"|(?:onl|desk)\d{{2,3}}|-?6\d{{3}}(?:, ?0|,? -\d{{1,4}})"
    r"|invalid_(?:grant|client|scope|token)|unauthorized_client|token_(?:rejected|expired|revoked))"
    rf"\b\W*(?:{_ASKED})*"
)
_LONGEST_BARE = 80
_CODELIKE = re.compile(r"\d|[a-z]_[a-z]")
_OURS = re.compile(r"quick ?books|\bqb|intuit")
_HTTP = re.compile(
    r"(?:\bhttp(?:/\d(?:\.\d)?)?|\bstatus|\bresponse|\banswered"
    r"|\breturned)[ _-]?(?:error)?(?:status)?[ _-]?(?:code)?(?:\W{0,4}|\W+of\W+"
    r"|\W+is\W+)(?P<said>[1-5]\d\d)\b|\b(?P<named>40[134]|413|429|50[0234])\b\W{0,3}(?:unauthorized"
    r"|forbidden|not found|too many|internal server|bad gateway"
    r"|service (?:temporarily )?unavailable|gateway time)|statuscode=(?P<gateway>[45]\d\d)"
    # 429 is no number of QuickBooks' own.
    r"|\b(?:quickbooks|qbo|intuit|oauth|api|error|code)\W{1,4}(?P<much>429)\b(?![.,]\d)"
)
# A status as the code of an answer without another: "code": "HTTP_404".
_HTTP_CODE = re.compile(r"(?<![\w-])http_(?:40[134]|429|50[0234])(?!\w)")
_EXPENSIFY = {"onl": "qbo", "des": "qbd", "qbo": "qbo"}
# How the codes begin that a tool gives, and not QuickBooks.
TOOL_CODES = ("ONL", "DESK")
_STATUS_LONG = 3
# The least that a status or a loose code has.
_THREE_DIGITS = re.compile(r"\d\d\d")
# Numbers of HTTP that are no code of QuickBooks on any platform.
_ONLY_STATUS = frozenset(
    {"400", "401", "403", "404", "405", "409", "413", "422", "429", "502", "503", "504"}
)
_SAYS_HTTP = re.compile(r"\bhttp\W{0,3}(?:error |status |code ){0,2}[45]\d\d\b")
_NO_STATUS = re.compile(r"unsupported operation|severity")


@dataclass(frozen=True)
class Code:
    """A code as it stands in the text. `sure`: a fault names it, so no other evidence is needed.

    `platform` is set where the form of the code belongs to one platform alone.
    """

    code: str
    sure: bool
    at: int = 0
    platform: str = ""


def begins_counted(low: str) -> bool:
    """Say whether a text begins with a number that is no code: of a house, an amount, a day."""
    return _COUNTED.match(low) is not None


def told_code(platform: str, code: object, low: str, http: int) -> tuple[tuple[Code, ...], int]:
    """The code that was told with a text, and the status: it may be no code but that.

    `http` is the status as far as it is known. 500 is a code of QuickBooks too, 503 is none.
    """
    said = str(code or "").strip() if code != 0 else "0"
    if not said:
        return (), http
    if _HEX.fullmatch(said.lower()):
        said = f"0x{said}"
    elif said.isdigit():
        said = said.lstrip("0") or "0"
        desktop = platform in ("qbd", "qbwc") and not _SAYS_HTTP.search(low)
        if not desktop and _told_status(said, low, http):
            return (), int(said)
    elif said.startswith("-21472") and said[1:].isdigit():
        said = _hresult(said)
    else:
        said = file_code(said) or said
    return (Code(_spelled(said), True, -1),), http


def _told_status(code: str, low: str, http: int) -> bool:
    if len(code) != _STATUS_LONG or code[0] not in "45" or _NO_STATUS.search(low):
        return False
    return code in _ONLY_STATUS or str(http) == code or "internal server" in low


def bare_code(low: str) -> str:
    """The code of a text that is nothing but one, "" of any other."""
    short = len(low) <= _LONGEST_BARE and _CODELIKE.search(low) and not any(map(low.count, _MONEY))
    found = _BARE.fullmatch(low) if short else None
    return found["bare"] if found else ""


def bare_status(bare: str, low: str) -> int:
    """The HTTP status that a bare code is, 0 when it is none or QuickBooks is not named."""
    status = bare.isdigit() and _is_status(bare, sure=False, low="")
    return int(bare) if status and _OURS.search(low) else 0


def found_codes(low: str, *, bare: str, loose: bool, trouble: bool = False) -> Iterator[Code]:
    """The codes of a text, the surest forms first; each only once.

    `trouble`: it names QuickBooks, or that something is wrong, so a number in brackets at its end
    may be a code.
    """
    told: set[str] = set()
    alone = (
        (Code(bare, True),) if bare.isdigit() and not _is_status(bare, sure=False, low="") else ()
    )
    found = (*_formal(low), *_of_files(low), *(_loose(low, last=trouble) if loose else ()))
    for seen in (*alone, *found):
        if seen.code not in told:
            told.add(seen.code)
            yield seen


def http_status(low: str) -> int:
    """The HTTP status a text names, 0 when none."""
    found = _HTTP.search(low) if _THREE_DIGITS.search(low) else None
    return int(found["said"] or found["named"] or found["gateway"] or found["much"]) if found else 0


def _formal(low: str) -> Iterator[Code]:
    if "status" in low:
        yield from _of_statuses(low)
    if "exception" in low or "failed" in low:
        for pattern in (_OF_PYTHON, _PADDED):
            for found in pattern.finditer(low):
                yield Code(found["code"].lstrip("0") or "0", True, found.start())
    if "code" in low:
        for found in _CODE.finditer(low):
            sure = bool(found["mark"].strip(" :"))
            if not _is_status(found["code"], sure=sure, low=low):
                yield Code(found["code"], sure, found.start())
    yield from _with_letters(low)


def _of_statuses(low: str) -> Iterator[Code]:
    for pattern in (_QBXML, _STATUS_OF_QBXML):
        for found in pattern.finditer(low):
            yield Code(found["code"].lstrip("0") or "0", True, found.start(), "qbd")


def _with_letters(low: str) -> Iterator[Code]:
    for found in _named(low):
        word = found[0]
        platform = _EXPENSIFY.get(word[:3], "qbwc") if not word.startswith("qbwc") else "qbwc"
        said = _hresult(word) if word[0] == "-" else f"0x{word}" if word[0] == "8" else word
        yield Code(_spelled(said), True, found.start(), platform)
    if "http_" in low:
        for found in _HTTP_CODE.finditer(low):
            yield Code(found[0].upper(), False, found.start(), "qbo")
    if "_" in low:
        for found in _OAUTH.finditer(low):
            yield Code(found[0], False, found.start(), "oauth")


def _named(low: str) -> Iterable[re.Match[str]]:
    if _TOOL.search(low) or "0x8" in low or "-21472" in low or "80040" in low:
        return () if _TABLE.fullmatch(low) else _NAMED.finditer(low)
    return ()


def file_code(said: str) -> str:
    """The family of a Desktop code for a company file that does not open, "" of any other."""
    found = _FILE.fullmatch(said)
    return _family(found) if found else ""


def _of_files(low: str) -> Iterator[Code]:
    if "6" in low:
        for found in _FILE.finditer(low):
            yield Code(_family(found), True, found.start(), "qbd")


def _family(found: re.Match[str]) -> str:
    return f"-{found['family'] or found['plain'] or found['alone']}"


def _loose(low: str, *, last: bool) -> Iterator[Code]:
    if not _THREE_DIGITS.search(low):
        return
    for found in (*(_LAST.finditer(low) if last else ()), *_GLUED.finditer(low)):
        code = found[found.lastgroup or 0]
        if not _is_status(code, sure=False, low=low):
            yield Code(code, False, found.start())
    for found in _LOOSE.finditer(low):
        code = found["after"] or found["first"] or found["named"]
        if not _is_status(code, sure=False, low=low):
            yield Code(code, False, found.start())


def _is_status(code: str, *, sure: bool, low: str) -> bool:
    """Say whether a number of three digits is an HTTP status; 500 is a code of QuickBooks too."""
    if len(code) != _STATUS_LONG or code[0] not in "45":
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
