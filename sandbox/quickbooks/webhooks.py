"""Sends change notices to the app's address, signed, in the old or the CloudEvents shape."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from sandbox.quickbooks.clock import Clock
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Record

SHAPES = ("events", "cloudevents")
PATIENCE = 3.0
"""Seconds the receiver has to answer with 200."""
GATHER = 0.1
"""Seconds for which changes are gathered into one notice."""
RETRIES = (10.0, 20.0, 30.0, 300.0, 1200.0, 7200.0, 14400.0, 21600.0)
"""Simulated seconds after which a notice is tried again; the last wait repeats.

https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks/best-practices
"""
LOOK = 0.1
"""Real seconds between two looks at the clock."""
NAMED = {"CompanyCurrency": "Currency"}
"""Entities that notices call otherwise."""
NOT_TOLD = frozenset(
    {"Attachable", "CompanyInfo", "CustomerType", "RecurringTransaction", "TaxCode", "TaxRate"}
)
"""Entities no notice is sent for."""
VERBS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Void": "voided",
    "Merge": "merged",
    "Emailed": "emailed",
}


@dataclass(slots=True)
class Notice:
    """One POST on its way: its bytes, how often it was tried, when it is due next."""

    body: bytes
    kind: str
    events: int
    due: datetime
    tries: int = 0


@dataclass(slots=True)
class Webhooks:
    """Where notices go, which ones wait, and what became of those sent."""

    clock: Clock
    verifier: str
    url: str = ""
    shape: str = "events"
    waiting: list[Body] = field(default_factory=list)
    unsent: list[Notice] = field(default_factory=list)
    """Notices that nobody took yet."""
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    count: int = 0

    def point_to(self, url: Any, shape: Any) -> None:
        """Set the receiver; an empty address ends the notices. Raises ValueError."""
        if shape not in SHAPES:
            msg = f"shape is one of {', '.join(SHAPES)}; not {shape!r}"
            raise ValueError(msg)
        if url:
            where = urlsplit(str(url))
            if where.hostname not in ("127.0.0.1", "localhost") or where.scheme != "http":
                msg = f"url is an http address of this machine; not {url!r}"
                raise ValueError(msg)
        self.url, self.shape = str(url or ""), str(shape)

    def note(self, company: Company, record: Record, operation: str, gone: str = "") -> None:
        """A record changed; a notice follows in a moment."""
        if not self.url or record.entity.name in NOT_TOLD:
            return
        first = not self.waiting
        self.count += 1
        entry = {
            "realm": company.realm,
            "name": NAMED.get(record.entity.name, record.entity.name),
            "id": record.id,
            "operation": operation,
            "lastUpdated": record.changed.isoformat(timespec="milliseconds"),
            "number": self.count,
        }
        self.waiting.append({**entry, "deletedId": gone} if gone else entry)
        if first:
            self._start(self._gather())

    def resume(self) -> None:
        """Go on with what a state file says is not sent yet."""
        for notice in self.unsent:
            self._start(self._deliver(notice))
        if self.waiting:
            self._start(self._gather())

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _gather(self) -> None:
        await asyncio.sleep(GATHER)
        events, self.waiting = self.waiting, []
        shaped = old_shape(events) if self.shape == "events" else cloud_events(events)
        kind = "application/json" if self.shape == "events" else "application/cloudevents+json"
        notice = Notice(json.dumps(shaped).encode(), kind, len(events), self.clock.now())
        self.unsent.append(notice)
        await self._deliver(notice)

    async def _deliver(self, notice: Notice) -> None:
        """Try until somebody takes it, or there is no address any more."""
        while self.url:
            if self.clock.now() < notice.due:
                await asyncio.sleep(LOOK)
                continue
            status = await self._post(notice.body, notice.kind)
            self.deliveries.append(
                {
                    "time": self.clock.now().isoformat(timespec="milliseconds"),
                    "status": status,
                    "events": notice.events,
                    "tries": notice.tries + 1,
                }
            )
            if status == 200:
                break
            wait = RETRIES[min(notice.tries, len(RETRIES) - 1)]
            notice.tries += 1
            notice.due = self.clock.now() + timedelta(seconds=wait)
        self.unsent.remove(notice)

    async def _post(self, body: bytes, kind: str) -> int:
        """The receiver's status; 0 when it cannot be reached in time."""
        headers = {"content-type": kind, "intuit-signature": signature(self.verifier, body)}
        try:
            async with httpx.AsyncClient(timeout=PATIENCE) as client:
                reply = await client.post(self.url, content=body, headers=headers)
        except httpx.HTTPError:
            return 0
        return reply.status_code


def signature(verifier: str, body: bytes) -> str:
    """base64(HMAC-SHA256(raw body, verifier token))."""
    digest = hmac.new(verifier.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def old_shape(events: Sequence[Body]) -> Body:
    """`eventNotifications`, one block per company."""
    blocks: dict[str, list[Body]] = {}
    for event in events:
        kept = {key: value for key, value in event.items() if key not in ("realm", "number")}
        blocks.setdefault(event["realm"], []).append(kept)
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": entities}}
            for realm, entities in blocks.items()
        ]
    }


def cloud_events(events: Sequence[Body]) -> list[Body]:
    """An array of CloudEvents; one POST may mix companies."""
    source = hashlib.sha256(b"sandbox").hexdigest()[:40]
    return [
        {
            "specversion": "1.0",
            "id": f"{event['realm']}-{event['number']:08d}",
            "source": f"intuit.{source}",
            "type": f"qbo.{event['name'].lower()}.{VERBS[event['operation']]}.v1",
            "datacontenttype": "application/json",
            "time": event["lastUpdated"],
            "intuitentityid": event["id"],
            "intuitaccountid": event["realm"],
            "data": {"deletedId": event["deletedId"]} if "deletedId" in event else {},
        }
        for event in events
    ]
