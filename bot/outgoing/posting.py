"""One signed event out over HTTP, and what the other side said to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from bot.outgoing.connection import TOTAL_SECONDS, Guard, Unreachable, pool
from bot.render import clean, shorten

MOST_BYTES = 16 * 1024
LONGEST_PAUSE = timedelta(hours=24)
_SHOWN = 200
_GONE = 410
# The whole address is in trouble, not the one event.
_DOWN = frozenset({408, 429, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """What became of one try; `status` 0: no answer came."""

    status: int
    words: str = ""
    retry_after: timedelta | None = None

    @property
    def taken(self) -> bool:
        """The other side has it."""
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The other side wants no event any more."""
        return self.status == _GONE

    @property
    def down(self) -> bool:
        """Another event would fare no better just now."""
        return self.status == 0 or self.status in _DOWN


class Line:
    """A line to one callback, for some events one after the other."""

    def __init__(self, *, private: bool) -> None:
        self._guard = Guard(private=private)
        self._pool = pool(self._guard)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def post(
        self, address: str, headers: Mapping[str, str], content: bytes, now: datetime
    ) -> Answer:
        """Post one event and say what came of it; never raises for what the other side does."""
        url = httpx.URL(address)
        self._guard.begin(plain=url.scheme == "http")
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        given: dict[bytes | str, bytes | str] = {
            "content-type": "application/json",
            "user-agent": "qb-sync-bot",
        }
        given.update(headers.items())
        try:
            with self._pool.stream("POST", target, headers=given, content=content) as reply:
                return _answer(reply, now)
        except Unreachable as error:
            return Answer(0, error.words)
        except httpcore.TimeoutException:
            return Answer(0, f"it did not answer within {TOTAL_SECONDS:g} seconds")
        except httpcore.NetworkError as error:
            return Answer(0, _unconnected(str(error)))
        except httpcore.ProtocolError:
            return Answer(0, "what it answered is not HTTP")


def _unconnected(said: str) -> str:
    if "CERTIFICATE" in said.upper():
        return "its certificate is not valid for this address"
    return "no connection could be made, or it broke off"


def _answer(reply: httpcore.Response, now: datetime) -> Answer:
    status = reply.status
    if 200 <= status < 300:
        _drained(reply)
        return Answer(status, f"it answered {status}")
    if 300 <= status < 400:
        words = f"it answered {status}, which points to another address"
        return Answer(status, f"{words}; events go only to the address that was named")
    said = shorten(" ".join(clean(_drained(reply).decode("utf-8", "replace")).split()), _SHOWN)
    words = f"it answered {status}" + (f": {said}" if said else "")
    return Answer(status, words, _retry_after(reply, now))


def _drained(reply: httpcore.Response) -> bytes:
    """The beginning of what it said; the rest of a long answer is not waited for."""
    content = bytearray()
    try:
        for part in reply.iter_stream():
            content += part
            if len(content) >= MOST_BYTES:
                break
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        return bytes(content[:MOST_BYTES])  # its status stands
    return bytes(content[:MOST_BYTES])


def _retry_after(reply: httpcore.Response, now: datetime) -> timedelta | None:
    """How long it asks us to wait, at most a day; None where it says nothing readable."""
    said = next((value for name, value in reply.headers if name.lower() == b"retry-after"), b"")
    text = said.decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_PAUSE)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return min(max(aware - now, timedelta()), LONGEST_PAUSE)
