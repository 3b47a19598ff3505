"""The job functions both engines run: sync slice, check, fix, deliver, capture, sweep."""

from collections.abc import Callable, Iterable, Mapping

from bot import incidents, jobs
from bot.checkup import Check, by_name
from bot.services import Services
from bot.work.capturing import capture
from bot.work.checking import check
from bot.work.fixing import run_fix
from bot.work.heeding import heed
from bot.work.mailing import read_mail
from bot.work.outgoing import tell
from bot.work.pulling import pull
from bot.work.reporting import read_reports
from bot.work.sweeping import sweep
from bot.work.syncing import sync_slice

JobFunction = Callable[[Services, str], None]


def jobs_for(checks: Iterable[Check]) -> Mapping[str, JobFunction]:
    """Name the job functions; app.py hands in the checks and adds those of commands/.

    A job function takes the services and the nudge's `arg`. It may raise CompanyBusy (it is tried
    again when the company frees); anything else it raises is logged and counted by the engine,
    and the sweep nudges what is left unfinished.
    """
    known = tuple(by_name(checks).values())
    return {
        jobs.SYNC: lambda services, arg: sync_slice(services, int(arg), known),
        jobs.CHECK: lambda services, arg: check(services, arg, known),
        jobs.FIX: lambda services, arg: run_fix(services, int(arg), known),
        jobs.DELIVER: lambda services, arg: incidents.deliver(services, int(arg)),
        jobs.CAPTURE: lambda services, arg: capture(services, int(arg), known),
        jobs.NOTICES: lambda services, arg: heed(services, int(arg), known),
        jobs.REPORTS: lambda services, arg: read_reports(services, int(arg), known),
        jobs.MAIL: read_mail,
        jobs.PULL: pull,
        jobs.OUTGOING: tell,
        jobs.SWEEP: lambda services, _arg: sweep(services),
    }
