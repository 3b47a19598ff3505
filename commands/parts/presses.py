"""What every press and every form does: its window, and the sentence where there is none."""

from collections.abc import Callable, Mapping

from bot import incidents
from bot.dispatch import views
from bot.domain import Payload, Role
from bot.errors import BotError
from bot.fixes import asking, codec, engine, open_months
from bot.fixes.model import BUSY_STATES
from bot.fixes.registry import fix_named
from bot.incidents import people
from bot.incidents.import_message import REFUSED
from bot.incidents.storm_message import OPEN_ONE
from bot.models import Click, Company, FixRun, ImportRun, Incident, Storm
from bot.reconnect import role_needed
from bot.render import to_plain
from bot.services import Services
from commands.buttons import (
    DETAILS,
    FIX,
    MORE_CLAIM,
    MORE_DETAILS,
    MORE_EXCEPTION,
    MORE_HISTORY,
    MORE_SNOOZE,
    ROLES,
    WHO,
    incident_of,
)
from commands.parts import (
    approval,
    details,
    file_columns,
    file_form,
    fix_views,
    history,
    home_settings,
    refused_rows,
    report_fix,
    set_aside,
    snoozing,
    storm_view,
)
from commands.parts.named_there import FIX_IT

GONE = "That alert is not known here any more. Type /qb-errors to see what is open."


def work(services: Services, click: Click) -> tuple[Payload, str]:
    """Carry out a press or a form: the window, and the same as a sentence. Raises BotError."""
    form = _FORMS.get(click.action)
    if form is not None:
        return form(services, click)
    incident = incident_of(services, click.value)
    if incident is None:
        raise BotError(GONE)
    # A restart may have come in between: the role is looked at again.
    role = ROLES[click.action]
    services.access.require(click.user_id, incident.company_id, role, click.team_id)
    shown = _SHOWN.get(click.action)
    if shown is not None:
        return shown(services, click, incident)
    return _preview(services, click, incident)


def _preview(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    """The preview of a fix; of one that somebody asks about, the one that was asked."""
    name = click.action.removeprefix(FIX)
    asked = asking.standing(services, incident.id or 0)
    if asked is not None and asked.fix == name and _may_answer(services, click, asked):
        return _review(services, click, incident)
    prepared = engine.prepare(services, incident.id or 0, name, click.user_id)
    return fix_views.preview(services, click, prepared), prepared.plan.refused or "The preview."


def _may_answer(services: Services, click: Click, run: FixRun) -> bool:
    role = services.access.role(click.user_id, run.company_id, click.team_id)
    return run.asked_by != click.user_id and role >= run.role_needed


def _review(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    prepared = asking.review(services, incident.id or 0, click.user_id, click.team_id)
    return fix_views.preview(services, click, prepared), prepared.plan.refused or "The preview."


def _details(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    return details.view(services, click, incident), "Details"


def _storm_alert(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    del click
    return storm_view.alert(services, incident), storm_view.ONE


def _who_may(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    del click
    sentence = _who(services, incident.company_id, incident.problem)
    return views.notice("Who can do this?", sentence), sentence


def _no(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    run = asking.answerable(services, incident.id or 0, click.user_id, click.team_id)
    return approval.decline_form(run), "Why not?"


def _claim(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    done = incidents.claim(services, incident.id or 0, click.user_id)
    words = "You have it now; the alert says so."
    if not done.by:
        words = "You gave it back; nobody is on it."
    elif done.before:
        words = f"You have it now, taken over from {services.slack.member(done.before).name}."
    return views.notice("Alert", words), words


def _snooze(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    del click
    return snoozing.form(services, incident), "Until when?"


def _set_aside(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    _may_set_aside(services, click, incident)
    return set_aside.form(services, incident), "Why is it no problem, and until when?"


def _back(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    _may_set_aside(services, click, incident)
    return set_aside.back_form(services, incident), "Take it back?"


def _may_set_aside(services: Services, click: Click, incident: Incident) -> None:
    wanted = set_aside.role(services, incident)
    services.access.require(click.user_id, incident.company_id, wanted, click.team_id)


def _history(services: Services, click: Click, incident: Incident) -> tuple[Payload, str]:
    del click
    return history.view(services, incident), history.TITLE


def _file(services: Services, click: Click) -> tuple[Payload, str]:
    view, text, _ = file_form.take(services, click)
    return view, to_plain(text)


def _file_columns(services: Services, click: Click) -> tuple[Payload, str]:
    view, text, _ = file_form.take_columns(services, click)
    return view, to_plain(text)


def _declined(services: Services, click: Click) -> tuple[Payload, str]:
    return approval.declined(services, click), approval.DECLINED


def _snoozed(services: Services, click: Click) -> tuple[Payload, str]:
    sentence = snoozing.carry_out(services, click)
    return snoozing.done(sentence), sentence


def _list(services: Services, click: Click) -> tuple[Payload, str]:
    """The alerts of a storm, or the refused rows of an import."""
    found: Storm | ImportRun | None
    with services.sessions.read() as session:
        if click.action == OPEN_ONE:
            found = storm_view.storm_named(session, click.value)
        else:
            found = refused_rows.import_named(session, click.value)
    if found is None:
        raise BotError(GONE)
    services.access.require(click.user_id, found.company_id, ROLES[click.action], click.team_id)
    if isinstance(found, Storm):
        return storm_view.view(services, found), storm_view.LIST
    return refused_rows.view(services, found), refused_rows.TITLE


def _open_months(services: Services, click: Click) -> tuple[Payload, str]:
    """The same preview without the documents of filed months, which stay held."""
    with services.sessions.read() as session:
        run = fix_views.run_named(session, click.value)
    if run is None:
        raise BotError(GONE)
    services.access.require(click.user_id, run.company_id, ROLES[click.action], click.team_id)
    prepared = engine.prepare(
        services,
        run.incident_id,
        run.fix,
        click.user_id,
        {**run.choices, open_months.HOLD_FILED: fix_views.YES},
    )
    return fix_views.preview(services, click, prepared), prepared.plan.refused or "The preview."


def _settings(services: Services, click: Click) -> tuple[Payload, str]:
    with services.sessions.read() as session:
        company = home_settings.company_named(session, click.value)
    if company is None:
        raise BotError(home_settings.GONE)
    services.access.require(click.user_id, company.id, ROLES[click.action], click.team_id)
    return home_settings.form(services, company), home_settings.TITLE


def _who(services: Services, company_id: int, problem_name: str) -> str:
    """Name who may press the buttons of a problem."""
    problem = services.knowledge.problem(problem_name)
    role = min((fix_named(name).role for name in problem.fixes), default=Role.OPERATOR)
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
    if "reconnect" in problem.fixes:
        role = role_needed(company)
    return services.access.sentence(company_id, role)


def _confirm(services: Services, click: Click) -> tuple[Payload, str]:
    """Check the role and the books again, then start the fix; a second time changes nothing."""
    run_id = int(click.value) if click.value.isdecimal() else 0
    typed = fix_views.choices_of(click)
    asks = click.action == approval.ASK
    answer = asking.ask if asks else engine.confirm
    found = answer(services, run_id, click.user_id, typed, click.team_id)
    if isinstance(found, engine.Changed):
        note = found.note or fix_views.CHANGED
        return fix_views.preview(services, click, found.prepared, typed, note), note
    with services.sessions.read() as session:
        run = session.get(FixRun, run_id)
    if run is None:
        sentence = found.sentence if isinstance(found, engine.Refused) else GONE
        return views.notice("Not done", sentence), sentence
    plan = codec.from_json(run.plan)
    if isinstance(found, asking.Asked):
        return approval.ask(services, click, run, plan), "Asked. The alert shows it."
    if asks and _is_asked(run, click):
        asked = approval.to_ask(services, run, click.user_id)
        return approval.asked_already(services, run, asked, plan.title), "Asked."
    if isinstance(found, engine.Confirmed) or _is_own(run, click):
        return fix_views.started(plan), "Started. The alert shows how far it is."
    if found.correctable and run.state == "planned":
        # What was typed cannot be used: the same preview again, with the reason and the typing.
        text = services.render.text(f"fixes/{run.fix}", plan.facts)
        prepared = engine.Prepared(run_id, plan, text)
        view = fix_views.preview(services, click, prepared, typed, found.sentence)
        return view, found.sentence
    return views.notice("Not done", found.sentence), found.sentence


def _is_asked(run: FixRun, click: Click) -> bool:
    """Whether this very press asked before a restart."""
    return run.state == "asked" and run.asked_by == click.user_id and run.view_id == click.view_id


def _is_own(run: FixRun, click: Click) -> bool:
    """Whether this very press started the fix before a restart."""
    begun = run.state in BUSY_STATES or run.state == "done"
    return begun and run.approved_by == click.user_id and run.view_id == click.view_id


_FORMS: Mapping[str, Callable[[Services, Click], tuple[Payload, str]]] = {
    fix_views.CONFIRM: _confirm,
    approval.ASK: _confirm,
    approval.DECLINE: _declined,
    snoozing.CALLBACK: _snoozed,
    set_aside.CALLBACK: set_aside.carry_out,
    set_aside.BACK: set_aside.carry_back,
    file_form.CALLBACK: _file,
    file_columns.CALLBACK: _file_columns,
    OPEN_ONE: _list,
    REFUSED: _list,
    home_settings.OPEN: _settings,
    home_settings.CALLBACK: home_settings.carry_out,
    fix_views.OPEN_MONTHS: _open_months,
    FIX_IT: report_fix.carry_out,
}
_SHOWN: Mapping[str, Callable[[Services, Click, Incident], tuple[Payload, str]]] = {
    DETAILS: _details,
    MORE_DETAILS: _details,
    MORE_HISTORY: _history,
    MORE_CLAIM: _claim,
    MORE_SNOOZE: _snooze,
    MORE_EXCEPTION: _set_aside,
    people.TAKE_BACK: _back,
    WHO: _who_may,
    people.REVIEW: _review,
    people.NO: _no,
    storm_view.OPEN: _storm_alert,
}
# Forms whose acknowledgement already carries a window of ours.
FORM_ACTIONS = frozenset(
    {
        fix_views.CONFIRM,
        approval.ASK,
        approval.DECLINE,
        snoozing.CALLBACK,
        set_aside.CALLBACK,
        set_aside.BACK,
        file_form.CALLBACK,
        file_columns.CALLBACK,
        home_settings.CALLBACK,
    }
)
