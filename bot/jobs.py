"""The queue protocol. A job is a nudge with a key; the rows are the truth."""

from dataclasses import dataclass
from typing import Protocol

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
        self, job: str, arg: str = "", *, lane: str | None = None, urgent: bool = False
    ) -> None:
        """Ask for a job to run soon.

        A nudge that waits already is not added twice; a nudge during a run makes that key run
        once more. Jobs of one `lane` (a company's writers: `company:<id>`) run one at a time,
        urgent ones (a person waits) first. Never blocks, never raises.
        """


def company_lane(company_id: int) -> str:
    """The lane of everything that writes to one company's books."""
    return f"company:{company_id}"


def sync_company(queue: JobQueue, company_id: int) -> None:
    """Nudge the next slice of a company's sync."""
    queue.nudge(SYNC, str(company_id), lane=company_lane(company_id))


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


def read_mail(queue: JobQueue, kind: str) -> None:
    """Nudge the reading of a mailbox: imap or maildir."""
    queue.nudge(MAIL, kind)


def show_home(queue: JobQueue, user_id: str = "") -> None:
    """Nudge the Home tab of a person; of everybody who has one, with no name."""
    queue.nudge(HOME, user_id, urgent=bool(user_id))
