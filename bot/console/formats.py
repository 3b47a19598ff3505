"""`mappings formats`: how SKUs, names and descriptions look, and which look otherwise."""

from dataclasses import asdict
from typing import Annotated

import typer
from sqlmodel import Session

from bot import jobs
from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say
from bot.errors import BadInput
from bot.models import Company
from bot.render import plural
from bot.services import Services
from bot.sync import formats, mapping_table
from bot.sync.formats import FIELDS, Format


def add(group: typer.Typer, parts: Parts) -> None:
    """Add the command."""

    @group.command("formats")
    def show(
        field: Annotated[str, typer.Option("--set", help=f"Of {', '.join(FIELDS)}.")] = "",
        pattern: Annotated[
            str, typer.Option(help="Such as ABC-123; learned sets the learned one; off ends it.")
        ] = "",
        strict: Annotated[
            bool, typer.Option("--strict", help="Hold what is new and differs.")
        ] = False,
        source: Annotated[str, typer.Option(help="Of one source alone.")] = "",
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Show the usual patterns and what differs; with --set and --pattern set one."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            _refuse_half(field, pattern, strict=strict)
            goes: list[int] = []
            with desk.services.sessions.write() as session:
                chosen = choosing.find(session, company)
                if field:
                    wanted = (field, pattern, source)
                    goes = _put(session, desk.services, chosen, wanted, strict=strict)
                found = formats.look(session, chosen)
            if field:
                jobs.run_check(desk.services.queue, chosen.id or 0, "formats")
            if goes:
                jobs.sync_company(desk.services.queue, chosen.id or 0)
        if as_json:
            give([asdict(one) for one in found])
            return
        for one in found:
            _say(one)
        if not found:
            say("No pattern is set, and none is followed by nearly all.")
        if goes:
            say(f"{plural(len(goes), 'record')} that waited for it may go now.")


def _refuse_half(field: str, pattern: str, *, strict: bool) -> None:
    if bool(field) != bool(pattern):
        raise BadInput("Name both, --set and --pattern; --pattern off ends it.")
    if strict and not field:
        raise BadInput("--strict belongs to a pattern: name --set and --pattern.")


def _put(
    session: Session,
    services: Services,
    company: Company,
    wanted: tuple[str, str, str],
    *,
    strict: bool,
) -> list[int]:
    """Set or end the pattern of (field, pattern, source); returns the records that may go now."""
    field, pattern, source = wanted
    ids = {name: key for key, name in mapping_table.sources_of(session, company).items()}
    if source and source not in ids:
        msg = f"There is no source {source!r} at {company.name}."
        raise BadInput(msg)
    if pattern == "learned":
        pattern = formats.learned_of(session, company, field)
    return formats.put(
        session,
        company,
        field,
        "" if pattern == "off" else pattern,
        source_id=ids.get(source),
        by="",
        now=services.clock.now(),
        strict=strict,
    )


def _say(one: Format) -> None:
    of = f" of {one.source}" if one.source else ""
    how = "usually look like" if one.learned else "are to look like"
    how = "must look like" if one.strict else how
    count = len(one.differing) + one.more
    say(f"{FIELDS[one.field]}{of} {how} {one.pattern}: {count:,} of {one.values:,} differ")
    for value in one.differing:
        say(f"  {value}")
    if one.more:
        say(f"  and {plural(one.more, 'more', 'more')}")
