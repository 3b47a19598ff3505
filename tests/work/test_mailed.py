"""An error that arrives by mail becomes the alert that mends it, like any other."""

import mailbox
from pathlib import Path

from bot import jobs
from tests.work.house import House

MAILS = Path(__file__).parent.parent / "forwarded" / "mails"


def test_a_mail_becomes_an_alert_and_green(house: House, tmp_path):
    """It names an inactive customer: one alert, reactivated by its button, and nothing twice."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.capture()
    folder = mailbox.Maildir(tmp_path / "mails", create=True)
    folder.add((MAILS / "01-plain-text.eml").read_bytes())
    house.shop = house.shop.with_settings(MAIL_DIR=str(tmp_path / "mails"))

    for _ in range(2):
        jobs.read_mail(house.services.queue, "maildir")
        house.run()

    [incident] = house.incidents()
    assert (incident.problem, incident.subject) == ("inactive_record", f"Customer:{jane}")
    assert incident.facts["reported"]["count"] == 1
    assert incident.facts["reported"]["tool"] == "Stockroom Notifications"
    assert house.mend(incident, "reactivate").state == "resolved"
    assert "Stockroom Notifications has to try again itself" in house.ending(incident)
