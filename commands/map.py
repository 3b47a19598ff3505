"""/qb-map: what a source's words stand for in QuickBooks, which are open, and the rules."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session

from bot import mirror
from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, spans, strong
from bot.domain import Payload, Role
from bot.models import Company, Incident, MappingHistory, MappingRule
from bot.render import Span, Text, clean, day, listed, moment, plural, shorten
from bot.services import Services
from bot.slack import blocks
from bot.sync import formats, mapping_rules, mapping_table, mappings, places, rule_file
from bot.sync.formats import FIELDS, Format
from bot.sync.mapping_table import Health
from bot.sync.roots import KIND_WORDS
from commands.parts import which_alert
from commands.parts.asked import company_names, meaningful, near, plain, quoted, vocabulary

MOST_WORDS = 8
MOST_RULES = 15
MOST_CHANGES = 15
MOST_ODD = 3
_LONGEST = 60
_HISTORY = vocabulary("history changes log")
_RULES = vocabulary("rule rules pattern patterns")
_OWN = vocabulary(
    "map mapped mapping mappings match matched sku skus word words unmapped open health show "
    "missing stands"
)
# What holds records for a word; a customer or vendor that never came is one as well.
_OPEN = (*mappings.UNMAPPED, "missing_parent", "account_unusable")


def run(services: Services, call: Call) -> Reply:
    """Tell how the words stand, which are open and what rules there are; or one word's history."""
    words = call.text.split()
    if words and plain(words[0]) in _HISTORY:
        return _history(services, call, " ".join(words[1:]))
    if words and plain(words[0]) in _RULES:
        return _all_rules(services, call)
    asked = meaningful(call.text, _OWN)
    source = ""
    if asked:
        found = _source(services, call, asked)
        if isinstance(found, Reply):
            return found
        source = found
    parts: list[Text | Payload] = []
    for company in call.companies:
        parts += _at(services, company, source)
    parts.append(
        line("Next: press a button to choose what a word stands for; /qb-map history MUG-9 tells "
             "what one stood for.")
    )  # fmt: skip
    return Reply(tuple(parts))


def _source(services: Services, call: Call, asked: str) -> str | Reply:
    """The source that is named; a word that is none is looked up as a word of a source."""
    with services.sessions.read() as session:
        names = [
            name
            for company in call.companies
            for name in mapping_table.sources_of(session, company).values()
        ]
    for name in names:
        if name.casefold() == asked.casefold():
            return name
    told = _changes(services, call, asked)
    if told:
        return Reply((*told, _next_of_history()))
    guesses = [f"/qb-map {name}" for name in near(asked, names)]
    parts = [
        line(
            f"{quoted(asked)} is no source of {listed(company_names(call))}, and no word that was "
            "ever mapped or goes by a rule there."
        )
    ]
    if guesses:
        parts.append(line(f"Did you mean {listed(guesses, 'or')}?"))
    elif names:
        parts.append(line(f"Its sources: {listed(sorted(set(names)))}."))
    return Reply(tuple(parts), private=True)


def _at(services: Services, company: Company, source: str) -> list[Text | Payload]:
    with services.sessions.read() as session:
        found = [
            one for one in mapping_table.health(session, company) if source in ("", one.source)
        ]
        rules = [
            rule
            for rule in mapping_rules.standing(session, company.id or 0)
            if _is_of(session, company, rule, source)
        ]
        shown = [_rule(session, company, rule) for rule in rules[:MOST_RULES]]
        looks = [one for one in formats.look(session, company) if source in ("", one.source)]
    alerts = _open(services, company, source)
    parts: list[Text | Payload] = [_head(company, found, len(rules))]
    if found:
        parts.append(bullets(*(_health(one) for one in found)))
    if alerts:
        parts.append(line("Nothing in QuickBooks is chosen for these yet; what waits for each:"))
        for incident in alerts[:MOST_WORDS]:
            buttons = which_alert.fix_buttons(services, incident)
            parts += which_alert.row_of(services, incident, buttons)
        if len(alerts) > MOST_WORDS:
            parts.append(
                line(f"{plural(len(alerts) - MOST_WORDS, 'more', 'more')}: /qb-errors mapping.")
            )
    if shown:
        more = len(rules) - len(shown)
        tail = [spans(f"and {more} more: /qb-map rules")] if more > 0 else []
        parts += [line("Rules:"), bullets(*shown, *tail)]
    odd = [_look(one) for one in looks if one.differing]
    if odd:
        parts += [line("Values that look otherwise; where it says “must”, what is new is held:")]
        parts.append(bullets(*odd))
    return parts


def _look(one: Format) -> tuple[Span, ...]:
    of = f" of {clean(one.source)}" if one.source else ""
    how = "usually look like" if one.learned else "are to look like"
    how = "must look like" if one.strict else how
    count = len(one.differing) + one.more
    named = listed([clean(shorten(value, _LONGEST)) for value in one.differing[:MOST_ODD]])
    more = f" and {count - MOST_ODD:,} more" if count > MOST_ODD else ""
    head = f"{FIELDS[one.field]}{of} {how} {one.pattern}"
    return spans(strong(head), f": {count:,} of {one.values:,} differ, such as {named}{more}")


def _head(company: Company, found: Sequence[Health], rules: int) -> Text:
    sums = Counter[str]()
    for one in found:
        sums.update(mapped=one.mapped, open=one.unmapped, bad=one.broken + one.wrong_kind)
    if not found and not rules:
        return line(strong(company.name), " · no word is mapped, and none is open.")
    told = [f"{plural(sums['mapped'], 'word')} mapped"]
    told.append(f"{sums['open']:,} open" if sums["open"] else "none open")
    if sums["bad"]:
        told.append(f"{sums['bad']:,} to something that cannot be used")
    if rules:
        told.append(plural(rules, "rule"))
    if company.locations_as:
        told.append(f"locations are kept as {places.words_for(company)}")
    return line(strong(company.name), f" · {' · '.join(told)}")


def _health(one: Health) -> tuple[Span, ...]:
    """The words that are mapped; and those in use, whose parts make their sum."""
    known = [f"{one.mapped:,} mapped"]
    known += _counted(
        (one.broken, "to something inactive or gone"),
        (one.wrong_kind, "to the wrong kind"),
        (one.shared, "for what another word stands for too"),
    )
    name = "name" if one.by_name == 1 else "names"
    used = _counted(
        (one.used_mapped, "mapped"),
        (one.by_rule, "by rule"),
        (one.by_name, f"by {'its' if one.by_name == 1 else 'their'} {name} in QuickBooks"),
        (one.unmapped, "open"),
    )
    told = ", ".join(known)
    if one.used:
        told += f"; {plural(one.used, 'word')} in use: {listed(used)}"
    kind = KIND_WORDS[one.what]
    return spans(strong(f"{clean(one.source)}, {kind}"), f": {told}")


def _counted(*parts: tuple[int, str]) -> list[str]:
    return [f"{count:,} {words}" for count, words in parts if count]


def _open(services: Services, company: Company, source: str) -> list[Incident]:
    """The alerts about words, those that hold most documents first."""
    with services.sessions.read() as session:
        names = mapping_table.sources_of(session, company)
    rows = [
        row
        for row in which_alert.open_ones(services, [company])
        if row.problem in _OPEN
        and (not source or names.get(int(row.facts.get("source_id") or 0)) == source)
    ]
    return sorted(rows, key=lambda row: (-int(row.facts.get("documents") or 0), row.id or 0))


def _is_of(session: Session, company: Company, rule: MappingRule, source: str) -> bool:
    if not source or rule.source_id is None:
        return True
    return mapping_table.sources_of(session, company).get(rule.source_id) == source


def _rule(session: Session, company: Company, rule: MappingRule) -> tuple[Span, ...]:
    names = mapping_table.sources_of(session, company)
    where = "every source" if rule.source_id is None else names.get(rule.source_id, "")
    kind = KIND_WORDS[rule.what]
    row = mirror.get(session, rule.company_id, rule.entity, rule.qbo_id)
    target = rule_file.target_name(session, rule) or f"no {kind}"
    bad = ", INACTIVE" if row is not None and (row.deleted or not row.active) else ""
    since = day(rule.at, time_zone=company.time_zone)
    ended = f", ended {day(rule.ended_at, time_zone=company.time_zone)}" if rule.ended_at else ""
    said = f" {rule.id}: {kind} like {rule.pattern} of {where} → {target}{bad}, since {since}"
    return spans(strong("rule"), said + ended)


def _all_rules(services: Services, call: Call) -> Reply:
    parts: list[Text | Payload] = []
    for company in call.companies:
        with services.sessions.read() as session:
            rules = mapping_rules.history(session, company.id or 0)
            rules = sorted(rules, key=lambda rule: rule.ended_at is not None)
            shown = [_rule(session, company, rule) for rule in rules[:50]]
        if shown:
            parts += [line(strong(company.name)), bullets(*shown)]
    if not parts:
        parts.append(line(f"No rule was ever made at {listed(company_names(call))}."))
    parts.append(line("Rules are made and ended on the command line: mappings rule add, end, try."))
    return Reply(tuple(parts))


def _history(services: Services, call: Call, word: str) -> Reply:
    if not word:
        return Reply((line("Name the word: /qb-map history MUG-9."),), private=True)
    parts = _changes(services, call, word)
    if not parts:
        said = f"Nobody ever mapped {quoted(word)} at {listed(company_names(call))}."
        return Reply((line(said), line("Next: /qb-map shows the words that are open.")))
    return Reply((*parts, _next_of_history()))


def _next_of_history() -> Text:
    return line("Next: /qb-map shows how all words stand, and those that are open.")


def _changes(services: Services, call: Call, word: str) -> list[Text | Payload]:
    """What a word stood for, newest first, and the rules it fits; [] where it is not known."""
    parts: list[Text | Payload] = []
    for company in call.companies:
        with services.sessions.read() as session:
            rows = mapping_table.history(session, company, word)[:MOST_CHANGES]
            items = [_change(session, company, row) for row in rows]
            rules = [
                _rule(session, company, rule)
                for rule in mapping_rules.standing(session, company.id or 0)
                if mapping_rules.first([rule], rule.source_id or 0, rule.what, word) is not None
            ]
        if items or rules:
            parts.append(line(strong(company.name), f" · {clean(shorten(word, _LONGEST))}"))
        if items:
            parts.append(blocks.rich_text(blocks.bullets(items)))
        if rules:
            parts += [line("Rules it fits:"), bullets(*rules)]
    return parts


def _change(session: Session, company: Company, row: MappingHistory) -> list[Payload]:
    source = mapping_table.sources_of(session, company).get(row.source_id, "")
    kind = KIND_WORDS[row.what]
    was, now = mapping_table.told(session, row)
    when = moment(row.at, company.time_zone)
    said = clean(f"{when} · {source}, {kind} {row.said}: {was} → {now} ({row.why})")
    found = [blocks.words(shorten(said, 300))]
    if row.by:
        found += [blocks.words(" · "), blocks.person(row.by)]
    return found


COMMAND = SlashCommand(
    name="/qb-map",
    help="Shows what SKUs, accounts and other words of a source stand for, and those still open.",
    usage="[company] [source] | history <word> | rules",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-map", "/qb-map web shop", "/qb-map history MUG-9", "/qb-map rules"),
)
