"""The Home tab's middle: what waits for this person, and what is open by family with its money."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_
from sqlmodel import Session, col, func, select

from bot.dispatch.reply import bullets, line, link, spans, strong
from bot.domain import IncidentState, Payload, RecordState, Role, Waiting
from bot.fixes.preview import CONNECTION
from bot.incidents import changed
from bot.incidents.address import alert_url
from bot.models import Company, FixRun, Hold, Incident, Record
from bot.render import Span, clean, moment, plural, to_slack
from bot.render.sums import told
from bot.services import Services
from bot.slack import blocks
from bot.sync.totals import Sum, add_up
from commands.parts.alerts import HEADINGS, heading, short_title, stands_under
from commands.parts.home_companies import first_button, worst_first

MOST_MINE = 8
MOST_ALERTS = 8
REVIEW = "ask:review"
_PUT_OFF = "put off until {}"


def mine(
    services: Services, user_id: str, companies: Mapping[int, Company], alerts: Sequence[Incident]
) -> list[Payload]:
    """Approvals this person may give, and the alerts they took; [] when there are none."""
    asked = _asked(services, user_id, companies)
    taken = sorted((row for row in alerts if row.claimed_by == user_id), key=worst_first)
    if not asked and not taken:
        return []
    by_id = {row.id: row for row in alerts}
    parts: list[Payload] = [blocks.header("Waiting for you")]
    for run in asked[:MOST_MINE]:
        parts += _approval(services, run, companies[run.company_id], by_id.get(run.incident_id))
    for row in taken[: max(0, MOST_MINE - len(asked))]:
        parts.append(_taken(services, row, companies[row.company_id]))
    more = len(asked) + len(taken) - MOST_MINE
    if more > 0:
        parts.append(blocks.context(f"and {plural(more, 'more', 'more')}: /qb-errors lists all"))
    return parts


def _asked(services: Services, user_id: str, companies: Mapping[int, Company]) -> list[FixRun]:
    """The open questions that this person may answer, the oldest first."""
    with services.sessions.read() as session:
        runs = session.exec(
            select(FixRun)
            .where(FixRun.state == "asked", FixRun.asked_by != user_id)
            .where(col(FixRun.company_id).in_(list(companies)))
            .where(FixRun.expires_at > services.clock.now())
            .order_by(col(FixRun.id))
        ).all()
    return [
        run
        for run in runs
        if services.access.role(user_id, run.company_id) >= max(run.role_needed, Role.OPERATOR)
    ]


def _approval(
    services: Services, run: FixRun, company: Company, alert: Incident | None
) -> list[Payload]:
    title = clean(str(run.plan.get("title") or "A change"))
    until = moment(run.expires_at, company.time_zone)
    who = blocks.line(
        blocks.words(f"{company.name} · approval asked: {title}", bold=True),
        blocks.words(" by "),
        blocks.person(run.asked_by),
        blocks.words(f", until {until}"),
    )
    parts: list[Payload] = [blocks.rich_text(who)]
    if alert is not None:
        words = f"{short_title(services, alert)} · {changed.kept(alert)}"
        button = blocks.button(
            "Review and approve…", REVIEW, str(alert.id), label=f"Review {title} at {company.name}"
        )
        parts.append(blocks.section(words, accessory=button))
    return parts


def _taken(services: Services, row: Incident, company: Company) -> Payload:
    words = f"{company.name} · {short_title(services, row)}\n{_state(row, company)}"
    return blocks.section(words, accessory=first_button(services, row, company.name))


def _state(row: Incident, company: Company) -> str:
    said = [changed.kept(row), "you have it"]
    if row.snoozed_until is not None:
        said.append(_PUT_OFF.format(moment(row.snoozed_until, company.time_zone)))
    return " · ".join(said)


def by_family(
    services: Services, companies: Mapping[int, Company], alerts: Sequence[Incident]
) -> list[Payload]:
    """What is open: a table by family with the money it keeps back, and the way to the worst."""
    if not alerts:
        return []
    rows = []
    with services.sessions.read() as session:
        for name in HEADINGS:
            own = [row for row in alerts if heading(row) == name]
            if own:
                kept = told(_kept(session, name, own), others=False)
                rows.append((name, f"{len(own):,}", kept or "–"))
    return [
        blocks.header("Open by family"),
        blocks.table(("family", "problems", "not posted"), rows, (1,)),
        *to_slack(bullets(*_worst(services, companies, alerts))),
        blocks.context(_note(alerts)),
    ]


def _note(alerts: Sequence[Incident]) -> str:
    more = len(alerts) - MOST_ALERTS
    rest = f"{plural(more, 'more alert')}: /qb-errors lists all. " if more > 0 else ""
    return f"{rest}A document that two problems keep back is counted under both."


def _worst(
    services: Services, companies: Mapping[int, Company], alerts: Sequence[Incident]
) -> list[tuple[Span, ...]]:
    items = []
    for row in sorted(alerts, key=worst_first)[:MOST_ALERTS]:
        url = alert_url(services, row)
        to_it = (link("go to the alert ↗", url),) if url else ()
        where = f" · {companies[row.company_id].name} · {changed.kept(row)} "
        items.append(spans(strong(short_title(services, row)), where, *to_it))
    return items


def _kept(session: Session, name: str, alerts: Sequence[Incident]) -> Waiting:
    """What the alerts under a heading keep back, each document once.

    A lost connection keeps back all that waits for it.
    """
    company_ids = {row.company_id for row in alerts}
    held = (
        select(Hold.record_id)
        .join(
            Incident,
            (col(Incident.company_id) == col(Hold.company_id))
            & (col(Incident.problem) == col(Hold.problem))
            & (col(Incident.subject) == col(Hold.subject)),
        )
        .where(stands_under(name), col(Hold.company_id).in_(company_ids))
        .where(col(Incident.state) != IncidentState.RESOLVED)
    )
    lost = [row.company_id for row in alerts if row.subject == CONNECTION]
    rows = session.exec(
        select(Record.type, Record.currency, func.count(), func.sum(Record.amount))
        .where(
            and_(col(Record.state) == RecordState.HELD, col(Record.id).in_(held))
            | and_(col(Record.state) == RecordState.WAITING, col(Record.company_id).in_(lost))
        )
        .group_by(col(Record.type), col(Record.currency))
    ).all()
    return add_up(Sum(*row) for row in rows)


def calm() -> list[Payload]:
    """The one sentence for a person whose companies are all well."""
    said = "Everything is in QuickBooks, and nothing is open. You have nothing to do."
    return to_slack(line(said))
