"""Faults a test arms: what they do, which requests they match, how often."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.quickbooks.fault_texts import GATEWAY, strikes_tokens, wording, wordings

NAMED = (
    "unauthorized",
    "forbidden_3100",
    "throttled",
    "server_error",
    "unavailable_html",
    "timeout_before",
    "timeout_after",
    "trickle_before",
    "trickle_after",
    "reset_before",
    "reset_after",
    "reset_mid_batch",
    "invalid_grant",
    "invalid_client",
    "localised_6140",
    "two_errors",
    "code_missing",
    "empty_body",
    "xml_fault",
    "fault_in_200",
)
AFTER = frozenset({"timeout_after", "trickle_after", "reset_after", "reset_mid_batch"})
# The connection ends without an answer, and nothing was done.
UNANSWERED = frozenset({"timeout_before", "trickle_before", "reset_before"})
# What the company API itself answers: one item of a batch can have it, the others go on.
OF_AN_ITEM = frozenset({"localised_6140", "two_errors", "code_missing", "fault_in_200"})
TOKEN_FAULTS = frozenset({"invalid_grant", "invalid_client"})
OPERATIONS = (
    "create",
    "update",
    "delete",
    "void",
    "query",
    "read",
    "cdc",
    "batch",
    "reports",
    "token",
)
MATCH_KEYS = ("realm", "entity", "operation", "method", "path", "id", "name")


@dataclass(frozen=True, slots=True)
class Described:
    """What a request is about, as far as a fault can ask."""

    realm: str = ""
    entity: str = ""
    operation: str = ""
    method: str = ""
    path: str = ""
    id: str = ""
    name: str = ""


@dataclass(slots=True)
class Armed:
    """One armed fault; `left` None means until it is taken away."""

    id: int
    fault: str
    left: int | None
    match: dict[str, str]
    options: dict[str, Any]
    hits: int = 0

    @property
    def of_an_item(self) -> bool:
        """Whether one item of a batch can be answered with it, and not the whole batch only."""
        code = self.fault.removeprefix("code:")
        plain = code != self.fault and code not in GATEWAY and not code.startswith("HTTP_")
        return plain or self.fault in OF_AN_ITEM

    def as_dict(self) -> dict[str, Any]:
        """For GET /faults."""
        return {
            "id": self.id,
            "fault": self.fault,
            "times": self.left,
            "match": self.match,
            "hits": self.hits,
            **self.options,
        }


@dataclass(slots=True)
class SwitchedFaults:
    """The armed faults, oldest first."""

    armed: list[Armed] = field(default_factory=list)
    last_id: int = 0

    def arm(self, wanted: Mapping[str, Any]) -> Armed:
        """Add a fault. Raises ValueError with one clear sentence."""
        name = wanted.get("fault")
        if not isinstance(name, str) or not _known(name):
            msg = f"unknown fault {name!r}; known are {', '.join(NAMED)} and code:<number>"
            raise ValueError(msg)
        times = wanted.get("times", 1)
        if times is not None and (not isinstance(times, int) or isinstance(times, bool)):
            msg = f"times is a whole number, or null for always; not {times!r}"
            raise ValueError(msg)
        if times is not None and times < 1:
            msg = f"times is at least 1; not {times}"
            raise ValueError(msg)
        match = _match(wanted.get("match") or {})
        options = {k: v for k, v in wanted.items() if k not in ("fault", "times", "match")}
        _check_options(name, options)
        self.last_id += 1
        armed = Armed(self.last_id, name, times, match, options)
        self.armed.append(armed)
        return armed

    def take(
        self, request: Described, strikes_it: Callable[[Armed], bool] = lambda _: True
    ) -> Armed | None:
        """The first fault for the request, counted down; None lets it pass.

        `strikes_it` leaves out those that can not strike a request of this kind.
        """
        for armed in self.armed:
            if not strikes_it(armed):
                continue
            token = request.operation == "token"
            strikes = armed.fault in TOKEN_FAULTS or strikes_tokens(
                armed.fault.removeprefix("code:")
            )
            if strikes != token and "operation" not in armed.match:
                continue
            if armed.fault == "reset_mid_batch" and request.operation != "batch":
                continue
            if not _fits(armed.match, request):
                continue
            armed.hits += 1
            if armed.left is not None:
                armed.left -= 1
                if armed.left == 0:
                    self.armed.remove(armed)
            return armed
        return None

    def clear(self, realm: str = "") -> int:
        """Take all away, or those armed for one realm alone; returns how many that were."""
        count = len(self.armed)
        self.armed[:] = [one for one in self.armed if realm and one.match.get("realm") != realm]
        return count - len(self.armed)


def _known(name: str) -> bool:
    if name.startswith("code:"):
        code = name.removeprefix("code:")
        return code in wordings() or (code.isdigit() and len(code) <= 5)
    return name in NAMED


def _match(wanted: Any) -> dict[str, str]:
    if not isinstance(wanted, dict):
        msg = f"match is an object with any of {', '.join(MATCH_KEYS)}"
        raise ValueError(msg)
    for key in wanted:
        if key not in MATCH_KEYS:
            msg = f"unknown match key {key!r}; known are {', '.join(MATCH_KEYS)}"
            raise ValueError(msg)
    operation = wanted.get("operation")
    if operation is not None and operation not in OPERATIONS:
        msg = f"unknown operation {operation!r}; known are {', '.join(OPERATIONS)}"
        raise ValueError(msg)
    return {key: str(value) for key, value in wanted.items() if value is not None}


ALLOWED = {
    "format",
    "seconds",
    "body",
    "message",
    "detail",
    "element",
    "status",
    "code",
    "variant",
    "after",
}


def _check_options(name: str, options: Mapping[str, Any]) -> None:
    if "variant" in options and type(options["variant"]) is int:
        wording(str(options.get("code") or name.removeprefix("code:")), options["variant"])
    for key, value in options.items():
        if key not in ALLOWED:
            msg = (
                f"unknown option {key!r} of fault {name!r}; known are {', '.join(sorted(ALLOWED))}"
            )
            raise ValueError(msg)
        if key == "format" and value not in ("json", "xml", "empty"):
            msg = f"format is json, xml or empty; not {value!r}"
            raise ValueError(msg)
        if key == "seconds" and (not isinstance(value, int | float) or not 0 <= value <= 600):
            msg = f"seconds is a number from 0 to 600; not {value!r}"
            raise ValueError(msg)
        if key == "body" and value not in (1, 2, 3):
            msg = f"body is 1, 2 or 3; not {value!r}"
            raise ValueError(msg)
        if key in ("variant", "after") and (type(value) is not int or value < 0):
            msg = f"{key} is a whole number; not {value!r}"
            raise ValueError(msg)
        if key == "status" and (not isinstance(value, int) or not 200 <= value <= 599):
            msg = f"status is an HTTP status; not {value!r}"
            raise ValueError(msg)


def _fits(match: Mapping[str, str], request: Described) -> bool:
    for key, wanted in match.items():
        actual = str(getattr(request, key))
        if key in ("name", "path"):
            if wanted.casefold() not in actual.casefold():
                return False
        elif wanted.casefold() != actual.casefold():
            return False
    return True
