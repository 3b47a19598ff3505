"""Mappings that cannot work are found before a document meets them; a rename is no finding."""

from bot import mirror
from bot.domain import EVERYTHING
from bot.models import Company
from bot.sync import mappings
from checks import mappings as check
from tests.sync.shop import customer, payment


def put(shop, said, qbo_id, what=mappings.SKU):
    """A person mapped a word, mostly a SKU."""
    with shop.services.sessions.write() as session:
        mappings.put(
            session,
            company_id=shop.company_id,
            source_id=shop.source_id,
            what=what,
            said=said,
            qbo_id=qbo_id,
            by="U1",
            now=shop.services.clock.now(),
        )


def found(shop):
    """What the check finds now."""
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    runs = check.run(shop.services, company, EVERYTHING)
    return [(row.problem, row.subject, row.facts["source"]) for row in runs]


def test_how_many_pieces_a_sku_says():
    """Packs, cases and dozens; a number that is a size is none."""
    said = {"MUG-12-PK": "12", "Mug case of 24": "24", "MUG 6ct": "6", "MUG-DOZEN": "12"}

    assert {sku: check.unit_of(sku) for sku in said} == said
    assert [check.unit_of(sku) for sku in ("MUG-12", "A4-500", "MUG")] == ["", "", ""]


def test_a_mapping_to_something_inactive_is_found_and_a_rename_is_not(shop):
    """With no document waiting on it; two packs under one item are asked about."""
    rows = shop.books("Account")
    income = next(row["Id"] for row in rows if row["AccountType"] == "Income")
    made = {"Type": "Service", "IncomeAccountRef": {"value": income}}
    pan, mug = shop.create("Item", Name="Pan", **made), shop.create("Item", Name="Mug", **made)
    put(shop, "PAN-1", pan)
    put(shop, "MUG", mug)
    put(shop, "MUG-12-PK", mug)
    shop.push()
    assert found(shop) == [("sku_units", "sku:Shop/MUG-12-PK", "Shop")]

    shop.act("edit", "Item", mug, data={"Name": "Cup"})
    shop.act("deactivate", "Item", pan)
    mirror.capture(shop.services, shop.company_id)
    assert sorted(found(shop)) == [
        ("mapping_broken", "sku:Shop/PAN-1", "Shop"),
        ("sku_units", "sku:Shop/MUG-12-PK", "Shop"),
    ]


def test_an_account_for_money_that_is_none_any_more_is_found_before_a_payment(shop):
    """Somebody changed its kind in QuickBooks; the alert is the one a held payment would have."""
    bank = shop.create("Account", Name="Till", AccountType="Bank")
    put(shop, "cash", bank, mappings.DEPOSIT_TO)
    shop.push()
    assert found(shop) == []

    kind = {"AccountType": "Expense", "AccountSubType": "OtherMiscellaneousServiceCost"}
    shop.act("edit", "Account", bank, data=kind)
    mirror.capture(shop.services, shop.company_id)
    shop.hand_over(customer("c1", "Jane Doe"), payment("p1", "c1", "10.00", deposit_to="cash"))
    shop.push_all()
    assert found(shop) == [("account_unusable", "deposit_to:Shop/cash", "Shop")]
    assert shop.causes("payment", "p1") == [("account_unusable", "deposit_to:Shop/cash")]
