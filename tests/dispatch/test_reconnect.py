"""The private link: once, ten minutes, for one person and one company."""

from datetime import timedelta

import pytest

from bot import reconnect
from bot.models import ReconnectLink
from bot.reconnect import LinkGone


@pytest.fixture
def link(bot):
    """A fresh link's secret, and the moment it was made."""
    url = reconnect.issue_link(bot.services, bot.ridge.id, "UDANA", incident_id=None)
    return url.rsplit("/", 1)[1], bot.services.clock.now()


def in_session(bot, act, *arguments):
    """Do something in a transaction of its own."""
    with bot.services.sessions.write() as session:
        return act(session, *arguments)


def test_only_a_digest_is_kept(bot, link):
    """Whoever reads the database cannot use the link."""
    secret, _ = link
    row = bot.rows(ReconnectLink)[0]

    assert secret not in str(row)
    assert row.company_id == bot.ridge.id


def test_looking_uses_nothing_up_and_using_works_once(bot, link):
    """Link scanners open addresses; a second use is refused."""
    secret, now = link

    for _ in range(3):
        assert in_session(bot, reconnect.peek, secret, now).user_id == "UDANA"
    state = in_session(bot, reconnect.consume, secret, now)

    with pytest.raises(LinkGone):
        in_session(bot, reconnect.consume, secret, now)
    with pytest.raises(LinkGone):
        in_session(bot, reconnect.peek, secret, now)
    assert in_session(bot, reconnect.finish_state, state, now).company_id == bot.ridge.id
    with pytest.raises(LinkGone):
        in_session(bot, reconnect.finish_state, state, now)


def test_a_link_is_dead_after_ten_minutes(bot, link):
    """And a state after its own time."""
    secret, now = link

    with pytest.raises(LinkGone):
        in_session(bot, reconnect.peek, secret, now + timedelta(minutes=11))
    state = in_session(bot, reconnect.consume, secret, now)
    with pytest.raises(LinkGone):
        in_session(bot, reconnect.finish_state, state, now + timedelta(minutes=31))


@pytest.mark.parametrize("secret", ["", "guess", "x" * 5000])
def test_a_guessed_secret_finds_nothing(bot, secret):
    """Whatever it is."""
    with pytest.raises(LinkGone):
        in_session(bot, reconnect.peek, secret, bot.services.clock.now())
    with pytest.raises(LinkGone):
        in_session(bot, reconnect.finish_state, secret, bot.services.clock.now())
