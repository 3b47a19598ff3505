"""Which of the two stands, group by group: a menu for each, then what that changes is shown."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import JsonValue, Risk, Role
from bot.fixes import two_sides, two_sides_safe
from bot.fixes.model import Choice, Fix, Plan, never
from bot.fixes.preview import Preview
from bot.fixes.two_sides import Both
from bot.models import Incident
from bot.render import shorten
from bot.render.words import upfirst
from bot.services import Services
from bot.sync.flow.fields import called

_TITLE = "Which of the two stands"
_PREFIX = "stands:"
_SOURCE, _BOOKS = "source", "quickbooks"
_LABEL = 75


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Ask group by group; with every answer there, plan what they change."""
    preview = Preview.of(services, incident)
    both = two_sides.read(services, incident)
    if both.state:
        return preview.refuse(
            _TITLE,
            f"{upfirst(both.own.called)} was {both.state} in QuickBooks: there is nothing to "
            "choose group by group. Use the other buttons.",
        )
    answers = {group: choices.get(f"{_PREFIX}{group}", "") for group in both.groups}
    menus = tuple(_menu(both, group, answers[group]) for group in both.groups)
    if not both.groups or any(one not in (_SOURCE, _BOOKS) for one in answers.values()):
        asked = {
            "our_document": both.own.called,
            "source": both.own.source,
            "by_source": False,
            "both_stand": False,
            "state": "",
            "months_moved": [],
        }
        return preview.ask(_TITLE, menus, _role(both), **asked)
    source = tuple(group for group, answer in answers.items() if answer == _SOURCE)
    chosen = two_sides.read(services, incident, source)
    stop = two_sides_safe.why_not(services, chosen) if source else ""
    if stop:
        return preview.refuse(_TITLE, stop)
    return replace(two_sides.plan(preview, chosen, _TITLE, source), choices=menus)


def _role(both: Both) -> Role:
    return Role.APPROVER if both.is_document else Role.OPERATOR


def _menu(both: Both, group: str, answer: str) -> Choice:
    rows = [row for row in both.shown if row[0].group == group]
    theirs = ", ".join(theirs for _, theirs, _, _ in rows)
    ours = ", ".join(ours for _, _, ours, _ in rows)
    return Choice(
        f"{_PREFIX}{group}",
        upfirst(called(both.record.type, group)),
        initial=answer,
        options=(
            (_BOOKS, shorten(f"As in QuickBooks: {theirs}", _LABEL)),
            (_SOURCE, shorten(f"As in {both.own.source}: {ours}", _LABEL)),
        ),
        shown=True,
    )


def _done(plan: Plan) -> str:
    return f"What stands of {plan.facts['our_document']} was chosen group by group"


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    edited = len(facts.get("groups") or ()) > 1 and facts.get("what") == "edited"
    return edited and bool(facts.get("as_posted", True))


FIX = Fix(
    name="settle_conflict",
    label="Choose…",
    role=Role.OPERATOR,
    risk=Risk.BOOKS,
    plan=plan,
    verify=two_sides.verify,
    agreed=never,
    offered=_offered,
    done=_done,
)
