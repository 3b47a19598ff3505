"""/qb-explain preview: an alert as a problem file would word it, of a made-up case; for admins."""

from collections.abc import Sequence

from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, bullets, line, strong
from bot.domain import Family, IncidentState, Payload, Role, Severity
from bot.fixes.registry import by_name
from bot.incidents.buttons import label_of, on_offer
from bot.incidents.message import made_up
from bot.incidents.parts import View
from bot.knowledge import sample_of
from bot.knowledge.overrides import trouble
from bot.knowledge.previewing import Preview, Stage, preview
from bot.models import Incident
from bot.render import Text, listed, sentence, shorten
from bot.services import FixButton, Services

WORD = "preview"
_MOST_FLAWS = 10


def is_asked(call: Call) -> bool:
    """Whether a problem file is to be shown; an error text that begins so has more words."""
    words = call.typed.split()
    return bool(words) and words[0].lower() == WORD and len(words) <= 2


def answer(services: Services, call: Call) -> Reply:
    """Show the alert and what is wrong with the file, to this person alone. Raises NotAllowed."""
    if not call.companies:
        return Reply.say("There is no company here yet.")
    services.access.require(call.user_id, call.companies[0].id, Role.ADMIN)
    words = call.typed.split()
    if len(words) == 1:
        return Reply(_files(services), private=True)
    folder = services.knowledge.overrides.folder
    found = preview(Stage(services.knowledge, services.render, by_name(), folder), words[1])
    parts: list[Text | Payload] = [line(sentence(found.fault))] if found.fault else []
    parts.append(_head(found))
    if found.flaws:
        parts.append(bullets(*(shorten(str(flaw), 300) for flaw in found.flaws[:_MOST_FLAWS])))
    parts += _alert(services, call, found)
    parts.append(line("Nothing was posted: the case is made up, and the buttons are left out."))
    return Reply(tuple(parts), private=True)


def _files(services: Services) -> tuple[Text, ...]:
    """Which files of the firm there are, and how each of them does."""
    found = services.knowledge.overrides
    if not found.folder:
        said = "There are no problem files of your own: PROBLEMS_DIR names no folder."
        return (line(said), line("Next: /qb-explain preview connection_lost shows one of ours."))
    wrong = trouble(found, services.render.failing)
    rows = [shorten(f"{name}: {flaw}", 300) for name, flaw in list(wrong.items())[:_MOST_FLAWS]]
    used = listed([one.name for one in found.good]) or "none"
    parts = [line(f"Problem files of your own in use: {shorten(used, 1_000)}.")]
    if found.fault:
        parts.insert(0, line(f"{sentence(found.fault)} What was read before stays in use."))
    if rows:
        parts += [line("Not used, ours stand in:"), bullets(*rows)]
    return (*parts, line("Next: /qb-explain preview and a name shows how its alert would look."))


def _head(found: Preview) -> Text:
    whose = "of your own" if found.own else "of ours"
    if not found.flaws:
        return line("The problem file ", strong(found.name), f", {whose}, is in order.")
    return line("The problem file ", strong(found.name), f", {whose}, cannot be used:")


def _alert(services: Services, call: Call, found: Preview) -> list[Text | Payload]:
    """The blocks of an open alert of a made-up case, and what its buttons would be called."""
    if found.text is None or found.problem is None:
        return []
    now, company = services.clock.now(), call.companies[0]
    row = Incident(
        company_id=company.id or 0,
        check_name=WORD,
        problem=found.name,
        subject=WORD,
        family=Family(found.problem.family),
        kind=found.problem.kind,
        severity=Severity(found.problem.severity),
        state=IncidentState.OPEN,
        opened_at=now,
        last_seen_at=now,
    )
    facts = {**sample_of(found.name), "since": now.isoformat(), "time_zone": company.time_zone}
    view = View(row, company, found.problem, facts, found.text, {}, 0, "")
    offered = on_offer(found.problem, services.buttons, facts)
    labels = listed([f"“{label_of(fix, facts)}”" for fix, _ in offered]) or "none but Details"
    return [*made_up(view), line(f"Buttons: {labels}."), *_not_here(services, found, offered)]


def _not_here(
    services: Services, found: Preview, offered: Sequence[tuple[FixButton, bool]]
) -> list[Text]:
    """The fixes of the file that the made-up case, of three invoices, gives no button."""
    shown = {fix.name for fix, _ in offered}
    left = [name for name in (found.problem.fixes if found.problem else ()) if name not in shown]
    labels = listed([f"“{label_of(services.buttons[name], {})}”" for name in left])
    if not left:
        return []
    return [line(f"{labels}: only on alerts that have what it needs, such as one single document.")]
