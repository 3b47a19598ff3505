"""Runs the command line: in this process where only words count, else as a process of its own."""

import io
import logging
import os
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from threading import Lock
from unittest.mock import patch

import structlog

import app
from bot import logs
from bot.console import explaining
from tests.words import knowledge, renderer

ROOT = Path(__file__).resolve().parents[1]
_CONFIGURE = logs.configure
_ONE = Lock()  # standard output is the process's, and the matrix has two lanes


def run_app(*words, env=None, given=None):
    """Run app.py as a process with a bare environment."""
    return subprocess.run(
        [sys.executable, "app.py", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **(env or {})},  # noqa: TID251  the test harness
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def run_here(*words, env=None, given=""):
    """Run the same words in this process, which need not load the bot again.

    The templates are those read once for all tests; where `run` would start the bot the test
    fails.
    """
    out, errors = _Written(), _Written()
    known, words_of = knowledge(), renderer()
    with (
        _ONE,
        patch.object(app, "start", _started),
        patch.object(app, "Renderer", lambda _folder: words_of),
        patch.object(explaining, "Renderer", lambda _folder: words_of),
        patch.object(app.Knowledge, "load", lambda _folder: known),
        patch.object(logs, "configure", _configure),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode()))),
        _logging_as_before(),
        redirect_stdout(out),
        redirect_stderr(errors),
    ):
        code = app.main(env or {}, words)
    return subprocess.CompletedProcess(words, code, out.text, errors.text)


class _Written(io.TextIOWrapper):
    """What a process wrote to standard output or standard error."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    @property
    def text(self):
        return self.buffer.getvalue().decode()


def _started(settings):
    raise AssertionError("the bot started")


@contextmanager
def _logging_as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()


def _configure(settings, stream=None, level=""):
    """As the real one, but later tests may look at the same loggers."""
    _CONFIGURE(settings, stream, level)
    structlog.configure(cache_logger_on_first_use=False)


def environment_of(services):
    """The environment in which the command line works on a test's own database."""
    settings = services.settings
    return {
        "DATABASE_URL": settings.DATABASE_URL,
        "SECRET_KEYS": settings.SECRET_KEYS.get_secret_value(),
        "INTUIT_CLIENT_ID": settings.INTUIT_CLIENT_ID,
        "INTUIT_CLIENT_SECRET": settings.INTUIT_CLIENT_SECRET.get_secret_value(),
    }
