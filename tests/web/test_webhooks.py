"""Webhooks of Intuit: who may send them, both shapes, several companies, replays, rubbish."""

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from sqlmodel import select

from bot.models import Company, MirrorState, Notice
from bot.web.webhooks import PATH

VERIFIER = "a-verifier-token"
SOON = "the-next-verifier-token"


@pytest.fixture
def more_settings() -> dict[str, str]:
    """Webhooks are on, and a second token will come into force soon."""
    return {"INTUIT_WEBHOOK_VERIFIER": f"{VERIFIER}, {SOON}"}


@pytest.fixture
def books(edge):
    """Two connected companies, realms 11 and 22."""
    for name, realm in (("Harbor Foods", "11"), ("Blue Ridge", "22")):
        company_id = edge.company(name)
        with edge.services.sessions.write() as session:
            company = session.get_one(Company, company_id)
            company.realm_id = realm
            session.add(company)
            session.add(MirrorState(company_id=company_id))
    return edge


def signed(body: Any, token: str = VERIFIER) -> tuple[bytes, dict[str, str]]:
    """The body's bytes, with odd spaces, and the headers Intuit sends with them."""
    raw = body if isinstance(body, bytes) else json.dumps(body, indent=3).encode()
    digest = base64.b64encode(hmac.new(token.encode(), raw, hashlib.sha256).digest())
    return raw, {"content-type": "application/json", "intuit-signature": digest.decode()}


def send(edge, body: Any, token: str = VERIFIER, **headers: str) -> httpx.Response:
    """Post a signed body."""
    raw, usual = signed(body, token)
    return edge.http.post(PATH, content=raw, headers={**usual, **headers})


def old(*entities: dict[str, str], realm: str = "11") -> dict[str, Any]:
    """One company's block of the older shape."""
    return {"realmId": realm, "dataChangeEvent": {"entities": list(entities)}}


def change(qbo_id: str, name: str = "Customer", operation: str = "Update") -> dict[str, str]:
    """One change of the older shape."""
    return {
        "name": name,
        "id": qbo_id,
        "operation": operation,
        "lastUpdated": "2026-11-22T10:00:00.000Z",
    }


def event(number: int, qbo_id: str, realm: str = "11", kind: str = "customer.updated") -> Any:
    """One CloudEvent."""
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "intuit.dsnfjkr",
        "type": f"qbo.{kind}.v1",
        "datacontenttype": "application/json",
        "time": "2026-11-22T10:00:00Z",
        "intuitentityid": qbo_id,
        "intuitaccountid": realm,
        "data": {},
    }


def kept(edge) -> list[tuple[int, str, str, str]]:
    """What was kept."""
    with edge.services.sessions.read() as session:
        rows = session.exec(select(Notice).order_by(Notice.id)).all()
    return [(row.company_id, row.entity, row.qbo_id, row.operation) for row in rows]


def nudged(edge) -> list[str]:
    """Which companies' notices are to be looked at."""
    return sorted(nudge.arg for nudge in edge.noted.nudges if nudge.job == "notices")


def test_the_older_shape(books) -> None:
    """Several companies in one POST are told apart; nothing is read while Intuit waits."""
    body = {"eventNotifications": [old(change("5")), old(change("7", "Invoice"), realm="22")]}

    reply = send(books, body)

    assert (reply.status_code, reply.json()) == (200, {"ok": True})
    assert kept(books) == [(1, "Customer", "5", "Update"), (2, "Invoice", "7", "Update")]
    assert nudged(books) == ["1", "2"]


def test_the_cloud_events_shape(books) -> None:
    """An array of events, whatever the content type is called; entities get their own names."""
    body = [event(1, "5"), event(2, "9", "22", "billpayment.created"), event(3, "5", "11")]

    reply = send(books, body, **{"content-type": "application/cloudevents+json"})

    assert reply.status_code == 200
    assert kept(books) == [
        (1, "Customer", "5", "Update"),
        (2, "BillPayment", "9", "Create"),
        (1, "Customer", "5", "Update"),
    ]


def test_a_merge_names_what_gave_way(books) -> None:
    """Both shapes say which record is gone."""
    merged = {**change("5", operation="Merge"), "deletedId": "6"}
    cloud = {**event(1, "7", kind="vendor.merged"), "data": {"deletedId": "8"}}

    send(books, {"eventNotifications": [old(merged)]})
    send(books, [cloud])

    with books.services.sessions.read() as session:
        rows = session.exec(select(Notice).order_by(Notice.id)).all()
    assert [(row.entity, row.qbo_id, row.gone_id, row.operation) for row in rows] == [
        ("Customer", "5", "6", "Merge"),
        ("Vendor", "7", "8", "Merge"),
    ]


@pytest.mark.parametrize("body", [[event(1, "5")], {"eventNotifications": [old(change("5"))]}])
def test_a_replay_is_kept_once(books, body) -> None:
    """Intuit sends again what it believes lost; the same notice is one notice."""
    assert [send(books, body).status_code for _ in range(3)] == [200, 200, 200]

    assert len(kept(books)) == 1


def test_another_change_of_the_same_record_is_another_notice(books) -> None:
    """The time of the change tells two of them apart."""
    later = {**change("5"), "lastUpdated": "2026-11-22T10:00:01.000Z"}
    send(books, {"eventNotifications": [old(change("5")), old(later)]})

    assert len(kept(books)) == 2


def test_the_signature_is_of_the_raw_body(books) -> None:
    """Another body, another token, no signature or no base64: refused, and nothing is kept."""
    raw, headers = signed([event(1, "5")])
    wrong = [
        (json.dumps(json.loads(raw)).encode(), headers),
        (raw, {**headers, "intuit-signature": ""}),
        (raw, {**headers, "intuit-signature": "%%%"}),
        (raw, {"content-type": "application/json"}),
        signed([event(1, "5")], "somebody else's token"),
    ]
    for content, given in wrong:
        assert books.http.post(PATH, content=content, headers=given).status_code == 401

    assert kept(books) == []
    assert books.noted.nudges == []
    assert books.http.post(PATH, content=raw, headers=headers).status_code == 200


def test_a_new_token_is_taken_beside_the_old_one(books) -> None:
    """While the verifier token changes, notices signed with either are ours."""
    assert send(books, [event(1, "5")], SOON).status_code == 200
    assert len(kept(books)) == 1


def test_companies_that_are_not_ours(books) -> None:
    """The app may be connected elsewhere too: such notices are answered and left alone."""
    assert send(books, [event(1, "5", "999")]).status_code == 200
    assert kept(books) == []


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        [None, 5, "x", {}],
        {"eventNotifications": None},
        {"eventNotifications": [None, {"realmId": "11"}]},
        {"eventNotifications": [old({"name": "Customer"})]},
        [{**event(1, "5"), "type": "qbo"}],
        "text",
    ],
)
def test_what_is_not_understood_is_answered(books, body) -> None:
    """A shape nobody knows is no reason for Intuit to hold back what follows."""
    assert send(books, body).status_code == 200
    assert kept(books) == []


def test_no_json(books) -> None:
    """A signed body that is no JSON is refused in a sentence."""
    for body in (b"{broken", b"[" * 100_000):
        reply = send(books, body)
        assert (reply.status_code, reply.json()) == (400, {"error": "The body is no JSON."})


def test_the_last_notice_is_remembered(books) -> None:
    """The company that was told knows when; the other one does not."""
    send(books, [event(1, "5", "22")])

    with books.services.sessions.read() as session:
        heard = {row.company_id: row.noticed_at for row in session.exec(select(MirrorState))}
    assert heard[1] is None
    assert heard[2] is not None
