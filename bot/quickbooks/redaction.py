"""Takes tokens out of texts that are kept or shown."""

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
# Forms seen on the wire: Bearer headers, refresh tokens (RT1-…), access tokens (JWT or AB0…, eyJ…),
# and token fields of JSON and form bodies.
_PATTERNS = (
    re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"),
    re.compile(r"\bRT1-[A-Za-z0-9-]{6,}"),
    re.compile(r"\beyJ[A-Za-z0-9._-]{16,}"),
    re.compile(r"\bAB[0-9]{2,}[A-Za-z0-9]{6,}"),
    re.compile(
        r"(?i)((?:access_token|refresh_token|id_token|client_secret)[\"']?\s*[:=]\s*[\"']?)"
        r"[^\"'&\s,}]{6,}"
    ),
    re.compile(r"(?i)(token expired:\s*)\S+"),
    re.compile(
        r"(?i)\b((?:password|passwd|pwd|secret|api[_-]?key)(?:=|[\"']\s*:\s*[\"']))[^\s\"'&,;}]{3,}"
    ),
    # Headers and fields of other services. A value has a digit: "Password: missing" is a sentence.
    re.compile(
        r"(?i)\b((?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?"
        r"(?:(?:token|api-?key|key|digest|negotiate|hmac|oauth|ntlm|aws4-[\w-]{1,20})\s+)?)"
        r"(?=[^\s\"',;]*\d)[^\s\"',;\[]{6,}"
    ),
    re.compile(r"(?i)\b((?:signature|credential)=)[^\s,&\"'\[]{8,}"),
    re.compile(
        r"(?i)(?<![a-z0-9])((?:token|session(?:[_ -]?id)?|sid|api[_ -]?key|secret|password"
        r"|passphrase|passwd|pwd|private[_ -]?key)[\"']?\s*[:=]\s*[\"']?)(?![A-Z]{1,6}-\d{1,9}\b)"
        r"(?=[^\s\"',;]*\d)[^\s\"'&,;}<>\[]{8,}"
    ),
    # The pairs of a cookie, and no word behind them.
    re.compile(
        r"(?i)\b((?:set-)?cookie[\"']?\s*:\s*[\"']?)[\w.-]{1,60}=[^\s\"',;]*"
        r"(?:;\s*[\w.-]{1,60}=[^\s\"',;]*)*"
    ),
    re.compile(r"(://[^\s/:@]{1,64}:)[^\s/@]{1,100}(?=@)"),
    # The keys of Amazon, Stripe, Slack, GitHub, Google, Shopify, SendGrid and their kinds.
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\b(?:[sr]k_(?:live|test)|whsec|gh[oprsu]|shp(?:at|ca|pa|ss))_[A-Za-z0-9]{8,}"),
    re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{8,}|\bAIza[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    re.compile(
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,10000}(?:-----END[A-Z ]{0,40}-----)?"
    ),
)
# A shorter value would blank out ordinary words.
_SHORTEST = 8


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with the given secrets and everything that looks like a token hidden."""
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, HIDDEN)
    for pattern in _PATTERNS:
        text = pattern.sub(_keep_label, text)
    return text


def _keep_label(match: re.Match[str]) -> str:
    label = match.group(1) if match.re.groups else ""
    if label.lower() in {"bearer", "basic"}:
        return f"{label} {HIDDEN}"
    return f"{label}{HIDDEN}"
