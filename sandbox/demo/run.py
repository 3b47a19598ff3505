"""Starts the demo's processes, connects and seeds both companies, watches until Ctrl-C."""

import fcntl
import json
import os
import shutil
import signal
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from sandbox.demo.children import Child, DemoError, end_all, ready_line, start
from sandbox.demo.setting import Stage, write_ready
from sandbox.demo.web import Http

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".demo"
_WATCH_SECONDS = 0.5


class Interrupted(Exception):
    """Ctrl-C or SIGTERM."""


def say(line: str = "") -> None:
    """Write one line for people, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(*, port: int, browser: bool) -> int:
    """Run the demo; returns the exit code."""
    stopping = Event()
    _on_signals(stopping)
    children: list[Child] = []
    try:
        with _fresh_folder(FOLDER):
            try:
                _start_all(children, port, browser=browser)
                return _watch(children, stopping)
            except DemoError as error:
                sys.stderr.write(f"{error}\n")
                return 1
            finally:
                say("Ending all three processes …")
                end_all(children)
    except Interrupted:
        return 0
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _on_signals(stopping: Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        first = not stopping.is_set()
        stopping.set()
        if first:
            raise Interrupted

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


@contextmanager
def _fresh_folder(folder: Path) -> Iterator[None]:
    """Empty .demo/ and hold it. Raises DemoError when another demo does."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            msg = "A demo is running already in this folder; end it first (Ctrl-C in its window)."
            raise DemoError(msg) from None
        for path in folder.iterdir():
            if path.name != "lock":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        yield


def _start_all(children: list[Child], port: int, *, browser: bool) -> None:
    say("qb-sync-bot demo: everything runs on this machine, nothing reaches Intuit or Slack.")
    quickbooks = start("quickbooks", ["-m", "sandbox", "quickbooks"], FOLDER, ROOT)
    children.append(quickbooks)
    words = ["-m", "sandbox", "slack", "--port", str(port), "--manifest", "manifest.json"]
    slack = start("slack", words, FOLDER, ROOT)
    children.append(slack)
    stage = Stage(ROOT, FOLDER, ready_line(quickbooks), ready_line(slack), Http())
    steps = _numbered()
    steps("A local QuickBooks and a local Slack run.")
    stage.open_companies()
    steps("Two companies are in QuickBooks: Harbor Foods and Blue Ridge Supply.")
    stage.write_env()
    bot = start("bot", ["app.py", "run", "--env-file", str(stage.env_file)], FOLDER, ROOT)
    children.append(bot)
    stage.wait_for_bot(bot)
    steps("The bot runs; its intervals are seconds instead of minutes (see .demo/env).")
    stage.connect_companies()
    steps("Both companies are connected: one-time link, consent page, callback.")
    stage.post_the_good()
    steps("The shop's customers, items, orders and payments are posted in QuickBooks.")
    stage.make_trouble()
    steps("Somebody made a customer and an item inactive; Blue Ridge's permission is withdrawn.")
    stage.hand_in_the_rest()
    steps("New orders came in. Every root problem gets one message in its company's channel.")
    stage.make_export()
    write_ready(stage, children)
    _tell(stage)
    if browser:
        _open(stage.page_url)


def _numbered() -> Callable[[str], None]:
    count = 0

    def step(line: str) -> None:
        nonlocal count
        count += 1
        say(f"{count}. {line}")

    return step


def _tell(stage: Stage) -> None:
    say()
    say(f"Open  {stage.page_url}")
    say()
    say("Three things to try:")
    say("  · #books-harbor-foods: press the button of an alert, look at what changes, confirm.")
    say("  · #books-blue-ridge: press “Reconnect…”, follow the link, choose Blue Ridge Supply.")
    say("  · Switch to Gus Guest, at the top of the page, and press a button.")
    say()
    say(
        f"A shop's export of 2,000 rows to hand in with /qb-sync-now file: {stage.shown(stage.csv)}"
    )
    say(f"The bot alone, after it was killed:  {stage.restart}")
    say("Ctrl-C ends everything.")


def _open(url: str) -> None:
    # Without a screen some systems would open a text browser in this very window.
    screen = ("DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform in ("darwin", "win32") or any(name in os.environ for name in screen):  # noqa: TID251  is there a screen
        webbrowser.open(url)


def _watch(children: list[Child], stopping: Event) -> int:
    told: set[str] = set()
    while not stopping.wait(_WATCH_SECONDS):
        for child in children:
            if child.alive or child.name in told:
                continue
            told.add(child.name)
            if child.name != "bot":
                msg = f"The {child.name} simulator ended by itself. Its log ends:\n{child.tail()}"
                raise DemoError(msg)
            ready = json.loads((FOLDER / "ready.json").read_text(encoding="utf-8"))
            say(f"The bot has ended. Start it again, in another window:  {ready['restart']}")
    return 0
