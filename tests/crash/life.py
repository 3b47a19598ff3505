"""One life of a bot in a forked process: it takes the records in and posts them, or is killed."""

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from threading import Event

from sqlmodel import select

from bot import jobs
from bot.clock import Clock
from bot.db import Sessions, leases, make_engine
from bot.domain import RecordState
from bot.errors import CompanyBusy, LeaseLost
from bot.fixes.registry import buttons
from bot.models import Record, Write
from bot.quickbooks import QuickBooks
from bot.services import Services
from bot.sync import intake
from bot.sync.reading import parse_record
from bot.sync.records import BadRow
from bot.sync.writing import OPEN
from bot.work import jobs_for
from checks import ALL_CHECKS
from tests.crash.cargo import cargo
from tests.crash.seams import Seams
from tests.sync.shop import Nudges
from tests.words import knowledge, renderer
from tests.work.house import Everybody

LONGEST_SECONDS = 60
KILLED = -signal.SIGKILL
_ENDS_WITH = ("failed_records",)


def begin(settings, company_id, source_id, told, victim=None):
    """Fork; the child lives its life, and writes what it passed to the file `told`."""
    child = os.fork()
    if child:
        return child
    code = 3
    try:
        signal.alarm(LONGEST_SECONDS)
        seams = Seams(victim)
        seams.sew()
        _live(settings, company_id, source_id)
        Path(told).write_text(json.dumps(seams.passed))
        code = 0
    except BaseException:  # noqa: BLE001  the child ends here, whatever it was
        Path(told).with_suffix(".error").write_text(traceback.format_exc())
    finally:
        sys.stdout.flush()
        os._exit(code)


def end(child):
    """Wait for a child; 0, its own code, or minus the signal that killed it."""
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _live(settings, company_id, source_id):
    services = _services(settings)
    if settings.DATABASE_URL.startswith("sqlite"):
        leases.take_over_all(services.sessions, services.clock)
    rows = [parse_record(row) for row in cargo()]
    assert not [row for row in rows if isinstance(row, BadRow)]
    intake.accept(services, source_id, rows)
    known = jobs_for(ALL_CHECKS)
    until = time.monotonic() + LONGEST_SECONDS
    while not _is_done(services, company_id):
        assert time.monotonic() < until
        _run(services, known[jobs.SYNC], str(company_id))
    _run(services, known[jobs.CAPTURE], str(company_id))
    for name in _ENDS_WITH:
        _run(services, known[jobs.CHECK], f"{company_id}:{name}")


def _run(services, job, arg):
    """One job; another worker may hold the company, or take it over."""
    try:
        job(services, arg)
    except (CompanyBusy, LeaseLost):
        Event().wait(0.05)


def _is_done(services, company_id):
    with services.sessions.read() as session:
        waiting = select(Record.id).where(Record.company_id == company_id)
        waits = session.exec(waiting.where(Record.state == RecordState.WAITING)).first()
        open_write = session.exec(select(Write.id).where(Write.state.in_(OPEN))).first()
    return waits is None and open_write is None


def _services(settings):
    sessions, clock = Sessions(make_engine(settings.DATABASE_URL)), Clock()
    return Services(
        settings=settings,
        sessions=sessions,
        quickbooks=QuickBooks(settings, sessions, clock),
        slack=None,
        queue=Nudges(),
        knowledge=knowledge(),
        render=renderer(),
        clock=clock,
        access=Everybody(),
        buttons=buttons(),
        holder=f"life-{os.getpid()}",
    )
