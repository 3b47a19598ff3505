"""What can be a name in a forwarded text: no word of the error itself, no sign left over of JSON.

A name decides which record is looked for and stands in an alert's title, so what is none is left
out: "Period Closed" of "Account Period Closed" is the error's own sentence.
"""

import re

# Words of QuickBooks' own sentences; what has no other word in it is no name.
_SENTENCES = (
    "a account accounts active already an and another any are available be been being business by "
    "can cannot changed check class closed closing code company could customer customers date "
    "deleted detail details different display document documents does duplicate element elements "
    "email employee employees entity error errors exist exists failed failure fault field fields "
    "find for found full has have id ids in inactive invalid invoice invoices is it item items "
    "length line lines list locked made message missing must name names no none not null number "
    "object of on or org other out param parameter payable payment period please product products "
    "property quickbooks receivable record records ref reference required save saved service "
    "services something specified stale string supplied supplier sync tax that the there this to "
    "transaction trying txn type unable unknown "
    "unsupported update updated use used user using validation valid value vendor vendors was were "
    "with you your"
)
_OF_ERRORS = frozenset(_SENTENCES.split())
_AROUND = " \t\r\n\"'“”‘’`´,;:|\\«»"
_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_WORD = re.compile(r"[^\W\d_]+")
# Where the sentence goes on behind a name.
_BEHIND = re.compile(
    r"\s+(?:(?:on|in|for|of|from|at) (?:the )?(?:sales )?(?:order|invoice|bill|payment|document"
    r"|transaction|quickbooks|line)\b|errors?\W{0,3}(?:code\W{0,3})?\d{3,5}\b"
    r"|(?:maps|mapped|points|refers|linked) to\b"
    r"|(?:inactive|deleted|archived|deactivated|missing|failed|skipped)\W*$).*$",
    re.IGNORECASE | re.DOTALL,
)


# An id of QuickBooks Desktop is no name.
_DESKTOP_ID = re.compile(r"8[0-9A-F]{4,7}-[0-9A-F]{1,12}")
# Nor is a row of a program's stack: its file, with or without the folders, or its method.
_OF_A_PROGRAM = re.compile(
    r"(?:[A-Za-z]:)?[\\/]?(?:[\w.@~-]+[\\/])+[\w.-]+\.\w{1,5}(?::\d+)*"
    r"|[\w.-]+\.(?:py|rb|php|m?js|tsx?|jsx|java|cs|go|vb|pl|exs?|kt|scala|cpp|dll|jar)(?::\d+)*"
    r"|[\w\\.$]+(?:->|::|#)\w+(?:\(.*\))?|[\w.$]+\(\)|<(?:stdin|string|module)>"
)


def name_in(words: str) -> str:
    """The name that captured words are, without quotes, commas and odd brackets; "" for none."""
    name = _bare(_BEHIND.sub("", _bare(words)))
    if not any(char.isalnum() for char in name) or _DESKTOP_ID.fullmatch(name):
        return ""
    if _OF_A_PROGRAM.fullmatch(name):
        return ""
    said = [word.casefold() for word in _WORD.findall(name)]
    return "" if said and all(word in _OF_ERRORS for word in said) else name


def _bare(words: str) -> str:
    """What is left when signs around are taken away; a bracket that closes inside stays."""
    name = words.strip(_AROUND)
    while name:
        first, last = name[0], name[-1]
        if first in _PAIRS and (_PAIRS[first] not in name or last == _PAIRS[first]):
            name = name[1:].removesuffix(_PAIRS[first]).strip(_AROUND)
        elif first in _PAIRS.values():
            name = name[1:].strip(_AROUND)
        elif last in _PAIRS or (last in _PAIRS.values() and not _is_closed(name)):
            name = name[:-1].strip(_AROUND)
        else:
            break
    return name


def _is_closed(name: str) -> bool:
    return any(close == name[-1] and opens in name for opens, close in _PAIRS.items())
