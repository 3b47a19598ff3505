"""Reads what other tools reported, and brings the alerts in line with it."""

from sqlmodel import select

from bot import forwarded, jobs
from bot.checkup import Check
from bot.models import Forwarded
from bot.services import Services
from bot.work.checking import REPORTED_BY, check


def read_reports(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Find out what each new report is about and tell it; then answer where one was posted."""
    if forwarded.read_new(services, company_id):
        check(services, f"{company_id}:{REPORTED_BY}", checks)
    with services.sessions.read() as session:
        due = session.exec(
            select(Forwarded.id)
            .where(Forwarded.company_id == company_id, Forwarded.answer == "due")
            .where(Forwarded.state == "read")
        ).all()
    for report_id in due:
        jobs.reply_to_report(services.queue, report_id or 0)
