"""Whether a text reports trouble, once its questions, its advice and its good news are left out."""

import re
from dataclasses import dataclass

from bot.knowledge.languages import refuses
from bot.knowledge.patterns import Pattern

_REPORTED = Pattern(
    r"\berrors?\b|fail|exception|unable|reject|refus|won't|can't|cannot|could ?n[o']t",
    exact=True,
)
# What asks, advises or praises: what is left without it must still report something.
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+[-–—|]\s+")
_QUESTION = re.compile(
    r"^\W{0,3}(?:(?:hi|hey|so|and|but|also|ok)\W{1,3}(?:\w{1,20}\W{1,2})?)?(?:how|what|what's|which"
    r"|why|where|when|who|whose|can|could|do|does|did|is|are|am|should|shall|may|has|have|will"
    r"|would|any)\b(?! not\b|n't)[^?]{0,400}\?\W{0,3}$"
)
_GUIDE = Pattern(
    r"^\W{0,3}(?:\w{1,20} ){0,2}(?:how to|steps? to|tips?|faq|guide|tutorial|video|learn how"
    r"|learn more|did you know)\b|^\W{0,3}if (?:the|a|an) [^:.]{1,80}: "
    r"|^\W{0,3}(?:how|what|what's|which|where|why|who|does|can|could"
    r"|should|is (?:it|there)|is \S{1,30} (?:available|possible|supported))\b(?! not\b|n't)"
    r"|^\W{0,3}(?:setting (?:an?|the|up)|in this (?:article|video))\b"
    r"|\b(?:what do you (?:think|say)|any (?:ideas?|thoughts)|thoughts|agreed|sounds good)\?\W*$",
    exact=True,
)
# What stands over plans and lessons, or begins a line of source code: nobody has these troubles.
_HEADING = re.compile(
    r"^\W{0,3}(?:(?:our|my|the|a|draft|new) )?(?:plan|to[ -]?do|training|course|lesson|faq"
    r"|docs|documentation|api reference|meeting notes|minutes|agenda|policy|checklist|guide|how-?to"
    r"|question|idea|proposal|draft):"
    r"|^(?:class \w+ extends|(?:const|let|var|enum|interface) \w+ ?[={])"
)
_INFORMS = Pattern(
    r"\bremember to\b|^\W{0,3}(?:note|reminder|use|never|debug|info|best practice|introducing"
    r"|join|with quickbooks"
    r"|to [a-z]+ [^,]{1,60}, \w+)\b|\b(?:new in|roadmap|version \d[\w.]* (?:is|adds)|lets \w+"
    r"|both support|allows you to|you can (?!only\b|not\b|no longer\b)\w+|can be (?:restored|found"
    r"|used to|turned on)|can have at most|announc\w+|\d+ ?% off|offer|discover|learn|pricing"
    r"|price increase"
    r"|proadvisor|widely used|community|viewed|received from|have you tried|looking for"
    r"|used to manage|supports? (?:more than|over|up to|multiple|all)|protects?|nothing to"
    r"|successfully|experience|favou?rite|ready to install|years?|tomorrow|next (?:week|month|year)"
    r"|(?:is|are) (?:planned|scheduled) for|by default|will (?:appear|be (?:shown|displayed))"
    r"|nothing (?:already )?(?:in \w+ )?(?:is |was |has )?change[sd]?"
    r"|no action (?:is )?(?:needed|required)|every (?:month|week|year|january)|survey)\b"
    r"|(?:go to|choose|click|select) settings",
    exact=True,
)
# What people ask of people: a tool says what to choose, not what to put in order for it.
_REQUEST = Pattern(
    r"^\W{0,3}(?:(?:hi|hey|hello|ok|and|so|also)\W{1,3}(?:\w{1,20}\W{1,2})?)?(?:can|could|would"
    r"|will|you|kindly|we|need|to|somebody|someone| )*\b(?:please|kindly) (?:fix|merge|clean|look"
    r"|take care|help|handle|sort|send me|let me|call|remind|(?:change|update|remove|delete) the)\b"
    r"|\bfor (?:me|us)\W{0,3}$",
    exact=True,
)
_ALL_WELL = re.compile(
    r"\b(?:0|no|zero|without(?: any)?) (?:\w+ )?(?:errors?|failures?|failed|problems?|conflicts?"
    r"|warnings?)\b"
    r"|\bno (?:\w+ ){1,3}(?:found )?to (?:sync|synchroni[sz]e|import|export|process|post|push)\b"
    r"|\"?(?:failed|errors?|failures?|skipped|conflicts)\"?\s?[:=]\s?(?:0\b|\[\]|null|false|none)"
)
_PLAINLY = Pattern(
    r"\berrors?\b|fail|exception|unable|reject|could|can't|cannot|\bnot?\b|n't\b|invalid|missing"
    r"|must\b|already|requir|denied|expired|exceed|wrong|unknown|refus|incorrect|unsupported"
    r"|unauthori[sz]|forbidden|revoked|mismatch|stopp|skipp|you need|needs? (?:an?|to|the|your)\b"
    r"|please|un-?mapped|inactive|closed|lost|limit|offline|time[sd]?[ -]?out|dialog|choose"
    r"|duplicate [a-z]+ (?:in|on|found|detected)|\$0|only (?:an?|accepts|allows?)\b|disabled"
    r"|turned off|reach|over the|snag|crash|slow down|too many|while (?:we|you)|locked|suspend"
    r"|undo\b|too long|ask (?:an?|your) |another (?:computer|process|user)",
    exact=True,
)
_TROUBLE = Pattern(
    r"err(?:or|eur)|fail|fehler|unable|could|can't|cannot|can not|can only|\bnot?\b|n't\b|invalid"
    r"|missing|must\b|already|requir|denied|expir|exceed|duplic|wrong|unknown|reject|refus"
    r"|stop(?:ped)?\b|lost|too |longer|conflict|incorrect|illegal|unsupported|unexpected"
    r"|unauthori[sz]|forbidden|un-?mapped|un-?linked|inactive|deactivat|delet|\bclosed\b"
    r"|closing date|close date|revoked|mismatch|stale|lock|outage|maintenance|unavailable|gateway"
    r"|throttl|limit(?:ed|ing)|\blimit\b|maximum|disabled|turned off|time[sd]?[ -]?out|suspend"
    r"|cancell?ed|\bended\b|lapsed|past due|overdue|truncat|over the \d|more than \d|(?:greater"
    r"|earlier) than|\bmap\b|(?:choose|select|enter|link|remove|add) (?:an?|this|symbols|the"
    r"|another)\b|you need|needs? (?:an?|to|\"|the)\b|mandatory|reconciled|un-?match|hang up"
    r"|reset\b|out[- ]of[- ]date|differ|\bmax\b|archived|undo|rate[- ]limit|read-?only"
    r"|same currency|one foreign|different|another|someone else|open in|identical|previously"
    r"|disconnected|reconnect|lacks|outside|prior to|(?:is|was|falls|are) (?:after|before"
    r"|in a closed)|contains?\b|found in|has \d+|changed|modified|edited|non-zero|\$0 balance"
    r"|is down|are down|busy|down\b|etimedout|enotfound|\b(?:40[0134]|429|50[0234])\b"
    r"|sure (?:that )?quickbooks is|dialog|prevents|only an?|no such|ya se|ya existe|d[ée]j[àa]"
    r"|inv[aá]lid|instead of|expects|\bopen\b|upgrade|ask (?:an?|your|the) ",
    exact=True,
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
        return _REPORTED.found_in(self.words)


def heard(low: str) -> Said:
    """Read a text in small letters; a tip that tells what failed is a report all the same."""
    words = low
    if _HEADING.search(low):
        words = ""
    elif _GUIDE.found_in(low) or _REQUEST.found_in(low):
        words = low if _REPORTED.found_in(low) else ""
    elif "?" in low or _INFORMS.found_in(low):
        words = " ".join(one for one in _SENTENCE.split(low) if not _aside(one))
    aside = words != low and len(words) < len(low)
    if _ALL_WELL.search(words):
        words, aside = _ALL_WELL.sub(" ", words), True
    plain = _PLAINLY.found_in(words) or refuses(words)
    return Said(words, plain or _TROUBLE.found_in(words), aside, plain)


def _aside(sentence: str) -> bool:
    if sentence.endswith("?") and _QUESTION.search(sentence):
        return True
    return _INFORMS.found_in(sentence) and not _REPORTED.found_in(sentence)
