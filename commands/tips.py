"""/qb-tips: what keeps coming back, one tip each, and whether it comes less often than before."""

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, spans, strong
from bot.domain import Payload, Role
from bot.incidents import repeats
from bot.incidents.repeats import Lesson, Rate, Tip
from bot.models import Company
from bot.render import Span, Text, listed, plural
from bot.services import Services
from commands.parts.asked import company_names, meaningful, not_understood, vocabulary

# What people say beside it, meaning nothing else.
_OWN = vocabulary("again advice best common lessons month often problems repeat repeats tip tips")


def run(services: Services, call: Call) -> Reply:
    """Say for each company what came on three days or more of 30, and what would prevent it."""
    asked = meaningful(call.text, _OWN)
    if asked:
        names = company_names(call)
        possible = f"/qb-tips takes the name of a company: {listed(names, 'or')}."
        return not_understood(call, asked, possible, names)
    parts: list[Text | Payload] = []
    any_tip = False
    for company in call.companies:
        with services.sessions.read() as session:
            found = repeats.lesson(services, session, company)
        parts += _company(services, company, found)
        any_tip = any_tip or bool(found.tips)
    if any_tip:
        parts.append(line("One kind of problem counts once a day."))
        parts.append(line("Next: follow one tip; in a month this answer shows what it changed."))
    return Reply(tuple(parts))


def _company(services: Services, company: Company, found: Lesson) -> list[Text | Payload]:
    said = line(strong(company.name), f" · {_counted(found)}")
    if not found.tips:
        return [said]
    return [said, bullets(*(_tip(services, tip) for tip in found.tips))]


def _counted(found: Lesson) -> str:
    """Say how often there was trouble; a kind of problem counts once a day."""
    if not found.now.cases:
        return "no trouble in the last 30 days."
    words = f"trouble {plural(found.now.cases, 'time')} in the last 30 days, {_known(found.now)}"
    if found.before.cases:
        words += f"; {found.before.cases} in the 30 days before, {_known(found.before)}"
    return words + ("." if found.tips else ". None came on three days.")


def _known(rate: Rate) -> str:
    """How many were of a sort the company had had before, with the share."""
    if not rate.repeats:
        return "none of a kind you had before"
    return f"{rate.repeats} of a kind you had before ({100 * rate.repeats / rate.cases:.0f} %)"


def _tip(services: Services, tip: Tip) -> tuple[Span, ...]:
    name = services.render.many(tip.problem, tip.alerts)
    before = f"on {plural(tip.before, 'day')}" if tip.before else "none"
    advice = f" Tip: {tip.advice}" if tip.advice else ""
    return spans(strong(name), f" on {tip.days} days; in the 30 days before, {before}.{advice}")


COMMAND = SlashCommand(
    name="/qb-tips",
    help="Shows what keeps coming back, how to prevent it, and whether it comes less often.",
    usage="[company] [--public]",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-tips", "/qb-tips harbor foods", "/qb-tips --public"),
)
