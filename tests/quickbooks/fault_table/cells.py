"""The cells: which fault strikes which kind of call, once or until it is taken away."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.quickbooks.switched_faults import NAMED, TOKEN_FAULTS

READ, WRITE, BATCH, REFRESH = "read", "write", "batch", "refresh"
KINDS = (READ, WRITE, BATCH, REFRESH)
# What the simulator calls each kind of call.
OPERATION: Mapping[str, str] = {
    READ: "query",
    WRITE: "create",
    BATCH: "batch",
    REFRESH: "token",
}
_VARIANTS: Mapping[str, tuple[dict[str, object], ...]] = {
    "throttled": ({"format": "json"}, {"format": "xml"}, {"format": "empty"}),
    "timeout_before": ({"seconds": 1.5},),
    "timeout_after": ({"seconds": 1.5},),
    "trickle_before": ({"seconds": 0.2},),
    "trickle_after": ({"seconds": 0.2},),
    "empty_body": ({}, {"status": 502}),
    "xml_fault": ({"code": "6000"}, {"code": "2050"}),
    "fault_in_200": ({"code": "2050"},),
    "invalid_grant": ({"body": 1}, {"body": 2}, {"body": 3}),
    "invalid_client": ({"status": 401}, {"status": 400}),
}


@dataclass(frozen=True)
class Cell:
    """One trouble at one kind of call."""

    fault: str
    kind: str
    lasting: bool
    options: Mapping[str, object] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The fault with what tells it from its variants."""
        shown = [f"{key} {value}" for key, value in self.options.items() if key != "seconds"]
        return " ".join([self.fault, *shown])


@dataclass(frozen=True)
class Played:
    """What came of a cell; `wrong` is "" when nothing was lost or doubled and all went on."""

    cell: Cell
    outcome: str
    tries: int
    reached: int
    message: str
    afterwards: str
    wrong: str
    seconds: float = 0.0


def strikes(fault: str, kind: str) -> bool:
    """Whether a fault means anything at a kind of call."""
    if fault in TOKEN_FAULTS:
        return kind == REFRESH
    return fault != "reset_mid_batch" or kind == BATCH


def all_cells() -> Iterator[Cell]:
    """Every switch of the simulator, each of its variants, at each kind of call."""
    for fault in NAMED:
        for options in _VARIANTS.get(fault, ({},)):
            for kind in KINDS:
                if strikes(fault, kind):
                    for lasting in (False, True):
                        yield Cell(fault, kind, lasting, options)
