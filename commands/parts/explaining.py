"""What an error text is, why it comes and what to do; with what it names, if that is known here."""

from collections.abc import Mapping

from bot import forwarded
from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, line, numbered, strong
from bot.domain import JsonValue, Payload
from bot.errors import TemplateFault
from bot.forwarded import Recognised
from bot.forwarded.digest import unmarked
from bot.forwarded.sorting import none_in, sort_out
from bot.incidents import experience, reported
from bot.knowledge import gaps, tell
from bot.knowledge.products import is_of_other_books
from bot.knowledge.telling import IN_GENERAL
from bot.render import Text, clean, listed, plural, shorten
from bot.services import Services
from commands.parts import concerned, named_there

# Of a text that tells of several errors so many are looked at, each after its own words, and so
# many explanations given: what would be said again is not.
MOST_LISTED, MOST_ERRORS, LONGEST_QUOTED = 10, 3, 150
# "jane doe errors today" asks about a name.
_QUESTION = 4


def recognise(services: Services, text: str) -> Recognised:
    """Find the problem a text is the error of; `unknown` when it is not known well enough.

    Who asks here means QuickBooks, which the text then need not name.
    """
    return forwarded.recognise(services.knowledge, text, declared=True)


def answer(services: Services, call: Call, text: str, found: Recognised) -> Reply:
    """Say what it is, why, what to do; then the alert or document it is about, with its button.

    Of a text that tells of several errors each is told by itself.
    """
    several = errors_in(services, text)
    if len(several) < 2:
        return _answer(services, call, text, found)
    head = line(f"It tells of {plural(len(several), 'error')}:")
    return Reply((head, *_one_by_one(services, call, several)))


def _one_by_one(services: Services, call: Call, several: list[str]) -> list[Text | Payload]:
    """Each error's words and explanation; what was said of one already is not said again."""
    parts: list[Text | Payload] = []
    told: list[tuple[int, tuple[Text | Payload, ...]]] = []
    for place, one in enumerate(several, 1):
        said = _answer(services, call, one, recognise(services, one)).parts
        first = next((number for number, known in told if known == said), place)
        if place > MOST_LISTED or (first == place and len(told) == MOST_ERRORS):
            return [*parts, line(f"{len(several) - place + 1} more: paste them by themselves.")]
        parts.append(line(strong(f"{place}. "), shorten(unmarked(clean(one)), LONGEST_QUOTED)))
        if first == place:
            told.append((place, said))
            parts += said
        else:
            parts.append(line(f"The same as {first}."))
    return parts


def errors_in(services: Services, text: str) -> list[str]:
    """The errors of a text that tells of several; [] for one that tells of one thing."""
    return [one for _, one in sort_out(services.knowledge, text, expected=False).errors]


def _answer(services: Services, call: Call, text: str, found: Recognised) -> Reply:
    there = named_there.where(services, call.companies, text)
    if there and all(one.active_now for one in there):
        return Reply(tuple(named_there.active_by_now(there)))
    if len(there) != 1:
        parts = _in_general(services, call, text, found)
        parts += _worked_here(services, call, found.problem)
        at_hand = named_there.of_all(services, call, there)
        at_hand = at_hand or concerned.about(services, call, text, found)
        # What was not looked at comes first, so that nothing found is no all-clear.
        looked = not_read(services, call) + ([] if there else _nothing_at(services, call, text))
        return Reply((*looked, *parts, *at_hand))
    [named] = there
    facts = {**forwarded.finding(named.company, named.row).facts, "explained": True}
    facts["ours_waiting"] = named_there.waiting(services, named)
    parts = of_report(services, named.row.problem, facts)
    parts += _worked_here(services, call, named.row.problem)
    parts += named_there.of_one(services, call, named)
    parts += concerned.about(services, call, text, found, named.row)
    return Reply((*parts, *not_read(services, call)))


def not_read(services: Services, call: Call) -> list[Text]:
    """Which of several companies' books could not be looked at."""
    names = named_there.unread(services, call.companies)
    return [line(f"I cannot read the books of {listed(names)} now.")] if names else []


def _nothing_at(services: Services, call: Call, text: str) -> list[Text]:
    """Which of several companies' books were looked through in vain, and for what."""
    unread = named_there.unread(services, call.companies)
    read = [one for one in call.companies if one.name not in unread]
    if len(call.companies) < 2 or not read:
        return []
    facts = named_there.meant(services, read[0], text).facts
    kind, name = str(facts.get("record_type") or "record"), str(facts.get("asked") or "")
    number = str(facts.get("number") or "") if facts.get("unseen") else ""
    wanted = f"{kind} “{name}”" if name else f"document with exactly {number}" if number else ""
    places = listed([one.name for one in read])
    return [line(f"The bot knows of no {wanted} at {places}.")] if wanted else []


def _in_general(
    services: Services, call: Call, text: str, found: Recognised
) -> list[Text | Payload]:
    """What it means with what the text itself gives: a name, a number, the tool's document."""
    if len(call.companies) == 1:
        [company] = call.companies
        row = named_there.meant(services, company, text)
        if row.problem == found.problem:
            facts = {**forwarded.finding(company, row).facts, "explained": True}
            return of_report(services, row.problem, facts)
    return told(services, found.problem, found.facts, found.platform)


def told(
    services: Services, problem: str, facts: Mapping[str, JsonValue], platform: str
) -> list[Text | Payload]:
    """A problem's name, its cause and the steps, with what is known of the record."""
    given = {name: str(value) for name, value in facts.items() if isinstance(value, str) and value}
    known = tell(services.render, services.knowledge.problem(problem), given, platform)
    parts: list[Text | Payload] = [line(strong(known.title))]
    if known.meaning:
        parts.append(line(known.meaning))
    why = _why(services, problem, given, platform)
    if why != Text():
        parts += [line(strong("Why")), why]
    if known.steps:
        parts += [line(strong("What to do")), numbered(*known.steps)]
    return parts


def of_report(
    services: Services, problem: str, facts: Mapping[str, JsonValue]
) -> list[Text | Payload]:
    """The same of what another tool met, where the record it names is looked for."""
    known = services.render.problem_or_plain(problem, facts)
    text = reported.adapted(services, services.knowledge.problem(problem), known, facts)
    parts = [line(strong(text.title)), text.what, line(strong("Why")), text.why]
    return [*parts, line(strong("What to do")), text.fix]


def _worked_here(services: Services, call: Call, problem: str) -> list[Text]:
    """Which fix has mended it at this company before; [] where several are meant."""
    if len(call.companies) != 1:
        return []
    company_id = call.companies[0].id or 0
    with services.sessions.read() as session:
        said = experience.worked_here(services, session, company_id, problem)
    return [line(one + ".") for one in said]


def count_unknown(services: Services, call: Call, text: str, found: Recognised) -> None:
    """Count a pasted text that looks like an error and that nothing explains."""
    near = str(found.facts.get("nearest") or "")
    looks = near or sounds_like_one(services, text)
    if not looks or len(call.companies) != 1 or is_of_other_books(text):
        return
    likeness = float(found.facts.get("likeness") or 0) / 100
    gap = gaps.Gap(text, "", found.platform, near.replace(" ", "_"), likeness)
    known, now = services.knowledge, services.clock.now()
    with services.sessions.write() as session:
        gaps.note(session, known, call.companies[0].id or 0, gap, now)


def sounds_like_one(services: Services, text: str) -> bool:
    """Whether an unknown text tells of some error, and is no short question about a name."""
    is_long = len(text.split()) > _QUESTION
    return is_long and not none_in(services.knowledge, text, declared=False)


def nearest(services: Services, found: Recognised) -> list[Text]:
    """The problem an unknown text is likest to, and how much; [] where it is like none."""
    name = str(found.facts.get("nearest") or "").replace(" ", "_")
    if name not in services.knowledge.problems:
        return []
    title = tell(services.render, services.knowledge.problem(name), {}).title
    likeness = found.facts.get("likeness", "")
    return [line("It is most like: ", strong(title), f" ({likeness} % alike), which may be wrong.")]


def _why(services: Services, problem: str, given: Mapping[str, str], platform: str) -> Text:
    try:
        return services.render.problem(problem, {**IN_GENERAL, **given, "platform": platform}).why
    except TemplateFault:
        return Text()  # its words need more than a text alone tells
