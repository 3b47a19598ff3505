"""Everything that waits, or some of it, posted because somebody asked: begin, follow, end."""

from collections.abc import Sequence
from datetime import timedelta
from threading import Event

from sqlmodel import Session, col, func, select

from bot import jobs
from bot.db.leases import company_lease
from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, line, link, strong
from bot.domain import ConnectionState, Payload, RecordState, RetryClass
from bot.incidents import address, sync_message
from bot.models import Company, Record, SyncRun
from bot.quickbooks import QuickBooksFault
from bot.render import Text, plural, sums
from bot.services import Services
from bot.sync import push
from commands.parts import documents, ending
from commands.parts.held import ALL, Scope, stuck
from commands.parts.standing import how_many, unposted, waiting

# A run of chosen records is pushed by the command's own job, ahead of the rest.
DIRECT = "direct"
SLICE_RECORDS = 30
SLICE_SECONDS = 5.0
# Slack takes answers for 30 minutes; a longer run says before that how far it is.
REPORTED = timedelta(minutes=25)
# An alert is written and posted some seconds after a document is held; the answer links to it.
ALERT_PATIENCE = timedelta(seconds=15)
ALERT_PAUSE_SECONDS = 0.5


def runs_of(services: Services, call: Call) -> list[SyncRun]:
    """The syncs this command began already."""
    with services.sessions.read() as session:
        rows = session.exec(
            select(SyncRun).where(SyncRun.command_id == call.id).order_by(col(SyncRun.id))
        )
        return list(rows)


def begin(
    services: Services,
    call: Call,
    company: Company,
    ids: Sequence[int] = (),
    what: str = "",
    *,
    named: Sequence[int] = (),
    within: Scope = ALL,
) -> tuple[Text, bool]:
    """Note the wish as a row and nudge the work; gives the words and whether more will follow.

    `ids` are the chosen records; none means everything that waits. `named` are those that were
    asked for by their numbers; `within` says what the chosen ones are, and what is told as held.
    """
    state = ending.connection(services, company)
    if state is not ConnectionState.CONNECTED:
        return _not_connected(services, company, state), False
    with services.sessions.read() as session:
        total = len(ids) or how_many(waiting(session, company.id or 0))
        running = None if ids else _under_way(session, company)
    if running is not None:
        jobs.sync_company(services.queue, company.id or 0)
        return _already(services, company, running, total), False
    kept = stuck(services, company, within)
    if not total:
        jobs.sync_company(services.queue, company.id or 0)
        return nothing_waits(company, "nothing waits", kept), False
    report: Payload = {"only": list(ids), **within.kept()} if ids else {}
    if named:
        report["documents"] = list(named)
    _note(services, call, company, report, what, total)
    words = what or f"{plural(total, 'record')} that {'waits' if total == 1 else 'wait'}"
    text = line(strong(company.name), f": posting {words} …")
    return text if named else text + kept, True


def _under_way(session: Session, company: Company) -> SyncRun | None:
    """The sync of everything that somebody asked for and that has a message of its own."""
    rows = session.exec(
        select(SyncRun).where(SyncRun.company_id == company.id, SyncRun.state == "running")
    )
    return next((r for r in rows if "only" not in r.report and sync_message.is_told(r)), None)


def _already(services: Services, company: Company, run: SyncRun, left: int) -> Text:
    """Say that a second wish for the same begins nothing, and where the first one is followed."""
    wait = f"{plural(left, 'record')} {'waits' if left == 1 else 'wait'}"
    said = f": everything is being posted already, {wait}. The message in its channel shows how "
    url = address.sync_url(services, run)
    there = (" ", link("Go to it ↗", url)) if url else ()
    return line(strong(company.name), f"{said}far it is and how it ends.", *there)


def nothing_waits(company: Company, words: str, kept: Text) -> Text:
    """Say that there is nothing to post now, and what problems keep back."""
    done = " Nothing to do." if kept == Text() else ""
    return line(strong(company.name), f": {words} to be posted.{done}") + kept


def _not_connected(services: Services, company: Company, state: ConnectionState) -> Text:
    lost = "has lost its connection" if state is ConnectionState.LOST else "is not connected"
    with services.sessions.read() as session:
        found = unposted(session, company.id or 0)
    kept = f" {sums.told(found)} not posted so far." if how_many(found) else ""
    return line(
        strong(company.name),
        f" {lost} to QuickBooks, so nothing can be posted.{kept} "
        f"Next: /qb-reconnect {company.name}. Then what waits is posted by itself.",
    )


def _note(
    services: Services, call: Call, company: Company, report: Payload, what: str, total: int
) -> None:
    state = DIRECT if report else "running"
    with services.sessions.write() as session:
        # Counted where it is written: what a slice posts in between is not part of it.
        total = total if report else how_many(waiting(session, company.id or 0))
        row = row_of(services, call, company, what, state, report=report, total=total)
        session.add(row)
        session.flush()
        sync_message.tell(session, row, services.clock.now())
    if report:
        _go_on(services, call, company.id or 0)
    else:
        jobs.sync_company(services.queue, company.id or 0)


def row_of(
    services: Services,
    call: Call,
    company: Company,
    what: str,
    state: str,
    *,
    report: Payload,
    total: int = 0,
) -> SyncRun:
    """What a command began at a company, as the row that its later turns look at."""
    return SyncRun(
        company_id=company.id or 0,
        command_id=call.id or None,
        requested_by=call.user_id,
        what=what,
        report=report,
        total=total,
        state=state,
        started_at=services.clock.now(),
    )


def _go_on(services: Services, call: Call, company_id: int) -> None:
    """Nudge this command in the company's lane, so that it runs between two slices of a sync."""
    services.queue.nudge(
        jobs.COMMAND, str(call.id), lane=jobs.company_lane(company_id), urgent=True
    )


def follow(services: Services, call: Call, runs: Sequence[SyncRun]) -> Reply | None:
    """Go on with chosen records, and tell the end; how far it is stands in the sync's message."""
    for run in runs:
        if run.state == DIRECT:
            _push(services, call, run)
    runs = runs_of(services, call)
    if any(_alert_to_come(services, run) for run in runs):
        # Not in the company's lane: the check that writes the alert runs there.
        Event().wait(ALERT_PAUSE_SECONDS)
        jobs.answer_command(services.queue, call.id)
        return None
    late = services.clock.now() - runs[0].started_at > REPORTED
    if late or all(run.finished_at is not None for run in runs):
        return Reply(tuple(ending.end(services, run) for run in runs))
    return None


def _push(services: Services, call: Call, run: SyncRun) -> None:
    """Post one slice of the chosen records. Raises CompanyBusy when somebody else is posting."""
    ids = {int(one) for one in run.report.get("only", [])}
    stopped, began = "", services.clock.now()
    with company_lease(services.sessions, services.clock, run.company_id, services.holder) as held:
        try:
            report = push.push_slice(
                services,
                run.company_id,
                held,
                limit=SLICE_RECORDS,
                seconds=SLICE_SECONDS,
                only=ids,
            )
            moved = bool(report.posted or report.held or report.reading)
            stopped = _why(report.stopped) if report.stopped else ""
            if report.held:
                jobs.run_check(services.queue, run.company_id, "failed_records")
        except QuickBooksFault as fault:
            moved, stopped = False, _why(fault)
    if stopped:
        jobs.run_check(services.queue, run.company_id, "connection")
    more = moved and not stopped and _left(services, ids) > 0
    with services.sessions.write() as session:
        row = session.get_one(SyncRun, run.id)
        if not more:
            row.state, row.finished_at = "done", services.clock.now()
            row.report = dict(row.report) | {"stopped": stopped}
            session.add(row)
        sync_message.tell(session, row, services.clock.now(), began)
    if more:
        _go_on(services, call, run.company_id)
        return
    jobs.sync_company(services.queue, run.company_id)


def _why(fault: QuickBooksFault) -> str:
    """What stopped it; of trouble at Intuit not the words of its machines."""
    if fault.retry_class is RetryClass.TRANSIENT:
        return "QuickBooks has trouble of its own just now."
    return fault.message


def _alert_to_come(services: Services, run: SyncRun) -> bool:
    """Whether the answer waits a little for the alert of what holds the document."""
    if run.finished_at is None or services.clock.now() - run.finished_at > ALERT_PATIENCE:
        return False
    with services.sessions.read() as session:
        asked = ending.asked_for(session, run)
    return any(documents.lacks_alert(services, record) for record in asked)


def _left(services: Services, ids: set[int]) -> int:
    with services.sessions.read() as session:
        return session.exec(
            select(func.count())
            .select_from(Record)
            .where(col(Record.id).in_(ids), Record.state == RecordState.WAITING)
        ).one()
