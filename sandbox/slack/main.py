"""`sandbox slack`: start the workspace, print one JSON line, serve until stopped."""

import argparse
import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import uvicorn

from sandbox.slack.errors import ControlError
from sandbox.slack.jsontypes import Json
from sandbox.slack.manifest import Install, default_install, read_manifest
from sandbox.slack.seed import PEOPLE, new_world
from sandbox.slack.server import build
from sandbox.slack.world import World

HOST = "127.0.0.1"


def main(argv: list[str]) -> int:
    """Run until interrupted. 0 = stopped, 2 = used wrongly."""
    parser = argparse.ArgumentParser(prog="sandbox slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on this machine; 0 = any")
    parser.add_argument("--manifest", type=Path, help="the app's manifest (JSON)")
    parser.add_argument("--limits", choices=("real", "off"), default="real", help="rate limits")
    try:
        options = parser.parse_args(argv)
    except SystemExit as end:
        return 0 if end.code in (0, None) else 2
    try:
        install = _install(options.manifest)
        listener = listen(options.port)
    except (OSError, OverflowError, ValueError, ControlError) as error:
        sys.stderr.write(f"sandbox slack: {error}\n")
        return 2
    world = new_world(install)
    world.limits.set_mode(options.limits)
    with listener:
        return _serve(world, listener)


def _install(path: Path | None) -> Install:
    if path is None:
        return default_install()
    return read_manifest(json.loads(path.read_text(encoding="utf-8")))


def listen(port: int) -> socket.socket:
    """A listening socket on this machine only."""
    # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it: 40 ms a call.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(2048)
    except (OSError, OverflowError):
        listener.close()
        raise
    return listener


def server_for(world: World, listener: socket.socket) -> uvicorn.Server:
    """The server of a world on a listening socket; sets the world's own address."""
    world.base_url = f"http://{HOST}:{listener.getsockname()[1]}"
    config = uvicorn.Config(
        build(world),
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=4_000_000,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def _serve(world: World, listener: socket.socket) -> int:
    server = server_for(world, listener)
    try:
        asyncio.run(_run(server, listener, world))
    except KeyboardInterrupt:
        return 0
    return 0


async def _run(server: uvicorn.Server, listener: socket.socket, world: World) -> None:
    serving = asyncio.ensure_future(server.serve(sockets=[listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.005)
    if server.started:
        sys.stdout.write(json.dumps(ready(world)) + "\n")
        sys.stdout.flush()
    await serving


def ready(world: World) -> Json:
    """What a program needs to use this workspace."""
    return {
        "kind": "slack",
        "api_url": f"{world.base_url}/api/",
        "page_url": f"{world.base_url}/",
        "control_url": f"{world.base_url}/control",
        "bot_token": world.token_of("bot"),
        "app_token": world.token_of("app"),
        "config_token": world.token_of("config"),
        "signing_secret": world.signing_secret,
        "channels": {c.name: c.id for c in world.channels.values() if c.name},
        "users": dict(PEOPLE),
        "team_id": world.team_id,
        "app_id": world.app_id,
        "bot_user_id": world.bot_user_id,
        "pid": os.getpid(),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
