"""One record whose call hangs every time, at a company where all else is answered."""

from dataclasses import replace

import pytest

from bot.domain import Scope
from bot.models import Company
from bot.sync import holds
from checks import failed_records
from tests.clocks import LaterClock
from tests.quickbooks.simulator import settings_for
from tests.sync.shop import customer, invoice, item, payment

KIND, SUBJECT = "no_answer_for_record", "invoice:Shop/HANGS"
# Real seconds until a reply counts as lost, and for which the simulator keeps silent.
PATIENCE, SILENCE = "0.6", 3


@pytest.fixture
def settings(simulator, tmp_path):
    """A bot that does not wait long for a reply."""
    return settings_for(simulator, tmp_path, QUICKBOOKS_TIMEOUT_SECONDS=PATIENCE)


@pytest.fixture
def hanging(shop):
    """Customer and item are in QuickBooks; whatever names invoice HANGS is never answered."""
    shop.services = replace(shop.services, clock=LaterClock())
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.push_all()
    match = {"realm": shop.realm, "operation": "create", "name": "HANGS"}
    shop.simulator.fault("timeout_before", None, match, seconds=SILENCE)
    return shop


def next_slice(shop):
    """The next slice at the moment the one before asked for, as the job does it."""
    report = shop.push()
    if report.again_at is not None:
        left = (report.again_at - shop.services.clock.now()).total_seconds()
        shop.services.clock.skip(seconds=max(0.0, left) + 0.01)
    return report


def findings(shop):
    """What the check of held records tells."""
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    return list(failed_records.run(shop.services, company, Scope()))


def test_a_record_that_hangs_stops_nobody_and_is_held_as_one_cause(hanging):
    """Others post between its tries, however long it was alone before; let go, it posts once."""
    shop = hanging
    shop.hand_over(invoice("HANGS", "c1"), payment("p1", "c1", "100.00", "HANGS"))
    stopped = sum(next_slice(shop).stopped is not None for _ in range(5))
    assert (stopped, shop.holds()) == (3, [])
    # It has been alone for long: by now the company itself is tried once a minute.
    shop.services.clock.skip(minutes=10)
    assert next_slice(shop).stopped is not None

    others = [str(number) for number in range(6)]
    shop.hand_over(*(invoice(number, "c1") for number in others))
    next_slice(shop)
    assert {shop.state("invoice", number) for number in others} == {"posted"}

    for _ in range(6):
        if shop.state("invoice", "HANGS") == "held":
            break
        shop.hand_over(invoice(f"later {len(shop.creates())}", "c1"))
        next_slice(shop)
    assert shop.causes("invoice", "HANGS") == [(KIND, SUBJECT)]
    shop.push_all()
    [found] = findings(shop)
    assert (found.problem, found.subject, found.facts["documents"]) == (KIND, SUBJECT, 2)
    asked = len(shop.simulator.requests(shop.realm))
    shop.services.clock.skip(hours=1)
    assert shop.push().stopped is None
    assert len(shop.simulator.requests(shop.realm)) == asked

    shop.simulator.control("DELETE", "/faults")
    with shop.services.sessions.write() as session:
        holds.release(session, shop.company_id, KIND, SUBJECT)
    shop.push_all()
    assert shop.state("payment", "p1") == "posted"
    assert [row["DocNumber"] for row in shop.books("Invoice")].count("HANGS") == 1
    assert findings(shop) == []
