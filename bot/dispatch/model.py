"""What a command, a button and a form are: names, who may, and functions. No Slack code."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.dispatch.reply import Reply
from bot.domain import JsonValue, Payload, Role
from bot.models import Company
from bot.services import Services


@dataclass(frozen=True)
class Call:
    """One slash command as somebody typed it, with what was already understood.

    `companies` are the ones meant, and the person has the command's role at each of them; `text`
    is what is left after flags and the company's name were taken out, `typed` is before that, and
    `named` says whether a company was named; `almost` are the words taken for it that are only
    like its name. `id` is the CommandRun row.
    """

    id: int
    user_id: str
    channel_id: str
    command: str
    text: str
    companies: tuple[Company, ...] = ()
    public: bool = False
    in_company_channel: bool = False
    known: Mapping[str, "SlashCommand"] = field(default_factory=dict)
    typed: str = ""
    named: bool = False
    almost: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The text as lower-case words."""
        return tuple(self.text.lower().split())


@dataclass(frozen=True)
class Meant:
    """Another command that the words of a forgiving one mean."""

    command: str
    text: str = ""


@dataclass(frozen=True)
class Opened:
    """A window that goes on as if a button had been pressed: of this action, with this value."""

    action: str
    value: str
    title: str


@dataclass(frozen=True)
class SlashCommand:
    """A slash command.

    `run` answers a call; it is called again, with the same call id, for every nudge until it gives
    a reply that is the last one (None: nothing new to tell). It raises BotError with a sentence.
    `opens` may give a modal to open at once, while the trigger id lives, or the button whose
    window it is; None: `run` answers.
    `means` may hand the words over to another command, which then answers in its place.
    `lines`: line breaks in what is typed count; others get it as one line.
    With Role.NONE everybody may use it and `companies` are those the person may see.
    """

    name: str
    help: str
    usage: str
    role: Role
    run: Callable[[Services, Call], Reply | None]
    examples: tuple[str, ...] = ()
    opens: Callable[[Services, Call], Payload | Opened | None] | None = None
    means: Callable[[Services, str], Meant | None] | None = None
    lines: bool = False


@dataclass(frozen=True)
class Press:
    """A press of a button, or a form sent. `key` is the same for a second delivery of it."""

    key: str
    user_id: str
    team_id: str
    action: str
    value: str
    trigger_id: str = ""
    channel_id: str = ""
    message_ts: str = ""
    view_id: str = ""
    response_url: str = ""
    choices: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """The role that a press needs, and at which company.

    `decides` is the higher role that what the press opens will ask for.
    """

    company_id: int
    role: Role
    decides: Role = Role.NONE


@dataclass(frozen=True)
class Button:
    """A button by its exact action id. `need` gives None for what is not known any more.

    `window`: it opens one, headed by `title`; without, the answer is a sentence for the person.
    """

    action: str
    title: str
    need: Callable[[Services, Press], Need | None]
    window: bool = True


@dataclass(frozen=True)
class Lookup:
    """A menu that is filled while one types, by the beginning of its action id.

    `options` gives (value, label) pairs from the database alone: Slack waits three seconds.
    """

    prefix: str
    need: Callable[[Services, Press], Need | None]
    options: Callable[[Services, Press, str], Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Form:
    """A modal's form by its exact callback id.

    `check` looks at the inputs (fast: the clock and the tables, no network): errors by block id.
    `waiting` is the view shown while the job works.
    """

    callback: str
    check: Callable[[Services, Press], Mapping[str, str]]
    waiting: Callable[[Press], Payload]
