"""A posted document whose amounts differ: never posted again, told until the two agree."""

import pytest

from bot.fixes import recheck
from bot.models import Incident, Record
from bot.sync import comparing, holds
from tests.sync.shop import customer, invoice, item


@pytest.fixture
def differing(shop):
    """Invoice 1042: $100.00 in the shop, and a person makes it $107.00 in QuickBooks."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1042", "c1"))
    shop.push_all()
    in_quickbooks(shop, 107)
    with shop.services.sessions.write() as session:
        row = session.get_one(Record, shop.record("invoice", "1042").id)
        found = comparing.Amounts(row.amount, row.amount + 7)
        now = shop.services.clock.now()
        comparing.hold_difference(session, row, found, {"company": "Harbor Foods"}, now)
    return shop


def in_quickbooks(shop, amount):
    """A person changes the invoice's only line."""
    detail = {"ItemRef": {"value": shop.record("item", "i1").qbo_id}, "Qty": 1, "UnitPrice": amount}
    line = {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": detail}
    shop.act("edit", "Invoice", shop.record("invoice", "1042").qbo_id, data={"Line": [line]})


def incident(shop):
    """The alert about the difference."""
    [hold] = shop.holds("invoice", "1042")
    now = shop.services.clock.now()
    return Incident(
        company_id=shop.company_id,
        check_name="failed_records",
        problem=hold.problem,
        subject=hold.subject,
        family="mapping",
        kind="tax_currency",
        severity="error",
        facts={**hold.facts, "documents": 0},
        opened_at=now,
        last_seen_at=now,
    )


def test_while_it_differs_there_is_nothing_to_confirm(differing):
    """The plan says both totals and what to do."""
    plan = recheck.plan(differing.services, incident(differing), {})

    assert plan.steps == ()
    assert plan.refused.startswith("Invoice 1042 still has $107.00 in QuickBooks")
    assert "the source says $100.00" in plan.refused


@pytest.mark.parametrize("corrected", ["QuickBooks", "shop"])
def test_corrected_on_either_side_the_alert_can_end(differing, corrected):
    """In QuickBooks, or by a new version of the shop, which posts nothing."""
    told = incident(differing)
    if corrected == "QuickBooks":
        in_quickbooks(differing, 100)
    else:
        report = differing.hand_over(invoice("1042", "c1", ("i1", 1, "107.00")))
        assert "already posted" in report.notes[0].text
        differing.push_all()

    plan = recheck.plan(differing.services, told, {})
    assert [step.action for step in plan.steps] == ["release"]
    assert plan.facts["posts"]["documents"] == 0
    with differing.services.sessions.write() as session:
        holds.release(session, differing.company_id, told.problem, told.subject)
    assert recheck.verify(differing.services, told, plan) == ""
    assert differing.holds() == []
    assert len(differing.creates("Invoice")) == 1


def test_if_it_differs_again_before_it_is_verified_the_alert_stands(differing):
    """The hold the step dropped is back, with today's amounts."""
    told = incident(differing)
    in_quickbooks(differing, 100)
    plan = recheck.plan(differing.services, told, {})
    with differing.services.sessions.write() as session:
        holds.release(session, differing.company_id, told.problem, told.subject)
    in_quickbooks(differing, 109)

    assert "$109.00" in recheck.verify(differing.services, told, plan)
    [hold] = differing.holds("invoice", "1042")
    assert (hold.facts["theirs_total"], hold.facts["difference"]) == ("109.00", "9.00")
    assert differing.state("invoice", "1042") == "posted"


def test_a_document_deleted_in_quickbooks_is_not_posted_again(differing):
    """It says so; a person enters it."""
    differing.act("delete", "Invoice", differing.record("invoice", "1042").qbo_id)

    assert (
        "somebody deleted it" in recheck.plan(differing.services, incident(differing), {}).refused
    )
