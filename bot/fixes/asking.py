"""Asking somebody else to approve: for a role one has not, or for a second person's eyes.

The question is the run's row; it is answered once, by a person who may and is not the asker, and
ends by itself after a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import incidents
from bot.domain import Role
from bot.errors import BotError
from bot.fixes import audited, codec, engine, open_months
from bot.models import FixRun
from bot.services import Services

ANSWER_WITHIN = timedelta(hours=24)
NOT_ASKED = "Nobody asks for an approval here any more; the alert shows what is true."


@dataclass(frozen=True)
class Asked:
    """The question stands on the alert."""

    run_id: int


def ask(
    services: Services, run_id: int, user_id: str, choices: Mapping[str, str], team_id: str = ""
) -> Asked | engine.Changed | engine.Refused:
    """Turn a preview into a question to those who may approve it. Nothing is written.

    The plan is made again, as for a confirmation, so that what is asked is what is true now.
    """
    found = engine.checked(services, run_id, user_id, choices, team_id, role=Role.OPERATOR)
    if not isinstance(found, engine.Checked):
        return found
    run, now = found.run, services.clock.now()
    with services.sessions.write() as session:
        claimed = session.exec(
            update(FixRun)
            .where(col(FixRun.id) == run_id, col(FixRun.state) == "planned")
            .values(
                state="asked",
                asked_by=user_id,
                plan=codec.to_json(found.plan),
                choices={**open_months.kept(run), **choices},
                expires_at=now + ANSWER_WITHIN,
            )
        )
        if claimed.rowcount != 1:
            return engine.Refused("That was asked already; the alert shows it.")
        _replace_others(session, run.incident_id, run_id)
        if not incidents.ask(session, run.incident_id, run_id, user_id, found.plan.title, now):
            session.rollback()
            return engine.Refused("Somebody is fixing this already; watch the alert.")
        steps = [step.words for step in found.plan.steps]
        audited.tell(session, run, "asked", at=now, actor=user_id, steps=steps)
    incidents.nudge(services, run.incident_id)
    return Asked(run_id)


def _replace_others(session: Session, incident_id: int, run_id: int) -> None:
    session.exec(
        update(FixRun)
        .where(col(FixRun.incident_id) == incident_id, col(FixRun.state) == "asked")
        .where(col(FixRun.id) != run_id)
        .values(state="replaced")
    )


def standing(services: Services, incident_id: int) -> FixRun | None:
    """Return the run whose approval somebody asks for at an alert, None if nobody does."""
    with services.sessions.read() as session:
        run = session.exec(
            select(FixRun)
            .where(FixRun.incident_id == incident_id, FixRun.state == "asked")
            .order_by(col(FixRun.id).desc())
        ).first()
    return None if run is None or services.clock.now() > run.expires_at else run


def review(
    services: Services, incident_id: int, user_id: str, team_id: str = ""
) -> engine.Prepared:
    """Prepare the preview that somebody asked about, for the person who may approve it.

    Raises BotError when nobody asks any more, NotAllowed when this person may not approve.
    """
    run = _asked(services, incident_id)
    if run.asked_by == user_id:
        msg = "You asked for this approval yourself; another person has to give it."
        raise BotError(msg)
    services.access.require(user_id, run.company_id, run.role_needed, team_id)
    return engine.prepare(
        services, incident_id, run.fix, user_id, run.choices, asked_by=run.asked_by
    )


def answerable(services: Services, incident_id: int, user_id: str, team_id: str = "") -> FixRun:
    """Return the run somebody asks about, if this person may say no. Raises BotError, NotAllowed.

    Whoever could approve may, and one may take back one's own question.
    """
    run = _asked(services, incident_id)
    if run.asked_by != user_id:
        services.access.require(user_id, run.company_id, run.role_needed, team_id)
    return run


def decline(
    services: Services, incident_id: int, user_id: str, team_id: str = "", reason: str = ""
) -> FixRun:
    """Answer with no. Raises BotError, NotAllowed."""
    run = answerable(services, incident_id, user_id, team_id)
    said = "took the question back" if run.asked_by == user_id else "said no to what was asked"
    words = f"{said}: {reason.strip()}" if reason.strip() else said
    with services.sessions.write() as session:
        _close(session, services, run, "refused", user_id, words)
    incidents.nudge(services, incident_id)
    return run


def expire(services: Services) -> None:
    """End the questions nobody answered within a day; the alert says so and stays open."""
    with services.sessions.read() as session:
        old = session.exec(
            select(FixRun)
            .where(FixRun.state == "asked")
            .where(col(FixRun.expires_at) < services.clock.now())
        ).all()
    for run in old:
        try:
            with services.sessions.write() as session:
                _close(session, services, run, "expired", "", "nobody approved within 24 hours")
        except BotError:
            continue  # somebody answered just now
        incidents.nudge(services, run.incident_id)


def _asked(services: Services, incident_id: int) -> FixRun:
    run = standing(services, incident_id)
    if run is None:
        raise BotError(NOT_ASKED)
    return run


def _close(
    session: Session, services: Services, run: FixRun, state: str, by: str, words: str
) -> None:
    now = services.clock.now()
    claimed = session.exec(
        update(FixRun)
        .where(col(FixRun.id) == run.id, col(FixRun.state) == "asked")
        .values(state=state, finished_at=now)
    )
    if claimed.rowcount != 1:
        raise BotError(NOT_ASKED)
    incidents.answer_ask(session, run.incident_id, run.id or 0, by, words, now)
    audited.tell(session, run, state, at=now, actor=by)
