"""Secrets of a source (keys of its webhooks, where it is read), encrypted with SECRET_KEYS."""

import json
from typing import Protocol

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


class Owned(Protocol):
    """A row that keeps secrets of a source."""

    source_id: int


def seal_again(settings: Settings, row: Owned, *columns: str) -> int:
    """Encrypt what a row keeps with the first of SECRET_KEYS; returns how many secrets."""
    count = 0
    for column in columns:
        text = unseal(settings, row.source_id, getattr(row, column))
        if text:
            setattr(row, column, seal(settings, row.source_id, text))
            count += 1
    return count


def _fernet(settings: Settings) -> MultiFernet | None:
    keys = [key.strip() for key in settings.SECRET_KEYS.get_secret_value().split(",")]
    made = [Fernet(key) for key in keys if key]
    return MultiFernet(made) if made else None
