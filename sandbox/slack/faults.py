"""Ordered trouble: what the next matching call or envelope shall suffer."""

import itertools
import re
from dataclasses import dataclass, field

from sandbox.slack.errors import ControlError
from sandbox.slack.jsontypes import Json

API_FAULTS = frozenset(
    {
        "ratelimited",
        "internal_error",
        "timeout_before",
        "timeout_after",
        "reset_before",
        "reset_after",
        "fatal_error",
        "slow",
        "token_revoked",
    }
)
ENVELOPE_FAULTS = frozenset({"duplicate_envelope", "late_envelope", "lost_envelope"})
SOCKET_FAULTS = frozenset({"disconnect", "drop_socket"})
REASONS = frozenset({"warning", "refresh_requested", "link_disabled", "too_many_websockets"})


@dataclass(slots=True)
class Fault:
    """One order; `left` counts down, None = until deleted."""

    id: int
    fault: str
    left: int | None
    match: dict[str, str]
    seconds: float
    reason: str = ""
    hits: int = 0

    def as_json(self) -> Json:
        """As the control API shows it."""
        return {
            "id": self.id,
            "fault": self.fault,
            "times": self.left,
            "match": self.match,
            "seconds": self.seconds,
            "reason": self.reason,
            "hits": self.hits,
        }


@dataclass(slots=True)
class Faults:
    """The orders, oldest first."""

    orders: list[Fault] = field(default_factory=list)
    _ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def add(self, body: Json) -> Fault:
        """Read an order of the control API; raises ControlError when it makes no sense."""
        name = str(body.get("fault", ""))
        known = API_FAULTS | ENVELOPE_FAULTS | SOCKET_FAULTS
        if name not in known and not re.fullmatch(r"error:[a-z_]+", name):
            choices = ", ".join(sorted(known)) + ", error:<code>"
            raise ControlError("unknown_fault", f"No fault is called {name!r}. Known: {choices}.")
        reason = str(body.get("reason") or "refresh_requested")
        if name == "disconnect" and reason not in REASONS:
            raise ControlError("unknown_reason", f"reason is one of {', '.join(sorted(REASONS))}.")
        order = Fault(
            id=next(self._ids),
            fault=name,
            left=_times(body, name),
            match=_match(body),
            seconds=_seconds(body, name),
            reason=reason,
        )
        if name not in SOCKET_FAULTS:
            self.orders.append(order)
        return order

    def clear(self) -> None:
        """Forget every order."""
        self.orders.clear()

    def take(self, names: frozenset[str] | None, **about: str) -> Fault | None:
        """The first order that fits, counted as used; names None = any Web API fault."""
        for order in self.orders:
            wanted = names is None and (order.fault in API_FAULTS or ":" in order.fault)
            if not wanted and not (names and order.fault in names):
                continue
            if all(about.get(key, "") == value for key, value in order.match.items()):
                self._use(order)
                return order
        return None

    def _use(self, order: Fault) -> None:
        order.hits += 1
        if order.left is not None:
            order.left -= 1
            if order.left <= 0:
                self.orders.remove(order)


def _times(body: Json, name: str) -> int | None:
    if "times" not in body:
        # A revoked token stays revoked; everything else happens once.
        return None if name == "token_revoked" else 1
    times = body["times"]
    if times is None:
        return None
    if isinstance(times, bool) or not isinstance(times, int) or times < 1:
        raise ControlError("bad_times", "times is a whole number from 1, or null for always.")
    return times


def _match(body: Json) -> dict[str, str]:
    match = {} if body.get("match") is None else body["match"]
    if not isinstance(match, dict) or set(match) - {"method", "channel", "type"}:
        raise ControlError("bad_match", "match may hold method, channel and type.")
    return {str(key): str(value) for key, value in match.items()}


def _seconds(body: Json, name: str) -> float:
    default = {"ratelimited": 1.0, "slow": 5.0, "timeout_before": 5.0, "timeout_after": 5.0}.get(
        name, 1.0
    )
    value = body.get("seconds", default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 600:
        raise ControlError("bad_seconds", "seconds is a number from 0 to 600.")
    return float(value)
