"""Reconnect: a private one-time link; after it, everything that waited is posted in order."""

from collections.abc import Mapping

from sqlmodel import col, select

from bot.domain import RecordState, Risk, Role
from bot.fixes.model import Fix, Plan
from bot.fixes.preview import Preview
from bot.models import Company, Incident, Record
from bot.services import Services


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Nothing is written now: the person allows access in QuickBooks, then posting goes on."""
    del choices
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
        waiting = session.exec(
            select(Record).where(
                Record.company_id == incident.company_id,
                col(Record.state) == RecordState.WAITING,
            )
        ).all()
    shown = Preview(incident, company, tuple(waiting)).plan(
        title="Reconnect",
        submit="",
        steps=(),
        undo="The permission can be withdrawn again in QuickBooks at any time.",
        role=Role.OPERATOR,
    )
    return Plan(title=shown.title, submit="", facts=shown.facts, private_link=True)


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the company with the new permission; a fault says what is still wrong."""
    del plan
    services.quickbooks.company(incident.company_id).company_info()
    return ""


FIX = Fix(
    name="reconnect",
    label="Reconnect…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
)
