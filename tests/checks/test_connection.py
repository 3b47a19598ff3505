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
