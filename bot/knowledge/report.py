"""Whether a text reports trouble, once its questions, its advice and its good news are left out."""

import re
from dataclasses import dataclass

_REPORTED = re.compile(r"\berrors?\b|fail|exception|unable|reject|won't|can't|cannot|could ?n[o']t")
# What asks, advises or praises: what is left without it must still report something.
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+[-–—|]\s+")
_QUESTION = re.compile(
    r"^\W{0,3}(?:(?:hi|hey|so|and|but|also|ok)\W{1,3}(?:\w{1,20}\W{1,2})?)?"
    r"(?:how|what|what's|which|why|where|when|who|whose|can|could|do|does|did|is|are|am|should"
    r"|shall"
    r"|may|has|have|will|would|any)\b(?! not\b|n't)[^?]{0,400}\?\W{0,3}$"
)
_GUIDE = re.compile(
    r"^\W{0,3}(?:\w{1,20} ){0,2}(?:how to|steps? to|tips?|faq|guide|tutorial|video|learn how"
    r"|learn more"
    r"|did you know)\b|^\W{0,3}(?:how|what|what's|which|where|why|who|does|can|could|should"
    r"|is (?:it|there)"
    r"|is \S{1,30} (?:available|possible|supported))\b(?! not\b|n't)|^\W{0,3}(?:setting (?:an?|the"
    r"|up)|in this (?:article|video))\b"
)
_INFORMS = re.compile(
    r"^\W{0,3}(?:note|reminder|use|never|debug|info|best practice|introducing|join|with quickbooks"
    r"|to [a-z]+ [^,]{1,60}, \w+)\b|\b(?:new in|roadmap"
    r"|version \d[\w.]* (?:is|adds)|lets \w+|both support|allows you to|you can (?!only\b|not\b"
    r"|no longer\b)\w+"
    r"|can be (?:restored|found|used to|turned on)|announc\w+|\d+ ?% off|offer|discover|learn"
    r"|pricing"
    r"|price increase|proadvisor|widely used|community|viewed|received from|have you tried"
    r"|looking for"
    r"|used to manage|supports? (?:more than|over|up to|multiple|all)|protects?|nothing to"
    r"|successfully"
    r"|experience|favou?rite|ready to install|years?|tomorrow|next (?:week|month|year)"
    r"|(?:is|are) (?:planned|scheduled) for|no action (?:is )?(?:needed|required)"
    r"|every (?:month|week|year|january)|survey)\b|(?:go to|choose|click|select) settings"
)
# What people ask of people: a tool says what to choose, not what to put in order for it.
_REQUEST = re.compile(
    r"^\W{0,3}(?:(?:hi|hey|hello|ok|and|so|also)\W{1,3}(?:\w{1,20}\W{1,2})?)?(?:can|could|would"
    r"|will|you|kindly|we|need|to|somebody|someone| )*\b(?:please|kindly) (?:fix|merge|clean|look"
    r"|take care|help|handle|sort|send me|let me|call|remind|(?:change|update|remove|delete) the)\b"
    r"|\bfor (?:me|us)\W{0,3}$"
)
_ALL_WELL = re.compile(
    r"\b(?:0|no|zero|without(?: any)?) (?:\w+ )?(?:errors?|failures?|failed|problems?|conflicts?"
    r"|warnings?)\b"
    r"|\"?(?:failed|errors?|failures?|skipped|conflicts)\"?\s?[:=]\s?(?:0\b|\[\]|null|false|none)"
)
_PLAINLY = re.compile(
    r"\berrors?\b|fail|exception|unable|reject|could|can't|cannot|\bnot?\b|n't\b|invalid|missing"
    r"|must\b"
    r"|already|requir|denied|expired|exceed|wrong|unknown|refus|incorrect|unsupported|unauthori[sz]"
    r"|forbidden|revoked|mismatch|stopp|skipp|you need|needs? (?:an?|to|the|your)\b|please"
    r"|un-?mapped|inactive|closed|lost|limit|offline"
    r"|time[sd]?[ -]?out|dialog|choose|duplicate [a-z]+ (?:in|on|found|detected)|\$0|only (?:an?"
    r"|accepts|allows?)\b|disabled"
    r"|turned off|reach|over the|snag|crash|slow down|too many|while (?:we|you)|locked|suspend"
    r"|undo\b"
    r"|ask (?:an?|your) |another (?:computer|process|user)"
)
_TROUBLE = re.compile(
    r"err(?:or|eur)|fail|fehler|unable|could|can't|cannot|can not|can only|\bnot?\b|n't\b|invalid"
    r"|missing"
    r"|must\b|already|requir|denied|expir|exceed|duplic|wrong|unknown|reject|refus|stop(?:ped)?\b"
    r"|lost"
    r"|too |longer|conflict|incorrect|illegal|unsupported|unexpected|unauthori[sz]|forbidden"
    r"|un-?mapped"
    r"|un-?linked|inactive|deactivat|delet|\bclosed\b|closing date|close date|revoked|mismatch"
    r"|stale|lock"
    r"|outage|maintenance|unavailable|gateway|throttl|limit(?:ed|ing)|\blimit\b|maximum|disabled"
    r"|turned off"
    r"|time[sd]?[ -]?out|suspend|cancell?ed|\bended\b|lapsed|past due|overdue|truncat|over the \d"
    r"|more than \d"
    r"|(?:greater|earlier) than|\bmap\b|(?:choose|select|enter|link|remove|add) (?:an?|this"
    r"|symbols|the|another)\b"
    r"|you need|needs? (?:an?|to|\"|the)\b|mandatory|reconciled|un-?match|hang up|reset\b"
    r"|out[- ]of[- ]date|differ|\bmax\b|archived|undo|rate[- ]limit|read-?only|same currency"
    r"|one foreign|different|another|someone else|open in|identical"
    r"|previously|disconnected|reconnect|lacks|outside|prior to|(?:is|was|falls|are) (?:after"
    r"|before|in a closed)"
    r"|contains?\b|found in|has \d+|changed|modified|edited|non-zero|\$0 balance|is down|are down"
    r"|busy|down\b"
    r"|etimedout|enotfound|\b(?:40[0134]|429|50[0234])\b|sure (?:that )?quickbooks is|dialog"
    r"|prevents|only an?"
    r"|no such|ya se|ya existe|d[ée]j[àa]|inv[aá]lid|instead of|expects|\bopen\b|upgrade"
    r"|ask (?:an?|your|the) "
)


@dataclass(frozen=True)
class Said:
    """What a text reports. `aside`: a part of it asks, advises or praises, and was left out.

    `plain`: the trouble is said in so many words, and not only by what is spoken of.
    """

    words: str
    trouble: bool
    aside: bool
    plain: bool = True

    @property
    def failed(self) -> bool:
        """Whether it says outright that something failed."""
        return _REPORTED.search(self.words) is not None


def heard(low: str) -> Said:
    """Read a text in small letters; a tip that tells what failed is a report all the same."""
    words = low
    if _GUIDE.search(low) or _REQUEST.search(low):
        words = low if _REPORTED.search(low) else ""
    elif "?" in low or _INFORMS.search(low):
        words = " ".join(one for one in _SENTENCE.split(low) if not _aside(one))
    aside = words != low and len(words) < len(low)
    if _ALL_WELL.search(words):
        words, aside = _ALL_WELL.sub(" ", words), True
    plain = _PLAINLY.search(words) is not None
    return Said(words, plain or _TROUBLE.search(words) is not None, aside, plain)


def _aside(sentence: str) -> bool:
    if sentence.endswith("?") and _QUESTION.search(sentence):
        return True
    return _INFORMS.search(sentence) is not None and _REPORTED.search(sentence) is None
