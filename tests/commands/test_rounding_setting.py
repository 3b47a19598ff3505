"""Rounding lines in a company's settings in Slack: as on the command line, by an admin's name."""

from decimal import Decimal

import pytest
from sqlmodel import select

from bot.models import Company, MirrorRow
from tests.waiting import wait_for

OPEN = "company_settings"
ITEM, LIMIT = "set_rounding_item", "set_rounding_limit"
SERVICE = {"Type": "Service", "IncomeAccountRef": {"value": "7", "name": "Rounding differences"}}


@pytest.fixture
def items(bot):
    """What Harbor Foods sells: a service for rounding, a product; and another firm's service."""
    for company, qbo_id, name, data in (
        (bot.harbor, "1", "Rounding", SERVICE),
        (bot.harbor, "2", "Round table", SERVICE | {"Type": "Inventory"}),
        (bot.ridge, "3", "Rounding elsewhere", SERVICE),
    ):
        row = {"entity": "Item", "qbo_id": qbo_id, "name": name, "folded": name.casefold()}
        now = bot.services.clock.now()
        bot.add(MirrorRow(company_id=company.id, data={"Name": name, **data}, read_at=now, **row))
    return bot


def _form(bot):
    """Open the settings as an admin does, from the Home tab."""
    bot.slack.close_windows()
    assert bot.slack.act("admin", "home")["ok"]
    # A tab that is drawn anew just now takes no press of the one before it.
    wait_for("the press", lambda: _press(bot))
    return bot.view("admin", says="The closing date of the books")


def _press(bot):
    rows = bot.slack.get("home", user=bot.slack.users["admin"])["homes"]
    for block in rows[0]["blocks"] if rows else ():
        button = block.get("accessory") or {}
        if (button.get("action_id"), button.get("value")) == (OPEN, str(bot.harbor.id)):
            where = {"view_id": rows[0]["id"], "block_id": block["block_id"]}
            return bot.slack.act("admin", "button", action_id=OPEN, **where)["ok"]
    return False


def _submit(bot, window, **values):
    chosen = {block_id: {"value": value} for block_id, value in values.items()}
    return bot.slack.act("admin", "submit", view_id=window["id"], values=chosen)


def _errors(bot):
    (window,) = bot.slack.views("admin")
    return window["errors"]


def _company(bot):
    with bot.services.sessions.read() as session:
        company = session.get_one(Company, bot.harbor.id)
    return company.rounding_item_id, company.rounding_limit


def test_an_admin_chooses_the_item_and_the_limit(items):
    """The menu has the company's own items; what was set is told, and in the record by name."""
    window = _form(items)
    menu = next(one for one in window["blocks"] if one.get("block_id") == ITEM)
    asked = {"view_id": window["id"], "action_id": menu["element"]["action_id"], "query": "round"}
    found = items.slack.act("admin", "options", **asked)["options"]
    assert [one["value"] for one in found] == ["1", "2"]
    assert items.slack.act("operator", "options", **asked).get("options", []) == []

    assert _submit(items, window, **{ITEM: "1", LIMIT: "0.03"})["ok"]
    words = "up to $0.03 a rounding line with Rounding settles it, to Rounding differences"
    items.view("admin", says=words)
    assert _company(items) == ("1", Decimal("0.03"))
    (entry,) = items.audit("rounding.set")
    assert (entry.actor, entry.company_id) == (items.slack.users["admin"], items.harbor.id)
    assert entry.data["after"] == {"item_id": "1", "limit": "0.03"}

    # Saved once more with another setting, it stays, and there is nothing new in the record.
    window = _form(items)
    assert _submit(items, window, set_zone="America/Chicago")["ok"]
    items.view("admin", says="time zone America/Chicago")
    assert _company(items) == ("1", Decimal("0.03"))
    assert len(items.audit("rounding.set")) == 1

    window = _form(items)
    assert _submit(items, window, **{LIMIT: ""})["ok"]
    items.view("admin", says="Saved for Harbor Foods")
    assert _company(items) == (None, None)
    assert items.audit("rounding.set")[-1].data["before"] == {"item_id": "1", "limit": "0.03"}


@pytest.mark.parametrize(
    ("values", "block_id", "words"),
    [
        ({ITEM: "2", LIMIT: "0.05"}, ITEM, "Round table is no service."),
        ({ITEM: "1", LIMIT: "5"}, LIMIT, "above 0.00 and up to $1.00"),
        ({ITEM: "1", LIMIT: "nan"}, LIMIT, "'nan' is no amount; write it like 0.05."),
        ({ITEM: "1", LIMIT: "0.049"}, LIMIT, "is no amount"),
        ({ITEM: "1", LIMIT: "-0.05"}, LIMIT, "above 0.00"),
        ({ITEM: "1"}, LIMIT, "Say up to how much too"),
        ({LIMIT: "0.05"}, ITEM, "Name the item too"),
    ],
)
def test_what_cannot_be_kept_is_said_under_its_input(items, values, block_id, words):
    """In the words of the command line; nothing is saved."""
    window = _form(items)
    _submit(items, window, **values)
    assert words in str(_errors(items)[block_id])
    assert _company(items) == (None, None)
    assert items.audit("rounding.set") == []
    assert items.audit("company.set") == []


def test_an_item_that_went_inactive_is_told_and_blocks_no_other_setting(items):
    """The line says why no line can be added; the time zone can still be set."""
    window = _form(items)
    _submit(items, window, **{ITEM: "1", LIMIT: "0.05"})
    items.view("admin", says="Saved for Harbor Foods")
    with items.services.sessions.write() as session:
        row = session.exec(select(MirrorRow).where(MirrorRow.qbo_id == "1")).one()
        row.active = False
    window = _form(items)
    assert _submit(items, window, set_zone="America/Chicago")["ok"]
    words = "no rounding line can be added by itself: Rounding is inactive in QuickBooks"
    items.view("admin", says=words)
    assert _company(items) == ("1", Decimal("0.05"))
