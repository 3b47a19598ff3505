"""Filed sales tax, one rule: one asks, an approver sees the amount and the return."""

import json

import pytest

from bot import incidents
from bot.domain import Role
from bot.fixes import engine, open_months
from bot.sync import periods
from tests.sync.shop import customer, invoice, item, payment, vendor
from tests.work.sales import keyed, sales
from tests.work.test_bills import bill

OCTOBER = {"date": "2026-10-10", "tax": "7.00"}


@pytest.fixture
def used(house):
    """An October sale of $107.00 whose number another customer's invoice has; then tax is filed."""
    house.shop.hand_over(customer("c2", "Kim Lee"))
    house.shop.push_all()
    keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c2", **OCTOBER))
    house.sync()
    house.filed_through("2026-10-31")
    return house


def missing_account(house):
    """An item of an account that is not there, and its October sale; tax is filed."""
    house.shop.hand_over(
        item("i7", "Web Mug", income_account="Web Store"),
        invoice("1001", "c1", ("i7", 1, "100.00"), **OCTOBER),
    )
    house.sync()
    house.filed_through("2026-10-31")
    return house.incident("no_income_account")


def needs_two(house, alert, fix, told):
    """One press is refused, with the amount and the return; a second person's goes through."""
    prepared, words = house.preview(alert, fix)
    assert prepared.plan.role is Role.APPROVER
    assert "An approver and a second person have to do this: sales tax is filed through" in words
    assert told in words
    assert "October 2026 is filed" in prepared.plan.second
    answer = engine.confirm(house.services, prepared.run_id, "U0DANA", {})
    assert answer == engine.Refused(engine.NEEDS_ANOTHER)

    assert house.mend_by_two(alert, fix).state == "resolved"


def test_another_number_in_a_filed_month_needs_two(used):
    """Renumber is of the books: two people, and then it is posted in October."""
    alert = used.incident("duplicate_document_number")
    gets = "The return of October 2026 gets total $107.00 = sales $100.00 + sales tax $7.00."
    needs_two(used, alert, "renumber", gets)
    assert sales(used)["1001-2"]["TxnDate"] == "2026-10-10"


def test_leaving_a_sale_out_of_a_filed_month_needs_two(used):
    """Skipping changes what the return should hold: the preview says what it stays without."""
    alert = used.incident("duplicate_document_number")
    without = "The return of October 2026 stays without total $107.00"
    needs_two(used, alert, "skip", without)
    assert list(sales(used)) == ["1001"]


def test_an_account_for_documents_of_a_filed_month_needs_two(house):
    """Create account, with an October sale behind it."""
    alert = missing_account(house)
    needs_two(house, alert, "create_account", "The return of October 2026 gets total $107.00")


def test_a_reactivation_needs_somebody_who_asks_and_an_approver(used):
    """What is not of the books by itself rises to an approver; who asks may be an operator."""
    used.shop.act("deactivate", "Customer", used.shop.record("customer", "c1").qbo_id)
    used.capture()
    used.filed_through("2026-09-30")
    used.shop.hand_over(
        invoice("2001", "c1", **OCTOBER), payment("p9", "c1", "5.00", date="2026-10-20")
    )
    used.sync()
    used.filed_through("2026-10-31")
    alert = used.incident("inactive_record")

    prepared, _ = used.preview(alert, "reactivate")
    assert prepared.plan.first is Role.OPERATOR
    needs_two(used, alert, "reactivate", "sales tax $7.00.")


def test_posting_into_a_filed_month_needs_somebody_who_asks_and_an_approver(house):
    """No approver lets a sale in alone; who asked for it may be an operator."""
    house.filed_through("2026-10-31")
    house.shop.hand_over(invoice("1001", "c1", **OCTOBER))
    house.sync()
    alert = house.incident("filed_tax")
    prepared, _ = house.preview(alert, "post_filed")
    assert prepared.plan.first is Role.OPERATOR
    needs_two(house, alert, "post_filed", "The return of October 2026 gets total $107.00")


def test_a_month_that_is_not_filed_asks_nobody_more(used):
    """Without filed tax a single approver renumbers."""
    used.filed_through("2026-09-30")
    prepared, words = used.preview(used.incident("duplicate_document_number"), "renumber")
    assert prepared.plan.second == ""
    assert "sales tax is filed" not in words


def test_bills_and_payments_of_a_filed_month_go(house):
    """No return holds them: they are posted with their own day, without an approver."""
    house.filed_through("2026-10-31")
    house.shop.hand_over(vendor("v1", "Paper Mill"), bill("b1", "B-1", date="2026-10-05"))
    house.sync()

    assert house.shop.record("bill", "b1").qbo_id
    assert house.incidents() == []


def test_a_fix_of_the_books_is_never_split(used):
    """Renumbering offers no part of it."""
    prepared, _ = used.preview(used.incident("duplicate_document_number"), "renumber")
    assert prepared.plan.facts["outside"] == {}


def test_what_waits_for_a_sale_of_the_filed_month_is_held_with_it(used):
    """The payment of the held invoice stays too; the invoice of an open month goes."""
    used.shop.act("deactivate", "Customer", used.shop.record("customer", "c1").qbo_id)
    used.capture()
    used.filed_through("2026-09-30")
    used.shop.hand_over(
        invoice("2001", "c1", **OCTOBER),
        payment("p9", "c1", "107.00", "2001", date="2026-11-20"),
        invoice("2002", "c1", date="2026-11-05"),
    )
    used.sync()
    used.filed_through("2026-10-31")
    alert = used.incident("inactive_record")

    prepared, _ = used.preview(alert, "reactivate")
    assert prepared.plan.facts["outside"] == {"go": 1, "hold": 2}
    chosen = {open_months.HOLD_FILED: "yes"}
    part = engine.prepare(used.services, alert.id, "reactivate", "U0DANA", chosen)
    assert part.plan.role is Role.OPERATOR
    assert isinstance(engine.confirm(used.services, part.run_id, "U0DANA", {}), engine.Confirmed)
    used.run()
    assert used.shop.record("invoice", "2002").state == "posted"
    assert used.shop.record("invoice", "2001").state == "held"


def test_in_closed_books_the_closed_month_comes_first(house):
    """No approver can let it in: it is never held for the filed tax, but for the closed month."""
    house.shop.simulator.act(house.shop.realm, "close_books", date="2026-09-30")
    house.filed_through("2026-09-30")
    periods.refreshed(house.services, house.shop.company_id)
    house.shop.hand_over(invoice("3001", "c1", date="2026-09-15"))
    house.sync()

    assert [row.problem for row in house.incidents()] == ["closed_period"]


def test_what_only_moved_to_another_alert_is_not_called_fixed(house):
    """The books were closed while the sale waited for its approver: nothing was posted."""
    house.filed_through("2026-09-30")
    house.shop.hand_over(invoice("3001", "c1", date="2026-09-15"))
    house.sync()
    house.told()
    alert = house.incident("filed_tax")
    house.shop.simulator.act(house.shop.realm, "close_books", date="2026-09-30")

    prepared, words = house.preview(alert, "post_filed")
    assert "invoice 3001 is dated in closed books" in words
    house.confirm(prepared)
    assert house.incident("closed_period").state == "open"
    built = incidents.build(house.services, house.again(alert))
    assert "WAITS ELSEWHERE" in json.dumps(built.blocks, ensure_ascii=False)
    assert "waits for another alert" in built.text
    assert "read back" not in json.dumps(built.blocks)


def test_a_closing_date_met_elsewhere_moves_what_waits_for_the_filed_tax(house):
    """QuickBooks refuses one sale for closed books: others of that time are judged anew."""
    house.filed_through("2026-09-30")
    house.shop.hand_over(invoice("3001", "c1", date="2026-09-15"))
    house.sync()
    assert house.incident("filed_tax").state == "open"
    house.filed_through("2026-08-31")
    house.shop.simulator.act(house.shop.realm, "close_books", date="2026-09-30")
    house.shop.hand_over(invoice("3002", "c1", date="2026-09-16"))
    house.sync()
    house.sync()

    assert {one for one, _ in house.shop.causes("invoice", "3001")} == {"closed_period"}
