"""Misuse, interruptions and closed pipes: one clear line, never a traceback."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from bot.console import choosing
from bot.db import Sessions, make_engine, migrate
from bot.errors import BadInput
from bot.models import Company
from tests.app.test_command_line import env_file
from tests.command_line import ROOT, run_app, run_here

__all__ = ["env_file"]


def say(*words):
    """Run words in this process: (exit code, standard output, standard error)."""
    done = run_here(*words)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Which one?"),
        (("keys",), "followed by one of: new, rotate"),
        (("nonsense",), "No such command 'nonsense'"),
        (("statsu",), "Did you mean 'status'?"),
        (("status", "--nonsense"), "No such option: --nonsense"),
        (("status", "extra"), "extra"),
        (("sync", "--company"), "requires an argument"),
        (("connect",), "'--name'"),
        (("bench",), "'name'"),
        (("bench", "nonsense"), "There are: start, idle, ack, intake, mirror, sync, options"),
        (("sandbox",), "quickbooks, slack"),
        (("sandbox", "quickbooks", "--port", "http"), "'--port'"),
        (("sandbox", "quickbooks", "--port", "70000"), "65535"),
        (("explain", "x", "--platform", "xero"), "'qbo', 'qbd', 'qbwc', 'oauth'"),
    ],
    ids=lambda part: part if isinstance(part, str) else " ".join(part) or "nothing",
)
def test_misuse_is_one_line_that_says_where_to_read_on(words, said):
    """Standard error holds one line; standard output nothing; exit code 2."""
    code, out, errors = say(*words)

    assert (code, out) == (2, "")
    assert len(errors.splitlines()) == 1
    assert said in errors


def test_each_error_of_a_list_in_json_is_explained():
    """As pasted from a log; of a very long one it is said that the rest was not read."""
    taken = "QuickBooks error 6240: The name supplied already exists. Name: Kim {}"
    errors = [{"message": taken.format(number)} for number in range(300)]
    done = run_app("explain", given=json.dumps({"errors": errors}))

    assert done.returncode == 0
    assert "It tells of 200 errors:" in done.stdout
    assert "Name Kim 7 is taken" in done.stdout
    assert (
        "200. QuickBooks error 6240: The name supplied already exists. Name: Kim 199" in done.stdout
    )
    assert done.stdout.endswith("Only the first 200 are read.\n")


def test_what_is_the_same_is_explained_once():
    """A second error that needs the same steps is told in one line."""
    error = "QuickBooks error 610: object not found{}"
    given = json.dumps([{"message": error.format(mark)} for mark in ("", "!", "?")])
    done = run_app("explain", given=given)

    assert done.stdout.count("  1. ") == 1
    assert done.stdout.endswith(f"3. {error.format('?')}\nThe same as 1.\n")


def test_a_very_long_text_is_said_to_be_read_in_part():
    """On standard error, beside the answer."""
    done = run_app("explain", given="x " * 600_000)

    assert "I do not know this" in done.stdout
    assert "only the first 1,000,000 bytes are read" in done.stderr


def test_the_exit_code_of_misuse_is_the_processs_own():
    """As a shell sees it."""
    done = run_app("status", "--nonsense")

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_a_benchmark_gets_its_own_options():
    """What it does not know is one line, in its own words."""
    done = run_app("bench", "mirror", "--ways", "read,fly")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "Argument --ways: 'fly' is none of read,load,query,all. "
        "`python app.py bench mirror --help` says more.\n"
    )


@pytest.mark.parametrize("words", [("duplicates", "x.csv")], ids=" ".join)
def test_what_a_later_version_brings_says_so(words):
    """Nobody looks for a typing mistake."""
    code, out, errors = say(*words)

    assert (code, out) == (2, "")
    assert "is not part of this version" in errors
    assert len(errors.splitlines()) == 1


@pytest.mark.parametrize("text", ["", " \n\t "], ids=["empty", "blank"])
def test_explain_without_a_text_is_used_wrongly(text):
    """An empty question has no answer, not even `unknown`."""
    code, out, errors = say("explain", text, "--json")

    assert (code, out) == (2, "")
    assert len(errors.splitlines()) == 1


def test_explain_with_nothing_on_standard_input_is_used_wrongly():
    """Blank lines are nothing."""
    done = run_here("explain", "--json", given=" \n\n")

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_explain_answers_empty_and_odd_lines_in_valid_json():
    """A line out for every line in; half an emoji, NaN and a bare line feed spoil no answer."""
    lines = [
        r'{"id": "a", "text": "\ud800 Duplicate Name Exists Error"}',
        "",
        '{"id": NaN, "text": "x"}',
        r'{"id": "\ud83d", "text": "x", "platform": ["qbo"]}',
        '{"id": 5, "code": 6240}',
        '{"id": 6, "text": null, "code": true}',
        '{"id": 7, "text": "Duplicate Name Exists Error", "platform": "QBO"}',
    ]
    done = run_here("explain", "--jsonl", given="\n".join(lines) + "\n")
    found = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.returncode == 0
    assert [row["id"] for row in found] == ["a", None, None, "\ud83d", 5, 6, 7]
    assert ["error" in row for row in found] == [False, True, True, True, False, True, False]
    assert found[4]["kind"] == found[6]["kind"] == "duplicate_name"


def test_what_is_no_error_known_here_is_said_as_such():
    """Nothing was refused as far as anybody knows, and a guess has no steps."""
    said = say("explain", "hello world")[1]
    assert "I do not know this as an error of QuickBooks" in said
    assert "refused" not in said


def test_each_line_that_is_an_error_is_explained_by_itself():
    """Each after its own words; the answer of --json stays one object."""
    text = "INV-1: customer Acme is inactive (610)\nINV-2: 6140 Duplicate Document Number Error"
    said = say("explain", text)[1]
    assert "It tells of 2 errors:\n1. INV-1: customer Acme is inactive (610)" in said
    assert "2. INV-2: 6140 Duplicate Document Number Error" in said
    assert isinstance(json.loads(say("explain", text, "--json")[1]), dict)


def test_explain_says_what_to_do_in_words():
    """Title and steps hold no template code, and no gap where a fact would be."""
    found = json.loads(say("explain", "error", "--code", "6140", "--json")[1])

    assert "number" in found["title"].lower()
    assert len(found["steps"]) >= 2
    assert set(found) == {
        "problem", "title", "meaning", "kind", "family", "confidence", "evidence", "fixes", "steps",
    }  # fmt: skip
    assert "{" not in json.dumps(found["steps"]) + found["title"]


def test_explain_tries_every_platform_when_none_is_named():
    """A line of the Web Connector's log is recognised as it stands; its steps are the Desktop's."""
    found = json.loads(say("explain", "QBWC1048: could not verify the certificate", "--json")[1])

    assert (found["kind"], found["family"]) == ("network", "connection")
    assert "Web Connector" in " ".join(found["steps"])


def test_whoever_reads_only_the_first_line_gets_no_traceback():
    """`| head -1` closes the pipe while the answers go on."""
    process = subprocess.Popen(
        [sys.executable, "app.py", "explain", "--jsonl"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    line = b'{"id": 1, "text": "Duplicate Name Exists Error"}\n'
    process.stdin.write(line)
    process.stdin.flush()
    first = process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    _, errors = process.communicate(line * 200, timeout=90)

    assert json.loads(first)["kind"] == "duplicate_name"
    assert errors == b""
    assert process.returncode == 0


def test_a_benchmark_ends_quietly_when_nobody_reads_on():
    """No traceback either, but no verdict: 141, as a shell shows it for a closed pipe."""
    words = [sys.executable, "-m", "bench.shop_export", "--rows", "2000"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, errors = process.communicate(timeout=90)

    assert errors == b""
    assert process.returncode == 141


def test_ctrl_c_ends_without_a_traceback():
    """Exit code 130, as a shell expects."""
    process = subprocess.Popen(
        [sys.executable, "app.py", "explain", "--jsonl"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"]},  # noqa: TID251  the test harness
        process_group=0,
        # Tests that run in the background of a script have inherited that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"{}\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=90)

    assert errors == b"Stopped.\n"
    assert process.returncode == 130


@pytest.fixture
def companies(tmp_path):
    """Three companies, two of which begin alike."""
    engine = make_engine(f"sqlite:///{tmp_path}/companies.sqlite3")
    migrate(engine)
    sessions = Sessions(engine)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    with sessions.write() as session:
        for name in ("Café Bleu", "Harbor Foods", "Harbor Freight"):
            session.add(Company(name=name, channel_id=f"C{name}", created_at=now))
    with sessions.read() as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("cafe bleu", "Café Bleu"), (" CAFÉ  bleu.", "Café Bleu"), ("freight", "Harbor Freight"),
     ("Harbor Fo", "Harbor Foods"), ("2", "Harbor Foods")],
)  # fmt: skip
def test_a_company_is_found_by_the_beginning_of_its_name(companies, typed, meant):
    """Case, accents and the rest of the name may be missing."""
    assert choosing.find(companies, typed).name == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("harbor", "Harbor Foods, Harbor Freight"),
        ("cafe blou", "Did you mean Café Bleu?"),
        ("habor foods", "Did you mean Harbor Foods"),
        ("zzz", "There are: Café Bleu, Harbor Foods, Harbor Freight."),
        ("", "There are: Café Bleu"),
        (None, "Which company?"),
    ],
)
def test_a_company_is_never_guessed(companies, typed, said):
    """A typing mistake is asked about: no other client's books are touched."""
    with pytest.raises(BadInput) as refused:
        choosing.find(companies, typed)

    assert said in refused.value.message


def test_what_cannot_be_taken_back_needs_the_whole_name(companies):
    """A beginning is enough to read, not to disconnect."""
    with pytest.raises(BadInput) as refused:
        choosing.find(companies, "freight", exact=True)

    assert "Did you mean Harbor Freight?" in refused.value.message


@pytest.mark.parametrize(
    "words",
    [("status",), ("check",), ("sync",), ("sources", "list"), ("audit", "verify"),
     ("audit", "export"), ("keys", "rotate")],
    ids=" ".join,
)  # fmt: skip
def test_a_database_that_is_not_there_is_not_an_empty_one(env_file, words):
    """A wrong folder never answers “all well”, and nothing is made."""
    code, out, errors = say(*words, "--env-file", env_file)

    assert (code, out) == (2, "")
    assert "There is no database at" in errors
    assert len(errors.splitlines()) == 1
