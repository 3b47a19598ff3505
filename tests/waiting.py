"""Looks again and again until something is there; every suite that talks to processes shares it."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found | None], seconds: float = 20) -> Found:
    """Look until something is there; fails saying what was waited for."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            msg = f"waited {seconds:g} s in vain for {what}"
            raise AssertionError(msg)
        time.sleep(0.02)  # noqa: TID251  polling another process
