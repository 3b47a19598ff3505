"""Reads what other tools reported, and brings the alerts in line with it."""

from bot import forwarded, jobs
from bot.checkup import Check
from bot.forwarded import answering
from bot.services import Services
from bot.work.checking import REPORTED_BY, check


def read_reports(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Find out what each new report is about and tell it; then answer where one was posted."""
    if forwarded.read_new(services, company_id):
        check(services, f"{company_id}:{REPORTED_BY}", checks)
    with services.sessions.read() as session:
        due = answering.waiting(session, services.clock.now(), company_id)
    for report_id in due:
        jobs.reply_to_report(services.queue, report_id)
