"""Composition root and command line of qb-sync-bot: `python app.py --help`."""

import gc
import signal

if __name__ == "__main__":
    gc.disable()  # what loading makes stays: to look through it is a fifth of the time it takes

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # Loading takes a second or more; Ctrl-C ends it without a word. `main` takes over after it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import os
import sys
from pathlib import Path

if __name__ == "__main__" and sys.argv[1:2] == ["explain"]:
    # What an error text is, is known without any of the parts below (two seconds of loading).
    from bot.console import answer, build_explain

    _OWN = os.environ.get("PROBLEMS_DIR")  # noqa: TID251  the environment is handed in here
    if not _OWN:
        gc.enable()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.exit(answer(build_explain(Path(__file__).resolve().parent), sys.argv[1:]))

import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

import structlog

from bot import logs, memory, work
from bot.access import Access
from bot.clock import Clock
from bot.config import Settings
from bot.console import Desk, Parts, answer, build, environment
from bot.console.working import choose_queue
from bot.db import Sessions, make_engine, migrate
from bot.db.address import address
from bot.db.leases import take_over_all
from bot.db.lock import single_run
from bot.dispatch import SocketDoor, build_app, build_manifest, http_handler
from bot.domain import Payload
from bot.errors import ConfigError
from bot.fixes import registry as fixes
from bot.jobs import SWEEP, JobQueue, Overview
from bot.knowledge import Knowledge, follow
from bot.quickbooks import QuickBooks
from bot.render import Renderer
from bot.scheduler import InlineQueue, JobTable, LocalQueue, Ticks
from bot.services import Services
from bot.slack import Slack
from bot.web import Doors, WebServer, make_app, make_worker_app
from checks import ALL_CHECKS
from commands import ALL_COMMANDS
from commands.buttons import BUTTONS
from commands.jobs import JOBS
from commands.lookups import LOOKUPS
from commands.modals import FORMS

if TYPE_CHECKING:
    from bot.fleet import FleetQueue

ROOT = Path(__file__).resolve().parent
TEMPLATES = ROOT / "templates"

log = structlog.get_logger("app")


def compose(settings: Settings, queue: JobQueue) -> Services:
    """Make everything the bot works with. Raises ConfigError when a part cannot be."""
    clock = Clock()
    engine = make_engine(settings.DATABASE_URL)
    migrate(engine)
    if is_fleet(settings):
        from bot.fleet import prepare

        prepare(engine)
    sessions = Sessions(engine, clock)
    knowledge, render = Knowledge.load(TEMPLATES), Renderer(TEMPLATES)
    knowledge.validate(fixes.by_name())
    follow(settings.PROBLEMS_DIR, knowledge, render, fixes.by_name())
    slack = Slack(settings, clock)
    return Services(
        settings=settings,
        sessions=sessions,
        quickbooks=QuickBooks(settings, sessions, clock),
        slack=slack,
        queue=queue,
        knowledge=knowledge,
        render=render,
        clock=clock,
        access=Access(settings, sessions, slack, slack.team_id),
        buttons=fixes.buttons(),
        holder=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
    )


def is_fleet(settings: Settings) -> bool:
    """Say whether the database can be shared: PostgreSQL, with any number of processes."""
    return address(settings.DATABASE_URL).get_backend_name() != "sqlite"


def make_queue(settings: Settings) -> "LocalQueue | FleetQueue":
    """The job engine of the database; that of a fleet is loaded where it is used (0.3 s)."""
    if not is_fleet(settings):
        return LocalQueue(Clock())
    from bot.fleet import FleetQueue

    return FleetQueue(Clock())


def job_table() -> JobTable:
    """Every job by name: the core's and those that answer people."""
    return {**work.jobs_for(ALL_CHECKS), **JOBS}


def manifest(settings: Settings) -> Payload:
    """The Slack app's manifest."""
    return build_manifest(ALL_COMMANDS, settings)


@dataclass(frozen=True)
class Bot:
    """A running bot: its services and its doors; a worker has none for Slack."""

    services: Services
    queue: "LocalQueue | FleetQueue"
    web: WebServer | None = None
    door: SocketDoor | None = None

    def stop(self) -> bool:
        """Close the doors first, let what runs end; False when something did not in time."""
        if self.door is not None:
            self.door.stop()
        if self.web is not None:
            self.web.stop()
        drained = self.queue.stop()
        self.services.quickbooks.close()
        self.services.sessions.engine.dispose()
        return drained


def start(settings: Settings) -> Bot:
    """Start the bot in this process; the caller holds the lock of the database."""
    queue = make_queue(settings)
    services = compose(settings, queue)
    if not is_fleet(settings):
        take_over_all(services.sessions, services.clock)
    app = build_app(services, ALL_COMMANDS, BUTTONS, FORMS, LOOKUPS)
    app_token = settings.SLACK_APP_TOKEN.get_secret_value()
    door = SocketDoor(app, app_token, services.clock) if app_token else None
    doors = Doors(
        slack_connected=door.is_connected if door else lambda: True,
        last_sweep=lambda: queue.last_done(SWEEP),
        slack_http=None
        if door
        else http_handler(app, settings.SLACK_SIGNING_SECRET.get_secret_value()),
        jobs=_overview_of(services, queue),
    )
    web = WebServer(make_app(services, doors), settings.WEB_HOST, settings.WEB_PORT)
    begin(services, queue, web)
    if door is not None:
        door.start()
    return Bot(services, queue, web, door)


def begin(services: Services, queue: "LocalQueue | FleetQueue", web: WebServer | None) -> None:
    """Begin to run jobs, open the web edge, begin to keep the time."""
    if isinstance(queue, LocalQueue):
        queue.start(services, job_table())
    else:
        queue.start(services, job_table(), ALL_CHECKS)
    if web is not None:
        web.start()
    if isinstance(queue, LocalQueue):
        Ticks(services, queue, ALL_CHECKS).start()


def _overview_of(services: Services, queue: "LocalQueue | FleetQueue") -> Callable[[], Overview]:
    if isinstance(queue, LocalQueue):
        return queue.overview
    from bot.fleet import overview

    return lambda: overview(services.sessions.engine)


def start_worker(settings: Settings) -> Bot:
    """Start a process that only runs jobs."""
    queue = make_queue(settings)
    services = compose(settings, queue)
    web = None
    if settings.WORKER_PORT:
        shown = make_worker_app(services, lambda: queue.last_done(SWEEP))
        web = WebServer(shown, settings.WEB_HOST, settings.WORKER_PORT)
    begin(services, queue, web)
    return Bot(services, queue, web)


def run(settings: Settings) -> None:
    """Run the bot until SIGTERM or Ctrl-C."""
    _live(settings, start)


def worker(settings: Settings) -> None:
    """Run jobs beside a `run` on the same PostgreSQL, until SIGTERM or Ctrl-C.

    Raises ConfigError on SQLite.
    """
    if not is_fleet(settings):
        msg = (
            "A worker needs PostgreSQL: with the SQLite file of DATABASE_URL, `run` does all the "
            "work in one process."
        )
        raise ConfigError(msg)
    _live(settings, start_worker)


def _live(settings: Settings, begun: Callable[[Settings], Bot]) -> None:
    environment.require(environment.missing_to_run(settings))
    logs.configure(settings)
    stopping = Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with single_run(settings.DATABASE_URL):
        bot = begun(settings)
        memory.keep_what_started()
        web = {"web": f"{settings.WEB_HOST}:{bot.web.port}"} if bot.web else {}
        log.info("started", holder=bot.services.holder, **web)
        stopping.wait()
        log.info("stopping")
        drained = bot.stop()
    if not drained:
        # A call to QuickBooks still hangs; the rows know it, the next start settles it.
        log.warning("stopped before every job ended")
        os._exit(0)


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    """What a command line's command works with, beside a running bot or alone."""
    environment.require(environment.missing_to_work(settings))
    logs.configure(settings, level="WARNING")
    queue = choose_queue(settings)
    services = compose(settings, queue)
    try:
        yield Desk(services, job_table(), ALL_CHECKS)
    finally:
        if not isinstance(queue, InlineQueue):
            queue.close()
        services.quickbooks.close()
        services.sessions.engine.dispose()


def main(environ: Mapping[str, str], words: Sequence[str]) -> int:
    """Hand the command line its parts, run it, and return the exit code."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    parts = Parts(ROOT, environ, run, desk, manifest, frozenset(fixes.by_name()), worker)
    return answer(build(parts), words)


if __name__ == "__main__":
    gc.enable()
    sys.exit(main(os.environ, sys.argv[1:]))  # noqa: TID251  the environment is handed in here
