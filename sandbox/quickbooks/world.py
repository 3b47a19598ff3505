"""Everything one simulator holds: companies, connections, faults waiting, and its logs."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.quickbooks.clock import Clock
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.limits import Limits
from sandbox.quickbooks.model import Entity
from sandbox.quickbooks.oauth import Connections
from sandbox.quickbooks.switched_faults import SwitchedFaults
from sandbox.quickbooks.switches import Switches
from sandbox.quickbooks.webhooks import Webhooks


@dataclass(slots=True)
class World:
    """One running simulator. All of it is used from one event loop."""

    clock: Clock
    rng: random.Random
    entities: Mapping[str, Entity]
    connections: Connections
    seed: int = 0
    companies: dict[str, Company] = field(default_factory=dict)
    faults: SwitchedFaults = field(default_factory=SwitchedFaults)
    limits: Limits = field(default_factory=Limits)
    switches: Switches = field(default_factory=Switches)
    latency_ms: float = 0.0
    webhooks: Webhooks = field(init=False)
    writes: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    base_url: str = ""
    write_seq: int = 0
    request_seq: int = 0

    def __post_init__(self) -> None:
        """The webhook verifier comes from the same seed as the keys."""
        self.webhooks = Webhooks(self.clock, f"{self.rng.getrandbits(128):032x}")

    def tid(self) -> str:
        """A fresh `intuit_tid`."""
        moment = int(self.clock.now().timestamp())
        return f"1-{moment:08x}-{self.rng.getrandbits(96):024x}"

    def default_realm(self) -> str:
        """The company meant when a control call names none."""
        return next(iter(self.companies))

    def set_switches(self, switches: Switches) -> None:
        """Give every company the new switches."""
        self.switches = switches
        for company in self.companies.values():
            company.switches = switches
            for table in company.tables.values():
                table.orders.clear()

    def log_write(self, entry: dict[str, Any]) -> None:
        """Add to the write log, which is only ever appended to."""
        self.write_seq += 1
        self.writes.append({"seq": self.write_seq, **entry})

    def log_request(self, entry: dict[str, Any]) -> None:
        """Add to the request log; the oldest half goes when it grows beyond 200,000."""
        self.request_seq += 1
        self.requests.append({"seq": self.request_seq, **entry})
        if len(self.requests) > 200_000:
            del self.requests[:100_000]
