"""/qb-check: run every check now and tell what each one found; or foresee what is to come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event

from sqlmodel import Session, col, select

from bot import jobs
from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, spans, strong
from bot.domain import IncidentState, Payload, Role
from bot.models import CheckRun, Company, Incident, SyncRun
from bot.render import Span, Text, listed, plural
from bot.services import Services
from commands.parts import foresight, parties, syncing
from commands.parts.asked import company_names, meaningful, not_understood, vocabulary
from commands.parts.held import alert_line

# What a command waits for, as a row of its own kind beside the syncs somebody asked for.
CHECKING = "checking"
PATIENCE = timedelta(seconds=60)
PAUSE_SECONDS = 0.5
MOST_NAMED = 3
_OWN = vocabulary("check checks run start company books everything")


def run(services: Services, call: Call) -> Reply | None:
    """Begin, or tell what was found once every check came to its end."""
    begun = syncing.runs_of(services, call)
    if not begun and foresight.is_asked(call.text):
        strange = meaningful(call.text, _OWN | foresight.WORDS)
        return foresight.answer(services, call) if not strange else _begin(services, call)
    if not begun:
        return _begin(services, call)
    late = services.clock.now() - begun[0].started_at > PATIENCE
    if not late and not all(_ended(services, one) for one in begun):
        Event().wait(PAUSE_SECONDS)
        jobs.answer_command(services.queue, call.id)
        return None
    _finish(services, begun)
    companies = {company.id: company for company in call.companies}
    parts = [
        part
        for one in begun
        if one.company_id in companies
        for part in _found(services, companies[one.company_id], one)
    ]
    return Reply((*parts, line("Next: /qb-fix opens what can be fixed; /qb-errors lists all.")))


def _begin(services: Services, call: Call) -> Reply:
    strange = meaningful(call.text, _OWN)
    if strange:
        names = company_names(call)
        possible = (
            f"No check was run. /qb-check takes the name of a company: {listed(names, 'or')}; "
            "with `next` it tells what would become of what waits."
        )
        about = parties.about(services, call, strange)
        if about is not None:
            return about
        return not_understood(call, strange, possible, names, ["/qb-check"])
    with services.sessions.write() as session:
        for company in call.companies:
            report: Payload = {"checks": _names(session, company)}
            session.add(syncing.row_of(services, call, company, "check", CHECKING, report=report))
    for one in syncing.runs_of(services, call):
        jobs.capture_company(services.queue, one.company_id)
        for name in one.report["checks"]:
            jobs.run_check(services.queue, one.company_id, name)
    jobs.answer_command(services.queue, call.id)
    where = listed(company_names(call))
    return Reply.say(f"Checking {where} now; I tell you here what is found …", done=False)


def _names(session: Session, company: Company) -> list[str]:
    """The checks that run at a company: every one has run there since it was connected."""
    rows = session.exec(select(CheckRun.check_name).where(CheckRun.company_id == company.id))
    return sorted(rows)


def _ended(services: Services, one: SyncRun) -> bool:
    return not _missing(services, one)


def _missing(services: Services, one: SyncRun) -> list[str]:
    """The checks that did not come to an end since the command was typed."""
    with services.sessions.read() as session:
        rows = session.exec(select(CheckRun).where(CheckRun.company_id == one.company_id)).all()
    done = {row.check_name for row in rows if row.finished_at and row.started_at >= one.started_at}
    return [name for name in one.report["checks"] if name not in done]


def _finish(services: Services, begun: Sequence[SyncRun]) -> None:
    now = services.clock.now()
    with services.sessions.write() as session:
        for one in begun:
            row = session.get_one(SyncRun, one.id)
            row.state, row.finished_at = "done", now
            session.add(row)


def _found(services: Services, company: Company, one: SyncRun) -> list[Text]:
    with services.sessions.read() as session:
        rows = list(
            session.exec(
                select(Incident)
                .where(Incident.company_id == company.id)
                .where(col(Incident.state) != IncidentState.RESOLVED)
                .order_by(col(Incident.id))
            )
        )
        errors = dict(
            session.exec(
                select(CheckRun.check_name, CheckRun.error)
                .where(CheckRun.company_id == company.id)
                .where(CheckRun.error != "")
            ).all()
        )
    late = _missing(services, one)
    checks = [str(name) for name in one.report["checks"]]
    items: list[tuple[Span, ...]] = []
    for name in checks:
        own = [row for row in rows if row.check_name == name]
        items += _check(services, name, own, one.started_at, _trouble(name, late, errors))
    new = sum(1 for row in rows if row.opened_at >= one.started_at)
    words = f" · {plural(len(checks), 'check')} · {plural(len(rows), 'open problem')}"
    told = f"{words}, {new} new" if new else words
    return [line(strong(company.name), told), bullets(*items)]


def _trouble(name: str, late: Sequence[str], errors: dict[str, str]) -> str:
    if name in late:
        return "still running; /qb-errors shows what it finds"
    return f"could not be run: {errors[name]}" if name in errors else ""


def _check(
    services: Services, name: str, own: Sequence[Incident], since: datetime, trouble: str
) -> list[tuple[Span, ...]]:
    """One line for the check, and one for each of its first alerts."""
    said = trouble or (plural(len(own), "open problem") if own else "nothing found")
    new = sum(1 for row in own if row.opened_at >= since)
    if new and not trouble:
        said += f", {new} new"
    items = [spans(strong(name.replace("_", " ")), f": {said}")]
    items += [alert_line(services, row) for row in own[:MOST_NAMED]]
    if len(own) > MOST_NAMED:
        items.append(spans(f"and {len(own) - MOST_NAMED} more: /qb-errors lists them"))
    return items


COMMAND = SlashCommand(
    name="/qb-check",
    help="Runs every check now and tells what each one found.",
    usage="[company] [next]",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-check", "/qb-check harbor", "/qb-check next"),
)
