"""Armed faults: each in its exact shape, for exactly the requests it matches."""

import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body

BROKEN = (httpx.ReadError, httpx.RemoteProtocolError)


def make(books: Books, name: str = "New") -> httpx.Response:
    """A harmless create."""
    return books.post("customer", {"DisplayName": name})


def lower(response: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and detail of the gateway's lower-case shape."""
    error = response.json()["fault"]["error"][0]
    return response.status_code, error["code"], error["detail"]


def test_unauthorized(books: Books) -> None:
    """401 in lower case although the token is good."""
    books.arm("unauthorized")
    response = make(books)

    assert lower(response)[:2] == (401, "3200")
    assert "invalid_token" in response.headers["www-authenticate"]


def test_forbidden(books: Books) -> None:
    """403 with 003100."""
    books.arm("forbidden_3100")

    assert lower(make(books)) == (403, "3100", None)


@pytest.mark.parametrize("how", ["option", "switch"])
def test_throttled_in_three_forms(books: Books, how: str) -> None:
    """429 as JSON, as XML and without a body."""
    replies = {}
    for form in ("json", "xml", "empty"):
        if how == "option":
            books.arm("throttled", format=form)
        else:
            books.switch(throttle_format=form)
            books.arm("throttled")
        replies[form] = make(books)

    assert {reply.status_code for reply in replies.values()} == {429}
    assert lower(replies["json"]) == (
        429,
        "3001",
        "The request limit was reached.  Try again later",
    )
    assert 'Fault type="SERVICE"' in replies["xml"].text
    assert (
        "<Message>message=ThrottleExceeded; errorCode=003001; statusCode=429<"
        in replies["xml"].text
    )
    assert replies["xml"].headers["content-type"].startswith("application/xml")
    assert replies["empty"].content == b""
    assert all("retry-after" not in reply.headers for reply in replies.values())


def test_server_error(books: Books) -> None:
    """500 with code 10000 as a SystemFault."""
    books.arm("server_error")
    fault = fault_of(make(books))

    assert (fault["status"], fault["code"], fault["type"]) == (500, "10000", "SystemFault")


def test_unavailable_is_html(books: Books) -> None:
    """503 from a gateway that knows no JSON."""
    books.arm("unavailable_html")
    response = make(books)

    assert response.status_code == 503
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["intuit_tid"]


@pytest.mark.parametrize("fault", ["timeout_before", "reset_before"])
def test_connection_broken_before_the_write(books: Books, fault: str) -> None:
    """No answer and nothing done."""
    books.arm(fault, seconds=0.05)
    with pytest.raises(BROKEN):
        make(books)

    assert books.query("select count(*) from Customer")["totalCount"] == 12


@pytest.mark.parametrize("fault", ["timeout_after", "reset_after"])
def test_connection_broken_after_the_write(books: Books, fault: str) -> None:
    """No answer although the write happened; the same requestid tells what became of it."""
    books.arm(fault, seconds=0.05)
    with pytest.raises(BROKEN):
        books.post("customer", {"DisplayName": "New"}, requestid="q-1")

    assert books.query("select count(*) from Customer")["totalCount"] == 13
    again = books.post("customer", {"DisplayName": "New"}, requestid="q-1")
    assert again.json()["Customer"]["DisplayName"] == "New"
    log = [entry for entry in books.writes() if entry["requestid"] == "q-1"]
    assert [entry["replayed"] for entry in log] == [False, True]


def test_timeout_waits(books: Books) -> None:
    """A client with a shorter patience times out."""
    books.arm("timeout_before", seconds=30)
    started = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(
            f"{books.base}/customer/1",
            headers={"Authorization": f"Bearer {books.token}"},
            timeout=0.2,
        )

    assert time.monotonic() - started < 10


@pytest.mark.parametrize(("fault", "there"), [("trickle_before", 12), ("trickle_after", 13)])
def test_an_answer_that_trickles_never_ends(books: Books, fault: str, there: int) -> None:
    """A byte of its head now and then: each single read is short, and none is the last."""
    books.arm(fault, seconds=0.02)
    where = urlsplit(books.base)
    body = '{"DisplayName": "New"}'
    asked = (
        f"POST {where.path}/customer?requestid=q-1 HTTP/1.1\r\nHost: {where.netloc}\r\n"
        f"Authorization: Bearer {books.token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    got = b""
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=5) as client:
        client.sendall(asked.encode())
        while len(got) < 40:
            part = client.recv(64)
            assert part, "the connection was cut"
            got += part

    assert got.startswith(b"HTTP/1.1 200 OK\r\nX-Wait: .")
    assert b"\r\n\r\n" not in got
    assert books.query("select count(*) from Customer")["totalCount"] == there


def test_localised_6140(books: Books) -> None:
    """French text, the same code."""
    books.arm("localised_6140", match={"entity": "Invoice"})
    fault = fault_of(books.post("invoice", invoice_body("1")))

    assert fault["code"] == "6140"
    assert fault["Message"] == "Numéro de document en double"
    assert "DocNumber=INV-0002 is assigned to TxnType=Facture with TxnId=2137" in fault["Detail"]


def test_two_errors(books: Books) -> None:
    """Two entries in one fault."""
    books.arm("two_errors")

    assert [error["code"] for error in make(books).json()["Fault"]["Error"]] == ["2020", "6240"]


def test_code_missing(books: Books) -> None:
    """An error without its code."""
    books.arm("code_missing")

    assert "code" not in make(books).json()["Fault"]["Error"][0]


def test_empty_body(books: Books) -> None:
    """HTTP 200 and nothing in it."""
    books.arm("empty_body")
    response = make(books)

    assert (response.status_code, response.content) == (200, b"")


def test_xml_fault(books: Books) -> None:
    """A fault in XML although JSON was asked."""
    books.arm("xml_fault", code="6240")
    response = make(books)

    assert response.status_code == 400
    assert '<Error code="6240">' in response.text


def test_fault_in_200(books: Books) -> None:
    """A fault under a good status."""
    books.arm("fault_in_200", code="610")
    fault = fault_of(make(books))

    assert (fault["status"], fault["code"]) == (200, "610")


def test_any_code_with_own_words(books: Books) -> None:
    """code:<number> takes message and detail; without them it has the table's words."""
    books.arm("code:5010", detail="The account period has closed", message="Stale Object Error")
    own = fault_of(make(books))
    books.arm("code:6000")
    table = fault_of(make(books))
    books.arm("code:6561", detail="unheard of")
    unknown = fault_of(make(books))

    assert (own["code"], own["Detail"]) == ("5010", "The account period has closed")
    assert table["Detail"] == (
        "Business Validation Error: You can only add or edit one name at a time. Please try again."
    )
    assert (unknown["code"], unknown["Detail"]) == ("6561", "unheard of")


def token_call(books: Books) -> httpx.Response:
    """A refresh."""
    where = books.http.get(books.ready["discovery_url"]).json()["token_endpoint"]
    return books.http.post(
        where,
        data={"grant_type": "refresh_token", "refresh_token": books.ready["refresh_token"]},
        auth=(books.ready["client_id"], books.ready["client_secret"]),
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            1,
            {
                "error": "invalid_grant",
                "error_description": "Incorrect or invalid refresh token",
            },
        ),
        (
            2,
            {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"},
        ),
        (3, {"error": "invalid_grant"}),
    ],
)
def test_invalid_grant_has_three_bodies(books: Books, body: int, expected: dict[str, str]) -> None:
    """The shortest one is 25 bytes."""
    books.arm("invalid_grant", body=body)
    response = token_call(books)

    assert (response.status_code, response.json()) == (400, expected)
    assert make(books).status_code == 200
    assert token_call(books).status_code == 200


def test_invalid_client(books: Books) -> None:
    """401 by default; 400 has been seen too."""
    books.arm("invalid_client")
    books.arm("invalid_client", status=400)

    assert [token_call(books).status_code for _ in range(3)] == [401, 400, 200]


def test_lost_answer_of_a_refresh(books: Books) -> None:
    """The value rotated, the answer was lost: the old value lives for its grace."""
    books.control.post("/clock", json={"advance": 25 * 3600})
    books.arm("reset_after", match={"operation": "token"})
    with pytest.raises(BROKEN):
        token_call(books)

    assert token_call(books).json()["refresh_token"] != books.ready["refresh_token"]


MATCHES: list[tuple[dict[str, str], Callable[[Books], httpx.Response], bool]] = [
    ({"entity": "Customer"}, make, True),
    ({"entity": "customer", "operation": "create"}, make, True),
    ({"operation": "update"}, make, False),
    ({"entity": "Vendor"}, make, False),
    ({"method": "GET"}, make, False),
    ({"name": "ew"}, make, True),
    ({"name": "old"}, make, False),
    ({"realm": "1"}, make, False),
    ({"path": "/customer"}, make, True),
    ({"operation": "read", "id": "3"}, lambda books: books.get("customer/3"), True),
    ({"operation": "read", "id": "3"}, lambda books: books.get("customer/4"), False),
    (
        {"operation": "query", "entity": "Customer"},
        lambda books: books.ask("select * from Customer"),
        True,
    ),
    (
        {"operation": "cdc"},
        lambda books: books.get("cdc", entities="Customer", changedSince="2026-01-01"),
        True,
    ),
]


@pytest.mark.parametrize(
    ("match", "call", "hit"), MATCHES, ids=[str(row[0]) + str(row[2]) for row in MATCHES]
)
def test_match(
    books: Books, match: dict[str, str], call: Callable[[Books], httpx.Response], hit: bool
) -> None:
    """A fault strikes only what it matches."""
    books.arm("code:6000", match=match)

    assert (call(books).status_code == 400) is hit


def test_times_and_clearing(books: Books) -> None:
    """A fault strikes as often as told; null means until it is taken away."""
    books.arm("server_error", times=2)
    counted = [make(books, f"N{n}").status_code for n in range(3)]
    books.arm("server_error", times=None)
    always = [make(books, f"M{n}").status_code for n in range(3)]
    listed = books.control.get("/faults").json()["faults"]
    removed = books.control.delete("/faults").json()

    assert counted == [500, 500, 200]
    assert always == [500, 500, 500]
    assert [(one["fault"], one["hits"]) for one in listed] == [("server_error", 3)]
    assert removed == {"removed": 1}
    assert make(books, "after").status_code == 200


def test_one_company_is_calmed_alone(books: Books) -> None:
    """With a realm only its own faults go; those of another company or of all stay armed."""
    for match in ({"realm": "1"}, {"realm": "2"}, {}):
        books.arm("server_error", times=None, match=match)
    removed = books.control.delete("/faults", params={"realm": "1"}).json()
    left = books.control.get("/faults").json()["faults"]

    assert removed == {"removed": 1}
    assert [one["match"] for one in left] == [{"realm": "2"}, {}]


def test_one_item_of_a_batch(books: Books) -> None:
    """A code fault may strike a single item."""
    books.arm("code:6000", match={"entity": "Customer", "name": "B"})
    items = [
        {"bId": name, "operation": "create", "Customer": {"DisplayName": name}} for name in "ABC"
    ]
    answers = books.post("batch", {"BatchItemRequest": items}).json()["BatchItemResponse"]

    assert ["Fault" in answer for answer in answers] == [False, True, False]


def test_latency(books: Books) -> None:
    """Every company call takes at least this long."""
    books.control.post("/latency", json={"ms": 120})
    started = time.monotonic()
    books.get("customer/1")

    assert time.monotonic() - started >= 0.12


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("/faults", {"fault": "flood"}, "unknown fault"),
        ("/faults", {"fault": "throttled", "times": 0}, "at least 1"),
        ("/faults", {"fault": "throttled", "times": "x"}, "whole number"),
        ("/faults", {"fault": "throttled", "match": {"colour": "red"}}, "unknown match key"),
        ("/faults", {"fault": "throttled", "match": {"operation": "fly"}}, "unknown operation"),
        ("/faults", {"fault": "throttled", "format": "yaml"}, "json, xml or empty"),
        ("/faults", {"fault": "throttled", "colour": 1}, "unknown option"),
        ("/clock", {}, "either now"),
        ("/clock", {"now": "yesterday"}, "not an ISO"),
        ("/clock", {"advance": -1}, "0 or more"),
        ("/clock", {"back": 1}, "unknown key"),
        ("/limits", {"limits": "some"}, "real or off"),
        ("/latency", {"ms": -5}, "0 to 60000"),
        ("/switches", {"nonsense": True}, "unknown switch"),
        ("/switches", {"rotation_grace_hours": 7}, "one of"),
        ("/switches", {"inactive_names_collide": "yes"}, "takes bool"),
        ("/companies", {}, "needs a name"),
        ("/companies", {"name": "A", "country": "Atlantis"}, "country is one of"),
        ("/companies", {"name": "A", "time_zone": "Mars/Base"}, "unknown time zone"),
        ("/companies", {"name": "A", "seed": "full"}, "seed is one of"),
        ("/act", {"type": "dance"}, "unknown type"),
        ("/act", {"type": "edit", "entity": "Customer", "id": "999"}, "there is no Customer"),
        ("/act", {"type": "edit", "entity": "Unicorn", "id": "1"}, "unknown entity"),
        ("/act", {"type": "close_books", "date": "soon"}, "is a date"),
        ("/act", {"type": "create", "entity": "Customer", "realm": "1"}, "no company"),
        ("/act", {"type": "set_preference", "data": {"X.Y": 1}}, "unknown preference"),
    ],
)
def test_bad_control_input(books: Books, path: str, body: object, word: str) -> None:
    """400 with one clear error."""
    response = books.control.post(path, json=body)

    assert response.status_code == 400
    assert word in response.json()["error"]


def test_control_body_has_to_be_json(books: Books) -> None:
    """Anything else is told so."""
    response = books.control.post("/faults", content=b"boom")

    assert (response.status_code, response.json()) == (400, {"error": "the body is not JSON"})
    assert books.control.get("/writes", params={"since": "x"}).status_code == 400
    assert books.control.get("/records/Unicorn").status_code == 400
