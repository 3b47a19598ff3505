"""The check connection: a dead one at once, trouble that heals by itself only when it lasts."""

from datetime import timedelta

import pytest

from bot.domain import EVERYTHING, ConnectionState, Scope
from bot.models import Company
from checks import connection
from tests.sync.shop import customer, invoice, payment


def findings(shop, scope=EVERYTHING):
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    return list(connection.run(shop.services, company, scope))


def test_a_lost_connection_counts_everything_that_waits(shop):
    """Sales and payments of the company, with the reason in words."""
    shop.hand_over(invoice("1", "c1"), customer("c1", "Jane"), payment("p1", "c1", "3.00"))
    shop.simulator.act(shop.realm, "revoke_app")
    shop.push()

    [found] = findings(shop)

    assert (found.problem, found.subject) == ("connection_lost", "connection")
    assert (found.facts["documents"], found.facts["record_count"]) == (2, 3)
    assert (found.facts["sales_amount"], found.facts["cash_amount"]) == ("100.00", "3.00")
    assert found.facts["reason"]
    assert found.facts["since"]


def test_a_company_never_connected_or_well_has_no_finding(shop):
    """Setting up is not trouble."""
    assert findings(shop) == []
    shop.bench.change_connection(state=ConnectionState.NEVER)
    assert findings(shop) == []


@pytest.mark.parametrize(
    ("trouble", "seconds"), [("throttled", 300), ("server_error", 600), ("network", 600)]
)
def test_trouble_that_heals_by_itself_is_told_only_when_it_lasts(shop, trouble, seconds):
    """Shorter than the setting: silence."""
    now = shop.services.clock.now()
    shop.bench.change_connection(
        trouble=trouble, trouble_since=now - timedelta(seconds=seconds - 20), trouble_detail="x"
    )
    assert findings(shop) == []

    shop.bench.change_connection(trouble_since=now - timedelta(seconds=seconds + 1))
    assert [found.problem for found in findings(shop)] == [trouble]


@pytest.mark.parametrize("trouble", ["wrong_permission", "company_suspended"])
def test_what_only_a_person_can_mend_is_told_at_once(shop, trouble):
    """Without waiting for it to last."""
    now = shop.services.clock.now()
    shop.bench.change_connection(trouble=trouble, trouble_since=now, trouble_detail="said so")

    [found] = findings(shop)
    assert (found.problem, found.facts["detail"]) == (trouble, "said so")
    assert findings(shop, Scope(frozenset({"Customer:1"}))) == []


@pytest.mark.parametrize(("days", "stage"), [(29.9, 30), (13, 14), (6, 7), (0.5, 1)])
def test_the_end_of_a_permission_is_told_early_and_edited_four_times(shop, days, stage):
    """30, 14, 7 and 1 days before; the facts between two of them are the same."""
    now = shop.services.clock.now()
    shop.bench.change_connection(hard_expires_at=now + timedelta(days=days))

    [found] = findings(shop)

    assert (found.problem, found.subject) == ("permission_ends", "connection")
    assert (found.facts["stage"], found.facts["end_reason"]) == (stage, "age")
    shop.bench.change_connection(hard_expires_at=now + timedelta(days=31))
    assert findings(shop) == []


def test_the_nearest_end_counts_and_stays_told_when_the_connection_is_lost(shop):
    """100 days without use come before five years; losing it does not turn the warning green."""
    now = shop.services.clock.now()
    shop.bench.change_connection(
        hard_expires_at=now + timedelta(days=20), refresh_expires_at=now + timedelta(days=3)
    )
    [found] = findings(shop)
    assert (found.facts["stage"], found.facts["end_reason"]) == (7, "idle")

    shop.bench.change_connection(state=ConnectionState.LOST, lost_at=now, lost_reason="withdrawn")

    assert [one.problem for one in findings(shop)] == ["connection_lost", "permission_ends"]
