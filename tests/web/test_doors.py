"""Rubbish at every door: one clear refusal, no crash in the log, and the next request is served."""

import json
import socket
from itertools import product

import pytest
from sqlmodel import select

from bot.models import Company, Notice
from bot.web.tokens import control_token
from tests.web.test_intake import stored
from tests.web.test_webhooks import PATH, VERIFIER, change, event, kept, old, signed

BODIES = {
    "nothing": b"",
    "deep lists": b"[" * 100_000,
    "deep lists, closed": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"a":' * 100_000,
    "no UTF-8": b'{"type": "\xff\xfe"}',
    "UTF-16": json.dumps([{}]).encode("utf-16"),
    "digits": b"[" + b"9" * 100_000 + b"]",
    "NaN": b'[{"type": NaN, "job": Infinity}]',
    "an exponent": b'{"type": 1e999999, "job": 1e999999}',
    "a half surrogate": b'[{"type": "\\ud800", "job": "\\ud800", "id": "\\udfff"}]',
    "a zero character": b'{"type": "\\u0000", "job": "\\u0000", "arg": "\\u0000"}',
    "zero bytes": b"\x00" * 1000,
    "a number": b"5",
    "half of it": b'{"type": "customer", "na',
    "a key twice": b'{"job": "sync", "job": "sync"}',
}
KINDS = ("application/json", "text/plain", "multipart/form-data; boundary=x", "x/\x01y")


@pytest.fixture
def more_settings() -> dict[str, str]:
    """Webhooks are on."""
    return {"INTUIT_WEBHOOK_VERIFIER": VERIFIER}


@pytest.fixture
def harbor(edge):
    """A connected company of the realm 11, and the headers that let in at each door."""
    company_id = edge.company()
    with edge.services.sessions.write() as session:
        session.get_one(Company, company_id).realm_id = "11"
    return edge


@pytest.fixture
def crashes(monkeypatch):
    """What ended at the border where errors that nobody expected end."""
    seen = []
    monkeypatch.setattr("bot.web.edge.log.exception", lambda *_, **what: seen.append(what))
    return seen


def doors(edge):
    """Every address that takes a body, with what makes the sender known there."""
    source = {"Authorization": f"Bearer {edge.source().token}"}
    own = {"Authorization": f"Bearer {control_token(edge.services.settings)}"}
    return {
        PATH: {},
        "/intake/shop/records": source,
        "/intake/shop/csv": source,
        "/intake/shop/errors": source,
        "/nudge": own,
        "/reconnect/no-such-link": {},
        "/oauth/callback": {},
    }


def test_a_body_that_is_rubbish(harbor, crashes):
    """Every door, every content type: taken for what it is, or refused in one sentence."""
    answers = {}
    for (path, headers), kind, (name, body) in product(
        doors(harbor).items(), KINDS, BODIES.items()
    ):
        known = signed(body)[1] if path == PATH else headers
        reply = harbor.http.post(path, content=body, headers={**known, "content-type": kind})
        answers[path, kind, name] = reply
    for where, reply in answers.items():
        assert reply.status_code < 500, (where, reply.text)
        if reply.status_code >= 400 and "json" in reply.headers["content-type"]:
            assert "\n" not in reply.json().get("error", "one of several"), where
            assert len(reply.text) < 2_000, where
    assert crashes == []
    assert stored(harbor) == []
    assert kept(harbor) == []


def test_texts_that_no_database_keeps(harbor, crashes):
    """A signed notice whose words cannot be kept is left out; Intuit goes on with the next."""
    older = [
        old({**change("5"), "name": "x" * 5_000}),
        old({**change("5"), "deletedId": "\x00"}),
        old(change("5"), realm="\ud800"),
    ]
    newer = [
        event(1, "5\x00"),
        event(1, "\ud800"),
        event(1, "5" * 5_000),
        event(1, "5", kind="cust\x00mer.updated"),
    ]
    for body in ({"eventNotifications": older}, newer):
        raw, headers = signed(body)
        assert harbor.http.post(PATH, content=raw, headers=headers).status_code == 200

    assert (kept(harbor), crashes) == ([], [])


def test_moments_that_no_calendar_has(harbor, crashes):
    """The notice is kept without its moment: that something changed is true all the same."""
    moments = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "yesterday", ["x"], 5]
    raw, headers = signed(
        [event(number, "5") | {"time": moment} for number, moment in enumerate(moments)]
    )

    assert harbor.http.post(PATH, content=raw, headers=headers).is_success
    with harbor.services.sessions.read() as session:
        found = [row.changed_at for row in session.exec(select(Notice))]
    assert (found, crashes) == ([None] * len(moments), [])


def test_a_callback_that_is_rubbish(harbor, crashes):
    """It is no consent of ours: a page says so."""
    for query in (
        "code=%00&state=%00&realmId=%00",
        "code=%ff&state=%ff&realmId=%ff",
        "code=%ed%a0%80&state=x&realmId=1",
        "code=a&code=b&state=c&state=d&realmId=1&realmId=2",
        "state=" + "x" * 20_000,
        "error=" + "%3Cscript%3E" * 500 + "&state=x",
        "",
    ):
        reply = harbor.http.get(f"/oauth/callback?{query}")

        assert 400 <= reply.status_code < 500, query
        assert "<script>" not in reply.text
    assert crashes == []


def test_an_event_is_told_apart_by_any_name(harbor, crashes):
    """Its own id is never kept as it is: a half surrogate in it does no harm."""
    body = [event(1, "5") | {"id": "\udfff"}]

    assert harbor.http.post(PATH, content=signed(body)[0], headers=signed(body)[1]).is_success
    assert (len(kept(harbor)), crashes) == (1, [])


def test_a_body_without_an_end_is_refused_on_the_way(harbor, crashes):
    """Sent in chunks, with no length told: the answer comes as soon as the limit is passed."""
    for path, megabytes in ((PATH, 10), ("/intake/shop/errors", 1), ("/nudge", 1)):
        line = socket.create_connection(("127.0.0.1", harbor.server.port), timeout=20)
        line.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        for _ in range(megabytes + 1):
            line.sendall(b"100000\r\n" + b"[" * 0x100000 + b"\r\n")
        answer = line.recv(4_000).decode()
        line.close()

        assert "413" in answer.split("\r\n")[0], path
    assert harbor.http.get("/healthz").status_code == 200
    assert crashes == []
