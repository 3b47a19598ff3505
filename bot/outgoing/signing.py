"""Signatures as Standard Webhooks has them: https://github.com/standard-webhooks, spec 1.0.0."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

PREFIX = "whsec_"
_KEY_BYTES = 32


def new_key() -> str:
    """Make a secret, as it is shown to the source's people once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def headers(keys: Iterable[str], event_id: str, at: datetime, content: bytes) -> Mapping[str, str]:
    """The three headers of a signed event; with several keys, a signature of each."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((event_id.encode(), stamp.encode(), content))
    return {
        "webhook-id": event_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{_mac(key, signed)}" for key in keys),
    }


def _mac(key: str, signed: bytes) -> str:
    secret = base64.b64decode(key.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
