"""Rounding lines among a company's settings: the item, and up to how much the bot adds one."""

from collections.abc import Mapping
from decimal import Decimal

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload
from bot.errors import BadInput
from bot.models import Company, MirrorRow
from bot.render.words import with_told
from bot.services import Services
from bot.slack import blocks, inputs
from bot.sync import rounding, rounding_policy

ITEM, LIMIT = "set_rounding_item", "set_rounding_limit"
# The beginning of the menu's action id; the company's id stands behind it.
ITEMS = "rounding_items:"
_LONGEST = 12


def shown(session: Session, company: Company) -> list[Payload]:
    """The inputs with what is set now."""
    row, (_, limit) = rounding_policy.item_of(session, company), _kept(company)
    most = f"{rounding.POLICY_MOST}"
    chosen = (row.qbo_id, with_told(row.name, (), blocks.OPTION)) if row is not None else None
    menu = inputs.external_select(
        f"{ITEMS}{company.id}", chosen, placeholder="Type a part of the name"
    )
    text = inputs.text_input("value", limit, max_length=_LONGEST)
    return [
        inputs.input_block(
            "Item for rounding lines",
            menu,
            ITEM,
            optional=True,
            hint="A service of QuickBooks, without sales tax, whose income account gets the lines "
            "where QuickBooks’ own sales tax makes another total than the source.",
        ),
        inputs.input_block(
            "Rounding lines are added by the bot up to",
            text,
            LIMIT,
            optional=True,
            hint=f"Like {rounding.USUAL}, at most {most}; more is asked about in Slack. Empty: "
            "each difference is asked about. It holds for what is posted from now on.",
        ),
    ]


def given(choices: Mapping[str, JsonValue]) -> bool:
    """Whether the form had these inputs: one opened before they existed changes nothing."""
    return ITEM in choices or LIMIT in choices


def check(
    session: Session, company: Company, choices: Mapping[str, JsonValue]
) -> Mapping[str, str]:
    """What is wrong with them, by input; what stays as it is keeps nobody from saving the rest."""
    limit, item_id = _typed(choices, LIMIT), _typed(choices, ITEM)
    if (item_id, limit) == _kept(company):
        return {}
    try:
        amount = rounding_policy.read_limit(limit, company.currency) if limit else None
    except BadInput as error:
        return {LIMIT: error.message}
    if amount is None:
        is_new = bool(item_id) and item_id != company.rounding_item_id
        return {LIMIT: f"Say up to how much too, like {rounding.USUAL}."} if is_new else {}
    if not item_id:
        return {ITEM: rounding_policy.NO_ITEM.format(how=", or take the limit away")}
    why = rounding.why_unfit(mirror.get(session, company.id or 0, "Item", item_id))
    return {ITEM: why} if why else {}


def keep(services: Services, company: Company, choices: Mapping[str, JsonValue], by: str) -> None:
    """Keep what was typed, by this person's name. Raises BadInput, as `check` would say."""
    with services.sessions.write() as session:
        own = session.get_one(Company, company.id)
        if (_typed(choices, ITEM), _typed(choices, LIMIT)) == _kept(own):
            return
        item, limit = _wish(session, own, choices)
        now = services.clock.now()
        rounding_policy.decide(session, own, item, limit, by=by, now=now)


def _wish(
    session: Session, company: Company, choices: Mapping[str, JsonValue]
) -> tuple[MirrorRow | None, Decimal | None]:
    for wrong in check(session, company, choices).values():
        raise BadInput(wrong)
    limit = _typed(choices, LIMIT)
    if not limit:
        return None, None
    item = mirror.get(session, company.id or 0, "Item", _typed(choices, ITEM))
    return item, rounding_policy.read_limit(limit, company.currency)


def _typed(choices: Mapping[str, JsonValue], block_id: str) -> str:
    return str(choices.get(block_id) or "").strip()


def _kept(company: Company) -> tuple[str, str]:
    """The item's id and the limit, as the form has them."""
    limit = company.rounding_limit
    return company.rounding_item_id or "", "" if limit is None else f"{limit:.2f}"
