"""The words of the codes that other programs give their errors: TOKEN_EXPIRED, customerNotFound.

Such a code says what happened as a sentence does, only without spaces. A name of a field or of a
class is no such code: one of its words must tell of trouble.
"""

import re

_SNAKE = r"[A-Za-z][A-Za-z0-9]{0,30}(?:_[A-Za-z0-9]{1,30}){1,8}"
_KEBAB = r"[A-Za-z][a-z0-9]{1,30}(?:-[a-z0-9]{1,30}){2,8}"
_CAMEL = r"(?:[A-Z]{2,4}(?=[A-Z]))?[A-Za-z][a-z0-9]{1,30}(?:[A-Z][a-z0-9]{1,30}){1,8}"
# SOAP has fault codes of its own (SOAP-ENV:VersionMismatch): they say nothing of a record.
_IDENTIFIER = re.compile(
    rf"(?<![\w@/$-])(?<!ENV:)(?<!soap:)(?:{_SNAKE}|{_KEBAB}|{_CAMEL})(?![\w@/])"
)
_MAY_BE = re.compile(r"[a-z][A-Z]|\w_\w|\w-\w+-\w")
_PART = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|[A-Z]|\d+")
_TROUBLE = frozenset(
    re.findall(
        r"\w+",
        "not no cannot cant expired missing invalid duplicate duplicated dup already exists taken "
        "limit limited limits throttle throttled throttling exceeded failed failure denied "
        "unauthorized forbidden inactive deleted closed locked revoked required mismatch unmapped "
        "conflict stale timeout unavailable unreachable refused rejected suspended disabled "
        "unsupported disconnected reauth reconnect long outdated unknown bad illegal lost used "
        "unbalanced incorrect wrong maintenance outage lapsed cancelled canceled many unlinked "
        "down offline busy needed archived",
    )
)
# What programmers shorten.
_WHOLE = {
    "acct": "account", "acc": "account", "txn": "transaction", "trx": "transaction",
    "cust": "customer", "inv": "invoice", "auth": "authorization", "reauth": "reconnect",
    "dup": "duplicate", "docnumber": "document number", "docnum": "document number",
    "doc": "document", "num": "number", "creds": "credentials", "ref": "reference",
    "conn": "connection", "perm": "permission", "perms": "permissions", "curr": "currency",
    "cant": "cannot", "desc": "description", "pmt": "payment", "svc": "service", "req": "required",
}  # fmt: skip
_MOST = 6


def words_of(text: str) -> str:
    """The words of all codes of this kind in a text, in small letters; "" when it has none."""
    # None of them has a space: what cannot be one is left out before the slower look.
    likely = " ".join([word for word in text.split() if _MAY_BE.search(word)])
    if not likely:
        return ""
    told: list[str] = []
    for found in _IDENTIFIER.finditer(likely):
        said = _read(found[0])
        if said and said not in told:
            told.append(said)
            if len(told) == _MOST:
                break
    return ". ".join(told)


def words_of_code(code: str) -> str:
    """The same of a code that was told with a text, where one word is enough ("throttled")."""
    return _read(code) if code and not any(letter.isdigit() for letter in code[:1]) else ""


def _read(identifier: str) -> str:
    parts = [part.lower() for part in _PART.findall(identifier)]
    if _TROUBLE.isdisjoint(parts):
        return ""
    return " ".join(_WHOLE.get(part, part) for part in parts)
