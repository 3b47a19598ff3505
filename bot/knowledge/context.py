"""What a text is about, and whether it reports trouble: most of what is said is no error report.

A report names QuickBooks, or speaks of bookkeeping, and says that something failed or is in the
way. A question, advice, an advertisement, a message of success, and the fault of another program
do not, whatever words they share with one.
"""

import re
from dataclasses import dataclass

from bot.knowledge.languages import keeps_accounts
from bot.knowledge.patterns import Pattern
from bot.knowledge.products import names_connector, names_other
from bot.knowledge.report import Said, heard

QUICKBOOKS, BOOKKEEPING, NOTHING, TALK, OTHER_FORM, OTHER_PRODUCT = 2, 1, 0, -1, -2, -3

_NAMED = Pattern(
    r"quick ?books|intuit|(?<![a-z0-9])qb(?:o|d|wc|oe|sdk|fc|xml|xmlmsgsrs)?(?![a-z0-9])|\bqbwc\d"
    r"|validationfault|qodbc|(?:error\W{1,3}|\()-6\d{3}, ?-?\d{1,4}\b"
    r"|\bqbxmlrp|synctoken|statusseverity|\b(?:onl|desk)\d{2,3}\b|\bfault[\"'\]]*\s*(?:=>|:)[^:]{0,40}\berror"
    r"|edit ?sequence|(?:errorcode=|auth(?:entication|orization)failed\W{1,4})00\d{4}"
    r"|userfacingmessage|\bqbo?[ _]?status\b|unauthorized-401"
    r"|supplied length[:=]\d",
    exact=True,
)
# Its codes of Windows are others' too: beside the name of a constant they are.
_WINDOWS = re.compile(r"0x800404[0-3c]|-21472204[3-8]|(?<![\w.,-])80040[4][0-3c][0-9a-f](?![\w,-])")
_CONSTANT = re.compile(
    r"#define\b|\b(?!quick|qb|intuit|[a-z_]{0,20}qb)[a-z]{1,20}_\w{3,40}\W{1,4}(?:reserved )?"
    r"(?:error )?(?:0x8004|-21472)"
    r"|\b(?!qb)\w{6,40}error\W{1,4}(?:0x8004|-21472)|\b[a-z]{6,40}\W{1,3}0x8004\w+\W*$"
)
# QuickBooks says it, and so do others: it loses to the name of another product.
_HALF_NAMED = Pattern(
    r"business validation errors?(?: ?:| has occurred)|\bweb ?connect(?:or)?\b"
    r"|<fault\b(?!.{0,40}fault(?:code|string))"
    r"|redirect uris? section on your app'?s keys tab"
    r"|\b(?:privatenote|primaryemailaddr|printoncheckname|customermemo|salesitemlinedetail"
    r"|accountbasedexpenselinedetail|journalentrylinedetail|linkedtxn|txntaxdetail|taxcoderef"
    r"|(?:income|expense|asset|ap|ar|depositto)(?:account)?ref)\b",
    exact=True,
)
_LEDGER = Pattern(
    r"\b(?:invoices?|bills?|vendors?|suppliers?|customers?|payees?|employees?|journal|ledger"
    r"|(?<!email )(?<!e-mail )(?<!mail )(?<!user )accounts?|payments?|sub-?totals?|sales receipts?"
    r"|credit memos?|credit notes?|items?|products?|tax|vat|gst|expenses?|currency|currencies"
    r"|deposits?|estimates?|purchase orders?|transactions?|txn\w*|docnumber|closed period"
    r"|bookkeep\w*|accounting|books|refresh token|web ?connect(?:or)?|company file|gl|display ?name"
    r"|memos?|private note|class name|class|classes|amounts?|discounts?|quantity|unit price"
    r"|line \d+|exchange rate|list element|line items?|sku|refnumber|billing (?:address|email)"
    r"|company name|rechnung\w*|beleg\w*|lieferant\w*|kunden?|artikel|konto|factures?|fournisseurs?"
    r"|num[eé]ro de documento?|nom fourni|(?:le|la|du|un|ce) client|compte|facturas?"
    r"|p[eé]riode comptable|proveedor(?:es)?|clientes?|art[ií]culos?|cuentas?|fatture?|clienti"
    r"|fornitor[ei]|category mapping|inactive \[|linkedtxn|posting type|bill ?email|^(?:display "
    r"|first |last )?(?:name|description)\b(?=.{0,30}(?:contain|character))|(?:tax\s?code"
    r"|(?:customer|vendor|item|account|class|department|term)ref)\w*)\b",
    exact=True,
)
# How other programs write their faults: stack frames, classes of exceptions, mail servers, hosts.
_OTHER_FORM = Pattern(
    r"\b(?:[a-z_]\w*\.){2,6}\w{0,60}(?:exception|error)\b|\b[a-z]\w*::\w[\w:]*|\btraceback\b"
    r"|\bat [\w.$<>]{3,200}\([\w.: ]{0,200}\)|\bfile \"[^\"]{1,200}\", line \d|goroutine \d"
    r"|\bpanic:|\b[\w/.-]{1,80}\.(?:py|jsx?|tsx?|go|rs|rb|cs|java|php|cpp|kt|swift|xlsx?|docx?"
    r"|pptx?|log|csv|beancount|gnucash)\b|\b\w+(?:type|key|value|reference|attribute|name|index|import|modulenotfound"
    r"|notfound)error\b|^\W{0,3}(?!query|validation|sync)\w{3,40}(?:exception|error):|\bportal\b"
    r"|\bnullpointer\w*|\b[45]\d\d[ -][45]\.\d\.\d\b|\blocalhost\b|\b127\.0\.0\.1\b|\bsql(?:state"
    r"|exception)|\bora-\d+|\bselect .{1,200} from \w+ |\bsql syntax|duplicate entry|\bconstraint\b"
    r"|\brelation \"|lock wait timeout|serialize access|merge conflict|call stack|\bdbo\b"
    r"|msg \d+, level|\bclient \d+\.\d|\b(?:cus|pi|ch|evt|in|sub)_\w{6,}|\bcolumn\b|\bsmtp\w*"
    r"|\btable or view\b|\bexit (?:code|status)\b|\bbuild failed\b|\bcore dumped\b|\berror\[\w+\]"
    r"|\bcannot find symbol\b|\bundefined (?:local )?variable\b|\bin this scope\b|\bgraphql\b"
    r"|\berrorcode\W{1,5}[a-z]+_[a-z_]+|\bcom class factory\b"
    # Lines of source code, and the names of constants.
    r"|\bthrow new \w|\braise (?:exception\b|\w{1,40}error\()|\bnew \w{0,40}(?:error|exception)\("
    r"|\b\w{1,40}_throw\(|^\W{0,3}(?:from [\w.]{1,80} import|import [\w.{]|#include)\b"
    r"|\b[a-z]{1,12}(?:_[a-z]+){0,3}_err_[a-z_]+",
    exact=True,
)
# A value that is written as data, and holds no fault of QuickBooks.
_DATA = re.compile(
    r"^[^{\[<]{0,60}?(?:[{\[]+\s*[\"']\w[\w.:$-]{0,40}[\"']\s*(?::|=>)|<\?xml|<\w+>)"
)
_HOST = re.compile(
    r"(?<![@\w.-])(?:[a-z0-9-]{1,40}\.){2,5}(?:com|io|net|org|dev|app|cloud|local|internal"
    r"|example)\b"
)
# “Asana: …”: whose message it is. Words a message of QuickBooks begins with name nobody.
_SPEAKER = re.compile(
    r"^\W{0,4}(?:[A-Z]{2,}(?:_[A-Z]{2,}){1,6}\b"
    r"|([A-Z][\w.&+-]{0,30}(?: [\w.&+-]{1,30}){0,3}):(?!:)\s)"
)
# “TD-90: …”: which document it is about.
_DOCUMENT = re.compile(r"[A-Z]{1,5}[-#]\d[\w-]*")
_NO_SPEAKER = re.compile(
    r"error|exception|pay|fault|fail|warn|invalid|validation|request|response|status|message|detail"
    r"|ung[uü]ltig|r[eé]f[eé]r[eê]n|riferiment"
    r"|missing|duplicate|sync|import|export|line|field|name|number|address|date|memo|reference"
    r"|ref\b|oauth|token|web connect|connector|stop|skipped|note|http|code|object|unknown|query"
    r"|inactive|n[uú]mero|type|class|location|email|phone|terms|fehler|erreur|c[oó]digo|codice"
    r"|\berro\b|\bfout|^code|meldung|melding|mensa|messa"
)
_TALK = Pattern(
    r"\bi\b(?![.)\d-])|\b(?:let's|i'm|i've|i'll|mine|anyone|anybody|somebody|hi all|hello"
    r"|dear (?:mr|ms|sir)|kind regards|best regards|thank you for|thanks|please find"
    r"|(?:client|boss|colleague|accountant|bookkeeper|manager|team|he|she|they)"
    r" (?:asked|asks|said|says|told|wants|thinks))\b|\bour office\b"
    r"|\bwe (?:closed?|reconciled?|moved|need|use|have (?:to|a)|merged|sent|paid|filed|got"
    r"|will(?! be)|book)\b|\b(?:todo|fixme|agenda|newsletter|webinar|reminder)\b",
    exact=True,
)
_NEWS = Pattern(
    r"\b(?:release notes?|released?(?: version)? \d|changelog|what's new|webinar|fixed:|improved"
    r"|added:)(?!\w)"
    r"|^\W{0,3}(?:feat|fix|chore|docs|refactor|perf)(?:\([\w-]{1,30}\))?!?:"
    r"|^\W{0,3}merge (?:pull request|branch)\b",
    exact=True,
)
# Things to do, with boxes to tick.
_CHECKLIST = re.compile(r"(?:^| )(?:[-*+] )?\[[ x]\] ")
_ADVERTISEMENT = re.compile(
    r"\b(?:support|service|care|help|helpline|toll[ -]free)\b\W+(?:desk )?(?:tele)?(?:phone "
    r"|contact |helpline )?"
    r"(?:number|no\b|line)"
)
_TELEPHONE = re.compile(
    r"\b[18][\W_]{0,4}\(?[8l][\do]{2}\)?[\W_]{1,3}[\do]{3}[\W_]{1,3}[\do]{4}|\b8\d\d-\d{3}-\d{4}"
)


@dataclass(frozen=True)
class Context:
    """`about`: one of the levels above. `named`: QuickBooks is.

    `trouble`: it says that something is wrong. `report`: its words may be taken for what did.
    """

    about: int
    named: bool
    trouble: bool
    report: bool


def context(
    text: str, low: str, *, told: bool, sure: bool, fault: bool, words: str = ""
) -> Context:
    """Say what a text is about; `low` is `text` in small letters, `words` are those of its codes.

    `told`: it came with the name of a platform; `sure`: with one that nobody guesses; `fault`: as
    a fault of that platform.
    """
    named = _NAMED.found_in(low) or _NAMED.found_in(words) or _half_named(low)
    if named and _ADVERTISEMENT.search(low) and _TELEPHONE.search(low):
        return Context(OTHER_PRODUCT, named=False, trouble=False, report=False)
    said = Said(low, trouble=True, aside=False) if fault else heard(low)
    if named:
        about = TALK if not fault and _is_talk(low, said) else QUICKBOOKS
        return Context(
            about,
            named=True,
            trouble=said.plain,
            report=said.trouble or not (said.aside or _DATA.search(low)),
        )
    about = _unnamed(text, low, told=told, sure=sure, fault=fault)
    return Context(about, named=fault and about > NOTHING, trouble=said.plain, report=said.trouble)


def _half_named(low: str) -> bool:
    half = _HALF_NAMED.found_in(low) or names_connector(low)
    half = half or (_WINDOWS.search(low) is not None and not _CONSTANT.search(low))
    return half and not names_other(low)


def _is_talk(low: str, said: Said) -> bool:
    return _NEWS.found_in(low) or (_TALK.found_in(low) and not said.failed)


def _unnamed(text: str, low: str, *, told: bool, sure: bool, fault: bool) -> int:
    if names_other(low) or ("] " in low and _CHECKLIST.search(low)):
        return OTHER_PRODUCT
    if fault:
        return QUICKBOOKS
    if not sure and (_of_another_form(low) or _spoken_by_another(text)):
        return OTHER_FORM
    if _NEWS.found_in(low) or _TALK.found_in(low) or low.endswith("?"):
        return TALK
    if not (_LEDGER.found_in(low) or keeps_accounts(low)):
        return NOTHING
    return QUICKBOOKS if told else BOOKKEEPING


def _of_another_form(low: str) -> bool:
    return any(form.search(low) for form in (_OTHER_FORM, _DATA, _HOST))


def _spoken_by_another(text: str) -> bool:
    speaker = _SPEAKER.search(text)
    if speaker is None:
        return False
    if _DOCUMENT.fullmatch(speaker[1] or ""):
        return False
    # “Contoso Books” is a product, “Invoice” and “Bill payment” are not.
    name = (speaker[1] or "").lower().removesuffix("books").removesuffix("accounting")
    return not name or not (_NO_SPEAKER.search(name) or _LEDGER.found_in(name))
