"""`sources callback`: named, tried, listed, given up, switched off."""

import json
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.databases import new_database
from tests.outgoing.receiver import genuine

__all__ = ["company", "env_file"]


@pytest.fixture(autouse=True)
def made(tmp_path):
    """The database is there at the newest schema."""
    return new_database(tmp_path)


@pytest.fixture
def call(company):
    """The command, with the settings of a company with a source called shop."""
    path = Path(company)
    path.write_text(path.read_text() + "OUTGOING_PRIVATE=true\n")

    def run(*words):
        return run_here("sources", "callback", "shop", *words, "--env-file", company)

    return run


def test_the_secret_is_shown_once_and_signs_the_test_event(call, receiver):
    """Named, tried, and named again without another secret."""
    done = call(receiver.url)
    assert done.returncode == 0, done.stderr
    secret = next(line for line in done.stdout.splitlines() if line.startswith("whsec_"))
    tried = call("--test")
    again = call(receiver.url)

    assert tried.stdout == "shop took the test event: it answered 200.\n"
    assert genuine(receiver.got[0], secret)
    assert "whsec_" not in again.stdout
    assert "whsec_" in call("--new-key").stdout
    assert f"shop is told at {receiver.url}; 0 events waiting." in call().stdout


def test_a_test_event_that_is_not_taken_says_why(call, receiver):
    """With the other side's own words, and exit code 1."""
    call(receiver.url)
    receiver.answer = lambda _came: (401, {}, b"who are you?")
    done = call("--test")

    assert done.returncode == 1
    assert done.stdout == "shop did not take the test event: it answered 401: who are you?\n"


def test_json_is_one_value(call, receiver):
    """For programs: nothing else on standard output."""
    made = json.loads(call(receiver.url, "--json").stdout)
    tried = json.loads(call("--test", "--json").stdout)
    stands = json.loads(call("--json").stdout)
    listed = json.loads(call("--list-waiting", "--json").stdout)
    off = json.loads(call("--off", "--json").stdout)

    assert made["secret"].startswith("whsec_")
    assert tried == {"taken": True, "status": 200, "words": "it answered 200"}
    assert (stands["url"], stands["waiting"]) == (receiver.url, 0)
    assert listed == {"count": 0, "events": []}
    assert off == {"name": "shop", "off": True, "given_up": 0}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--test",), "has no callback"),
        (("--off",), "no callback"),
        (("--again",), "no callback"),
        (("--new-key",), "name its address"),
        (("--give-up", "evt_1"), "No event evt_1 waits"),
        (("--off", "--test"), "Say one thing"),
        (("ftp://shop.example/x",), "https://"),
        (("https://user:pw@shop.example/x",), "no name and password"),
        (("https://shop.example/x#top",), "behind #"),
        (("http://",), "https://"),
        (("nonsense",), "https://"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(call, words, said):
    """Nothing is changed, exit code 2."""
    done = call(*words)

    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_source_that_is_not_there_is_said(company):
    """A mistyped one makes none."""
    done = run_here("sources", "callback", "shoop", "--test", "--env-file", company)

    assert done.returncode == 2
    assert "has no source 'shoop'" in done.stderr


def test_keys_rotate_keeps_the_callback_signing(call, receiver, company):
    """After a rotation the old key of SECRET_KEYS may go: events are signed as before."""
    secret = json.loads(call(receiver.url, "--json").stdout)["secret"]
    path = Path(company)
    text = path.read_text()
    [old] = [line.split("=", 1)[1] for line in text.splitlines() if line.startswith("SECRET_KEYS")]
    new = Fernet.generate_key().decode()
    path.write_text(text.replace(old, f"{new},{old}"))
    assert run_here("keys", "rotate", "--env-file", company).returncode == 0
    path.write_text(text.replace(old, new))

    assert call("--test").returncode == 0
    assert genuine(receiver.got[0], secret)
