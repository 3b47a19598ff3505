"""The program: options, the ready line, the end."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sandbox.slack.main import main
from tests.sandbox.slack.harness import MANIFEST

ROOT = Path(__file__).parents[3]


def test_ready_line_and_a_clean_end(tmp_path: Path) -> None:
    """One JSON line when it serves; an interrupt ends it with 0 and nothing else printed."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST), encoding="utf-8")
    args = [sys.executable, "-m", "sandbox.slack.main", "--manifest", str(manifest)]
    process = subprocess.Popen(
        args, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        headers = {"authorization": f"Bearer {ready['bot_token']}"}
        who = httpx.post(ready["api_url"] + "auth.test", headers=headers, trust_env=False).json()
        state = httpx.get(ready["control_url"] + "/state", trust_env=False).json()
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert ready["kind"] == "slack"
    assert ready["pid"] == process.pid
    assert ready["api_url"].endswith("/api/")
    assert ready["bot_token"].startswith("xoxb-")
    assert ready["app_token"].startswith("xapp-")
    assert set(ready["users"]) == {"operator", "approver", "approver2", "admin", "guest"}
    assert set(ready["channels"]) == {"general", "books-harbor-foods", "books-blue-ridge"}
    assert who["team_id"] == ready["team_id"]
    assert [c["command"] for c in state["commands"]] == ["/hello", "/slow"]
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(
    "argv",
    [["--manifest", "nowhere.json"], ["--port", "x"], ["--nonsense"], ["--port", "99999"]],
)
def test_wrong_use_is_one_clear_line(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, nothing on standard output."""
    assert main(argv) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()
    assert "Traceback" not in err


def test_a_manifest_that_slack_refuses_stops_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pointer is in the message."""
    manifest = tmp_path / "manifest.json"
    manifest.write_text('{"display_information": {}}', encoding="utf-8")

    assert main(["--manifest", str(manifest)]) == 2
    assert "/display_information/name" in capsys.readouterr().err
