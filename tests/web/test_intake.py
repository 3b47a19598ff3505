"""Records from sources over HTTP."""

import json
from decimal import Decimal

import pytest
from sqlmodel import select

from bot.models import Record
from bot.sync.columnmaps import remember
from bot.sync.table.columns import fold
from tests.sources.broken import book
from tests.sources.test_columns import ODD

CUSTOMER = {"type": "customer", "external_id": "c1", "name": "Jane Doe"}


def invoice(number="INV-1", amount="10.00"):
    return {
        "type": "invoice",
        "external_id": f"o-{number}",
        "number": number,
        "date": "2026-11-20",
        "customer": "c1",
        "lines": [{"sku": "TEA", "quantity": 1, "unit_price": amount, "amount": amount}],
        "total": amount,
    }


def send(edge, body, kind="application/json", where="records", token=None, source="shop"):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    return edge.http.post(
        f"/intake/{source}/{where}",
        content=body,
        headers={"Authorization": f"Bearer {token}", "Content-Type": kind},
    )


@pytest.fixture
def token(edge):
    edge.company()
    return edge.source().token


def stored(edge):
    with edge.services.sessions.read() as session:
        return list(session.exec(select(Record).order_by(Record.external_id)))


def test_an_array_is_taken_in_and_the_sync_is_nudged(edge, token):
    """Two records, one nudge of their company."""
    reply = send(edge, [CUSTOMER, invoice()], token=token)

    assert reply.status_code == 200
    assert reply.json()["accepted"] == 2
    assert [row.external_id for row in stored(edge)] == ["c1", "o-INV-1"]
    assert {nudge.job for nudge in edge.noted.nudges} == {"sync"}


def test_the_same_again_changes_nothing(edge, token):
    """A source may send everything every night."""
    send(edge, [CUSTOMER], token=token)
    reply = send(edge, [CUSTOMER], token=token)

    assert reply.json() | {"notes": []} == {
        "accepted": 0,
        "updated": 0,
        "unchanged": 1,
        "refused": 0,
        "errors": [],
        "notes": [],
    }


def test_one_object_is_one_record(edge, token):
    """Also when it is written over several lines."""
    for body in (json.dumps(CUSTOMER).encode(), json.dumps(invoice(), indent=2).encode()):
        assert send(edge, body, token=token).json()["accepted"] == 1


def test_ndjson_is_read_line_by_line(edge, token):
    """A broken line is reported by its number; the others go on."""
    lines = [json.dumps(CUSTOMER), "", "{broken", json.dumps(invoice()), '{"type": "customer"}']
    reply = send(edge, "\n".join(lines).encode(), "application/x-ndjson", token=token)
    body = reply.json()

    assert reply.status_code == 207
    assert body["accepted"] == 2
    assert [row["line"] for row in body["errors"]] == [3, 5]
    assert "JSON" in body["errors"][0]["reason"]
    assert "external_id" in body["errors"][1]["reason"]


def test_a_bad_record_is_reported_by_its_place_and_id(edge, token):
    """The reason names the field; the good ones go on."""
    bad = invoice("INV-2") | {"total": "11.00"}
    body = send(edge, [CUSTOMER, bad, invoice()], token=token).json()

    assert body["accepted"] == 2
    assert [(row["line"], row["external_id"]) for row in body["errors"]] == [(2, "o-INV-2")]
    assert "total" in body["errors"][0]["reason"]


def test_when_nothing_can_be_used_the_status_says_so(edge, token):
    """422, with every reason."""
    reply = send(edge, [{"type": "nonsense"}, 7, None], token=token)

    assert reply.status_code == 422
    assert reply.json()["refused"] == 3
    assert stored(edge) == []


def test_money_is_exact(edge, token):
    """A JSON number is read as it is written, never through a binary fraction."""
    body = json.dumps(invoice(amount="0.10")).replace('"0.10"', "0.10").encode()
    reply = send(edge, body, token=token)

    assert reply.json()["accepted"] == 1
    assert stored(edge)[0].amount == Decimal("0.10")


@pytest.mark.parametrize(
    "body",
    [b"", b"   \n ", b"[1, 2", b'[{"a": NaN}]', b"\xff\xfe\x00", b"[" * 100_000],
    ids=["empty", "blank", "cut off", "NaN", "no text", "deep"],
)
def test_what_is_no_json_is_refused_in_a_sentence(edge, token, body):
    """400 or a refused record, never a stack, and nothing is stored."""
    reply = send(edge, body, token=token)

    assert reply.status_code in (400, 422)
    assert "Traceback" not in reply.text
    assert stored(edge) == []


@pytest.mark.parametrize("given", [None, "-", "wrong", "qbi_" + "x" * 43])
def test_without_the_sources_token_nothing_is_taken(edge, token, given):
    """401, before the body is looked at."""
    reply = send(edge, [CUSTOMER], token=given)

    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert stored(edge) == []


def test_a_token_opens_its_own_source_alone(edge, token):
    """The name in the address must be the token's source."""
    other = edge.source("till")

    assert send(edge, [CUSTOMER], token=token, source="till").status_code == 401
    assert send(edge, [CUSTOMER], token=other.token, source="till").status_code == 200
    assert send(edge, [CUSTOMER], token=other.token, source=str(other.id)).status_code == 200


def test_a_new_token_ends_the_old_one(edge, token):
    """`sources add` for a source that exists replaces its token."""
    new = edge.source().token

    assert send(edge, [CUSTOMER], token=token).status_code == 401
    assert send(edge, [CUSTOMER], token=new).status_code == 200


def test_a_body_that_is_too_large_is_refused(edge, token):
    """413 as soon as the limit is passed, whether the length is announced or not."""
    big = b"[" + b" " * (26 * 1024 * 1024)

    def chunks():
        yield from (big[at : at + 65536] for at in range(0, len(big), 65536))

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    announced = edge.http.post("/intake/shop/records", content=big, headers=headers)
    streamed = edge.http.post("/intake/shop/records", content=chunks(), headers=headers)

    assert announced.status_code == streamed.status_code == 413
    assert "25 MB" in announced.json()["error"]


CSV = (
    "Order ID,Order Date,Customer ID,Customer Name,Email,SKU,Item,Quantity,Price,Total\n"
    "1001,2026-11-20,c1,Jane Doe,jane@doe.example,TEA,Green tea,2,12.50,25.00\n"
)


def test_a_csv_export_is_taken_as_body_or_as_a_form(edge, token):
    """Both ways give the same report."""
    headers = {"Authorization": f"Bearer {token}"}
    raw = send(edge, CSV.encode(), "text/csv", "csv", token)
    form = edge.http.post(
        "/intake/shop/csv", files={"file": ("orders.csv", CSV.encode())}, headers=headers
    )

    assert raw.status_code in (200, 207, 422)
    assert set(raw.json()) == set(form.json())
    assert raw.json()["refused"] == form.json()["refused"]


def test_a_form_without_a_file_is_refused(edge, token):
    """400 in a sentence."""
    reply = edge.http.post(
        "/intake/shop/csv",
        files={"note": (None, "no file")},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert reply.status_code == 400
    assert "no file" in reply.json()["error"]


def test_an_empty_csv_is_refused(edge, token):
    """400 in a sentence."""
    assert send(edge, b"\n", "text/csv", "csv", token).status_code == 400


def test_the_intake_is_described(edge):
    """/openapi.json names the addresses and the ways a body may come."""
    paths = edge.http.get("/openapi.json").json()["paths"]

    assert (
        "application/x-ndjson"
        in (paths["/intake/{source}/records"]["post"]["requestBody"]["content"])
    )
    assert "/reconnect/{secret}" not in paths


def test_a_key_named_twice_refuses_that_record_and_names_the_key(edge, token):
    """Which of two totals is meant nobody can say; the record beside it is taken in."""
    twice = json.dumps(invoice()).replace('"total": "10.00"', '"total": "9.00", "total": "10.00"')
    reply = send(edge, f"[{json.dumps(CUSTOMER)}, {twice}]".encode(), token=token)

    assert reply.status_code == 207
    [error] = reply.json()["errors"]
    assert (error["line"], error["external_id"]) == (2, "o-INV-1")
    assert error["reason"].startswith("names total twice")
    assert [row.external_id for row in stored(edge)] == ["c1"]


def test_a_key_named_twice_inside_a_line_is_found_in_ndjson(edge, token):
    """The place is told with the key; the lines before and after go on."""
    twice = json.dumps(invoice()).replace('"sku": "TEA"', '"sku": "TEA", "sku": "COFFEE"')
    other = json.dumps({**CUSTOMER, "external_id": "c2"})
    body = "\n".join((json.dumps(CUSTOMER), twice, other)).encode()
    reply = send(edge, body, "application/x-ndjson", token=token)

    [error] = reply.json()["errors"]
    assert error["line"] == 2
    assert error["reason"].startswith("names line 1: sku twice")
    assert [row.external_id for row in stored(edge)] == ["c1", "c2"]


def test_a_workbook_is_taken_in_like_a_csv_file(edge, token):
    """As the body or as a file of a form, at either address; the report names rows of Excel."""
    data = book()
    first = send(edge, data, kind="application/octet-stream", where="file", token=token)
    form = edge.http.post(
        "/intake/shop/csv",
        files={"file": ("orders.xlsx", data)},
        headers={"Authorization": f"Bearer {token}"},
    )
    broken = send(edge, data[:900], kind="application/octet-stream", where="file", token=token)

    assert (first.status_code, first.json()["accepted"]) == (200, 1)
    assert (form.status_code, form.json()["unchanged"]) == (200, 1)
    assert broken.status_code == 422
    assert "the workbook is damaged" in broken.json()["errors"][0]["reason"]


def test_columns_that_a_person_named_are_known_over_http_too(edge, token):
    """What was said on the command line or in Slack is kept for the source."""
    before = send(edge, ODD.encode(), kind="text/csv", where="file", token=token)
    cells = ODD.splitlines()[0].split(",")
    meant = ("order", "date", "customer", "sku", "quantity", "amount")
    said = dict(zip(map(fold, cells), meant, strict=True))
    remember(edge.services, 1, cells, said, "a test")
    after = send(edge, ODD.encode(), kind="text/csv", where="file", token=token)

    assert (before.status_code, after.status_code) == (422, 200)
    assert stored(edge)[0].external_id == "1001"
