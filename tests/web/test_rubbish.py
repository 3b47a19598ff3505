"""Whatever comes in by HTTP: one clear answer that names what and why; nothing lost, no crash."""

import gzip
import json
import socket
from decimal import Decimal

import pytest

from tests.waiting import wait_for
from tests.web.test_intake import CUSTOMER, invoice, send, stored

CUT_OFF = "cut-off"


@pytest.fixture
def token(edge):
    """A source's token."""
    edge.company()
    return edge.source().token


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("NaN", "NaN is not a number"),
        ("Infinity", "Infinity is not a number"),
        ("-Infinity", "-Infinity is not a number"),
        ("1e400", "written with an exponent"),
        ("1e3", "total is written with an exponent; write it out"),
        ("1.5E1", "written with an exponent"),
        ('"1e3"', "is not a number: '1e3'; write it as 1234.56"),
        ('"1_000"', "is not a number: '1_000'"),
        ('"1,00"', "is not a number: '1,00'"),
        ('"1,000.00"', "is not a number: '1,000.00'"),
        ('"١٢"', "is not a number"),
        ('"Infinity"', "is not a number: 'Infinity'"),
        ('""', "is not a number"),
        ("99999999999999999999", "larger than QuickBooks takes"),
        pytest.param("9" * 5000, "larger than QuickBooks takes", id="5000 digits"),
        ("12345678901234567890.12", "larger than QuickBooks takes"),
        ("-5.00", "negative"),
        ("0.001", "finer than a cent"),
        ("true", "must be a number"),
    ],
)
def test_amounts_that_no_invoice_has(edge, token, amount, why):
    """The reason names the amount's trouble; the good record beside it is taken in."""
    good = json.dumps(CUSTOMER)
    bad = json.dumps(invoice(amount="XX")).replace('"XX"', amount)
    reply = send(edge, f"{good}\n{bad}".encode(), "application/x-ndjson", token=token)

    assert reply.status_code == 207
    assert reply.json()["errors"][0]["line"] == 2
    assert why in reply.json()["errors"][0]["reason"]
    assert [row.external_id for row in stored(edge)] == ["c1"]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("0000-01-01", "not a day of the calendar"),
        ("0001-01-01", "not between 1970 and 2099"),
        ("9999-12-31", "not between 1970 and 2099"),
        ("2026-02-30", "not a day of the calendar"),
    ],
)
@pytest.mark.parametrize("key", ["date", "due_date"])
def test_days_that_no_invoice_has(edge, token, key, day, why):
    """A slip of the source never becomes a document of another century."""
    reply = send(edge, [invoice() | {key: day}], token=token)

    assert reply.status_code == 422
    assert reply.json()["errors"][0]["reason"].startswith(key)
    assert why in reply.json()["errors"][0]["reason"]
    assert stored(edge) == []


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate"])
def test_a_compressed_body_is_refused_unread(edge, token, coding):
    """A few kilobytes that would unpack to a hundred megabytes cost nothing."""
    bomb = gzip.compress(b"[" + b" " * 100_000_000 + b"]", compresslevel=9)
    headers = {"Authorization": f"Bearer {token}", "Content-Encoding": coding}
    reply = edge.http.post("/intake/shop/records", content=bomb, headers=headers)

    assert reply.status_code == 415
    assert "Content-Encoding" in reply.json()["error"]
    assert coding.lower() in reply.json()["error"]


def test_identity_is_no_compression(edge, token):
    """However it is spelled."""
    headers = {"Authorization": f"Bearer {token}", "Content-Encoding": "Identity"}
    body = json.dumps([CUSTOMER]).encode()

    assert edge.http.post("/intake/shop/records", content=body, headers=headers).is_success


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (gzip.compress(b"[]"), "gzip"),
        (b"PK\x03\x04rest", "ZIP"),
        (json.dumps([CUSTOMER]).encode("utf-16"), "UTF-16"),
        (b"<records/>", "XML"),
    ],
    ids=["gzip", "zip", "utf-16", "xml"],
)
def test_a_body_that_is_something_else_is_one_sentence(edge, token, body, what):
    """Not a complaint about each of its lines."""
    reply = send(edge, body, token=token)

    assert reply.status_code == 400
    assert what in reply.json()["error"]


def test_bytes_that_are_no_utf8_are_told_by_place(edge, token):
    """In an array the body is refused, in NDJSON that line alone; the words are plain."""
    bad = b'{"type":"customer","external_id":"c9","name":"J\xff"}'
    whole = send(edge, b"[" + bad + b"]", token=token)
    lines = send(
        edge, json.dumps(CUSTOMER).encode() + b"\n" + bad, "application/x-ndjson", token=token
    )

    assert whole.status_code == 400
    assert "it is not UTF-8 (byte 0xFF at position 49)" in whole.json()["error"]
    assert lines.json()["accepted"] == 1
    assert "it is not UTF-8 (byte 0xFF at position 48)" in lines.json()["errors"][0]["reason"]


def test_a_broken_json_is_told_by_place(edge, token):
    """By line and position in a body, by position in a line."""
    whole = send(edge, b'[{"type": "customer",\n"name": }]', token=token).json()["error"]
    body = json.dumps(CUSTOMER).encode() + b'\n{"type": \n' + b'{"a":1} x\n'
    lines = send(edge, body, "application/x-ndjson", token=token).json()

    assert "a value is missing or not written as JSON at line 2, position 9" in whole
    assert lines["accepted"] == 1
    assert [row["line"] for row in lines["errors"]] == [2, 3]
    assert "behind the end" in lines["errors"][1]["reason"]


def test_a_day_years_ahead_is_told_by_its_line(edge, token):
    """A line that reads well is found by its number, too."""
    late = json.dumps(invoice() | {"date": "2099-01-01"})
    body = f"{json.dumps(CUSTOMER)}\n{late}".encode()
    [row] = send(edge, body, "application/x-ndjson", token=token).json()["errors"]

    assert row["line"] == 2
    assert "is more than two years ahead of today" in row["reason"]


@pytest.mark.parametrize(
    "kind", ["application/xml", "image/png", "text/csv", "text/html; x=1", "text/plain"]
)
def test_an_unknown_content_type_is_refused_by_name(edge, token, kind):
    """It says what is taken, and where a CSV file goes."""
    reply = send(edge, [CUSTOMER], kind, token=token)

    assert reply.status_code == 415
    assert kind.split(";")[0] in reply.json()["error"]
    assert "application/json" in reply.json()["error"]
    assert "/csv" in reply.json()["error"]
    assert stored(edge) == []


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/x-www-form-urlencoded",
        "Application/JSON; charset=utf-8",
        "application/vnd.shop+json",
    ],
)
def test_tools_that_do_not_say_what_they_send_are_understood(edge, token, kind):
    """`curl --data` calls everything a form."""
    assert send(edge, [CUSTOMER], kind, token=token).json()["accepted"] == 1


def test_ten_thousand_records_in_one_request(edge, token):
    """All are taken in, each once, in one answer."""
    many = [CUSTOMER | {"external_id": f"k{n}", "name": f"Buyer {n}"} for n in range(10_000)]
    reply = send(edge, many, token=token)

    assert (reply.status_code, reply.json()["accepted"]) == (200, 10_000)
    assert len(stored(edge)) == 10_000


def test_an_id_twice_in_one_request(edge, token):
    """The same content counts once; another content replaces it, and the answer says so."""
    first = CUSTOMER | {"external_id": "d1", "name": "One Name"}
    later = first | {"name": "Other Name"}
    body = send(edge, [first, first, later], token=token).json()
    again = send(edge, [first, later], token=token).json()

    assert (body["accepted"], body["unchanged"], body["updated"]) == (1, 1, 1)
    for told in (body, again):
        assert "customer d1 came twice" in told["notes"][0]["text"]
    assert [row.name for row in stored(edge)] == ["Other Name"]


def test_head_looks_and_changes_nothing(edge):
    """Link scanners and monitors ask with HEAD."""
    path = edge.link(edge.company())

    assert edge.http.head("/healthz").status_code == 200
    assert edge.http.head("/metrics").status_code == 200
    for _ in range(2):
        looked = edge.http.head(path)
        assert (looked.status_code, looked.content) == (200, b"")
    assert edge.http.post(path).status_code == 303


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_told_which_one_to_use(edge, method):
    """405 with the method that the address takes, in the header and in words."""
    for path, taken in (("/intake/shop/records", "POST"), ("/oauth/callback", "GET")):
        reply = edge.http.request(method, path)

        assert reply.status_code == 405
        assert taken in reply.headers["allow"]
        assert f"it takes {taken}" in reply.json()["error"]


def _talk(edge, token, *parts):
    """Begin a request of 400 bytes by hand and send only these."""
    line = socket.create_connection(("127.0.0.1", edge.server.port), timeout=10)
    line.sendall(
        f"POST /intake/shop/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 400\r\n\r\n".encode()
    )
    for part in parts:
        line.sendall(part)
    return line


def test_a_sender_that_goes_silent_is_given_up(edge, token, monkeypatch):
    """It is told so, holds nobody up meanwhile, and nothing of it is taken in."""
    monkeypatch.setattr("bot.web.body.PATIENCE_SECONDS", 0.5)
    line = _talk(edge, token, json.dumps([CUSTOMER]).encode())
    well = edge.http.get("/healthz").status_code
    answer = line.recv(4000).decode()
    line.close()

    assert well == 200
    assert " 408 " in answer
    assert stored(edge) == []


def test_a_sender_that_hangs_up_leaves_nothing(edge, token):
    """A whole record inside half a body is not taken in: the sender will send it all again."""
    _talk(edge, token, json.dumps([CUSTOMER | {"external_id": CUT_OFF}]).encode()).close()
    again = send(edge, [CUSTOMER], token=token)

    assert again.json()["accepted"] == 1
    wait_for("an answer", lambda: edge.http.get("/healthz").status_code == 200)
    assert CUT_OFF not in [row.external_id for row in stored(edge)]


def test_slack_addresses_refuse_what_is_too_large(edge):
    """50 MB at Slack's address are not read to their end."""
    reply = edge.http.post("/slack/events", content=b"x" * (50 * 1024 * 1024))

    assert reply.status_code == 413
    assert "1 MB" in reply.json()["error"]


def test_money_stays_exact_as_a_number(edge, token):
    """4.35 is four thirty-five, not a float's idea of it."""
    body = json.dumps(invoice(amount="XX")).replace('"XX"', "4.35").encode()

    assert send(edge, body, token=token).json()["accepted"] == 1
    assert stored(edge)[0].amount == Decimal("4.35")
