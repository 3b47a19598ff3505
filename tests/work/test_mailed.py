"""An error that arrives by mail becomes the alert that mends it; a dead mailbox is an alert too."""

import mailbox
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import jobs
from bot.console import sources
from bot.domain import EVERYTHING
from bot.mailbox import Why
from bot.models import Company
from bot.render import to_plain
from checks import mailboxes
from tests.forwarded.imap_server import Account, serving
from tests.incidents.facts import facts_of
from tests.knowledge.readability import bare, grade
from tests.knowledge.test_plain_language import HARDEST
from tests.words import renderer
from tests.work.house import House

MAILS = Path(__file__).parent.parent / "forwarded" / "mails"


def look_into(house, kind):
    """Look into a mailbox, run every check, and what both ask for."""
    jobs.read_mail(house.services.queue, kind)
    house.run()
    house.check()


def test_a_mail_becomes_an_alert_and_green(house: House, tmp_path):
    """It names an inactive customer: one alert, reactivated by its button, and nothing twice."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.capture()
    folder = mailbox.Maildir(tmp_path / "mails", create=True)
    folder.add((MAILS / "01-plain-text.eml").read_bytes())
    house.shop = house.shop.with_settings(MAIL_DIR=str(tmp_path / "mails"))

    for _ in range(2):
        look_into(house, "maildir")

    [incident] = house.incidents()
    assert (incident.problem, incident.subject) == ("inactive_record", f"Customer:{jane}")
    assert incident.facts["reported"]["count"] == 1
    assert incident.facts["reported"]["tool"] == "Stockroom Notifications"
    assert house.mend(incident, "reactivate").state == "resolved"
    assert "Stockroom Notifications has to try again itself" in house.ending(incident)


@pytest.fixture
def account(house):
    """A mailbox that is served, as the settings say it."""
    account = Account()
    with serving(account) as port:
        house.shop = house.shop.with_settings(
            MAIL_IMAP_HOST="127.0.0.1", MAIL_IMAP_PORT=port, MAIL_IMAP_SECURITY="none",
            MAIL_IMAP_USER=account.user, MAIL_IMAP_PASSWORD=SecretStr(account.password),
        )  # fmt: skip
        yield account


def alerts(house):
    """Every alert of a mailbox."""
    return [row for row in house.incidents() if row.problem == "mailbox_unreadable"]


DEAD = (
    ("password", "another", "refuses the user name or the password", "MAIL_IMAP_PASSWORD"),
    ("folder", "Errors", "has no folder INBOX", "MAIL_IMAP_FOLDER"),
    ("read_only", True, "may only be read by this account", "mark mails in this folder"),
)


def test_a_dead_mailbox_is_told_once_until_it_is_read_again(house: House, account):
    """One alert with its steps, however often it is tried; green when the mails are read."""
    for part, wrong, says, step in DEAD:
        right = getattr(account, part)
        setattr(account, part, wrong)
        for _ in range(2):
            look_into(house, "imap")
        assert [row.state for row in alerts(house)] == ["open"]
        said = house.shown(alerts(house)[0])
        assert says in said
        assert step in said
        assert "hush-hush" not in said

        setattr(account, part, right)
        look_into(house, "imap")
        assert [row.state for row in alerts(house)] == ["resolved"]


def test_what_heals_by_itself_is_told_only_when_it_lasts(house: House, account):
    """A server that hangs up, or lets nobody in just now, is no news before LASTING_OUTAGE_SECONDS.

    The company that was added first hears of it, no other one.
    """
    account.dies_at = "SEARCH"
    look_into(house, "imap")
    assert alerts(house) == []

    house.shop = house.shop.with_settings(LASTING_OUTAGE_SECONDS=0)
    look_into(house, "imap")
    [incident] = alerts(house)
    assert incident.facts["trouble"] == "away"
    assert "has not answered as it should for some time" in house.shown(alerts(house)[0])
    other = house.shop.bench.add_company("Blue Ridge")
    with house.services.sessions.read() as session:
        second = session.get_one(Company, other)
    assert list(mailboxes.run(house.services, second, EVERYTHING)) == []


def test_mails_of_no_company_are_told_until_their_sender_is_declared(house: House, account):
    """One alert that counts them and says who sends them; green when they have a company."""
    door = house.shop.bench.add_company("Blue Ridge")
    account.deliver((MAILS / "02-html-base64.eml").read_bytes())
    for _ in range(2):
        look_into(house, "imap")
    [incident] = [row for row in house.incidents() if row.problem == "mails_unassigned"]
    said = house.shown(incident)
    assert "1 mail in" in said.replace("*", "")
    assert incident.facts["senders"][0] in said

    sources.declare_mail(house.services, "Blue Ridge", "Stock", incident.facts["senders"])
    look_into(house, "imap")

    told = {row.problem: row for row in house.incidents()}
    assert told["mails_unassigned"].state == "resolved"
    assert {row.company_id for row in told.values()} == {incident.company_id, door}


def test_a_mailbox_that_is_no_longer_read_is_no_trouble(house: House, account):
    """Taken out of the settings, its alert settles."""
    account.password = "another"
    look_into(house, "imap")
    assert [row.state for row in alerts(house)] == ["open"]
    house.shop = house.shop.with_settings(MAIL_IMAP_HOST="")
    house.check()
    assert [row.state for row in alerts(house)] == ["resolved"]


@pytest.mark.parametrize("why", Why)
@pytest.mark.parametrize("kind", ["imap", "maildir"])
def test_the_words_of_every_way_it_fails_are_plain(why, kind):
    """Each has steps of its own, that a bookkeeper can read."""
    facts = {**facts_of("mailbox_unreadable"), "trouble": why, "kind": kind}
    words = renderer().problem("mailbox_unreadable", facts)
    said = f"{to_plain(words.why)}\n{to_plain(words.fix)}"
    assert grade(bare(said, {})) <= HARDEST
    assert "1." in to_plain(words.fix)
