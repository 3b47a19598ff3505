"""Tokens when something else goes wrong too: the database, a withdrawal under way."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain import ConnectionState, RetryClass
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.quickbooks import tokens as tokens_module
from bot.quickbooks.oauth import Grant
from tests.quickbooks.simulator import token_calls


def test_revoking_what_is_lost_deletes_the_dead_tokens(bench):
    """A permission that ended by itself leaves nothing behind either; Intuit is not asked."""
    bench.simulator.act(bench.realm, "revoke_app")
    with pytest.raises(PermissionLost):
        bench.books.count("Customer")
    assert bench.connection().tokens

    bench.quickbooks.revoke(bench.company_id)

    assert bench.connection().tokens == ""


def test_nobody_refreshes_while_the_permission_is_withdrawn(bench):
    """A refresh that runs when the admin withdraws ends first; nothing is stored afterwards."""
    bench.expire_access()
    bench.simulator.fault("timeout_before", 1, {"operation": "token"}, seconds=0.5)
    outcomes = []

    def ask():
        try:
            outcomes.append(bench.another().company(bench.company_id).count("Customer"))
        except QuickBooksFault as fault:
            outcomes.append(fault)

    thread = threading.Thread(target=ask)
    thread.start()
    bench.quickbooks.revoke(bench.company_id)
    thread.join(30)

    assert len(outcomes) == 1
    assert (bench.connection().state, bench.connection().tokens) == (ConnectionState.LOST, "")
    with pytest.raises(PermissionLost):
        bench.books.count("Customer")


class BrokenFor:
    """Database sessions whose writes fail so often, as while a server changes over."""

    def __init__(self, sessions, times):
        self.times = times
        self._sessions = sessions

    def __getattr__(self, name):
        return getattr(self._sessions, name)

    def write(self):
        if self.times:
            self.times -= 1
            raise OperationalError("COMMIT", {}, OSError("gone"))
        return self._sessions.write()


@pytest.mark.parametrize("times", [1, 3, 4, 5])
def test_a_rotated_token_survives_trouble_of_the_database(bench, monkeypatch, times):
    """Written down a moment later, or by the next call: Intuit is not asked a second time."""
    monkeypatch.setattr(tokens_module, "_STORE_PAUSES", (0.01, 0.01, 0.01))
    switch = {"rotation_every_hours": 0, "rotation_grace_hours": 0}
    bench.simulator.control("POST", "/switches", switch)
    keeper = bench.quickbooks._keeper
    store, broken = keeper.store, BrokenFor(bench.sessions, times)

    def store_badly(*args, **kwargs):
        monkeypatch.setattr(keeper, "_sessions", broken)
        try:
            return store(*args, **kwargs)
        finally:
            monkeypatch.setattr(keeper, "_sessions", bench.sessions)

    monkeypatch.setattr(keeper, "store", store_badly)
    before = token_calls(bench)
    bench.expire_access()
    try:
        if times > 3:
            with pytest.raises(QuickBooksFault) as caught:
                bench.books.count("Customer")
            assert caught.value.retry_class is RetryClass.TRANSIENT
        assert bench.books.count("Customer") == 0
    finally:
        bench.simulator.control(
            "POST", "/switches", {"rotation_every_hours": 24, "rotation_grace_hours": 24}
        )

    assert bench.books.count("Customer") == 0
    assert token_calls(bench) == before + 1
    assert bench.connection().state is ConnectionState.CONNECTED


def test_the_hard_end_stays_known(bench):
    """Intuit tells the five-year end when asked; a reply that leaves it out changes nothing."""
    known = bench.connection().hard_expires_at
    grant = Grant("access", "refresh", 3600, None, None)

    bench.quickbooks._keeper.store(
        bench.company_id, bench.realm, grant, over=bench.connection().version
    )

    row = bench.connection()
    assert row.hard_expires_at == known
    assert timedelta(days=99) < row.refresh_expires_at - bench.clock.now() < timedelta(days=101)
