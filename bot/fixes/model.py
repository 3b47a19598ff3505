"""What a fix is: a name, who may, a plan that shows every change, and how it is verified.

Fixes hold no Slack code and write nothing themselves: `plan` reads and returns steps as data; the
engine journals each step before it is done (design.md section 9).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain import JsonValue, Payload, Risk, Role
from bot.models import Incident

if TYPE_CHECKING:
    from bot.services import Services


# A fix run in one of these states is being worked on; its incident says WORKING.
BUSY_STATES = ("approved", "applying", "verifying", "replaying")


class Action(StrEnum):
    """The kinds of step the engine can do."""

    UPDATE = "update"  # sparse update of one QuickBooks record
    CREATE = "create"  # one new QuickBooks record
    LINK = "link"  # our own row: this external id stands for that QuickBooks record
    RELEASE = "release"  # our own rows: the holds of this cause are dropped


@dataclass(frozen=True)
class Step:
    """One change. `before` is what was read when planning, `change` what will be written."""

    action: Action
    words: str
    entity: str = ""
    qbo_id: str = ""
    before: Payload = field(default_factory=dict)
    change: Payload = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One input of the preview's form, with its pre-filled value."""

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    max_length: int = 100
    options: tuple[tuple[str, str], ...] = ()  # (value, label): a select instead of a text input


@dataclass(frozen=True)
class Plan:
    """Everything a person sees before anything is written.

    `facts` are the variables of templates/fixes/<name>.md.j2. `refused` says why the fix cannot
    be done now (then there are no steps). `role` is the role this very plan needs, which a filed
    month may have raised, `role_reason` says why. `private_link` asks for a one-time reconnect
    link instead of steps.
    """

    title: str
    submit: str
    facts: Mapping[str, JsonValue]
    steps: tuple[Step, ...] = ()
    choices: tuple[Choice, ...] = ()
    role: Role = Role.OPERATOR
    role_reason: str = ""
    refused: str = ""
    private_link: bool = False


Planner = Callable[["Services", Incident, Mapping[str, str]], Plan]
Verifier = Callable[["Services", Incident, Plan], str]


def always(_facts: Mapping[str, JsonValue]) -> bool:
    """The fix follows from the problem itself; no second fact is needed."""
    return True


def never(_facts: Mapping[str, JsonValue]) -> bool:
    """The fix is offered, never recommended."""
    return False


@dataclass(frozen=True)
class Fix:
    """A repair.

    `label` is the button's text, a format string over the incident's facts, at most 75
    characters and better 24; it ends in "…" because a preview follows. `agreed` says whether a
    second fact supports this fix, which makes its button the primary one (accounting.md rule 7).
    `verify` reads QuickBooks again and returns "" or what is still wrong, in a sentence.
    """

    name: str
    label: str
    role: Role
    risk: Risk
    plan: Planner
    verify: Verifier
    agreed: Callable[[Mapping[str, JsonValue]], bool] = always
