"""A cent between the shop's sales tax and QuickBooks' own (story 48)."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.errors import BadInput
from bot.incidents import exceptions
from bot.models import AuditEntry, Company, Write
from bot.sync import holds, rounding_policy
from bot.sync.rounding_lines import MOST_TRIES
from tests.sync.shop import invoice, item, payment
from tests.work.sales import sales
from tests.work.test_closed_months import close_books

PROBLEM = "total_differs"
# QuickBooks' 8 %, line by line: 2 x $0.07 of tax on $0.94 each; the shop taxes the sum.
LINES = (("i1", 1, "0.94"), ("i2", 1, "0.94"))


@pytest.fixture
def taxing(house):
    """QuickBooks reckons the tax itself, and there is a service for rounding."""
    house.shop.simulator.control("POST", "/switches", {"automated_tax_ignores_sent": True})
    house.shop.simulator.act(
        house.shop.realm, "set_preference", data={"TaxPrefs.PartnerTaxEnabled": True}
    )
    yield house
    house.shop.simulator.control("POST", "/switches", {"automated_tax_ignores_sent": False})


@pytest.fixture
def rounded(taxing):
    """The firm lets the bot round up to five cents."""
    choose(taxing)
    return taxing


def choose(house, limit="0.05"):
    """The firm chooses its item and its limit."""
    house.shop.hand_over(item("i9", "Rounding", kind="service"))
    house.sync()
    return decided(house, limit)


def decided(house, limit):
    """What the firm chose is kept; the item's id."""
    with house.services.sessions.write() as session:
        company = session.get_one(Company, house.shop.company_id)
        row = rounding_policy.item_called(session, company, "Rounding")
        now = house.services.clock.now()
        rounding_policy.decide(session, company, row, Decimal(limit), by="U0SAM", now=now)
    return row.qbo_id


def sale(number="1001", *lines, tax="0.15", **more):
    """The shop's own tax: QuickBooks makes $0.16 of it."""
    return invoice(number, "c1", *(lines or LINES), tax=tax, **more)


def state_of(house, number="1001"):
    """Total, tax and balance in the books."""
    row = sales(house)[number]
    return row["TotalAmt"], row["TxnTaxDetail"]["TotalTax"], row["Balance"]


def updates(house):
    """Updates of invoices that took effect."""
    return [
        row
        for row in house.shop.simulator.writes(house.shop.realm)
        if row["operation"] == "update"
        and row["entity"] == "Invoice"
        and row["status"] == 200
        and not row["replayed"]
    ]


def test_within_the_limit_the_line_is_there_before_its_payment(rounded):
    """Balance 0.00, the tax as QuickBooks has it, no alert, one update, in the record."""
    rounded.shop.hand_over(sale(), payment("p1", "c1", "2.03", "1001"))
    rounded.sync()

    assert state_of(rounded) == (2.03, 0.16, 0)
    [line] = [row for row in sales(rounded)["1001"]["Line"] if row["Amount"] == -0.01]
    assert line["Description"] == "Rounding: sales tax $0.15 in Shop, $0.16 in QuickBooks"
    assert line["SalesItemLineDetail"]["TaxCodeRef"] == {"value": "NON"}
    assert rounded.shop.holds() == []
    assert rounded.incidents() == []
    assert len(updates(rounded)) == 1
    [entry] = [row for row in rounded.shop.all(AuditEntry) if row.action == "rounding.line"]
    assert (entry.actor, entry.data["line"]) == ("", "-0.01")

    rounded.capture()
    rounded.sync()
    assert rounded.incidents() == []
    assert rounded.shop.hand_over(sale()).notes == []
    assert len(updates(rounded)) == 1


def test_the_line_may_add_a_cent_too(rounded):
    """QuickBooks reckons less than the shop."""
    rounded.shop.hand_over(sale(tax="0.18"), payment("p1", "c1", "2.06", "1001"))
    rounded.sync()

    assert state_of(rounded) == (2.06, 0.16, 0)
    assert rounded.incidents() == []


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "unavailable_html"])
def test_a_lost_reply_adds_one_line_and_the_payment_waits(rounded, fault):
    """The same request settles it; the payment never goes before."""
    match = {"entity": "Invoice", "operation": "update"}
    rounded.shop.simulator.control("POST", "/faults", {"fault": fault, "times": 1, "match": match})
    rounded.shop.hand_over(sale(), payment("p1", "c1", "2.03", "1001"))
    for _ in range(4):
        rounded.sync()

    assert state_of(rounded) == (2.03, 0.16, 0)
    assert len(updates(rounded)) == 1
    assert rounded.shop.holds() == []


def test_what_is_more_than_the_limit_is_asked_about(rounded):
    """$3.17 is never rounded away by itself; a person may, with the preview."""
    rounded.shop.hand_over(sale("1001", ("i1", 1, "100.00"), tax="4.83"))
    rounded.sync()
    assert state_of(rounded) == (108, 8, 108)
    alert = rounded.incident(PROBLEM)
    assert "rounding line" in rounded.shown(alert)
    assert not rounded.services.buttons["rounding_line"].agreed(alert.facts)

    _, words = rounded.preview(alert, "rounding_line")
    assert "total: $108.00 → $104.83" in words
    assert "Rounding, not taxed" in words
    assert "sales tax in QuickBooks stays $8.00" in words
    green = rounded.mend(alert, "rounding_line")
    assert green.state == "resolved", rounded.ending(alert)
    assert state_of(rounded) == (104.83, 8, 104.83)
    assert "rounding line of -$3.17" in rounded.ending(alert)
    rounded.capture()
    assert rounded.again(alert).state == "resolved"
    assert len(rounded.incidents()) == 1

    assert rounded.mend(alert, "undo").state == "open", rounded.ending(alert)
    assert state_of(rounded) == (108, 8, 108)
    assert [row.problem for row in rounded.shop.holds()] == [PROBLEM]


def test_more_than_a_few_dollars_is_no_rounding(rounded):
    """Nobody is offered to round a wrong tax away."""
    rounded.shop.hand_over(sale("1001", ("i1", 1, "100.00"), tax="2.00"))
    rounded.sync()

    alert = rounded.incident(PROBLEM)
    assert not rounded.services.buttons["rounding_line"].offered(alert.facts)
    prepared, _ = rounded.preview(alert, "rounding_line")
    assert "no rounding" in prepared.plan.refused or "more than" in prepared.plan.refused


def test_without_an_item_nothing_is_added_and_the_button_asks_for_one(taxing):
    """The payment leaves its cent; then a person chooses the item."""
    taxing.shop.hand_over(sale(), payment("p1", "c1", "2.03", "1001"))
    taxing.shop.hand_over(item("i9", "Rounding", kind="service"))
    taxing.sync()
    assert state_of(taxing) == (2.04, 0.16, 0.01)
    alert = taxing.incident(PROBLEM)

    prepared, _ = taxing.preview(alert, "rounding_line")
    assert (prepared.plan.steps, [one.name for one in prepared.plan.choices]) == ((), ["item"])
    chosen = f"Item:{taxing.shop.record('item', 'i9').qbo_id}"
    prepared, words = taxing.preview(alert, "rounding_line", item=chosen)
    assert "open on it: $0.01 → $0.00" in words
    taxing.confirm(prepared)
    assert taxing.again(alert).state == "resolved"
    assert state_of(taxing) == (2.03, 0.16, 0)


def test_a_filed_or_closed_month_is_left_to_people(rounded):
    """By itself the bot adds nothing there; in closed books nobody does."""
    rounded.filed_through("2026-10-31")
    rounded.shop.hand_over(sale() | {"date": "2026-10-20"})
    rounded.sync()
    rounded.mend_by_two(rounded.incident("filed_tax"), "post_filed")
    assert state_of(rounded)[0] == 2.04
    alert = rounded.incident(PROBLEM)
    _, words = rounded.preview(alert, "rounding_line")
    assert "keeps its sales tax" in words

    close_books(rounded, "2026-10-31")
    prepared, _ = rounded.preview(alert, "rounding_line")
    assert "closed through 10/31/2026" in prepared.plan.refused


def test_a_refused_line_is_told_and_tried_no_more(rounded):
    """QuickBooks says no for good: the difference stands with its words."""
    match = {"entity": "Invoice", "operation": "update"}
    body = {"fault": "code:2010", "times": 1, "match": match, "detail": "No such line."}
    rounded.shop.simulator.control("POST", "/faults", body)
    rounded.shop.hand_over(sale())
    rounded.sync()

    assert "No such line." in rounded.shown(rounded.incident(PROBLEM))
    rounded.sync()
    assert len(updates(rounded)) == 0
    assert [row.state for row in rounded.shop.all(Write) if row.operation == "update"] == ["fault"]


def test_one_line_without_an_answer_does_not_stop_the_others(rounded):
    """After some tries it is left to a person, and what waits behind it goes."""
    match = {"entity": "Invoice", "operation": "update"}
    body = {"fault": "server_error", "times": None, "match": match}
    rounded.shop.simulator.control("POST", "/faults", body)
    rounded.shop.hand_over(sale())
    rounded.sync()
    rounded.shop.hand_over(invoice("1002", "c1"))
    for _ in range(MOST_TRIES):
        rounded.sync()
    rounded.shop.simulator.control("DELETE", "/faults", None)

    assert rounded.shop.state("invoice", "1002") == "posted"
    assert "again and again" in rounded.shown(rounded.incident(PROBLEM))
    assert rounded.mend(rounded.incident(PROBLEM), "rounding_line").state == "resolved"
    assert state_of(rounded) == (2.03, 0.16, 2.03)
    assert len(updates(rounded)) == 1


def test_an_item_that_went_inactive_leaves_it_to_a_person(rounded):
    """The line would go nowhere."""
    rounded.shop.act("deactivate", "Item", rounded.shop.record("item", "i9").qbo_id)
    rounded.capture()
    rounded.shop.hand_over(sale())
    rounded.sync()

    assert "Rounding is inactive" in rounded.shown(rounded.incident(PROBLEM)).replace(
        " (deleted)", ""
    )


def test_the_alert_ends_and_comes_back_with_the_line(rounded):
    """Somebody takes the line out in QuickBooks: that is told."""
    rounded.shop.hand_over(sale())
    rounded.sync()
    row = sales(rounded)["1001"]
    kept = [
        line
        for line in row["Line"]
        if line["DetailType"] == "SalesItemLineDetail" and line["Amount"] > 0
    ]
    rounded.shop.act("edit", "Invoice", row["Id"], data={"Line": kept})
    rounded.capture()

    assert rounded.incident("changed_in_books").state == "open"


@pytest.fixture
def behind(rounded):
    """An invoice of $108.07 that QuickBooks has at $108.00, and its payment."""
    big = sale("1001", ("i1", 1, "100.00"), tax="8.07")
    rounded.shop.hand_over(big, payment("p1", "c1", "108.07", "1001"))
    rounded.sync()
    return rounded


def of_payment(house):
    """What holds the payment: the problem and whose trouble it is."""
    return [(row.problem, row.cause_record_id) for row in house.shop.holds("payment", "p1")]


def test_a_payment_behind_a_difference_is_part_of_its_alert(behind):
    """One message names both with their money; settled the one, the other goes with it."""
    invoice_id = behind.shop.record("invoice", "1001").id
    assert state_of(behind) == (108, 8, 108)
    assert of_payment(behind) == [(PROBLEM, invoice_id)]
    [alert] = behind.incidents()
    words = behind.shown(alert)
    assert "1 payment, $108.07, waits for it: more than QuickBooks has open on it" in words
    assert "Payment p1" in words
    behind.sync()
    behind.capture()
    assert behind.shop.state("payment", "p1") == "held"
    assert len(behind.incidents()) == 1

    prepared, words = behind.preview(alert, "rounding_line")
    assert prepared.plan.facts["records"] == [behind.shop.record("payment", "p1").id]
    assert "Posts 1 payment, $108.07 received, that waited for it." in words
    green = behind.mend(alert, "rounding_line")
    assert green.state == "resolved", behind.ending(alert)
    assert "payments $108.07" in behind.ending(alert)
    assert behind.shop.state("payment", "p1") == "posted"
    assert state_of(behind) == (108.07, 8, 0)
    assert behind.shop.holds() == []
    behind.capture()
    assert len(behind.incidents()) == 1


def test_corrected_by_hand_in_quickbooks_it_goes_by_itself(behind):
    """Nobody presses anything here."""
    row = sales(behind)["1001"]
    extra = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 0.07,
        "SalesItemLineDetail": {
            "ItemRef": {"value": behind.shop.record("item", "i9").qbo_id},
            "TaxCodeRef": {"value": "NON"},
        },
    }
    kept = [line for line in row["Line"] if line["DetailType"] == "SalesItemLineDetail"]
    tax = row["TxnTaxDetail"]
    behind.shop.act(
        "edit", "Invoice", row["Id"], data={"Line": [*kept, extra], "TxnTaxDetail": tax}
    )
    for _ in range(2):
        behind.capture()
        behind.sync()
    assert state_of(behind)[0] == 108.07
    assert behind.shop.state("payment", "p1") == "posted"


def test_a_payment_behind_two_differences_waits_for_both(rounded):
    """One of them settled is not enough: QuickBooks has the other's cents still too few."""
    bills = [sale(number, ("i1", 1, "100.00"), tax="8.07") for number in ("1001", "1002")]
    both = payment("p1", "c1", "216.14", ("1001", "108.07"), ("1002", "108.07"))
    rounded.shop.hand_over(*bills, both)
    rounded.sync()
    assert [problem for problem, _ in of_payment(rounded)] == [PROBLEM, PROBLEM]
    first, second = rounded.incidents()
    rounded.mend(first, "rounding_line")
    rounded.sync()
    assert rounded.shop.state("payment", "p1") == "held"
    rounded.mend(second, "rounding_line")
    assert rounded.shop.state("payment", "p1") == "posted"
    assert rounded.shop.holds() == []


def test_a_smaller_version_of_the_payment_needs_no_difference(behind):
    """The shop corrects the payment itself: it goes, and the difference stands alone."""
    behind.shop.hand_over(payment("p1", "c1", "108.00", "1001", version="2"))
    behind.sync()
    assert behind.shop.state("payment", "p1") == "posted"
    [alert] = behind.incidents()
    assert (alert.state, alert.facts["documents"]) == ("open", 0)
    assert "waits for it" not in behind.shown(alert)


def test_tried_again_by_a_person_it_still_waits_for_the_difference(behind):
    """QuickBooks itself says no then: it stays where it was, and goes when the books agree."""
    record = behind.shop.record("payment", "p1")
    with behind.services.sessions.write() as session:
        holds.release_record(session, record.id)
    behind.shop.push(only=frozenset({record.id}))
    assert of_payment(behind) == [(PROBLEM, behind.shop.record("invoice", "1001").id)]

    behind.shop.hand_over(sale("1001", ("i1", 1, "100.00"), tax="8.00", version="2"))
    behind.sync()
    assert [problem for problem, _ in of_payment(behind)] == ["validation_other"]
    assert behind.incident(PROBLEM).state == "resolved"


def test_a_difference_that_is_expected_lets_the_payment_speak_for_itself(behind):
    """Set aside by an approver: QuickBooks refuses the payment, and that has its own alert."""
    alert = behind.incident(PROBLEM)
    until = behind.services.clock.now() + timedelta(days=30)
    exceptions.make(behind.services, alert.id, "U0SAM", "agreed with the shop", until)
    behind.run()
    behind.sync()
    assert [problem for problem, _ in of_payment(behind)] == ["validation_other"]
    assert [row.problem for row in behind.shop.holds("invoice", "1001")] == [PROBLEM]
    assert behind.again(alert).state == "resolved"
    assert behind.incident("validation_other").state == "open"


def test_a_payment_that_is_too_much_anyway_waits_for_no_difference(rounded):
    """More than the source's own total: that is the payment's own trouble."""
    rounded.shop.hand_over(
        sale("1001", ("i1", 1, "100.00"), tax="8.07"), payment("p1", "c1", "109.00", "1001")
    )
    rounded.sync()

    [hold] = rounded.shop.holds("payment", "p1")
    assert hold.cause_record_id is None
    assert "A rule of QuickBooks stands against it" in rounded.shown(rounded.incident(hold.problem))


def test_only_a_service_is_made_for_rounding(taxing):
    """A product would be sold and counted with every line."""
    taxing.shop.hand_over(item("i9", "Rounding", kind="non_inventory"))
    taxing.sync()
    with pytest.raises(BadInput, match="is no service"):
        decided(taxing, "0.05")
