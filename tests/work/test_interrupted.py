"""The permission is lost while a fix posts: what is left is told, and goes on afterwards."""

import pytest

from bot.fixes import engine
from bot.incidents.message import build
from bot.models import FixRun
from bot.work.fixing import SLICE_RECORDS, run_fix
from checks import ALL_CHECKS
from commands.parts import alert_records
from tests.sync.shop import customer, invoice

LEFT = 3
ALL = SLICE_RECORDS + LEFT


@pytest.fixture
def stopped(house):
    """Jane's invoices are being posted when the app is removed: one slice is in QuickBooks."""
    shop = house.shop
    shop.act("deactivate", "Customer", shop.record("customer", "c1").qbo_id)
    shop.hand_over(*(invoice(str(number), "c1") for number in range(100, 100 + ALL)))
    house.sync()
    house.told()
    incident = house.incident("inactive_record")
    prepared, _ = house.preview(incident, "reactivate")
    answer = engine.confirm(house.services, prepared.run_id, "U0DANA", {})
    assert isinstance(answer, engine.Confirmed)
    run_fix(house.services, prepared.run_id, ALL_CHECKS)
    assert len(shop.creates("Invoice")) == SLICE_RECORDS
    shop.simulator.act(shop.realm, "revoke_app")
    house.run()
    return incident


def test_what_is_left_is_told(house, stopped):
    """The paused alert counts what is not posted yet; the window says who has to do what."""
    paused = house.again(stopped)
    assert paused.paused_by_id == house.incident("connection_lost").id
    assert (paused.facts["documents"], paused.facts["sales_amount"]) == (LEFT, "300.00")
    told = house.ending(stopped)
    assert f"{SLICE_RECORDS} of {ALL} documents in QuickBooks." in told
    assert told.endswith(f"The other {LEFT} follow by themselves after that.")
    assert "could not be reached: " not in told


def test_the_green_is_the_fixs_own(house, stopped):
    """After reconnecting: the same person, all of them with the money, read back, each once."""
    house.shop.bench.connect(house.shop.company_id, house.shop.realm)
    house.check()
    house.sync()
    house.check()

    green = house.again(stopped)
    assert green.state == "resolved"
    assert (green.story["outcome"]["by"], green.story["outcome"]["posted"]) == ("U0DANA", ALL)
    assert house.ending(stopped) == f"{ALL} of {ALL} in QuickBooks, sales $3,300.00"
    assert len(house.shop.creates("Invoice")) == ALL
    [run] = house.shop.all(FixRun)
    assert (run.state, run.fix, run.approved_by) == ("done", "reactivate", "U0DANA")


def test_the_connections_alert_and_its_window_count_the_same(house):
    """What another problem holds is that one's: both say what goes once access is allowed."""
    shop = house.shop
    shop.hand_over(customer("c2", "Bo Marsh"))
    house.sync()
    shop.act("deactivate", "Customer", shop.record("customer", "c1").qbo_id)
    shop.hand_over(*(invoice(str(number), "c1") for number in range(1, 4)))
    house.sync()
    shop.simulator.act(shop.realm, "revoke_app")
    shop.hand_over(invoice("8", "c2"), invoice("9", "c2"))
    house.sync()

    incident = house.incident("connection_lost")
    with house.services.sessions.read() as session:
        window = alert_records.of(session, incident)
    _, preview = house.preview(incident, "reconnect")
    assert incident.facts["documents"] == len(window.held) == 2
    assert "Then 2 documents are posted" in preview
    assert "2 documents wait" in str(build(house.services, incident).blocks)
    assert house.incident("inactive_record").facts["documents"] == 3
