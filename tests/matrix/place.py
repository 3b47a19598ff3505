"""Where the cells of one row play: a world, a company, and names nobody else has."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sandbox.drill.names import Names
from tests.scenarios.world import CompanyInWorld, World, shown
from tests.waiting import wait_for

Json = dict[str, Any]
DONE = ("resolved", "undone")


@dataclass
class Place:
    """One company of one world; every situation made here takes names and numbers of its own."""

    world: World
    company: CompanyInWorld
    names: Names = field(default_factory=Names)
    draw: Random = field(default_factory=lambda: Random(1))

    def person(self) -> str:
        """A customer's name unlike every other."""
        return " ".join(self.names.person(self.draw))

    def thing(self) -> str:
        """A product's name unlike every other."""
        return self.names.thing(self.draw)

    def number(self) -> str:
        """A document number, or any other number, that is used once."""
        return str(self.names.number(self.draw))

    def intake(self, *records: Json) -> None:
        """Hand records in as the shop does."""
        self.world.intake(self.company, *records)

    def act(self, verb: str, **what: Any) -> Json:
        """Do something as a person inside QuickBooks."""
        return self.world.in_quickbooks(verb, self.company, **what)

    def create(self, entity: str, **data: Any) -> str:
        """Let a person enter a record in QuickBooks; its id."""
        return str(self.act("create", entity=entity, data=data)["record"]["Id"])

    def edit(self, entity: str, qbo_id: str, **data: Any) -> None:
        """Let a person change a record in QuickBooks."""
        self.act("edit", entity=entity, id=qbo_id, data=data)

    def records(self, entity: str) -> list[Json]:
        """The simulator's books, inactive and deleted records too."""
        return self.world.records(self.company, entity)

    def named(self, entity: str, name: str) -> Json | None:
        """The record of a list with exactly this name."""
        for row in self.records(entity):
            if name in (row.get("DisplayName"), row.get("Name")):
                return row
        return None

    def until_posted(self, entity: str, name: str) -> str:
        """Wait until a list record is in QuickBooks; its id."""
        row = wait_for(f"{entity} {name}", lambda: self.named(entity, name), 40)
        return str(row["Id"])

    def invoices(self, *numbers: str) -> list[Json]:
        """The invoices of these numbers that stand in the books."""
        return [row for row in self.records("Invoice") if row.get("DocNumber") in numbers]

    def posted_once(self, *numbers: str) -> str:
        """Say what is wrong with the invoices of these numbers; "" when each is there once."""
        found = sorted(str(row["DocNumber"]) for row in self.invoices(*numbers))
        return "" if found == sorted(numbers) else f"invoices {found} instead of {sorted(numbers)}"

    def message(
        self, marker: str, problem: str, states: tuple[str, ...], seconds: float = 40
    ) -> Json:
        """Wait for the message about a subject, of a problem, in one of the states."""

        def look() -> Json | None:
            for row in self.about(marker, problem):
                if row["metadata"]["event_payload"]["state"] in states:
                    return row
            return None

        return wait_for(f"{problem} about {marker} {'/'.join(states)}", look, seconds)

    def close_windows(self, *who: str) -> None:
        """Close every window of these people; of all when none is named."""
        for name in who or self.world.slack["users"]:
            self.world.close_windows(name)

    def about(self, marker: str, problem: str = "") -> list[Json]:
        """All messages about a subject."""
        return [
            row
            for row in self.world.messages(self.company)
            if marker in shown(row)
            and problem in ("", row["metadata"]["event_payload"].get("problem"))
        ]


@dataclass(frozen=True)
class Scene:
    """A trouble that stands in the channel, and what is true once it is mended.

    `marker` is in the text of its message. `right` says what is wrong in the books, "" when
    nothing is. `change` is what somebody does in QuickBooks between preview and confirm; `kept`
    says what of it was lost, "" when it stands. `after` mends the trouble's surroundings.
    """

    marker: str
    right: Callable[[], str]
    change: Callable[[], object]
    kept: Callable[[], str] = lambda: ""
    values: Json = field(default_factory=dict)
    typed: tuple[tuple[str, str], ...] = ()
    after: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Situation:
    """How the matrix makes the trouble that a fix repairs; one for each fix of the registry.

    `who` may confirm, `below` is a person of the workspace who may not (they may ask). `starts`
    and `ends` are the states of the message before the press and at the end. `stale` says what a
    changed book means for an old preview: "asked" for a new preview, "refused" with a sentence
    (nothing is done), or "same" when the change is none of this fix's business. `made` posts what
    has to be there before and waits for the alert by itself. `fresh` asks for a company of its
    own for every cell, for a trouble of the whole company. `approval`: `who` only asks, and
    `second` approves and so carries it out; `third` may try to approve at the same moment.
    """

    fix: str
    problem: str
    make: Callable[[Place], Scene]
    who: str = "operator"
    second: str = "approver"
    below: str = "guest"
    starts: str = "open"
    ends: tuple[str, ...] = DONE
    stale: str = "asked"
    link: bool = False
    fresh: bool = False
    approval: bool = False
    third: str = "admin"


def start_patiently(world: World) -> None:
    """Start the bot; on a busy machine its doors may take longer than a scenario waits."""
    try:
        world.start_bot()
    except AssertionError:
        if world.bot is None or world.bot.poll() is not None:
            raise
        wait_for("the bot's doors", world.healthy, 120)
