"""`rounding`: the item and the limit for what QuickBooks' own sales tax adds to a total."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from sqlmodel import Session

from bot import mirror
from bot.console import choosing
from bot.console.model import AsJson, CompanyName, EnvFile, Parts
from bot.console.output import give, one_clear_line, say
from bot.domain import JsonValue
from bot.errors import BadInput
from bot.models import Company, MirrorRow
from bot.render import money
from bot.sync import rounding

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
                    limit = _amount(up_to) if up_to else None
                    kept = chosen.rounding_limit if not off else None
                    now = services.clock.now()
                    rounding.decide(session, chosen, row, limit or kept, by=_LINE, now=now)
                told = _told(session, chosen)
        if as_json:
            give(told)
            return
        say(_words(told))


def _item(session: Session, company: Company, name: str) -> MirrorRow:
    if name:
        return rounding.item_called(session, company, name)
    row = mirror.get(session, company.id or 0, "Item", str(company.rounding_item_id or ""))
    if row is None:
        raise BadInput("Name the item too, with --item: its income account gets the lines.")
    return row


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise BadInput(f"{text!r} is no amount; write it like 0.05.") from None


def _told(session: Session, company: Company) -> dict[str, JsonValue]:
    row = mirror.get(session, company.id or 0, "Item", str(company.rounding_item_id or ""))
    limit = company.rounding_limit
    return {
        "company": company.name,
        "currency": company.currency,
        "item": row.name if row is not None else None,
        "account": rounding.account_of(row) if row is not None else None,
        "up_to": str(limit) if limit is not None and row is not None else None,
    }


def _words(told: dict[str, JsonValue]) -> str:
    if told["item"] is None:
        return (
            f"{told['company']}: no rounding line is added by itself; each difference is asked "
            "about in Slack. Choose an item with --item, and a limit with --up-to."
        )
    limit = money(Decimal(str(told["up_to"])), str(told["currency"]))
    return (
        f"{told['company']}: up to {limit} a rounding line with {told['item']} settles it, to "
        f"{told['account']}; more is asked about in Slack."
    )
