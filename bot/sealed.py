"""Secrets of a source (keys of its webhooks, where it is read), encrypted with SECRET_KEYS."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.config import Settings
from bot.errors import ConfigError


def seal(settings: Settings, source_id: int, text: str) -> str:
    """Encrypt; the source goes inside, so that a row copied to another is refused."""
    if not text:
        return ""
    fernet = _fernet(settings)
    if fernet is None:
        msg = "SECRET_KEYS is not set: a secret of a source cannot be kept."
        raise ConfigError(msg)
    return fernet.encrypt(json.dumps([source_id, text]).encode()).decode("ascii")


def unseal(settings: Settings, source_id: int, kept: str) -> str:
    """Decrypt; "" for nothing, or when none of SECRET_KEYS opens it."""
    fernet = _fernet(settings)
    if not kept or fernet is None:
        return ""
    try:
        owner, text = json.loads(fernet.decrypt(kept))
    except (InvalidToken, ValueError):
        return ""
    return str(text) if owner == source_id else ""


def _fernet(settings: Settings) -> MultiFernet | None:
    keys = [key.strip() for key in settings.SECRET_KEYS.get_secret_value().split(",")]
    made = [Fernet(key) for key in keys if key]
    return MultiFernet(made) if made else None
