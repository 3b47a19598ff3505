"""The check read_budget: the month's reads are told before they run out, once for all companies."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from bot.domain import EVERYTHING, Scope
from bot.models import Company, ReadCount
from checks import read_budget
from tests.sync.shop import customer

BUDGET = 500_000


def findings(shop, company_id=None, scope=EVERYTHING):
    """What the check finds at a company."""
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, company_id or shop.company_id)
    return list(read_budget.run(shop.services, company, scope))


def read(shop, share):
    """Let so large a share of the budget be used, evenly since the month's first day."""
    today = shop.services.clock.now().date()
    with shop.services.sessions.write() as session:
        session.exec(delete(ReadCount))
        each = int(BUDGET * share) // today.day
        for day in range(1, today.day + 1):
            session.add(
                ReadCount(company_id=shop.company_id, day=today.replace(day=day), reads=each)
            )


def lasts_share(shop):
    """The share that, used evenly, is exactly the budget at the month's end."""
    today = shop.services.clock.now().date()
    last = (today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return today.day / last.day


def test_what_lasts_is_no_finding(shop):
    """A pace that leaves something at the month's end, and a few reads of a quiet shop."""
    shop.hand_over(customer("c1", "Jane"))
    shop.push()
    assert findings(shop) == []

    read(shop, lasts_share(shop) * 0.9)
    assert findings(shop) == []


def test_what_is_used_up_is_told(shop):
    """With the day, and that it is spent."""
    read(shop, 1.01)

    [found] = findings(shop)

    assert (found.problem, found.subject) == ("read_budget", "read_budget")
    assert found.facts["spent"] is True
    assert found.facts["percent"] == 100
    assert date.fromisoformat(found.facts["ends_on"]) == shop.services.clock.now().date()


def test_only_one_company_tells(shop):
    """The quota is one for all companies: the first one's channel hears of it."""
    read(shop, 1.01)
    second = shop.bench.add_company("Blue Ridge")
    shop.bench.connect(second, shop.simulator.new_company("Blue Ridge"))

    assert len(findings(shop)) == 1
    assert findings(shop, second) == []


@pytest.mark.parametrize("budget", ["0"])
def test_without_a_budget_nothing_is_told(shop, budget):
    """0: reads are not limited, as those of sandbox companies."""
    read(shop, 1.01)
    settings = shop.services.settings.model_copy(update={"QUICKBOOKS_READS_PER_MONTH": int(budget)})
    object.__setattr__(shop.services, "settings", settings)

    assert findings(shop) == []


def test_only_when_asked(shop):
    """A look at another subject does not run it."""
    read(shop, 1.01)

    assert findings(shop, scope=Scope(frozenset({"Customer:1"}))) == []
