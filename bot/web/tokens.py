"""Tokens of the web edge: a source's intake token and signing key, and the control token."""

import base64
import hashlib
import hmac
import json
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.config import Settings
from bot.models import Source

_CONTROL = b"qb-sync-bot local control"


def new_intake_token() -> str:
    """Make a source's intake token; it is shown once and kept as its digest."""
    return "qbi_" + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The digest under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_signing_key() -> str:
    """Make the key a source signs its bodies with; it is shown once and kept sealed."""
    return "qbs_" + secrets.token_urlsafe(32)


def seal(settings: Settings, source: Source, key: str) -> str:
    """Encrypt a signing key; the company goes inside, so that a row copied to another is refused.

    The source must have its id.
    """
    said = json.dumps([source.company_id, source.id, key]).encode()
    return MultiFernet([Fernet(one) for one in _keys(settings)]).encrypt(said).decode("ascii")


def unseal(settings: Settings, source: Source) -> str:
    """The signing key of a source; "" when it has none, or none of SECRET_KEYS opens it."""
    keys = [Fernet(one) for one in _keys(settings)]
    if not source.signing_key or not keys:
        return ""
    try:
        company_id, source_id, key = json.loads(MultiFernet(keys).decrypt(source.signing_key))
    except (InvalidToken, ValueError):
        return ""
    return str(key) if (company_id, source_id) == (source.company_id, source.id) else ""


def is_signed(key: str, raw: bytes, signature: str) -> bool:
    """Compare, in constant time, with HMAC-SHA256 of the raw body: in hex, or in base64.

    A word before it, such as "sha256=", is not looked at.
    """
    made = hmac.new(key.encode(), raw, hashlib.sha256).digest()
    given = signature.strip().removeprefix("sha256=").strip().encode()
    forms = (made.hex().encode(), base64.b64encode(made))
    fits = [hmac.compare_digest(given, form) for form in forms]
    return bool(key) and any(fits)


def control_token(settings: Settings) -> str:
    """The token with which the command line on this machine nudges the running bot."""
    return _controls(settings)[0]


def is_control_token(settings: Settings, given: str) -> bool:
    """Compare with the token of every key, so that a key rotation shuts nobody out."""
    matches = [hmac.compare_digest(given.encode(), known.encode()) for known in _controls(settings)]
    return any(matches)


def _controls(settings: Settings) -> list[str]:
    return [hmac.new(key.encode(), _CONTROL, hashlib.sha256).hexdigest() for key in _keys(settings)]


def _keys(settings: Settings) -> list[str]:
    parts = settings.SECRET_KEYS.get_secret_value().split(",")
    return [part.strip() for part in parts if part.strip()]
