"""`mappings rule`: what everything that fits a pattern stands for."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from bot import jobs
from bot.console import choosing, csv_text
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import WRONG, give, note, one_clear_line, say, table
from bot.domain import Payload
from bot.errors import BadInput
from bot.models import Company, MappingRule
from bot.render import plural
from bot.sync import mapping_rules, mapping_table, mappings, rule_file
from bot.sync.roots import KIND_WORDS

What = Annotated[str, typer.Argument(help=f"One of {', '.join(mappings.KINDS)}.")]
SourceName = Annotated[
    str | None, typer.Option("--source", help="The source; left out, all of the company.")
]
_COLUMNS = ("id", "source", "what", "pattern", "name", "by", "approved_by", "since", "ended")


def add(mappings_group: typer.Typer, parts: Parts) -> None:
    """Add these commands."""
    group = typer.Typer(help="Rules: what everything that fits a pattern stands for.")
    mappings_group.add_typer(group, name="rule")
    _add_make(group, parts)
    _add_list(group, parts)
    _add_end(group, parts)
    _add_try(group, parts)
    _add_export(group, parts)
    _add_import(group, parts)


def _add_make(group: typer.Typer, parts: Parts) -> None:
    @group.command("add")
    def make(
        what: What,
        pattern: Annotated[str, typer.Argument(help="Such as MUG-*; ? stands for one sign.")],
        to: Annotated[str, typer.Option(help="Name or id in QuickBooks, or (nothing).")],
        source: SourceName = None,
        kept_as: Annotated[str, typer.Option(help="Class, for a location kept so.")] = "",
        approved_by: Annotated[str, typer.Option(help="Who approved it; for accounts.")] = "",
        company: CompanyName = None,
        env_file: EnvFile = None,
    ) -> None:
        """Make a rule; what is held for a word it explains goes."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services = desk.services
            with services.sessions.write() as session:
                chosen = choosing.find(session, company)
                row = {"source": source or "", "what": what, "pattern": pattern, "kept as": kept_as}
                row["approved by"] = approved_by
                rule = _made(session, chosen, row, to, services.clock.now())
                goes = len(mapping_rules.release(session, rule))
                words = _sentence(session, chosen, rule)
            if goes:
                jobs.sync_company(services.queue, chosen.id or 0)
        say(words)
        if goes:
            say(f"{plural(goes, 'record')} that waited for it may go now.")


def _made(
    session: Session, company: Company, row: dict[str, str], to: str, now: datetime
) -> MappingRule:
    """An id where QuickBooks has one, else a name."""
    why = ""
    for place in ("id", "name"):
        found = rule_file.wanted(session, company, {**row, place: to.strip()})
        if not isinstance(found, str):
            return mapping_rules.make(session, company, found, now)
        why = found
    raise BadInput(why)


def _sentence(session: Session, company: Company, rule: MappingRule) -> str:
    told = _told(session, company, rule)
    kind = KIND_WORDS[rule.what]
    where = "every source" if rule.source_id is None else told["source"]
    unread = f"{rule.entity} {rule.qbo_id}"
    stands = f"no {kind}" if rule.qbo_id == mappings.NOTHING else told["name"] or unread
    return f"Rule {rule.id}: a {kind} like {rule.pattern} of {where} stands for {stands}."


def _told(session: Session, company: Company, rule: MappingRule) -> Payload:
    sources = mapping_table.sources_of(session, company)
    return {
        "id": rule.id,
        "source": "" if rule.source_id is None else sources.get(rule.source_id, ""),
        "what": rule.what,
        "pattern": rule.pattern,
        "entity": rule.entity,
        "qbo_id": rule.qbo_id,
        "name": rule_file.target_name(session, rule),
        "by": rule.by or "the command line",
        "approved_by": rule.approved_by,
        "since": f"{rule.at:%Y-%m-%d}",
        "ended": f"{rule.ended_at:%Y-%m-%d}" if rule.ended_at is not None else "",
    }


def _add_list(group: typer.Typer, parts: Parts) -> None:
    @group.command("list")
    def listed(
        ended: Annotated[bool, typer.Option("--all", help="Those that ended, too.")] = False,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """The rules of a company."""
        with (
            one_clear_line(),
            parts.desk(parts.existing(env_file)) as desk,
            desk.services.sessions.read() as session,
        ):
            chosen = choosing.find(session, company)
            read = mapping_rules.history if ended else mapping_rules.standing
            rows = [_told(session, chosen, rule) for rule in read(session, chosen.id or 0)]
        if as_json:
            give(rows)
            return
        table(
            tuple(name.replace("_", " ") for name in _COLUMNS),
            (tuple(str(row[name]) for name in _COLUMNS) for row in rows),
        )


def _add_end(group: typer.Typer, parts: Parts) -> None:
    @group.command("end")
    def end(
        rule_id: Annotated[int, typer.Argument(help="Its number, as `rule list` shows it.")],
        company: CompanyName = None,
        env_file: EnvFile = None,
    ) -> None:
        """End a rule; what was posted by it stays as it is."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services = desk.services
            with services.sessions.write() as session:
                chosen = choosing.find(session, company)
                standing = mapping_rules.standing(session, chosen.id or 0)
                rule = next((one for one in standing if one.id == rule_id), None)
                if rule is None:
                    msg = f"{chosen.name} has no rule {rule_id} that holds."
                    raise BadInput(msg)
                mapping_rules.end(session, rule, "", services.clock.now())
                words = f"Rule {rule.id} ({rule.pattern}) has ended."
        say(words)


def _add_try(group: typer.Typer, parts: Parts) -> None:
    @group.command("try")
    def try_out(
        what: What,
        word: Annotated[str, typer.Argument(help="A word, as the source says it.")],
        source: Annotated[str, typer.Option("--source", help="The source that says it.")],
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Say what a word would stand for, and by what; nothing is changed."""
        with (
            one_clear_line(),
            parts.desk(parts.existing(env_file)) as desk,
            desk.services.sessions.read() as session,
        ):
            found = _tried(session, choosing.find(session, company), what, word, source)
        if as_json:
            give(found)
            return
        say(str(found["words"]))
        for line in found["others"]:
            say(str(line))


def _tried(session: Session, company: Company, what: str, word: str, source: str) -> Payload:
    if what not in mappings.KINDS:
        msg = f"{what!r} is none of {', '.join(mappings.KINDS)}."
        raise BadInput(msg)
    sources = {name: key for key, name in mapping_table.sources_of(session, company).items()}
    if source not in sources:
        msg = f"There is no source {source!r} at {company.name}."
        raise BadInput(msg)
    source_id, company_id = sources[source], company.id or 0
    own = mappings.find(session, source_id, what, word)
    rules = mapping_rules.standing(session, company_id)
    rule = None if own is not None else mapping_rules.first(rules, source_id, what, word)
    fitting = [
        one
        for one in rules
        if one is not rule and mapping_rules.first([one], source_id, what, word) is not None
    ]
    if own is not None:
        target = mapping_table.target_words(session, own, own.entity, own.qbo_id)
        by, words = "mapping", f"{word} has a mapping of its own: {target}."
    elif rule is not None:
        by, words = "rule", _sentence(session, company, rule)
    else:
        by, words = "", f"No mapping and no rule explains {word}; its name in QuickBooks counts."
    others = [f"It fits as well: {_sentence(session, company, one)}" for one in fitting]
    stands = own or rule
    return {
        "by": by,
        "rule": rule.id if rule is not None else None,
        "entity": stands.entity if stands is not None else "",
        "qbo_id": stands.qbo_id if stands is not None else "",
        "words": words,
        "others": others,
    }


def _add_export(group: typer.Typer, parts: Parts) -> None:
    @group.command("export")
    def export(
        out: Annotated[Path | None, typer.Option(help="Write here, not to the screen.")] = None,
        company: CompanyName = None,
        env_file: EnvFile = None,
    ) -> None:
        """Every rule that holds as CSV."""
        with (
            one_clear_line(),
            parts.desk(parts.existing(env_file)) as desk,
            desk.services.sessions.read() as session,
        ):
            text = rule_file.export(session, choosing.find(session, company))
        csv_text.give(text, out, "rule")


def _add_import(group: typer.Typer, parts: Parts) -> None:
    @group.command("import")
    def take_in(
        file: Annotated[Path, typer.Argument(help="A CSV as `rule export` writes it.")],
        company: CompanyName = None,
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help="Show what would change; change nothing.")
        ] = False,
        env_file: EnvFile = None,
    ) -> None:
        """Take rules from a file: all of them, or none where a row is wrong."""
        with one_clear_line():
            text = csv_text.read(file)
            with parts.desk(parts.existing(env_file)) as desk:
                services = desk.services
                with services.sessions.write() as session:
                    chosen = choosing.find(session, company)
                    found = rule_file.read(session, chosen, text)
                    goes = 0
                    if not found.refused and not dry_run:
                        goes = rule_file.apply(session, chosen, found, services.clock.now())
                if goes:
                    jobs.sync_company(services.queue, chosen.id or 0)
        _ended(found, goes, dry_run=dry_run)


def _ended(found: rule_file.Read, goes: int, *, dry_run: bool) -> None:
    for line, reason in found.refused:
        note(f"line {line}: {reason}")
    if found.refused:
        note("Nothing was changed: mend these rows first.")
        raise typer.Exit(WRONG)
    for one in found.wanted:
        say(f"{one.what} {one.pattern} stands for {one.entity} {one.qbo_id}")
    say(f"{plural(len(found.wanted), 'rule')} to make, {found.same:,} as they are already.")
    if dry_run:
        say("Nothing was changed (--dry-run).")
    elif goes:
        say(f"{plural(goes, 'record')} that waited for it may go now.")
