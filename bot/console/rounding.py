"""`rounding`: the item and the limit for what QuickBooks' own sales tax adds to a total."""

from typing import Annotated

import typer
from sqlmodel import Session

from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say
from bot.domain import JsonValue
from bot.errors import BadInput
from bot.models import Company, MirrorRow
from bot.sync import rounding, rounding_policy

_LINE = "the command line"


def add(app: typer.Typer, parts: Parts) -> None:
    """Add this command."""

    @app.command("rounding")
    def decide(
        item: Annotated[
            str, typer.Option(help="The service of QuickBooks whose income account gets the line.")
        ] = "",
        up_to: Annotated[str, typer.Option(help="As 0.05; more is asked in Slack.")] = "",
        off: Annotated[bool, typer.Option("--off", help="Ask about every difference.")] = False,
        company: CompanyName = None,
        as_json: AsJson = False,
        env_file: EnvFile = None,
    ) -> None:
        """Up to how much a rounding line may settle what QuickBooks' sales tax makes different."""
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            if off and (item or up_to):
                raise BadInput("Say either --off, or --item and --up-to.")
            services = desk.services
            with services.sessions.write() as session:
                chosen = choosing.find(session, company)
                if item or up_to or off:
                    row = None if off else _item(session, chosen, item)
                    limit = rounding_policy.read_limit(up_to, chosen.currency) if up_to else None
                    now = services.clock.now()
                    rounding_policy.decide(session, chosen, row, limit, by=_LINE, now=now)
                told, words = _told(session, chosen), _words(session, chosen)
        if as_json:
            give(told)
            return
        say(words)


def _item(session: Session, company: Company, name: str) -> MirrorRow:
    if name:
        return rounding_policy.item_called(session, company, name)
    row = rounding_policy.item_of(session, company)
    if row is None:
        raise BadInput(rounding_policy.NO_ITEM.format(how=", with --item"))
    return row


def _told(session: Session, company: Company) -> dict[str, JsonValue]:
    row = rounding_policy.item_of(session, company)
    limit = company.rounding_limit
    return {
        "company": company.name,
        "currency": company.currency,
        "item": row.name if row is not None else None,
        "account": rounding.account_of(row) if row is not None else None,
        "up_to": str(limit) if limit is not None and row is not None else None,
    }


def _words(session: Session, company: Company) -> str:
    said = f"{company.name}: {rounding_policy.words(session, company)}."
    if company.rounding_item_id:
        return said
    return f"{said} Choose an item with --item, and a limit with --up-to."
