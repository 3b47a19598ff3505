"""The queue protocol. A job is a nudge with a key; the rows are the truth."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

from bot.domain import JsonValue

# A sweep at start and every minute nudges whatever the rows say is unfinished.
SYNC = "sync"
CHECK = "check"
FIX = "fix"
DELIVER = "deliver"
CAPTURE = "capture"
NOTICES = "notices"
CLICK = "click"
COMMAND = "command"
HOME = "home"
REPORTS = "reports"
REPLY = "reply"
MAIL = "mail"
PULL = "pull"
OUTGOING = "outgoing"
SWEEP = "sweep"


@dataclass(frozen=True, order=True)
class Nudge:
    """Which job, about which row. `arg` is an id or a name, never an object."""

    job: str
    arg: str = ""

    @property
    def key(self) -> str:
        """Two nudges with one key are one."""
        return f"{self.job}:{self.arg}"


class JobQueue(Protocol):
    """What the local runner and, for a fleet, Procrastinate offer."""

    def nudge(
        self,
        job: str,
        arg: str = "",
        *,
        lane: str | None = None,
        urgent: bool = False,
        seconds: float = 0.0,
    ) -> None:
        """Ask for a job to run soon, or not before so many `seconds` have passed.

        A nudge that waits already is not added twice; a nudge during a run makes that key run
        once more. Jobs of one `lane` (a company's writers: `company:<id>`) run one at a time,
        urgent ones (a person waits) first. Of one key only the newest moment counts.
        Never blocks, never raises.
        """


def company_lane(company_id: int) -> str:
    """The lane of everything that writes to one company's books."""
    return f"company:{company_id}"


def sync_company(queue: JobQueue, company_id: int) -> None:
    """Nudge the next slice of a company's sync."""
    queue.nudge(SYNC, str(company_id), lane=company_lane(company_id))


def sync_company_later(queue: JobQueue, company_id: int, seconds: float) -> None:
    """Nudge the next slice when a pause is over."""
    queue.nudge(SYNC, str(company_id), lane=company_lane(company_id), seconds=seconds)


def capture_company(queue: JobQueue, company_id: int) -> None:
    """Nudge the reading of what changed in QuickBooks."""
    queue.nudge(CAPTURE, str(company_id), lane=company_lane(company_id))


def heed_notices(queue: JobQueue, company_id: int) -> None:
    """Nudge the reading of what QuickBooks told by itself."""
    queue.nudge(NOTICES, str(company_id), lane=company_lane(company_id))


def run_check(queue: JobQueue, company_id: int, check: str) -> None:
    """Nudge one check of one company."""
    queue.nudge(CHECK, f"{company_id}:{check}")


def deliver(queue: JobQueue, delivery_id: int, *, urgent: bool = False) -> None:
    """Nudge the sender of one incident's message; an edit somebody watches for is urgent."""
    queue.nudge(DELIVER, str(delivery_id), urgent=urgent)


def work_on_fix(queue: JobQueue, company_id: int, run_id: int) -> None:
    """Nudge an approved fix."""
    queue.nudge(FIX, str(run_id), lane=company_lane(company_id), urgent=True)


def handle_click(queue: JobQueue, click_id: int) -> None:
    """Nudge the answer to a press."""
    queue.nudge(CLICK, str(click_id), urgent=True)


def answer_command(queue: JobQueue, command_id: int) -> None:
    """Nudge the answer to a slash command."""
    queue.nudge(COMMAND, str(command_id), urgent=True)


def read_reports(queue: JobQueue, company_id: int) -> None:
    """Nudge the reading of what other tools reported about a company."""
    queue.nudge(REPORTS, str(company_id))


def reply_to_report(queue: JobQueue, report_id: int) -> None:
    """Nudge the answer to an error that another app posted in a watched channel."""
    queue.nudge(REPLY, str(report_id))


def pull_source(queue: JobQueue, source_id: int) -> None:
    """Nudge a look at a source that the bot reads by itself."""
    queue.nudge(PULL, str(source_id))


def tell_source(queue: JobQueue, source_id: int) -> None:
    """Nudge the delivery of what a source is to hear."""
    queue.nudge(OUTGOING, str(source_id))


def read_mail(queue: JobQueue, kind: str) -> None:
    """Nudge the reading of a mailbox: imap or maildir."""
    queue.nudge(MAIL, kind)


def show_home(queue: JobQueue, user_id: str = "") -> None:
    """Nudge the Home tab of a person; of everybody who has one, with no name."""
    queue.nudge(HOME, user_id, urgent=bool(user_id))


# A nudge that has waited longer than this is late.
LATE_SECONDS = 60.0


@dataclass(frozen=True)
class Line:
    """One job that waits, or runs since `since` at `worker`."""

    job: str
    arg: str
    lane: str
    urgent: bool
    since: datetime
    late: bool = False
    worker: str = ""


@dataclass(frozen=True)
class Planned:
    """One nudge that waits for its moment."""

    job: str
    arg: str
    at: datetime
    late: bool = False


@dataclass(frozen=True)
class Ran:
    """How the last run of one key ended: done, busy, lease_lost or failed."""

    job: str
    arg: str
    worker: str
    ended_at: datetime
    seconds: float
    outcome: str

    @property
    def key(self) -> str:
        """The key of its nudge."""
        return Nudge(self.job, self.arg).key


@dataclass(frozen=True)
class WorkerLine:
    """A process that runs jobs."""

    name: str
    started_at: datetime
    seen_at: datetime
    threads: int
    running: int
    alive: bool


@dataclass(frozen=True)
class Overview:
    """What `python app.py jobs` shows; lists are cut, counts are not."""

    waiting: tuple[Line, ...] = ()
    running: tuple[Line, ...] = ()
    planned: tuple[Planned, ...] = ()
    last: tuple[Ran, ...] = ()
    workers: tuple[WorkerLine, ...] = ()
    waiting_count: int = 0
    late_count: int = 0

    def as_json(self) -> dict[str, JsonValue]:
        """The same for programs; moments as ISO 8601."""
        made: dict[str, JsonValue] = json.loads(json.dumps(asdict(self), default=str))
        return made
