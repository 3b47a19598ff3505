"""Every message: all problems in all their states, with ordinary and with extreme facts."""

from collections.abc import Iterator

from sqlmodel import select

from bot import incidents
from bot.domain import IncidentState
from bot.incidents import import_message
from bot.incidents.topics import topic_of
from bot.models import Delivery, ImportRun, Incident
from tests.dispatch.slack_world import Bot
from tests.gallery.extremes import MANY, NAMES, swapped
from tests.gallery.shown import MESSAGE, Json, Shown
from tests.incidents.facts import facts_of

# Fixes that no problem's words depend on, and the states that show what such a problem says.
_FOR_ANY = {"retry", "settled_elsewhere"}
_IN_SHORT = {"open", "fixed"}
STORMS, IMPORTS = "Storms and floods", "Imports"
_TEN_THOUSAND = "ten thousand"
_WORST = (*NAMES, _TEN_THOUSAND)


def every(bot: Bot, worst: int | None = None) -> Iterator[Shown]:
    """The messages of all problems, of the storms of `place.filled`, and of the imports.

    `worst`: with how many of the worst facts each problem is drawn, by turns; None: with all.
    """
    for turn, problem in enumerate(sorted(bot.services.knowledge.problems)):
        yield from of_problem(bot, problem, _chosen(turn, worst))
    yield from many_alike(bot)
    yield from imports(bot)


def _chosen(turn: int, worst: int | None) -> set[str]:
    if worst is None:
        return set(_WORST)
    return {_WORST[(turn * worst + number) % len(_WORST)] for number in range(worst)}


def of_problem(bot: Bot, problem: str, chosen: set[str]) -> Iterator[Shown]:
    """A problem's message in every state, and open and fixed with the worst facts there are.

    Those that only explain differ in their words alone: open and fixed show all of them.
    """
    facts = facts_of(problem)
    whole = bool(set(bot.services.knowledge.problem(problem).fixes) - _FOR_ANY)
    row = bot.incident(bot.harbor, problem, subject=f"gallery:{problem}", facts=facts)
    for name, state in _states(bot, row):
        if whole or name in _IN_SHORT:
            yield _message(bot, row, problem, name, state)
    for name, worst in _extremes(facts):
        if name not in chosen:
            continue
        row.facts = worst
        yield _message(bot, row, problem, f"open, {name}", {"state": IncidentState.OPEN})
        if not whole:
            continue
        fixed = {"state": IncidentState.RESOLVED, "story": {"outcome": _outcome(bot, row)}}
        yield _message(bot, row, problem, f"fixed, {name}", fixed)


def _extremes(facts: Json) -> Iterator[tuple[str, Json]]:
    for name, words in NAMES.items():
        yield name, swapped(facts, words)
    yield _TEN_THOUSAND, {**facts, **MANY}


def _states(bot: Bot, row: Incident) -> Iterator[tuple[str, Json]]:
    """Each state a reader can see, as the columns that make it."""
    dana, now = bot.slack.users["operator"], bot.services.clock.now()
    at = now.isoformat()
    lines = [{"at": at, "by": dana, "text": "customer active again ✔"}]
    work = {"worker": dana, "began": at, "lines": lines}
    progress = {"done": 9, "total": 14, "words": "posting invoices"}
    question = {"at": at, "by": dana, "words": "Reactivate and post", "run": 1}
    said = {"at": at, "by": dana, "text": "said no: ask the customer first"}
    ended, undone = _outcome(bot, row), {"by": dana, "at": at}
    fixed = IncidentState.RESOLVED
    yield "open", {}
    yield "taken and put off", {"claimed_by": dana, "snoozed_until": now}
    yield "approval asked", {"story": {"ask": question}}
    yield "not approved", {"story": {"said": said}}
    yield "came back", {"reopened": 3}
    yield "paused", {"paused_by_id": 1}
    yield "working", {"state": IncidentState.WORKING, "story": {**work, "progress": progress}}
    yield "partly", {"state": IncidentState.PARTLY, "story": {**work, "outcome": ended}}
    yield "fixed", {"state": fixed, "story": {**work, "outcome": ended}}
    yield "undone", {"state": fixed, "story": {**work, "outcome": ended, "undone": undone}}


def _outcome(bot: Bot, row: Incident) -> Json:
    return {
        "by": bot.slack.users["operator"],
        "at": row.opened_at.isoformat(),
        "lines": ["14 of 14 in QuickBooks, $38,210.50 · read back"],
        "posted": 14,
        "undoable": True,
    }


def _message(bot: Bot, row: Incident, group: str, name: str, columns: Json) -> Shown:
    """The message of an incident as it would be with these columns; the row itself stays."""
    plain = {
        "state": IncidentState.OPEN,
        "story": {},
        "claimed_by": "",
        "snoozed_until": None,
        "paused_by_id": None,
        "reopened": 0,
    }
    told = Incident(**{**row.model_dump(), **plain, **columns})
    message = incidents.build(bot.services, told)
    return Shown(group, name, MESSAGE, message.blocks, message.text)


def many_alike(bot: Bot) -> Iterator[Shown]:
    """The shared messages that the many alike findings of the place have led to."""
    with bot.services.sessions.read() as session:
        rows = session.exec(select(Delivery)).all()
        topics = [topic_of(session, row) for row in rows if row.incident_id is None]
    for topic in topics:
        message = topic.build(bot.services)
        yield Shown(STORMS, topic.name, MESSAGE, message.blocks, message.text)


def imports(bot: Bot) -> Iterator[Shown]:
    """The message about a file that was handed in, with ordinary and extreme names of it."""
    with bot.services.sessions.read() as session:
        run = session.exec(select(ImportRun)).first()
    assert run is not None
    for name, words in {"ordinary": run.file, **NAMES}.items():
        told = ImportRun(**{**run.model_dump(), "file": words})
        message = import_message.build(bot.services, told)
        yield Shown(IMPORTS, name, MESSAGE, message.blocks, message.text)
