"""The button below an explained text: the text becomes a report, and its fix shows its preview."""

from bot import forwarded, incidents
from bot.dispatch import views
from bot.dispatch.hearing import whole_message
from bot.dispatch.model import Need, Press
from bot.domain import Payload, Role, Scope
from bot.errors import BotError
from bot.fixes import engine
from bot.forwarded import Report
from bot.forwarded.sorting import sort_out
from bot.models import Click, CommandRun, Company, Forwarded
from bot.services import Services
from bot.work.checking import REPORTED_BY
from commands.parts import fix_views, named_there, which_alert

_GONE = "That text is not known here any more. Paste it again behind /qb-explain."
_ACTIVE = "It is active in QuickBooks by now: let the other tool try again."
_FIX = "reactivate"
_LONGEST = 100


def need(services: Services, press: Press) -> Need | None:
    """Whoever may reactivate at that company; None for what is not known."""
    found = _asked(services, press.value)
    return Need(found[1].id or 0, Role.OPERATOR) if found else None


def _asked(services: Services, value: str) -> tuple[CommandRun, Company] | None:
    """The command whose text was explained, and the company that was meant."""
    run_id, company_id, *_ = (*value.split(":", 2), "")
    if not (run_id.isdecimal() and company_id.isdecimal()) or len(value) > _LONGEST:
        return None
    with services.sessions.read() as session:
        run = session.get(CommandRun, int(run_id))
        company = session.get(Company, int(company_id))
    return (run, company) if run is not None and company is not None else None


def carry_out(services: Services, click: Click) -> tuple[Payload, str]:
    """Take the text in and show the preview of the fix. Raises BotError."""
    found = _asked(services, click.value)
    if found is None:
        raise BotError(_GONE)
    run, company = found
    services.access.require(click.user_id, company.id, Role.OPERATOR, click.team_id)
    row = _report(services, run, company, ":".join(click.value.split(":")[2:]))
    if row.settled_at is not None:
        return views.notice("Nothing left to do", _ACTIVE), _ACTIVE
    incident = which_alert.of_cause(services, row.company_id, row.problem, row.subject)
    if incident is None:
        finding = forwarded.finding(company, row)
        # Nothing else is looked at: no other alert is settled by this.
        incidents.observe(services, row.company_id, REPORTED_BY, [finding], Scope(frozenset()))
        incident = which_alert.of_cause(services, row.company_id, row.problem, row.subject)
    if incident is None:
        raise BotError(_GONE)
    prepared = engine.prepare(services, incident.id or 0, _FIX, click.user_id)
    return fix_views.preview(services, click, prepared), prepared.plan.refused or "The preview."


def _report(services: Services, run: CommandRun, company: Company, subject: str) -> Forwarded:
    """The explained text as a report of whoever asked, with what QuickBooks has of it now.

    Of several errors in it the one about the record whose button was pressed.
    """
    text = run.text if (message := whole_message(run.text)) is None else message
    several = [one for _, one in sort_out(services.knowledge, text, expected=False).errors]
    about = (one for one in several if named_there.meant(services, company, one).subject == subject)
    text = next(about, text)
    who = services.slack.member(run.user_id).name
    report = Report(text, key=f"command {run.id} {subject}".rstrip(), person=True)
    taken = forwarded.take(services, company.id or 0, who, report)
    forwarded.read_new(services, company.id or 0)
    with services.sessions.read() as session:
        return session.get_one(Forwarded, taken.id)
