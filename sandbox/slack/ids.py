"""Identifiers in Slack's shapes."""

import secrets
import string
import time

_UPPER = string.ascii_uppercase + string.digits
_BLOCK = string.ascii_letters + string.digits + "+/="


def opaque(prefix: str, length: int = 10) -> str:
    """An id such as `C07QX2M9B1K`."""
    return prefix + "0" + "".join(secrets.choice(_UPPER) for _ in range(length - 1))


def block_id() -> str:
    """A block_id as Slack makes one when the app gave none: five mixed characters."""
    return "".join(secrets.choice(_BLOCK) for _ in range(5))


def view_hash() -> str:
    """A view's hash: seconds, a dot, eight characters."""
    return f"{int(time.time())}.{secrets.token_hex(4)}"


def trigger_id() -> str:
    """A trigger id: digits, digits, hex."""
    digits = secrets.randbelow(10**13 - 10**12) + 10**12
    return f"{digits}.{secrets.randbelow(10**12 - 10**11) + 10**11}.{secrets.token_hex(16)}"


class Timestamps:
    """Message timestamps: unique and rising within a workspace."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """`1732268331.004219`."""
        micros = max(int(time.time() * 1_000_000), self._last + 1)
        self._last = micros
        return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
