"""Every published or recorded fault can be armed by its code, in its own shape and words."""

import httpx
import pytest

from sandbox.quickbooks.fault_texts import GATEWAY, OAUTH, Wording, wordings
from sandbox.quickbooks.faults import TABLE
from tests.sandbox.quickbooks.conftest import Books, fault_of, invoice_body

ALL = [(wording, number) for rows in wordings().values() for number, wording in enumerate(rows, 1)]
COMPANY = [one for one in ALL if one[0].code.isdigit() and one[0].code not in GATEWAY]


def test_company_codes(books: Books) -> None:
    """Status, type, Message and Detail of each wording stand in the upper-case shape."""
    for wording, number in COMPANY:
        books.arm(f"code:{wording.code}", variant=number)
        fault = fault_of(books.post("customer", {"DisplayName": "Nobody"}))

        wanted = (wording.code, wording.status, wording.kind, wording.message)
        assert (fault["code"], fault["status"], fault["type"], fault["Message"]) == wanted
        assert fault["Detail"] == (wording.detail or wording.message)
    assert books.query("select * from Customer where DisplayName = 'Nobody'") == {}


def test_table_of_the_rules_agrees() -> None:
    """What the rules answer by themselves has the status, type and message of the table."""
    for code, (status, kind, message) in TABLE.items():
        usual = wordings()[code][0]
        assert (usual.status, usual.kind, usual.message) == (status, kind, message)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("3200", 401, "AUTHENTICATION"),
        ("3202", 401, "AUTHENTICATION"),
        ("3100", 403, "SERVICE"),
        ("3001", 429, "SERVICE"),
    ],
)
def test_gateway_codes(books: Books, code: str, status: int, kind: str) -> None:
    """Lower-case envelope, or XML when asked; 401 challenges."""
    books.arm(f"code:{code}")
    response = books.get("companyinfo/1")
    fault = response.json()["fault"]
    assert (response.status_code, fault["type"], fault["error"][0]["code"]) == (status, kind, code)
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert response.headers["intuit_tid"]

    books.arm(f"code:{code}", format="xml")
    again = books.get("companyinfo/1")
    assert again.status_code == status
    assert f'<Error code="{code}">' in again.text


@pytest.mark.parametrize("status", [404, 500, 502, 503, 504])
def test_pages_of_a_gateway(books: Books, status: int) -> None:
    """HTML where JSON was asked."""
    books.arm("unavailable_html", status=status)
    response = books.get("companyinfo/1")

    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("code", ["HTTP_401", "HTTP_403", "HTTP_429", "HTTP_503", "HTTP_504"])
def test_bare_statuses(books: Books, code: str) -> None:
    """A status without a readable body."""
    books.arm(f"code:{code}")

    assert books.get("companyinfo/1").status_code == int(code.removeprefix("HTTP_"))


TOKEN_CODES = [one for one in ALL if one[0].kind == OAUTH]


@pytest.mark.parametrize(("wording", "number"), TOKEN_CODES)
def test_token_codes(books: Books, wording: Wording, number: int) -> None:
    """Codes of the token endpoint strike token calls and nothing else."""
    books.arm(f"code:{wording.code}", variant=number)
    assert books.get("companyinfo/1").status_code == 200
    discovery = httpx.get(books.ready["discovery_url"]).json()
    response = httpx.post(
        discovery["token_endpoint"],
        data={"grant_type": "refresh_token", "refresh_token": books.ready["refresh_token"]},
        auth=(books.ready["client_id"], books.ready["client_secret"]),
    )

    assert (response.status_code, response.json()["error"]) == (wording.status, wording.code)
    assert response.json().get("error_description", "") == wording.detail


def test_wordings_that_are_not_there(books: Books) -> None:
    """A code has so many wordings; an unknown word is no code."""
    for body, word in (
        ({"fault": "code:6240", "variant": 99}, "wordings"),
        ({"fault": "code:6240", "variant": "2"}, "whole number"),
        ({"fault": "code:HTTP_999"}, "unknown fault"),
    ):
        response = books.control.post("/faults", json=body)
        assert response.status_code == 400
        assert word in response.json()["error"]


def test_batch_breaks_in_the_middle(books: Books) -> None:
    """Two items are done, the connection breaks; the same requestid does only the rest."""
    items = [
        {"bId": str(one), "operation": "create", "Customer": {"DisplayName": f"Batch {one}"}}
        for one in range(5)
    ]
    books.arm("reset_mid_batch", after=2)
    books.make("Customer", {"DisplayName": "Alone"})
    with pytest.raises(httpx.HTTPError):
        books.post("batch", {"BatchItemRequest": items}, requestid="one-batch")

    found = books.query("select * from Customer where DisplayName like 'Batch%'")["Customer"]
    assert [one["DisplayName"] for one in found] == ["Batch 0", "Batch 1"]
    assert (
        books.post("batch", {"BatchItemRequest": items}, requestid="one-batch").status_code == 200
    )
    names = [one["name"] for one in books.writes() if one["name"].startswith("Batch")]
    assert names == [f"Batch {one}" for one in range(5)]


@pytest.mark.parametrize(
    ("fault", "others"),
    [
        ({"fault": "fault_in_200", "code": "2500"}, 1),
        ({"fault": "localised_6140"}, 1),
        ({"fault": "two_errors"}, 1),
        ({"fault": "xml_fault", "code": "6000"}, 0),
        ({"fault": "empty_body"}, 0),
        ({"fault": "throttled", "format": "xml"}, 0),
        ({"fault": "code:3001"}, 0),
    ],
)
def test_a_fault_armed_for_one_write_meets_it_in_a_batch(
    books: Books, fault: dict[str, str], others: int
) -> None:
    """What QuickBooks itself answers is the one item's; what stands before it strikes them all."""
    match = {"entity": "Customer", "operation": "create", "name": "struck"}
    books.control.post("/faults", json={**fault, "times": 1, "match": match}).raise_for_status()
    items = [
        {"bId": name, "operation": "create", "Customer": {"DisplayName": name}}
        for name in ("Spared", "Struck")
    ]

    reply = books.post("batch", {"BatchItemRequest": items})
    found = books.query("select * from Customer where DisplayName in ('Spared', 'Struck')")
    assert [one["DisplayName"] for one in found.get("Customer", [])] == ["Spared"] * others
    if others:
        answers = reply.json()["BatchItemResponse"]
        assert [("Fault" in one, one["bId"]) for one in answers] == [
            (False, "Spared"),
            (True, "Struck"),
        ]
    assert books.control.get("/faults").json()["faults"] == []


def test_fault_inside_a_query_answer(books: Books) -> None:
    """HTTP 200 with a Fault inside QueryResponse; at the top for other calls."""
    books.arm("fault_in_200", times=2, code="4002")
    inside = books.ask("select * from Customer")
    assert inside.status_code == 200
    assert inside.json()["QueryResponse"]["Fault"]["Error"][0]["code"] == "4002"

    outside = books.post("invoice", invoice_body("1"))
    assert (outside.status_code, "Fault" in outside.json()) == (200, True)
