"""What an error text is, why it comes and what to do; with what it names, if that is known here."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from bot import forwarded
from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, line, numbered, strong
from bot.domain import ENTITY, IncidentState, JsonValue, Payload, RecordState
from bot.errors import TemplateFault
from bot.forwarded import Recognised
from bot.forwarded.digest import unmarked
from bot.forwarded.naming import LISTS, lists_said
from bot.forwarded.sorting import none_in, sort_out
from bot.incidents import experience, reported
from bot.knowledge import gaps, tell
from bot.knowledge.telling import IN_GENERAL
from bot.models import Forwarded, Incident, Record
from bot.render import Text, clean, listed, plural, shorten
from bot.services import Services
from commands.parts import documents, meaning, named_there, which_alert
from commands.parts.parties import named as parties_named

MOST_ALERTS = 3
# Of a text that tells of several errors so many are explained, each after its own words.
MOST_ERRORS, LONGEST_QUOTED = 3, 150
# "jane doe errors today" asks about a name.
_QUESTION = 4


def recognise(services: Services, text: str) -> Recognised:
    """Find the problem a text is the error of; `unknown` when it is not known well enough."""
    return forwarded.recognise(services.knowledge, text)


def answer(services: Services, call: Call, text: str, found: Recognised) -> Reply:
    """Say what it is, why, what to do; then the alert or document it is about, with its button.

    Of a text that tells of several errors each is told by itself.
    """
    several = [one for _, one in sort_out(services.knowledge, text, expected=False).errors]
    if len(several) < 2:
        return _answer(services, call, text, found)
    parts: list[Text | Payload] = [line(f"It tells of {plural(len(several), 'error')}:")]
    for place, one in enumerate(several[:MOST_ERRORS], 1):
        said = _answer(services, call, one, recognise(services, one)).parts
        quoted = shorten(unmarked(clean(one)), LONGEST_QUOTED)
        parts += [line(strong(f"{place}. "), quoted), *said]
    if len(several) > MOST_ERRORS:
        parts.append(line(f"{len(several) - MOST_ERRORS} more: paste them by themselves."))
    return Reply(tuple(parts))


def _answer(services: Services, call: Call, text: str, found: Recognised) -> Reply:
    there = named_there.where(services, call.companies, text)
    if there and all(one.active_now for one in there):
        return Reply(tuple(named_there.active_by_now(there)))
    if len(there) != 1:
        parts = _in_general(services, call, text, found)
        parts += _worked_here(services, call, found.problem)
        at_hand = named_there.of_all(services, call, there)
        at_hand = at_hand or about(services, call, text, found)
        return Reply((*parts, *at_hand, *not_read(services, call)))
    [named] = there
    facts = {**forwarded.finding(named.company, named.row).facts, "explained": True}
    parts = of_report(services, named.row.problem, facts)
    parts += _worked_here(services, call, named.row.problem)
    parts += named_there.of_one(services, call, named)
    parts += about(services, call, text, found, named.row)
    return Reply((*parts, *not_read(services, call)))


def not_read(services: Services, call: Call) -> list[Text]:
    """Which of several companies' books could not be looked at."""
    names = named_there.unread(services, call.companies)
    return [line(f"I cannot read the books of {listed(names)} now.")] if names else []


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
    if not near or len(call.companies) != 1:
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


def about(
    services: Services,
    call: Call,
    text: str,
    found: Recognised | None,
    named: Forwarded | None = None,
) -> list[Text | Payload]:
    """The document or the alerts that the text is about, each with its buttons."""
    rows = which_alert.open_ones(services, call.companies)
    parts, numbered = _documents(services, call, text, named)
    alerts = [row for row in rows if row.id in numbered]
    if named is not None:
        cause = (named.company_id, named.problem, named.subject)
        alerts = [row for row in rows if (row.company_id, row.problem, row.subject) == cause]
    if not alerts and found is not None:
        alerts = _of_kind(rows, found, text)
    only_beside = not alerts
    if not alerts:
        alerts = _of_party(services, call, rows, text)
    if not alerts and not parts and named is None:
        said = "No alert here is about it. If it comes from the sync, /qb-errors shows it."
        return [line(said)]
    names = {company.id: company.name for company in call.companies}
    for row in alerts[:MOST_ALERTS]:
        # Of another problem or record it is told; a press on it would mend or end that one.
        is_other = only_beside and found is not None and not _is_of(services, row, found, text)
        buttons = [] if is_other else which_alert.fix_buttons(services, row)
        name = names.get(row.company_id, "") if len(names) > 1 else ""
        parts += which_alert.row_of(services, row, buttons, company=name)
    if len(alerts) > MOST_ALERTS:
        parts.append(line(f"{len(alerts) - MOST_ALERTS} more of the kind: /qb-errors lists them."))
    return parts


def _of_kind(rows: Sequence[Incident], found: Recognised, text: str) -> list[Incident]:
    """The alerts of the same problem about what the text names; another's button would end that."""
    facts = {value.casefold() for value in found.facts.values() if value}
    same = [row for row in rows if row.problem == found.problem and facts & _names(row)]
    return [row for row in same if _is_of_its_list(row, text)]


def _is_of(services: Services, row: Incident, found: Recognised, text: str) -> bool:
    """Whether an alert about a name of the text is of the same kind of problem and record."""
    kinds = {services.knowledge.problem(name).kind for name in (row.problem, found.problem)}
    return len(kinds) == 1 and _is_of_its_list(row, text)


def _is_of_its_list(row: Incident, text: str) -> bool:
    """Whether the text does not call the alert's record one of another list: vendor Acme."""
    entity = row.subject.partition(":")[0]
    said = lists_said(text, str(row.facts.get("name") or ""))
    return entity not in LISTS or not said or entity in said


def _documents(
    services: Services, call: Call, text: str, told: Forwarded | None
) -> tuple[list[Text | Payload], set[int | None]]:
    """The document the text names, where it stands, and the alerts that hold it.

    `told`: what was said of QuickBooks' own record already; the same is not said twice.
    """
    companies = {company.id: company for company in call.companies}
    with services.sessions.read() as session:
        number, found = _named(session, call, text)
    rows = which_alert.open_ones(services, call.companies)
    parts: list[Text | Payload] = []
    alerts: set[int | None] = set()
    for record in found:
        if told is not None and _is_same(told, record):
            continue
        where = documents.place(services, companies[record.company_id], record)
        parts.append(line("I found the document: ") + where)
        if record.state is RecordState.HELD:
            own = which_alert.named(services, call.companies, rows, number)
            alerts |= {row.id for row in own if row.state is not IncidentState.RESOLVED}
    return parts, alerts


def _is_same(told: Forwarded, record: Record) -> bool:
    own = (told.company_id, told.facts.get("entity"), told.facts.get("qbo_id"))
    return own == (record.company_id, ENTITY[record.type], record.qbo_id)


def _named(session: Session, call: Call, text: str) -> tuple[str, list[Record]]:
    """The number that the text names, and the documents that have it.

    A number may have no digit in it: then only what a document is really called is one.
    """
    number, types = meaning.document(text) or meaning.called(text) or ("", ())
    return number, documents.find(session, call.companies, number, types)[:MOST_ALERTS]


def _of_party(
    services: Services, call: Call, rows: Sequence[Incident], text: str
) -> list[Incident]:
    """The alerts about a customer, vendor or item that the text names."""
    found = parties_named(services, call.companies, text)
    names = {party.name.casefold() for party in found}
    return [row for row in rows if names & _names(row)]


def _names(row: Incident) -> set[str]:
    values: list[JsonValue] = [row.facts.get(key) for key in ("name", "party", "number", "sku")]
    for side in ("ours", "theirs"):
        inner = row.facts.get(side)
        values += [inner.get("name")] if isinstance(inner, dict) else []
    return {str(value).casefold() for value in values if value}


def _why(services: Services, problem: str, given: Mapping[str, str], platform: str) -> Text:
    try:
        return services.render.problem(problem, {**IN_GENERAL, **given, "platform": platform}).why
    except TemplateFault:
        return Text()  # its words need more than a text alone tells
