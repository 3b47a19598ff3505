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
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.quickbooks import control, oauth_http, pages
from sandbox.quickbooks.api import CompanyApi
from sandbox.quickbooks.clock import Clock
from sandbox.quickbooks.companies import open_company
from sandbox.quickbooks.connections import ReachableProtocol
from sandbox.quickbooks.entities import by_name
from sandbox.quickbooks.oauth import Connections
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


def build(*, port: int = 0, clock: datetime | None = None, seed: int = 0) -> Simulator:
    """Bind the port and make the default company. Raises OSError when the port is taken."""
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
    rng = random.Random(f"quickbooks-{seed}")
    ticking = Clock(clock)
    connections = Connections(ticking, rng, "", "")
    connections.client_id = f"AB{connections.word(48)}"
    connections.client_secret = connections.word(40)
    world = World(ticking, rng, by_name(), connections, seed=seed)
    base = f"http://{HOST}:{listener.getsockname()[1]}"
    world.base_url = base
    made = open_company(world, COMPANY)
    ready = {
        "api_url": f"{base}/v3",
        "discovery_url": f"{base}/.well-known/openid_sandbox_configuration",
        "control_url": f"{base}/control",
        "page_url": f"{base}/",
        "client_id": connections.client_id,
        "client_secret": connections.client_secret,
        "realm_id": made["realm_id"],
        "company_name": COMPANY,
        "access_token": made["access_token"],
        "refresh_token": made["refresh_token"],
        "webhook_verifier": world.webhooks.verifier,
        "pid": os.getpid(),
    }
    return Simulator(world, application(world), listener, ready)


def application(world: World) -> ASGIApp:
    """The company API on its short path, everything else through Starlette's router."""
    routes = [*oauth_http.routes(world), *control.routes(world), *pages.routes(world)]
    rest = Starlette(routes=routes)
    api = CompanyApi(world)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v3/company/"):
            await api(scope, receive, send)
        else:
            await rest(scope, receive, send)

    return app


class QuietServer(uvicorn.Server):
    """uvicorn, but a signal ends it with exit code 0 instead of being raised again."""

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
    return QuietServer(config)


def main(argv: list[str]) -> int:
    """`sandbox quickbooks`: serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m sandbox quickbooks", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--clock", type=_moment, help="simulated time at start, ISO")
    parser.add_argument("--seed", type=int, default=0, help="makes keys and tokens repeatable")
    options = parser.parse_args(argv)
    try:
        simulator = build(port=options.port, clock=options.clock, seed=options.seed)
    except OSError as problem:
        sys.stderr.write(f"port {options.port} cannot be used: {problem.strerror}\n")
        return 2
    sys.stdout.write(json.dumps(simulator.ready) + "\n")
    sys.stdout.flush()
    server(simulator).run(sockets=[simulator.listener])
    return 0


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
