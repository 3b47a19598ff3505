"""A restart on request goes on where the simulator stopped: `--state FILE`."""

import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.quickbooks import state
from sandbox.quickbooks.entities import by_name
from tests.sandbox.quickbooks.conftest import DEADLINE, Books, client_of
from tests.sandbox.quickbooks.test_process import ROOT, start, stop


@contextmanager
def life(file: Path, *options: str, kill: bool = False) -> Iterator[Books]:
    """One life of the process with its state in `file`, ended by SIGTERM or a kill."""
    process, ready = start("--state", str(file), *options)
    try:
        with client_of(ready, ready) as books:
            yield books
    finally:
        if kill:
            process.kill()
            process.communicate(timeout=DEADLINE)
        else:
            assert stop(process)[0] == 0


def done_before(books: Books, token: dict[str, str]) -> dict[str, Any]:
    """What one life leaves behind; `token` is the Basic login of the app."""
    made = books.make("Customer", {"DisplayName": "Kept"}, requestid="r-1")
    gone = books.make("Customer", {"DisplayName": "Gone quiet"})
    books.sparse("Customer", gone, Active=False)
    note = {"Note": "kept too"}
    held = books.make("Attachable", note)
    files = {"file_content_01": ("plan.bin", b"\x00\x01", "application/x-plan")}
    headers = {"Authorization": f"Bearer {books.token}"}
    books.http.post(f"{books.base}/upload", files=files, headers=headers)
    books.switch(stale_form=2)
    books.arm("server_error", times=2, match={"entity": "Vendor"})
    books.control.post("/webhooks", json={"url": "http://127.0.0.1:9/hook"})
    books.control.post("/limits", json={"limits": "real", "read_quota": 5000})
    books.control.post("/clock", json={"advance": 86400 * 3})
    refreshed = refresh(books, token, books.ready["refresh_token"])
    books.token = refreshed["access_token"]
    books.make("Customer", {"DisplayName": "Told to nobody"})
    return {"customer": made, "note": held, "refresh": refreshed["refresh_token"]}


def refresh(books: Books, login: dict[str, str], token: str) -> dict[str, Any]:
    """A refresh that has to succeed."""
    address = books.ready["api_url"].removesuffix("/v3") + "/oauth2/v1/tokens/bearer"
    form = {"grant_type": "refresh_token", "refresh_token": token}
    reply = books.http.post(address, data=form, auth=(login["id"], login["secret"]))
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_everything_is_there_again(tmp_path: Path) -> None:
    """Records, tokens, requestids, files, faults, switches, the clock, logs and notices."""
    file = tmp_path / "books.state"
    asked = "SELECT * FROM Customer WHERE Active IN (true, false) MAXRESULTS 1000"
    with life(file, "--clock", "2026-03-01T09:00:00Z") as first:
        ready = first.ready
        login = {"id": ready["client_id"], "secret": ready["client_secret"]}
        before = done_before(first, login)
        listed = first.query(asked)["Customer"]
        balance = first.control.get("/reports/TrialBalance").json()["Rows"]
        written = first.writes()
    with life(file) as second:
        assert refresh(second, login, before["refresh"])["refresh_token"] == before["refresh"]
        assert second.query(asked)["Customer"] == listed
        assert second.control.get("/reports/TrialBalance").json()["Rows"] == balance
        assert second.writes() == written
        again = second.make("Customer", {"DisplayName": "Kept"}, requestid="r-1")
        assert again == before["customer"]
        assert second.read("Attachable", before["note"]["Id"])["Note"] == "kept too"
        found = second.query("SELECT * FROM Attachable WHERE FileName = 'plan.bin'")
        assert httpx.get(found["Attachable"][0]["TempDownloadUri"]).content == b"\x00\x01"
        assert second.control.get("/switches").json()["switches"]["stale_form"] == 2
        assert second.get("vendor/13").status_code == 500
        assert second.control.get("/limits").json()["read_quota"] == 5000
        assert second.control.get("/clock").json()["now"].startswith("2026-03-04T09:")
        made = second.make("Customer", {"DisplayName": "New"})
        assert made["Id"] not in {one["Id"] for one in listed}


def test_written_on_request_and_survives_a_kill(tmp_path: Path) -> None:
    """POST /state writes at once; a simulator that is killed afterwards has lost nothing of it."""
    file = tmp_path / "books.state"
    with life(file, kill=True) as first:
        made = first.make("Vendor", {"DisplayName": "Held on request"})
        saved = first.control.post("/state", json={})
    with life(file) as second:
        assert second.read("Vendor", made["Id"])["DisplayName"] == "Held on request"
    assert saved.json()["file"] == "books.state"


def test_ready_line_says_when_nobody_consents(tmp_path: Path) -> None:
    """After a revoke the next life has no tokens to offer and says so; a consent brings them."""
    file = tmp_path / "books.state"
    with life(file) as first:
        assert first.ready["connected"] is True
        first.act("revoke_app")
    with life(file) as second:
        told = {name: second.ready[name] for name in ("connected", "access_token", "refresh_token")}
        page = second.http.get(second.ready["discovery_url"]).json()["authorization_endpoint"]
        second.switch(auto_consent=True)
        wanted = {"client_id": second.ready["client_id"], "response_type": "code", "state": "s"}
        back = {"redirect_uri": "http://127.0.0.1:9/", "scope": "com.intuit.quickbooks.accounting"}
        consent = second.http.get(page, params={**wanted, **back})
    with life(file) as third:
        assert third.ready["connected"] is False
    assert told == {"connected": False, "access_token": None, "refresh_token": None}
    assert "code=" in consent.headers["location"]


def test_state_without_a_file(books: Books) -> None:
    """Asked for without `--state`: one clear sentence."""
    reply = books.control.post("/state", json={})

    assert reply.status_code == 400
    assert "--state" in reply.json()["error"]


class Foreign:
    """What a state never holds."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Would run when it is read."""
        return (print, ("read",))


@pytest.mark.parametrize(
    "content", [b"", b"not a state", pickle.dumps({"form": 0}), pickle.dumps(Foreign())]
)
def test_foreign_files_are_refused(content: bytes, tmp_path: Path, capsys: Any) -> None:
    """Empty, text, another version, or code to run: refused, and nothing runs."""
    file = tmp_path / "books.state"
    file.write_bytes(content)

    with pytest.raises(ValueError, match=r"another version|is not a state"):
        state.load(file, by_name())
    assert capsys.readouterr().out == ""


def test_a_dotted_name_reaches_no_function_of_a_module(tmp_path: Path) -> None:
    """A class of this package may import `io`; its `open` is not read as one of its classes."""
    made = tmp_path / "made"
    name = b"sandbox.quickbooks.state", b"io.open"
    words = b"".join(b"\x8c" + bytes([len(one)]) + one for one in name)
    path = str(made).encode()
    call = b"\x80\x04" + words + b"\x93\x8c" + bytes([len(path)]) + path + b"\x8c\x01w\x86R."
    file = tmp_path / "books.state"
    file.write_bytes(call)

    with pytest.raises(ValueError, match="is not a state"):
        state.load(file, by_name())
    assert not made.exists()


def test_one_file_serves_one_simulator(tmp_path: Path) -> None:
    """A second one would overwrite what the first keeps."""
    file = tmp_path / "books.state"
    first = state.hold(file)
    with pytest.raises(ValueError, match="in use by another sandbox"):
        state.hold(file)
    first.close()
    state.hold(file).close()


def test_start_with_a_foreign_file_is_one_line(tmp_path: Path) -> None:
    """Exit 2 and a sentence, no traceback."""
    file = tmp_path / "books.state"
    file.write_bytes(b"not a state")
    ended = subprocess.run(
        [sys.executable, "-m", "sandbox", "quickbooks", "--state", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("books.state is not a state of this simulator")
    assert ended.stderr.count("\n") == 1
