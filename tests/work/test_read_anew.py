"""A pause longer than QuickBooks' change list: the company is read anew, in turns of the sync."""

from datetime import timedelta

from bot import mirror
from bot.models import MirrorState
from tests.sync.shop import invoice


def test_after_a_long_pause_all_is_looked_at_again(house):
    """What was mended in QuickBooks meanwhile lets go what waited; the alert ends by itself."""
    company_id = house.shop.company_id
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    incident = house.incident("inactive_record")
    house.shop.act("reactivate", "Customer", jane)
    with house.services.sessions.write() as session:
        state = session.get_one(MirrorState, company_id)
        state.captured_to -= timedelta(days=40)
        session.add(state)

    house.capture()
    assert not mirror.loaded(house.services, company_id)
    house.sync()

    assert mirror.loaded(house.services, company_id)
    assert house.again(incident).state == "resolved"
    assert house.shop.record("invoice", "1").qbo_id
