"""A QuickBooks simulator on a real socket, in a thread of the test process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from sandbox.quickbooks.server import Simulator, build, server

DEADLINE = 10
Started = list[tuple[threading.Thread, Simulator]]


@dataclass
class Books:
    """An independent client: plain HTTP, nothing of the simulator's own parsing."""

    ready: dict[str, Any]
    http: httpx.Client
    control: httpx.Client
    realm: str = ""
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The company's address."""
        return f"{self.ready['api_url']}/company/{self.realm}"

    def _headers(self) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.token}",
            "Accept": "application/json",
            **self.headers,
        }

    def post(self, resource: str, body: Any, **params: str) -> httpx.Response:
        """POST JSON to a resource."""
        return self.http.post(
            f"{self.base}/{resource}", json=body, params=params, headers=self._headers()
        )

    def raw(self, resource: str, content: bytes, kind: str = "application/json") -> httpx.Response:
        """POST bytes to a resource."""
        headers = {**self._headers(), "Content-Type": kind}
        return self.http.post(f"{self.base}/{resource}", content=content, headers=headers)

    def get(self, resource: str, **params: str) -> httpx.Response:
        """GET a resource."""
        return self.http.get(f"{self.base}/{resource}", params=params, headers=self._headers())

    def query(self, statement: str) -> dict[str, Any]:
        """The QueryResponse of a statement that has to succeed."""
        response = self.ask(statement)
        assert response.status_code == 200, response.text
        return response.json()["QueryResponse"]

    def ask(self, statement: str) -> httpx.Response:
        """POST a statement as the documentation shows it."""
        headers = {**self._headers(), "Content-Type": "application/text"}
        return self.http.post(f"{self.base}/query", content=statement.encode(), headers=headers)

    def make(self, entity: str, body: dict[str, Any], **params: str) -> dict[str, Any]:
        """Create or change a record; it has to succeed."""
        response = self.post(entity.lower(), body, **params)
        assert response.status_code == 200, response.text
        return response.json()[entity]

    def read(self, entity: str, record_id: str) -> dict[str, Any]:
        """Read a record; it has to succeed."""
        response = self.get(f"{entity.lower()}/{record_id}")
        assert response.status_code == 200, response.text
        return response.json()[entity]

    def sparse(self, entity: str, record: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A sparse update that has to succeed."""
        body = {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True, **changes}
        return self.make(entity, body)

    def act(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """A person does something; it has to succeed."""
        response = self.control.post("/act", json={"type": kind, "realm": self.realm, **wanted})
        assert response.status_code == 200, response.text
        return response.json()

    def switch(self, **wanted: Any) -> None:
        """Set switches."""
        response = self.control.post("/switches", json=wanted)
        assert response.status_code == 200, response.text

    def arm(self, fault: str, **wanted: Any) -> None:
        """Arm a fault."""
        response = self.control.post("/faults", json={"fault": fault, **wanted})
        assert response.status_code == 201, response.text

    def writes(self, since: int = 0) -> list[dict[str, Any]]:
        """The write log."""
        return self.control.get("/writes", params={"since": since}).json()["writes"]


def fault_of(response: httpx.Response) -> dict[str, Any]:
    """The single error of a fault in the upper-case shape."""
    body = response.json()
    assert list(body) == ["Fault", "time"], body
    errors = body["Fault"]["Error"]
    assert len(errors) == 1, errors
    return {"status": response.status_code, "type": body["Fault"]["type"], **errors[0]}


def invoice_body(customer: str, amount: float = 100.0, **more: Any) -> dict[str, Any]:
    """The smallest good invoice."""
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    return {"CustomerRef": {"value": customer}, "Line": [line], **more}


def payment_body(customer: str, amount: float, **applied: float) -> dict[str, Any]:
    """A payment; `applied` maps `i<invoice id>` to what of it is applied."""
    lines = [
        {"Amount": part, "LinkedTxn": [{"TxnId": key[1:], "TxnType": "Invoice"}]}
        for key, part in applied.items()
    ]
    return {"CustomerRef": {"value": customer}, "TotalAmt": amount, "Line": lines}


@pytest.fixture(scope="session")
def running() -> Iterator[Started]:
    """Servers told to stop; they are waited for at the end, together."""
    started: Started = []
    yield started
    for thread, built in started:
        thread.join(DEADLINE)
        built.listener.close()
        assert not thread.is_alive()


@contextmanager
def serving(running: Started) -> Iterator[Simulator]:
    """A fresh simulator with the limits off, told to stop at the end."""
    built = build()
    served = server(built)
    thread = threading.Thread(target=served.run, kwargs={"sockets": [built.listener]}, daemon=True)
    thread.start()
    running.append((thread, built))
    httpx.post(f"{built.ready['control_url']}/limits", json={"limits": "off"})
    yield built
    served.should_exit = True


@contextmanager
def client_of(ready: dict[str, Any], company: dict[str, Any]) -> Iterator[Books]:
    """A client of one company."""
    with (
        httpx.Client(timeout=DEADLINE) as http,
        httpx.Client(base_url=ready["control_url"], timeout=DEADLINE) as control,
    ):
        yield Books(ready, http, control, company["realm_id"], company["access_token"])


@pytest.fixture
def simulator(running: Started) -> Iterator[Simulator]:
    """A fresh simulator per test, with the limits off."""
    with serving(running) as built:
        yield built


@pytest.fixture
def books(simulator: Simulator) -> Iterator[Books]:
    """A client of the default company."""
    with client_of(simulator.ready, simulator.ready) as client:
        yield client


@pytest.fixture(scope="module")
def garden(running: Started) -> Iterator[Books]:
    """The company of Intuit's reference, with several currencies; the whole module shares it."""
    with serving(running) as built:
        wanted = {"name": "Craig's Design and Landscaping Services", "seed": "landscaping"}
        made = httpx.post(f"{built.ready['control_url']}/companies", json=wanted, timeout=DEADLINE)
        with client_of(built.ready, made.json()) as client:
            yield client
