"""One `run` per SQLite file; asking whether one runs disturbs nobody."""

import threading
from pathlib import Path

import pytest

from bot.db import lock


def test_a_second_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so in a sentence, and the first one goes on."""
    monkeypatch.setattr(lock, "PATIENCE_SECONDS", 0.05)
    url = f"sqlite:///{tmp_path}/bot.sqlite3"
    with (
        lock.single_run(url),
        pytest.raises(lock.AlreadyRunning, match="Another bot is running"),
        lock.single_run(url),
    ):
        pass

    assert not lock.is_running(url)


def test_asking_sees_a_run_and_makes_no_file(tmp_path: Path) -> None:
    """Nothing is written where no bot ever ran."""
    url = f"sqlite:///{tmp_path}/bot.sqlite3"
    before = lock.is_running(url)
    files = list(tmp_path.iterdir())
    with lock.single_run(url):
        during = lock.is_running(url)

    assert (before, files, during, lock.is_running(url)) == (False, [], True, False)


def test_a_run_starts_while_others_ask(tmp_path: Path) -> None:
    """Commands that ask all the time do not keep a bot from starting, nor see each other."""
    url = f"sqlite:///{tmp_path}/bot.sqlite3"
    with lock.single_run(url):
        pass
    stop = threading.Event()
    started = threading.Event()
    wrong: list[bool] = []

    def ask() -> None:
        while not stop.is_set():
            if lock.is_running(url) and not started.is_set():
                wrong.append(True)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        stop.wait(0.2)
        started.set()
        for _ in range(5):
            with lock.single_run(url):
                assert lock.is_running(url)
    finally:
        stop.set()
        for thread in threads:
            thread.join()

    assert wrong == []
