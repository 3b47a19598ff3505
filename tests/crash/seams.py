"""The places where a process can die: before and after every transaction, call and job."""

import os
import signal
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from bot.db import Sessions
from bot.quickbooks.session import BooksSession

BOT = Path(__file__).resolve().parents[2] / "bot"
# So many of the bot's own frames name a place; more would only tell loops apart.
DEPTH = 4
# What every transaction and call goes through says nothing about where it is.
_THROUGH = ("db/engine.py", "quickbooks/calls.py", "quickbooks/retry.py", "quickbooks/limits.py")


class Seams:
    """Counts the places that are passed; at one of them, the n-th time, the process is no more."""

    def __init__(self, victim=None):
        self.victim = victim
        self.passed = Counter()
        self._guard = Lock()

    def hit(self, what):
        """Pass a place, or die there."""
        name = f"{what} in {_place()}"
        with self._guard:
            self.passed[name] += 1
            if self.victim == (name, self.passed[name]):
                os.kill(os.getpid(), signal.SIGKILL)

    def sew(self):
        """Put the places into the bot's two doors: to its database and to QuickBooks."""
        hit, write, request = self.hit, Sessions.write, BooksSession.request

        @contextmanager
        def counted_write(sessions):
            hit("before BEGIN")
            with write(sessions) as session:
                yield session
                hit("before COMMIT")
            hit("after COMMIT")

        def counted_request(session, method, url, *args, **options):
            told = f"{method} {_told(url)}"
            hit(f"before {told}")
            reply = request(session, method, url, *args, **options)
            hit(f"after {told}")
            return reply

        Sessions.write = counted_write
        BooksSession.request = counted_request


def _told(url):
    """Which kind of call it is: the path behind the company's id, without ids."""
    path = url.split("/company/")[-1].split("?")[0].split("/")[1:2]
    return path[0] if path else "call"


def _place():
    frame, found = sys._getframe(1), []
    while frame is not None and len(found) < DEPTH:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(BOT):
            name = file.relative_to(BOT).as_posix()
            if name not in _THROUGH:
                found.append(f"{name}:{frame.f_code.co_name}")
        frame = frame.f_back
    return " < ".join(found)
