"""Starts the demo's processes, connects and seeds both companies, watches until Ctrl-C."""

import fcntl
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


class Interrupts:
    """Ctrl-C and SIGTERM break off the start anywhere but where a child would be forgotten."""

    def __init__(self) -> None:
        self.stopping = Event()
        self._held = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        first = not self.stopping.is_set()
        self.stopping.set()
        if first and not self._held:
            raise Interrupted

    def started(self, children: list[Child], begin: Callable[[], Child]) -> Child:
        """Start a child and remember it, as one step."""
        self._held = True
        try:
            child = begin()
            children.append(child)
        finally:
            self._held = False
        if self.stopping.is_set():
            raise Interrupted
        return child


def say(line: str = "") -> None:
    """Write one line for people, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run(*, port: int, browser: bool, folder: Path = FOLDER) -> int:
    """Run the demo; returns the exit code."""
    interrupts = Interrupts()
    children: list[Child] = []
    try:
        with _fresh_folder(folder):
            try:
                stage = _start_all(children, interrupts, folder, port)
                if browser:
                    _open(stage.page_url)
                return _watch(children, stage, interrupts.stopping)
            except DemoError as error:
                sys.stderr.write(f"{error}\n")
                return 1
            finally:
                interrupts.stopping.set()
                say("Ending all three processes …")
                end_all(children)
    except Interrupted:
        return 0
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1


@contextmanager
def _fresh_folder(folder: Path) -> Iterator[None]:
    """Empty .demo/ and hold it. Raises DemoError when another demo does."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "lock").exists() and any(folder.iterdir()):
        msg = f"{folder} is not empty and was not made by a demo; nothing in it was touched."
        raise DemoError(msg)
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


def _start_all(children: list[Child], interrupts: Interrupts, folder: Path, port: int) -> Stage:
    def begin(name: str, *words: str) -> Child:
        return interrupts.started(children, lambda: start(name, words, folder, ROOT))

    say("qb-sync-bot demo: everything runs on this machine, nothing reaches Intuit or Slack.")
    quickbooks = begin("quickbooks", "-m", "sandbox", "quickbooks")
    words = ("-m", "sandbox", "slack", "--port", str(port), "--manifest", "manifest.json")
    slack = begin("slack", *words)
    stage = Stage(ROOT, folder, ready_line(quickbooks), ready_line(slack), Http())
    steps = _numbered()
    steps("A local QuickBooks and a local Slack run.")
    stage.open_companies()
    steps("Two companies are in QuickBooks: Harbor Foods and Blue Ridge Supply.")
    stage.write_env()
    bot = begin("bot", "app.py", "run", "--env-file", str(stage.env_file))
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
    return stage


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
    say("  · Switch to Gus Guest, at the bottom left of the page, and press a button.")
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


def _watch(children: list[Child], stage: Stage, stopping: Event) -> int:
    told: set[str] = set()
    while not stopping.wait(_WATCH_SECONDS):
        for child in children:
            if child.alive or child.name in told:
                continue
            told.add(child.name)
            if child.name != "bot":
                msg = f"The {child.name} simulator ended by itself. Its log ends:\n{child.tail()}"
                raise DemoError(msg)
            say(f"The bot has ended. Start it again, in another window:  {stage.restart}")
    return 0
