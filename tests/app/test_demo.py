"""`demo`, as a stranger runs it: three processes, two channels, one message per trouble."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def eventually(look: Callable[[], Any], seconds: float = 60) -> Any:
    """Look until there is something."""
    end = monotonic() + seconds
    while monotonic() < end:
        found = look()
        if found:
            return found
        Event().wait(0.1)
    raise AssertionError("it did not happen in time")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or (
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    )


@dataclass
class Demo:
    """A running demo."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    output: Path
    http: httpx.Client

    @property
    def ready(self) -> dict[str, Any]:
        return json.loads((self.folder / "ready.json").read_text())

    def alerts(self, company: str) -> list[dict[str, Any]]:
        channel = self.ready["companies"][company]["channel"]
        url = f"{self.ready['control_urls']['slack']}/messages"
        rows = self.http.get(url, params={"channel": channel}).json()["messages"]
        return [row for row in rows if row.get("metadata")]

    def state(self, company: str) -> Counter[tuple[str, str]]:
        return Counter(
            (
                row["metadata"]["event_payload"]["problem"],
                row["metadata"]["event_payload"]["state"],
            )
            for row in self.alerts(company)
        )

    def complete(self) -> bool:
        """Every seeded trouble has its message."""
        wanted = Counter((one["company"], one["problem"]) for one in self.ready["seeded"])
        found = Counter(
            (company, row["metadata"]["event_payload"]["problem"])
            for company in self.ready["companies"]
            for row in self.alerts(company)
        )
        return found == wanted

    def records(self, company: str, entity: str) -> list[dict[str, Any]]:
        url = f"{self.ready['control_urls']['quickbooks']}/records/{entity}"
        realm = self.ready["companies"][company]["realm_id"]
        return self.http.get(url, params={"realm": realm}).json()["records"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Started once for all tests here; ended whatever happens."""
    folder = tmp_path_factory.mktemp("demo")
    output = folder / "output.txt"
    words = [sys.executable, "-m", "sandbox", "demo", "--no-browser"]
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*words, "--folder", str(folder / "files")], cwd=ROOT, stdout=file, stderr=file
        )
    http = httpx.Client(timeout=30, trust_env=False)
    made = Demo(process, folder / "files", output, http)
    try:
        eventually(lambda: (made.folder / "ready.json").exists() or process.poll() is not None, 120)
        assert process.poll() is None, output.read_text()
        yield made
    finally:
        http.close()
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def test_it_says_for_programs_where_everything_is(demo):
    """ready.json holds every address, process and expectation, and nobody else may read it."""
    ready = demo.ready

    assert set(ready["control_urls"]) == {"quickbooks", "slack"}
    for name in ("quickbooks", "slack"):
        assert ready[name]["control_url"] == ready["control_urls"][name]
        assert ready[name]["api_url"].startswith("http://127.0.0.1:")
    assert set(ready["pids"]) == {"quickbooks", "slack", "bot"}
    assert all(alive(pid) for pid in ready["pids"].values())
    assert demo.http.get(ready["page_url"]).status_code == 200
    assert demo.http.get(f"{ready['bot_url']}/healthz").status_code == 200
    assert len(Path(ready["csv"]).read_bytes().splitlines()) >= 2000
    assert Path(ready["env_file"]).stat().st_mode & 0o077 == 0
    assert (demo.folder / "ready.json").stat().st_mode & 0o077 == 0


def test_it_tells_people_what_it_did(demo):
    """Numbered lines, the page's address, three things to try."""
    text = demo.output.read_text()

    assert "1. " in text
    assert demo.ready["page_url"] in text
    assert text.count("  · ") == 3


def test_each_channel_holds_one_message_per_trouble_and_no_more(demo):
    """And the look-alikes that are fine stay silent, also after every check ran again."""
    eventually(demo.complete)
    runs = f"{demo.ready['bot_url']}/metrics"
    line = 'qb_jobs_total{job="check",outcome="done"} '

    def checks() -> float:
        text = demo.http.get(runs).text
        return next(float(row.removeprefix(line)) for row in text.splitlines() if line in row)

    before = checks()
    eventually(lambda: checks() >= before + 4)

    assert demo.complete()


def test_every_message_names_its_money_and_its_records(demo):
    """What a phone shows is a sentence with company, documents and money."""
    eventually(demo.complete)
    for one in demo.ready["seeded"]:
        texts = [row["text"] for row in demo.alerts(one["company"])]
        about = [] if one["about"] == "connection" else [one["about"]]
        assert any(all(word in text for word in (one["company"], "$", *about)) for text in texts), (
            one,
            texts,
        )


def test_a_killed_bot_is_started_again_from_the_same_settings(demo):
    """The simulators live on; nothing is posted twice, no message comes twice."""
    eventually(demo.complete)
    invoices = len(demo.records("Harbor Foods", "Invoice"))
    os.kill(demo.ready["pids"]["bot"], signal.SIGKILL)
    eventually(lambda: "Start it again" in demo.output.read_text())
    again = subprocess.Popen(
        [sys.executable, "app.py", "run", "--env-file", demo.ready["env_file"]],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"{demo.ready['bot_url']}/healthz"

        def well() -> bool:
            try:
                return demo.http.get(url).status_code == 200
            except httpx.HTTPError:
                return False

        eventually(well)
        done = subprocess.run(
            [sys.executable, "app.py", "check", "--json", "--env-file", demo.ready["env_file"]],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        found = json.loads(done.stdout)

        assert done.returncode == 1
        assert found["finished"] is True
        assert Counter((row["company"], row["problem"]) for row in found["open"]) == Counter(
            (one["company"], one["problem"]) for one in demo.ready["seeded"]
        )
        assert demo.complete()
        assert len(demo.records("Harbor Foods", "Invoice")) == invoices
    finally:
        again.terminate()
        assert again.wait(20) == 0


def test_a_second_demo_in_the_same_folder_is_refused(demo):
    """One sentence, and the first one goes on."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "demo", "--folder", str(demo.folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "running already" in done.stderr
    assert demo.process.poll() is None


def test_a_folder_that_is_not_a_demos_is_not_emptied(tmp_path):
    """A mistyped folder keeps its files."""
    (tmp_path / "precious.txt").write_text("mine")
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", "demo", "--folder", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "not empty" in done.stderr
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_ctrl_c_ends_every_process(tmp_path):
    """Also in the middle of the start."""
    words = [sys.executable, "-m", "sandbox", "demo", "--no-browser", "--folder", str(tmp_path)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = ""
    while not line.startswith("2."):
        line = process.stdout.readline()
    process.send_signal(signal.SIGINT)

    assert process.wait(30) == 0
    process.stdout.close()
    assert not (tmp_path / "ready.json").exists()
    own = str(tmp_path)
    left = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words_of = entry.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if own in words_of and "app.py" in words_of:
            left.append(words_of)
    assert left == []
