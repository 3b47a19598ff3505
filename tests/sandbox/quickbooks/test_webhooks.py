"""Webhooks: signed notices of changes in both shapes."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, Queue

import pytest

from tests.sandbox.quickbooks.conftest import Books

Notice = tuple[dict[str, str], bytes]


@pytest.fixture
def refusals() -> list[int]:
    """Status of the next answers; 200 once they are used up."""
    return []


@pytest.fixture
def receiver(refusals: list[int]) -> Iterator[tuple[str, "Queue[Notice]"]]:
    """An address that takes notices, after the answers of `refusals`."""
    got: Queue[Notice] = Queue()
    answers = refusals

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.put(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(answers.pop(0) if answers else 200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    listening = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/hook", got
    listening.shutdown()
    listening.server_close()
    thread.join(5)


def test_old_shape(books: Books, receiver: tuple[str, "Queue[Notice]"]) -> None:
    """One block per company; the signature is over the raw body."""
    url, got = receiver
    books.control.post("/webhooks", json={"url": url})
    made = books.make("Customer", {"DisplayName": "Hooked"})
    headers, body = got.get(timeout=5)

    key = books.ready["webhook_verifier"].encode()
    expected = base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
    assert headers["intuit-signature"] == expected
    block = json.loads(body)["eventNotifications"][0]
    event = block["dataChangeEvent"]["entities"][0]
    assert block["realmId"] == books.realm
    assert (event["name"], event["id"], event["operation"]) == ("Customer", made["Id"], "Create")


def test_cloud_events_and_merge(books: Books, receiver: tuple[str, "Queue[Notice]"]) -> None:
    """An array of events under its own content type; a merge names the Id that is gone."""
    url, got = receiver
    books.control.post("/webhooks", json={"url": url, "shape": "cloudevents"})
    books.act("merge", entity="Customer", id="2", into="1")
    headers, body = got.get(timeout=5)

    events = json.loads(body)
    assert headers["content-type"] == "application/cloudevents+json"
    assert [(one["type"], one["intuitentityid"]) for one in events] == [
        ("qbo.customer.merged.v1", "1")
    ]
    assert events[0]["data"] == {"deletedId": "2"}
    assert events[0]["intuitaccountid"] == books.realm


def test_receiver_is_on_this_machine(books: Books) -> None:
    """Notices never leave the machine."""
    response = books.control.post("/webhooks", json={"url": "https://example.com/hook"})

    assert response.status_code == 400


def tries(books: Books) -> list[dict[str, int]]:
    """What became of every attempt."""
    return books.control.get("/webhooks").json()["deliveries"]


def wait_for(happened: Callable[[], bool]) -> None:
    """Until it happened, for at most five seconds."""
    end = time.monotonic() + 5
    while not happened():
        assert time.monotonic() < end


def test_retries_follow_the_clock(
    books: Books, receiver: tuple[str, "Queue[Notice]"], refusals: list[int]
) -> None:
    """After 10, 20, 30 s, 5 and 20 min, 2, 4 and 6 h, then every 6 h, by the simulated clock."""
    url, got = receiver
    waits = (10, 20, 30, 300, 1200, 7200, 14400, 21600, 21600)
    refusals.extend([500] * len(waits))
    books.control.post("/webhooks", json={"url": url})
    books.make("Customer", {"DisplayName": "Told at last"})
    first = got.get(timeout=5)
    for number, wait in enumerate(waits, 1):
        wait_for(lambda number=number: len(tries(books)) == number)
        books.control.post("/clock", json={"advance": wait - 5})
        with pytest.raises(Empty):
            got.get(timeout=0.15)
        books.control.post("/clock", json={"advance": 5})
        assert got.get(timeout=5)[1] == first[1]

    books.control.post("/clock", json={"advance": 90_000})
    with pytest.raises(Empty):
        got.get(timeout=0.25)
    tried = tries(books)
    assert [one["status"] for one in tried] == [500] * len(waits) + [200]
    assert [one["tries"] for one in tried] == list(range(1, len(waits) + 2))


def test_what_is_not_told(books: Books, receiver: tuple[str, "Queue[Notice]"]) -> None:
    """Notes, templates and tax codes change in silence."""
    url, got = receiver
    books.control.post("/webhooks", json={"url": url})
    books.make("Attachable", {"Note": "quiet"})
    rate = {"TaxRateName": "County", "RateValue": 1, "TaxAgencyId": "1"}
    books.post("taxservice/taxcode", {"TaxCode": "Quiet", "TaxRateDetails": [rate]})
    made = books.make("TaxAgency", {"DisplayName": "Told"})
    _, body = got.get(timeout=5)

    entities = json.loads(body)["eventNotifications"][0]["dataChangeEvent"]["entities"]
    assert [(one["name"], one["id"]) for one in entities] == [("TaxAgency", made["Id"])]
