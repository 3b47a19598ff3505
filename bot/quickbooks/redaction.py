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
    re.compile(r"(?i)\b((?:api[_-]?key|x-api-key|secret|password)\s*:\s*)(?=\S*\d)[^\s\"',;}]{8,}"),
    re.compile(r"(?i)\b((?:set-)?cookie\s*:\s*)[^\s\"',}][^\n\"',}]*"),
    # The keys of Amazon's services.
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    # The keys of Stripe and its kind.
    re.compile(r"\b(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{8,}"),
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
