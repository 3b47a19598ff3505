"""Access tokens: refreshed when due, once for all, stored before use, never shown."""

import sqlite3
import threading
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from structlog.testing import capture_logs

from bot.domain import ConnectionState, RetryClass
from bot.errors import ConfigError
from bot.quickbooks import PermissionLost, QuickBooksFault, WrongCompany
from bot.quickbooks.vault import Tokens, Vault, VaultError, new_key
from tests.quickbooks.simulator import token_calls


def tokens_of(bench):
    """The stored tokens in the clear."""
    vault = Vault(bench.settings.SECRET_KEYS.get_secret_value())
    return vault.open(bench.company_id, bench.connection().tokens)


def test_connecting_stores_the_permission(bench):
    """After the consent the company is connected and every end of the permission is known."""
    row = bench.connection()

    assert row.state is ConnectionState.CONNECTED
    assert timedelta(minutes=55) < row.access_expires_at - bench.clock.now() < timedelta(hours=2)
    assert timedelta(days=99) < row.refresh_expires_at - bench.clock.now() < timedelta(days=102)
    assert row.hard_expires_at > bench.clock.now() + timedelta(days=300)


def test_tokens_are_unreadable_in_the_database_file(bench):
    """Neither token is to be found in the file or its journal."""
    bench.books.count("Customer")
    tokens = tokens_of(bench)
    with sqlite3.connect(bench.database) as connection:
        connection.execute("PRAGMA wal_checkpoint")
    connection.close()
    files = b"".join(path.read_bytes() for path in bench.database.parent.glob("bot.sqlite3*"))

    assert b"Harbor Foods" in files
    assert tokens.access_token.encode() not in files
    assert tokens.refresh_token.encode() not in files
    assert tokens.refresh_token not in repr(tokens)


def test_no_refresh_before_it_is_due(bench):
    """Calls with a living access token refresh nothing."""
    before = token_calls(bench)

    bench.books.count("Customer")
    bench.books.count("Vendor")

    assert before == token_calls(bench)


def test_a_due_token_is_refreshed_before_the_call(bench):
    """Within a minute of its end the access token is renewed; the old one is not even tried."""
    old = tokens_of(bench)
    bench.change_connection(access_expires_at=bench.clock.now() + timedelta(seconds=50))
    before = token_calls(bench)
    version = bench.connection().version

    bench.books.count("Customer")

    assert token_calls(bench) == before + 1
    assert bench.connection().version == version + 1
    assert tokens_of(bench).access_token != old.access_token
    assert not [r for r in bench.simulator.requests(bench.realm) if r["status"] == 401]


def test_a_refused_token_is_refreshed_once(bench):
    """QuickBooks says 401: one refresh, one repetition, and the caller notices nothing."""
    bench.simulator.fault("unauthorized", 1, {"realm": bench.realm})
    before = token_calls(bench)

    assert bench.books.count("Customer") == 0

    assert token_calls(bench) == before + 1


def test_refused_again_after_a_refresh(bench):
    """A fresh token that is refused too is not refreshed for ever."""
    bench.simulator.fault("unauthorized", 2, {"realm": bench.realm})
    before = token_calls(bench)

    with pytest.raises(QuickBooksFault) as caught:
        bench.books.count("Customer")

    said = caught.value
    assert (said.retry_class, said.platform) == (RetryClass.AUTH, "oauth")
    # Another permission would fare no better: that has words of its own, with what was said.
    assert [error.code for error in said.errors] == ["new_token_refused", "3200"]
    assert said.intuit_tid
    assert token_calls(bench) == before + 1


def test_a_rotated_token_is_stored_before_it_is_used(bench):
    """When the call after the refresh fails, the rotated refresh token is in the database."""
    bench.simulator.control("POST", "/switches", {"rotation_every_hours": 0})
    try:
        old = tokens_of(bench)
        bench.expire_access()
        bench.simulator.fault("code:610", 1, {"realm": bench.realm})
        with pytest.raises(QuickBooksFault):
            bench.books.count("Customer")
    finally:
        bench.simulator.control("POST", "/switches", {"rotation_every_hours": 24})

    assert tokens_of(bench).refresh_token != old.refresh_token
    assert bench.books.count("Customer") == 0


@pytest.mark.parametrize("processes", [1, 2])
def test_many_callers_refresh_once(bench, processes):
    """Threads, and a second process, that need a new token at once share one refresh."""
    bench.expire_access()
    before = token_calls(bench)
    doors = [bench.quickbooks] + [bench.another() for _ in range(processes - 1)]
    errors = []

    def ask(door):
        try:
            door.company(bench.company_id).count("Customer")
        except QuickBooksFault as fault:
            errors.append(fault)

    threads = [threading.Thread(target=ask, args=(doors[n % processes],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    assert token_calls(bench) == before + 1


def test_a_newer_token_in_the_store_is_tried_before_giving_up(bench, monkeypatch):
    """Refused while somebody else stored a newer token: that one is used, nobody is bothered."""
    intuit = bench.quickbooks._intuit
    refresh = intuit.refresh
    good = tokens_of(bench)
    vault = Vault(bench.settings.SECRET_KEYS.get_secret_value())
    dead = Tokens(bench.company_id, bench.realm, "dead-access", "RT1-dead-token")
    bench.change_connection(tokens=vault.seal(dead))
    bench.expire_access()

    def meanwhile(token):
        """Another process stores its token while ours is under way."""
        if token == dead.refresh_token:
            version = bench.connection().version
            bench.change_connection(tokens=vault.seal(good), version=version + 1)
        return refresh(token)

    monkeypatch.setattr(intuit, "refresh", meanwhile)

    assert bench.books.count("Customer") == 0
    assert bench.connection().state is ConnectionState.CONNECTED


@pytest.mark.parametrize("body", [1, 3])
def test_a_dead_refresh_token_loses_the_permission(bench, body):
    """Refused for good: marked as lost with a reason in words, and not asked again."""
    bench.expire_access()
    bench.simulator.fault("invalid_grant", 1, {"operation": "token"}, body=body)

    with pytest.raises(PermissionLost, match="Harbor Foods") as caught:
        bench.books.count("Customer")

    row = bench.connection()
    assert row.state is ConnectionState.LOST
    assert row.lost_at is not None
    assert "withdrawn" in row.lost_reason
    assert (caught.value.code, caught.value.platform) == ("invalid_grant", "oauth")
    before = len(bench.simulator.requests())
    with pytest.raises(PermissionLost, match="/qb-reconnect"):
        bench.books.count("Customer")
    assert len(bench.simulator.requests()) == before


def test_the_reason_tells_an_idle_permission(bench):
    """Past its 100 days the words say so."""
    bench.change_connection(refresh_expires_at=bench.clock.now() - timedelta(days=1))
    bench.expire_access()
    bench.simulator.fault("invalid_grant", 1, {"operation": "token"})

    with pytest.raises(PermissionLost, match="not used for 100 days"):
        bench.books.count("Customer")


def test_revoked_inside_quickbooks(bench):
    """A person disconnects the app: the next call finds out by itself."""
    bench.simulator.act(bench.realm, "revoke_app")

    with pytest.raises(PermissionLost):
        bench.books.count("Customer")

    assert bench.connection().state is ConnectionState.LOST


@pytest.mark.parametrize(
    ("fault", "options", "code"),
    [
        ("invalid_grant", {"body": 2}, "invalid_grant"),
        ("invalid_client", {}, "invalid_client"),
        ("invalid_client", {"status": 400}, "invalid_client"),
    ],
)
def test_wrong_keys_are_never_a_reconnect(bench, fault, options, code):
    """Our own credentials are wrong: a set-up matter, the token stays, nothing is lost."""
    bench.expire_access()
    before = tokens_of(bench)
    bench.simulator.fault(fault, 1, {"operation": "token"}, **options)

    with pytest.raises(QuickBooksFault, match="INTUIT_CLIENT_ID") as caught:
        bench.books.count("Customer")

    fault = caught.value
    assert (fault.code, fault.platform, fault.retry_class) == (
        code,
        "oauth",
        RetryClass.NEEDS_PERSON,
    )
    assert not isinstance(fault, PermissionLost)
    assert "reconnect" not in fault.message.lower()
    assert bench.connection().state is ConnectionState.CONNECTED
    assert before == tokens_of(bench)
    assert bench.books.count("Customer") == 0


@pytest.mark.parametrize("fault", ["server_error", "unavailable_html"])
def test_trouble_at_the_token_server_is_no_dead_token(bench, fault):
    """A failed refresh is tried again; the permission stays."""
    bench.expire_access()
    bench.simulator.fault(fault, 2, {"operation": "token"})

    assert bench.books.count("Customer") == 0
    assert bench.connection().state is ConnectionState.CONNECTED


def test_no_way_to_the_token_server(bench, settings):
    """Without a network the fault is transient and nothing is marked."""
    bench.expire_access()
    nowhere = settings.model_copy(update={"INTUIT_ENVIRONMENT": "http://127.0.0.1:9/x"})
    bench.settings = nowhere

    with pytest.raises(QuickBooksFault) as caught:
        bench.another().company(bench.company_id).count("Customer")

    assert caught.value.retry_class is RetryClass.TRANSIENT
    assert caught.value.platform == "oauth"
    assert bench.connection().state is ConnectionState.CONNECTED


def test_reconnecting_heals(bench):
    """After a new consent the same company works again and its troubles are forgotten."""
    bench.simulator.act(bench.realm, "revoke_app")
    with pytest.raises(PermissionLost):
        bench.books.count("Customer")

    info = bench.connect(bench.company_id, bench.realm)

    assert info["CompanyName"].startswith("Harbor Foods")
    assert bench.connection().lost_reason == ""
    assert bench.books.count("Customer") == 0


def test_what_goes_with_a_new_permission_is_one_transaction(bench):
    """Nobody sees the company connected without it; when it cannot be written, neither is."""
    bench.simulator.act(bench.realm, "revoke_app")
    with pytest.raises(PermissionLost):
        bench.books.count("Customer")

    def written(session):
        row = session.get_one(type(bench.connection()), bench.company_id)
        assert row.state is ConnectionState.CONNECTED
        assert bench.connection().state is ConnectionState.LOST
        raise RuntimeError("the disk is full")

    code = bench.simulator.consent(bench.quickbooks.authorize_url("s"), bench.realm)
    with pytest.raises(RuntimeError):
        bench.quickbooks.connect(bench.company_id, code, bench.realm, written)

    assert bench.connection().state is ConnectionState.LOST


def test_another_company_is_refused_by_name(bench):
    """The consent was given for other books: both names are said, nothing is overwritten."""
    other = bench.simulator.new_company("Blue Ridge Outfitters")
    before = bench.connection()

    with pytest.raises(WrongCompany, match=r"Blue Ridge Outfitters.*Harbor Foods"):
        bench.connect(bench.company_id, other)

    assert before.tokens == bench.connection().tokens
    assert bench.books.count("Customer") == 0


def test_books_connected_elsewhere_are_refused(bench):
    """One set of books belongs to one company here, also when the second has none yet."""
    second = bench.add_company("Blue Ridge")

    with pytest.raises(WrongCompany, match=r"Harbor Foods.*Blue Ridge"):
        bench.connect(second, bench.realm)

    assert bench.books.count("Customer") == 0


def test_a_made_up_realm_is_refused(bench):
    """The realm id in the address is not believed: the token must open these very books."""
    third = bench.add_company("Third")
    code = bench.simulator.consent(bench.quickbooks.authorize_url("s"), bench.realm)
    foreign = bench.simulator.new_company("Foreign")

    with pytest.raises(QuickBooksFault) as caught:
        bench.quickbooks.connect(third, code, foreign)

    assert caught.value.code == "3100"
    with pytest.raises(PermissionLost):
        bench.quickbooks.company(third).count("Customer")


def test_a_code_works_once(bench):
    """A consent used twice is told as such, with what to do."""
    code = bench.simulator.consent(bench.quickbooks.authorize_url("s"), bench.realm)
    bench.quickbooks.connect(bench.company_id, code, bench.realm)

    with pytest.raises(QuickBooksFault, match="new link") as caught:
        bench.quickbooks.connect(bench.company_id, code, bench.realm)

    assert not isinstance(caught.value, PermissionLost)
    assert bench.books.count("Customer") == 0


def test_revoke(bench):
    """An admin withdraws the permission: Intuit ends it, the tokens are gone here too."""
    tokens = tokens_of(bench)

    bench.quickbooks.revoke(bench.company_id)

    assert (bench.connection().state, bench.connection().tokens) == (ConnectionState.LOST, "")
    with pytest.raises(QuickBooksFault):
        bench.quickbooks._intuit.refresh(tokens.refresh_token)


def test_no_token_in_any_log_line(bench):
    """Refresh, refusal and loss are logged with ids and numbers, never with a token."""
    seen = [tokens_of(bench)]
    with capture_logs() as lines:
        bench.expire_access()
        bench.books.count("Customer")
        seen.append(tokens_of(bench))
        bench.simulator.fault("unauthorized", 1, {"realm": bench.realm})
        bench.books.count("Customer")
        seen.append(tokens_of(bench))
        bench.simulator.act(bench.realm, "revoke_app")
        with pytest.raises(PermissionLost) as caught:
            bench.books.count("Customer")

    assert lines
    text = f"{lines} {caught.value} {caught.value.raw} {caught.value.detail}"
    for tokens in seen:
        assert tokens.access_token not in text
        assert tokens.access_token[-40:] not in text
        assert tokens.refresh_token not in text


def test_keys_are_changed_without_losing_anything(bench, settings):
    """A new key first, the old one kept: all is read, sealed anew, then read without the old."""
    old = settings.SECRET_KEYS.get_secret_value()
    new = new_key()
    bench.settings = settings.model_copy(
        update={"SECRET_KEYS": type(settings.SECRET_KEYS)(f"{new},{old}")}
    )

    assert bench.another().rotate_keys() == (1, [])

    bench.settings = settings.model_copy(update={"SECRET_KEYS": type(settings.SECRET_KEYS)(new)})
    assert bench.another().company(bench.company_id).count("Customer") == 0


def test_one_unreadable_company_does_not_stop_the_others_keys(bench, settings):
    """What no key opens is named and left alone; all others are sealed with the new key."""
    lost = bench.add_company("Blue Ridge")
    strange = Vault(new_key()).seal(Tokens(lost, "9", "access", "refresh"))
    with bench.sessions.write() as session:
        session.add(
            type(bench.connection())(
                company_id=lost, state=ConnectionState.CONNECTED, tokens=strange
            )
        )
    new = f"{new_key()},{settings.SECRET_KEYS.get_secret_value()}"
    bench.settings = settings.model_copy(update={"SECRET_KEYS": type(settings.SECRET_KEYS)(new)})

    assert bench.another().rotate_keys() == (1, ["Blue Ridge"])
    assert bench.connection(lost).tokens == strange


def test_a_missing_key_is_a_set_up_matter(bench, settings):
    """With another key nothing can be read; the words name SECRET_KEYS, nothing is lost."""
    bench.settings = settings.model_copy(
        update={"SECRET_KEYS": type(settings.SECRET_KEYS)(new_key())}
    )

    with pytest.raises(QuickBooksFault, match="SECRET_KEYS"):
        bench.another().company(bench.company_id).count("Customer")

    assert bench.connection().state is ConnectionState.CONNECTED


@pytest.mark.parametrize("keys", ["", " , ", "not a key"])
def test_bad_keys_stop_the_start(keys):
    """Missing and malformed keys are told at once, without showing them."""
    with pytest.raises(ConfigError, match="SECRET_KEYS") as caught:
        Vault(keys)

    assert "not a key; make" in str(caught.value) or "empty" in str(caught.value)


def test_a_row_copied_to_another_company_is_refused():
    """The company id is inside the ciphertext."""
    vault = Vault(Fernet.generate_key().decode())
    sealed = vault.seal(Tokens(1, "realm", "access", "refresh"))

    assert vault.open(1, sealed).refresh_token == "refresh"
    with pytest.raises(VaultError, match="another company"):
        vault.open(2, sealed)
    with pytest.raises(VaultError):
        vault.open(1, sealed[:-4] + "AAAA")
