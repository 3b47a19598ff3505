"""Tokens of the web edge: a source's intake token, and the command line's control token."""

import hashlib
import hmac
import secrets

from bot.config import Settings

_CONTROL = b"qb-sync-bot local control"


def new_intake_token() -> str:
    """Make a source's intake token; it is shown once and kept as its digest."""
    return "qbi_" + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """The digest under which a token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def control_token(settings: Settings) -> str:
    """The token with which the command line on this machine nudges the running bot."""
    return _controls(settings)[0]


def is_control_token(settings: Settings, given: str) -> bool:
    """Compare with the token of every key, so that a key rotation shuts nobody out."""
    matches = [hmac.compare_digest(given.encode(), known.encode()) for known in _controls(settings)]
    return any(matches)


def _controls(settings: Settings) -> list[str]:
    keys = [part.strip() for part in settings.SECRET_KEYS.get_secret_value().split(",")]
    return [hmac.new(key.encode(), _CONTROL, hashlib.sha256).hexdigest() for key in keys if key]
