"""Builds and runs the simulator: one process, one event loop, one JSON line when ready."""

import argparse
import json
import os
import random
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.quickbooks import attachments, control, oauth_http, pages, state
from sandbox.quickbooks.api import CompanyApi
from sandbox.quickbooks.clock import Clock
from sandbox.quickbooks.companies import open_company
from sandbox.quickbooks.connections import ReachableProtocol
from sandbox.quickbooks.entities import by_name
from sandbox.quickbooks.oauth import Connections
from sandbox.quickbooks.recurring_run import make_due
from sandbox.quickbooks.world import World

HOST = "127.0.0.1"
COMPANY = "Sandbox Company US"


@dataclass(frozen=True, slots=True)
class Simulator:
    """A built simulator: the world, its application, its socket and its ready line."""

    world: World
    app: ASGIApp
    listener: socket.socket
    ready: dict[str, Any]
    lock: IO[bytes] | None = None


def build(
    *, port: int = 0, clock: datetime | None = None, seed: int = 0, file: Path | None = None
) -> Simulator:
    """Bind the port and make the default company, or go on with the state of a file.

    Raises OSError when the port is taken, ValueError when the file is no state.
    """
    lock = state.hold(file) if file is not None else None
    held = state.load(file, by_name()) if file is not None and file.exists() else None
    # The protocol is named because asyncio only then switches Nagle's algorithm off.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise
    # Listening before the ready line: a quick client waits in the queue instead of failing.
    listener.listen(2048)
    base = f"http://{HOST}:{listener.getsockname()[1]}"
    world = held or _new_world(clock, seed)
    world.base_url = base
    for company in world.companies.values():
        company.base_url = base
    if held is not None and clock is not None:
        world.clock.set(clock)
    made = _first_company(world)
    connections = world.connections
    ready = {
        "api_url": f"{base}/v3",
        "discovery_url": f"{base}/.well-known/openid_sandbox_configuration",
        "control_url": f"{base}/control",
        "page_url": f"{base}/",
        "client_id": connections.client_id,
        "client_secret": connections.client_secret,
        "realm_id": made["realm_id"],
        "company_name": world.companies[made["realm_id"]].name,
        "access_token": made["access_token"],
        "refresh_token": made["refresh_token"],
        "connected": made["access_token"] is not None,
        "webhook_verifier": world.webhooks.verifier,
        "pid": os.getpid(),
    }
    return Simulator(world, application(world, file), listener, ready, lock)


def _new_world(clock: datetime | None, seed: int) -> World:
    rng = random.Random(f"quickbooks-{seed}")
    ticking = Clock(clock)
    connections = Connections(ticking, rng, "", "")
    connections.client_id = f"AB{connections.word(48)}"
    connections.client_secret = connections.word(40)
    return World(ticking, rng, by_name(), connections, seed=seed)


def _first_company(world: World) -> dict[str, Any]:
    """The company of the ready line, with tokens; in a restored world its newest consent.

    Without any the tokens are None: somebody has to consent first.
    """
    if not world.companies:
        return open_company(world, COMPANY)
    realm = world.default_realm()
    held = [one for one in world.connections.connections if one.realm == realm]
    living = next((one for one in reversed(held) if not one.revoked), None)
    if living is None:
        return {"realm_id": realm, "access_token": None, "refresh_token": None}
    return {
        "realm_id": realm,
        "access_token": world.connections.access_for(living),
        "refresh_token": living.refresh_token,
    }


def application(world: World, file: Path | None = None) -> ASGIApp:
    """The company API on its short path, everything else through Starlette's router."""
    routes = [
        *oauth_http.routes(world),
        *control.routes(world, file),
        *pages.routes(world),
        *attachments.routes(world),
    ]
    rest = Starlette(routes=routes)
    api = CompanyApi(world)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for company in world.companies.values():
            make_due(company)
        if scope["type"] == "http" and scope["path"].startswith("/v3/company/"):
            await api(scope, receive, send)
        else:
            await rest(scope, receive, send)

    return app


class QuietServer(uvicorn.Server):
    """uvicorn, but a signal ends it with exit code 0 instead of being raised again."""

    def __init__(self, config: uvicorn.Config, world: World) -> None:
        super().__init__(config)
        self._world = world

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve; notices of a restored state go on their way."""
        await super().startup(sockets)
        self._world.webhooks.resume()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop serving on SIGTERM and SIGINT; only the main thread may catch signals."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield


def server(simulator: Simulator) -> uvicorn.Server:
    """A uvicorn server for the simulator; logs go to standard error."""
    config = uvicorn.Config(
        simulator.app,
        http=ReachableProtocol,
        log_level="error",
        access_log=False,
        server_header=False,
        lifespan="off",
        # Long enough that a pooled connection is rarely closed under a client's hands.
        timeout_keep_alive=75,
        # A query with a long IN list may stand in the address.
        h11_max_incomplete_event_size=1_048_576,
        timeout_graceful_shutdown=1,
    )
    return QuietServer(config, simulator.world)


def main(argv: list[str]) -> int:
    """`sandbox quickbooks`: serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m sandbox quickbooks", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--clock", type=_moment, help="simulated time at start, ISO")
    parser.add_argument("--seed", type=int, default=0, help="makes keys and tokens repeatable")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="go on with this file; written at the end"
    )
    options = parser.parse_args(argv)
    try:
        simulator = build(
            port=options.port, clock=options.clock, seed=options.seed, file=options.state
        )
    except OSError as problem:
        sys.stderr.write(f"port {options.port} cannot be used: {problem.strerror}\n")
        return 2
    except ValueError as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    sys.stdout.write(json.dumps(simulator.ready) + "\n")
    sys.stdout.flush()
    server(simulator).run(sockets=[simulator.listener])
    if options.state is not None:
        state.save(simulator.world, options.state)
    return 0


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
