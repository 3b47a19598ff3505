"""`mappings locations`: where a company keeps the locations that its sources name."""

from typing import Annotated

import typer

from bot import jobs
from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say
from bot.render import plural
from bot.sync import places

_SAID = {
    "either": "A location is looked for among QuickBooks' locations, then among its classes.",
    "locations": "A location is looked for among QuickBooks' locations alone.",
    "classes": "A location is looked for among QuickBooks' classes alone.",
}


def add(group: typer.Typer, parts: Parts) -> None:
    """Add the command."""

    @group.command("locations")
    def locations(
        kept_as: Annotated[
            str, typer.Option(help=f"One of {', '.join(places.KEPT_AS)}; left out, it is shown.")
        ] = "",
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Say where the company keeps its locations; what is held for one is looked at anew."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            services, goes = desk.services, list[int]()
            with services.sessions.write() as session:
                chosen = choosing.find(session, company)
                if kept_as:
                    goes = places.keep(session, chosen, kept_as, "", services.clock.now())
                choice, company_id = places.words_for(chosen), chosen.id or 0
            if goes:
                jobs.sync_company(services.queue, company_id)
        if as_json:
            give({"kept_as": choice, "goes": len(goes)})
            return
        say(_SAID[choice])
        if goes:
            say(f"{plural(len(goes), 'record')} that waited for it may go now.")
