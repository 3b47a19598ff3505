"""`mappings formats`: how SKUs, names and descriptions look, and which look otherwise."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say
from bot.errors import BadInput
from bot.render import plural
from bot.sync import formats, mapping_table
from bot.sync.formats import FIELDS, Format


def add(group: typer.Typer, parts: Parts) -> None:
    """Add the command."""

    @group.command("formats")
    def show(
        field: Annotated[str, typer.Option("--set", help=f"Of {', '.join(FIELDS)}.")] = "",
        pattern: Annotated[str, typer.Option(help="Such as ABC-123; off ends it.")] = "",
        source: Annotated[str, typer.Option(help="Of one source alone.")] = "",
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Show the usual patterns and what differs; with --set and --pattern set one."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services = desk.services
            if bool(field) != bool(pattern):
                raise BadInput("Name both, --set and --pattern; --pattern off ends it.")
            with services.sessions.write() as session:
                chosen = choosing.find(session, company)
                if field:
                    names = mapping_table.sources_of(session, chosen)
                    ids = {name: source_id for source_id, name in names.items()}
                    if source and source not in ids:
                        msg = f"There is no source {source!r} at {chosen.name}."
                        raise BadInput(msg)
                    wanted = "" if pattern == "off" else pattern
                    now = services.clock.now()
                    formats.put(
                        session, chosen, field, wanted, source_id=ids.get(source), by="", now=now
                    )
                found = formats.look(session, chosen)
        if as_json:
            give([asdict(one) for one in found])
            return
        for one in found:
            _say(one)
        if not found:
            say("No pattern is set, and none is followed by nearly all.")


def _say(one: Format) -> None:
    of = f" of {one.source}" if one.source else ""
    how = "usually look like" if one.learned else "are to look like"
    count = len(one.differing) + one.more
    say(f"{FIELDS[one.field]}{of} {how} {one.pattern}: {count:,} of {one.values:,} differ")
    for value in one.differing:
        say(f"  {value}")
    if one.more:
        say(f"  and {plural(one.more, 'more', 'more')}")
