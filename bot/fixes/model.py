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
# The fix that takes another one back; every alert with something to take back offers it.
UNDO = "undo"


class Action(StrEnum):
    """The kinds of step the engine can do."""

    UPDATE = "update"  # sparse update of one QuickBooks record
    CREATE = "create"  # one new QuickBooks record
    LINK = "link"  # our own row: this external id stands for that QuickBooks record
    ADOPT = "adopt"  # our own rows: each of these stands for the document found to be it
    CORRECT = "correct"  # our own row: other values are posted than the source handed over
    MAP = "map"  # our own row: a source's word stands for that QuickBooks record
    KEEP = "keep"  # our own row: the company's new items go on using that income account
    SKIP = "skip"  # our own row: the record is not posted, for a reason
    TELL_APART = "tell_apart"  # our own row: that document of QuickBooks is another one
    TAKE_OVER = "take_over"  # our own row: posted with the day its source names now
    ROUND = "round"  # our own row: its document has a rounding line
    CREDIT = "credit"  # our own row: what came back of it has a document of its own
    AGREE = "agree"  # our own rows: both sides agree on what QuickBooks shows of a record
    SETTLE = "settle"  # our own rows: what another tool reported is settled there
    RELEASE = "release"  # our own rows: the holds of this cause are dropped
    TAKE_BACK = "take_back"  # our own row: an earlier step on it is undone


@dataclass(frozen=True)
class Step:
    """One change. `before` is what was read when planning, `change` what will be written."""

    action: Action
    words: str
    entity: str = ""
    qbo_id: str = ""
    before: Payload = field(default_factory=dict)
    change: Payload = field(default_factory=dict)


# What waited for the cause goes on.
RELEASE = Step(Action.RELEASE, "let the waiting documents go")


@dataclass(frozen=True)
class Choice:
    """One input of the preview's form, with its pre-filled value.

    `shown`: what will change depends on it, so another value than the pre-filled one makes a new
    preview before anything is done. A plan with such an input and no steps asks for it first.
    `kind`: "text", "lines" (several lines of text), "date" (the value is YYYY-MM-DD), "check" (a
    box to tick: the value is "yes" or ""), "search" (a record of QuickBooks found by typing: the
    value is "Entity:id", `search` names the entities looked through, `options` may hold the
    pre-filled one with its words). With `options` and kind "text" it is a menu.
    `optional`: it may be left empty.
    """

    name: str
    label: str
    initial: str = ""
    hint: str = ""
    max_length: int = 100
    options: tuple[tuple[str, str], ...] = ()  # (value, label): a select instead of a text input
    shown: bool = False
    kind: str = "text"
    optional: bool = False
    search: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Everything a person sees before anything is written.

    `facts` are the variables of templates/fixes/<name>.md.j2. `refused` says why the fix cannot
    be done now (then there are no steps). `role` is the role this very plan needs, which a filed
    month may have raised, `role_reason` says why. `second` says why a second person of that role
    has to approve as well ("": nobody); who asks needs `first` at least (NONE: that role too).
    `private_link` asks for a one-time reconnect link instead of steps.
    """

    title: str
    submit: str
    facts: Mapping[str, JsonValue]
    steps: tuple[Step, ...] = ()
    choices: tuple[Choice, ...] = ()
    role: Role = Role.OPERATOR
    role_reason: str = ""
    second: str = ""
    first: Role = Role.NONE
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


def shown_by_posting(_services: "Services", _incident: Incident, _plan: Plan) -> str:
    """Posting itself, and the reading back after it, show whether it worked."""
    return ""


def told_by_posting(_plan: Plan) -> str:
    """What is posted says all that was done."""
    return ""


@dataclass(frozen=True)
class Fix:
    """A repair.

    `label` is the button's text, a format string over the incident's facts, at most 75
    characters and better 24; it ends in "…" because a preview follows. `agreed` says whether a
    second fact supports this fix, which makes its button the primary one (accounting.md rule 7).
    `offered` says whether its button is shown at all for an alert with these facts.
    `verify` reads QuickBooks again and returns "" or what is still wrong, in a sentence. `done`
    says what was changed besides what is posted, "" where posting alone tells it.
    """

    name: str
    label: str
    role: Role
    risk: Risk
    plan: Planner
    verify: Verifier
    agreed: Callable[[Mapping[str, JsonValue]], bool] = always
    offered: Callable[[Mapping[str, JsonValue]], bool] = always
    done: Callable[[Plan], str] = told_by_posting
