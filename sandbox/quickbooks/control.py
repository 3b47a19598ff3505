"""The control API: what a test or the demo turns, arms and reads."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.quickbooks.clock import parse_moment
from sandbox.quickbooks.closing import closing_date
from sandbox.quickbooks.companies import open_company
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import QboFault
from sandbox.quickbooks.filling import fill
from sandbox.quickbooks.people import act
from sandbox.quickbooks.recurring_run import make_due
from sandbox.quickbooks.reports import ALL_REPORTS
from sandbox.quickbooks.state import save
from sandbox.quickbooks.switches import as_dict, changed
from sandbox.quickbooks.world import World

Handler = Callable[[Request], Awaitable[Response]]


class BadControl(Exception):
    """A control call that makes no sense; its text is the one clear error."""


def routes(world: World, file: Path | None = None) -> list[Route]:
    """All routes below /control; `file` is where the state is kept on request."""
    panel = _Panel(world, file)
    table: list[tuple[str, str, Handler]] = [
        ("POST", "/faults", panel.arm),
        ("GET", "/faults", panel.armed),
        ("DELETE", "/faults", panel.disarm),
        ("POST", "/clock", panel.move_clock),
        ("GET", "/clock", panel.clock),
        ("POST", "/limits", panel.set_limits),
        ("GET", "/limits", panel.limits),
        ("POST", "/latency", panel.set_latency),
        ("GET", "/latency", panel.latency),
        ("GET", "/writes", panel.writes),
        ("GET", "/requests", panel.requests),
        ("GET", "/records/{entity}", panel.records),
        ("GET", "/reports/{name}", panel.reports),
        ("GET", "/exceptions", panel.exceptions),
        ("GET", "/companies", panel.companies),
        ("POST", "/companies", panel.open),
        ("POST", "/fill", panel.fill),
        ("POST", "/act", panel.act),
        ("POST", "/webhooks", panel.set_webhooks),
        ("GET", "/webhooks", panel.webhooks),
        ("POST", "/state", panel.save),
        ("GET", "/switches", panel.switches),
        ("POST", "/switches", panel.switch),
    ]
    return [Route(f"/control{path}", _guarded(go), methods=[how]) for how, path, go in table]


def _guarded(handler: Handler) -> Handler:
    """400 with one clear sentence for a bad call."""

    async def run(request: Request) -> Response:
        try:
            return await handler(request)
        except (BadControl, ValueError) as problem:
            return JSONResponse({"error": str(problem)}, status_code=400)
        except QboFault as problem:
            return JSONResponse({"error": str(problem), "fault": problem.body()}, status_code=400)

    return run


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        msg = "the body is not JSON"
        raise BadControl(msg) from None
    if not isinstance(body, dict):
        msg = "the body is a JSON object"
        raise BadControl(msg)
    return body


def _only(body: dict[str, Any], *allowed: str) -> None:
    for key in body:
        if key not in allowed:
            msg = f"unknown key {key!r}; known are {', '.join(allowed)}"
            raise BadControl(msg)


class _Panel:
    """Handlers bound to one world."""

    def __init__(self, world: World, file: Path | None = None) -> None:
        self._world = world
        self._file = file

    def _company(self, realm: Any) -> Company:
        wanted = str(realm) if realm else self._world.default_realm()
        company = self._world.companies.get(wanted)
        if company is None:
            msg = f"no company has the realm {wanted!r}"
            raise BadControl(msg)
        return company

    async def arm(self, request: Request) -> Response:
        """POST /faults."""
        armed = self._world.faults.arm(await _object(request))
        return JSONResponse(armed.as_dict(), status_code=201)

    async def armed(self, _request: Request) -> Response:
        """GET /faults."""
        return JSONResponse({"faults": [one.as_dict() for one in self._world.faults.armed]})

    async def disarm(self, request: Request) -> Response:
        """DELETE /faults: all, or with ?realm= those that match this company alone."""
        realm = request.query_params.get("realm", "")
        return JSONResponse({"removed": self._world.faults.clear(realm)})

    async def move_clock(self, request: Request) -> Response:
        """POST /clock: `now` (ISO) or `advance` (seconds)."""
        body = await _object(request)
        _only(body, "now", "advance")
        if ("now" in body) == ("advance" in body):
            msg = "give either now (ISO) or advance (seconds)"
            raise BadControl(msg)
        if "now" in body:
            try:
                self._world.clock.set(parse_moment(str(body["now"])))
            except ValueError:
                msg = f"now is not an ISO date and time: {body['now']!r}"
                raise BadControl(msg) from None
        else:
            seconds = body["advance"]
            if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
                msg = f"advance is a number of seconds, 0 or more; not {seconds!r}"
                raise BadControl(msg)
            self._world.clock.advance(seconds)
        for company in self._world.companies.values():
            make_due(company)
        return await self.clock(request)

    async def clock(self, _request: Request) -> Response:
        """GET /clock."""
        return JSONResponse({"now": self._world.clock.now().isoformat()})

    async def set_limits(self, request: Request) -> Response:
        """POST /limits: `limits` real or off, `read_quota` a number or null."""
        body = await _object(request)
        _only(body, "limits", "read_quota")
        limits = self._world.limits
        if "limits" in body:
            if body["limits"] not in ("real", "off"):
                msg = f"limits is real or off; not {body['limits']!r}"
                raise BadControl(msg)
            limits.real = body["limits"] == "real"
            limits.reset()
        if "read_quota" in body:
            quota = body["read_quota"]
            if quota is not None and (isinstance(quota, bool) or not isinstance(quota, int)):
                msg = f"read_quota is a whole number or null; not {quota!r}"
                raise BadControl(msg)
            limits.read_quota = quota
        return await self.limits(request)

    async def limits(self, _request: Request) -> Response:
        """GET /limits."""
        limits = self._world.limits
        return JSONResponse(
            {
                "limits": "real" if limits.real else "off",
                "read_quota": limits.read_quota,
                "reads_this_month": limits.reads,
            }
        )

    async def set_latency(self, request: Request) -> Response:
        """POST /latency: milliseconds added to every company-API call."""
        body = await _object(request)
        _only(body, "ms")
        wanted = body.get("ms")
        if isinstance(wanted, bool) or not isinstance(wanted, int | float):
            msg = f"ms is a number from 0 to 60000; not {wanted!r}"
            raise BadControl(msg)
        if not 0 <= wanted <= 60_000:
            msg = f"ms is a number from 0 to 60000; not {wanted!r}"
            raise BadControl(msg)
        self._world.latency_ms = float(wanted)
        return await self.latency(request)

    async def latency(self, _request: Request) -> Response:
        """GET /latency."""
        return JSONResponse({"ms": self._world.latency_ms})

    async def writes(self, request: Request) -> Response:
        """GET /writes?since=: entries with a larger seq."""
        since = _since(request)
        return JSONResponse({"writes": self._world.writes[since:]})

    async def requests(self, request: Request) -> Response:
        """GET /requests?since=."""
        since = _since(request)
        found = [one for one in self._world.requests if one["seq"] > since]
        return JSONResponse({"requests": found})

    async def records(self, request: Request) -> Response:
        """GET /records/{entity}?realm=: everything, inactive and deleted too."""
        company = self._company(request.query_params.get("realm"))
        wanted = request.path_params["entity"].lower()
        for name, table in company.tables.items():
            if name.lower() == wanted:
                rows = [_raw(company, record) for record in table.rows.values()]
                return JSONResponse({"entity": name, "realm": company.realm, "records": rows})
        msg = f"unknown entity {request.path_params['entity']!r}"
        raise BadControl(msg)

    async def reports(self, request: Request) -> Response:
        """GET /reports/{name}?realm=&…: the API's report, whoever may and whatever is armed."""
        params = dict(request.query_params)
        company = self._company(params.pop("realm", None))
        make = ALL_REPORTS.get(request.path_params["name"])
        if make is None:
            msg = f"unknown report {request.path_params['name']!r}; {', '.join(ALL_REPORTS)}"
            raise BadControl(msg)
        return JSONResponse(make(company, params))

    async def exceptions(self, request: Request) -> Response:
        """GET /exceptions?realm=: changes of closed days and of months whose tax is filed."""
        company = self._company(request.query_params.get("realm"))
        return JSONResponse(
            {
                "realm": company.realm,
                "closing_date": closing_date(company),
                "closing": company.closing_exceptions,
                "tax_filed_through": company.tax_filed_through,
                "sales_tax": company.tax_exceptions,
            }
        )

    async def companies(self, _request: Request) -> Response:
        """GET /companies."""
        found = [
            {
                "realm_id": one.realm,
                "name": one.name,
                "country": one.country,
                "home_currency": one.home_currency,
                "time_zone": one.zone.key,
                "subscription_ended": one.subscription_ended,
                "connections": sum(
                    not link.revoked
                    for link in self._world.connections.connections
                    if link.realm == one.realm
                ),
            }
            for one in self._world.companies.values()
        ]
        return JSONResponse({"companies": found})

    async def open(self, request: Request) -> Response:
        """POST /companies: a new company, connected."""
        body = await _object(request)
        for alias in ("time zone", "timezone"):
            if alias in body:
                body["time_zone"] = body.pop(alias)
        _only(body, "name", "country", "home_currency", "time_zone", "seed", "language", "user")
        name = body.pop("name", None)
        if not isinstance(name, str) or not name.strip():
            msg = "a company needs a name"
            raise BadControl(msg)
        for key, value in body.items():
            if not isinstance(value, str):
                msg = f"{key} is a text; not {value!r}"
                raise BadControl(msg)
        return JSONResponse(open_company(self._world, name.strip(), **body), status_code=201)

    async def act(self, request: Request) -> Response:
        """POST /act: a person inside QuickBooks does something."""
        body = await _object(request)
        company = self._company(body.get("realm"))
        return JSONResponse(act(self._world, company, body))

    async def fill(self, request: Request) -> Response:
        """POST /fill: so many records of an `entity` (Customer, Vendor) at once."""
        body = await _object(request)
        _only(body, "realm", "entity", "count")
        count = body.get("count")
        if not isinstance(count, int):
            msg = "count is a whole number"
            raise BadControl(msg)
        return JSONResponse(
            {"records": fill(self._company(body.get("realm")), str(body.get("entity")), count)}
        )

    async def save(self, _request: Request) -> Response:
        """POST /state: write the file of `--state` now."""
        if self._file is None:
            msg = "the simulator was started without --state"
            raise BadControl(msg)
        return JSONResponse({"file": self._file.name, "bytes": save(self._world, self._file)})

    async def set_webhooks(self, request: Request) -> Response:
        """POST /webhooks: `url` of the receiver ("" ends them), `shape` events or cloudevents."""
        body = await _object(request)
        _only(body, "url", "shape")
        self._world.webhooks.point_to(body.get("url"), body.get("shape", "events"))
        return await self.webhooks(request)

    async def webhooks(self, _request: Request) -> Response:
        """GET /webhooks: the receiver and what was delivered."""
        hooks = self._world.webhooks
        return JSONResponse(
            {"url": hooks.url, "shape": hooks.shape, "deliveries": hooks.deliveries}
        )

    async def switches(self, _request: Request) -> Response:
        """GET /switches."""
        return JSONResponse({"switches": as_dict(self._world.switches)})

    async def switch(self, request: Request) -> Response:
        """POST /switches."""
        self._world.set_switches(changed(self._world.switches, await _object(request)))
        return await self.switches(request)


def _since(request: Request) -> int:
    text = request.query_params.get("since") or "0"
    if not text.isdigit():
        msg = f"since is a whole number; not {text!r}"
        raise BadControl(msg)
    return int(text)


def _raw(company: Company, record: Any) -> dict[str, Any]:
    return {
        **company.render(record),
        "_active": record.active,
        "_deleted": record.deleted,
        "_voided": record.voided,
        "_merged_into": record.merged_into,
        "_notes": record.notes,
    }
