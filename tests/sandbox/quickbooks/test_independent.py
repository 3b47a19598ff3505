"""The command that runs other people's clients: what it counts, and what it says when it cannot."""

from pathlib import Path

import pytest

from tests.independent.__main__ import main, report
from tests.independent.checkout import NotToBeHad, obtain
from tests.independent.clients import CLIENTS, Client
from tests.independent.results import read

WRITTEN = """<testsuites><testsuite>
<testcase classname="A" name="passes"/>
<testcase classname="A" name="breaks"><failure message="no such thing&#10;line two"/></testcase>
<testcase classname="A" name="stops"><error>it stopped</error></testcase>
<testcase classname="A" name="waits"><skipped/></testcase>
<testcase classname="B" name="is other"><failure message="never"/></testcase>
</testsuite></testsuites>"""


def client(**more: object) -> Client:
    """A client that nobody wrote."""
    start = CLIENTS[0].command
    usual = {"repository": "/nowhere/at/all", "version": "1", "variable": "NOBODYS_CLIENT"}
    return Client(**{"name": "nobody", "command": start, **usual, **more})  # type: ignore[arg-type]


def test_every_test_is_counted_or_named(tmp_path: Path) -> None:
    """Failed and skipped ones count against the client; apart stands only what has a reason."""
    file = tmp_path / "results.xml"
    file.write_text(WRITTEN, encoding="utf-8")
    result = read(file, {"B is other": "another product"})
    said = report(client(), result)

    assert (result.passed, len(result.counted), result.share) == (1, 4, 0.25)
    assert [why for _, why in result.apart] == ["another product"]
    assert "1 of 4 passed (25.0%)" in said
    assert "failed: A breaks: no such thing\n" in said
    assert "cannot apply: B is other: another product" in said


def test_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that is not here, and a repository out of reach with the way around it."""
    monkeypatch.delenv("NOBODYS_CLIENT", raising=False)
    with pytest.raises(NotToBeHad, match="no-such-program is not on this machine"):
        obtain(client(needs=("no-such-program",)), tmp_path)
    with pytest.raises(NotToBeHad, match="name a copy of /nowhere/at/all in NOBODYS_CLIENT"):
        obtain(client(), tmp_path)


def test_unknown_client(capsys: pytest.CaptureFixture[str]) -> None:
    """A client that is not in the list is refused with those that are."""
    with pytest.raises(SystemExit):
        main(["other"])
    assert "known are python-quickbooks, node-quickbooks" in capsys.readouterr().err
