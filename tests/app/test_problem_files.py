"""`problems preview` and `problems gaps`, and what `doctor` says of a firm's own files."""

import json
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.db import Sessions, make_engine, migrate
from bot.knowledge import Overrides
from bot.knowledge.gaps import Gap, note
from bot.models import Company
from tests.app.test_command_line import env_file
from tests.command_line import run_here
from tests.words import TEMPLATES, knowledge, renderer

__all__ = ["env_file"]

OURS = (TEMPLATES / "problems/too_long.md.j2").read_text()


@pytest.fixture
def firm(env_file, tmp_path):
    """A folder of the firm with a good and a broken file, named in the settings."""
    folder = tmp_path / "firm"
    folder.mkdir()
    (folder / "too_long.md.j2").write_text(OURS.replace('title = "', 'title = "Cut: '))
    broken = (TEMPLATES / "problems/network.md.j2").read_text()
    broken = broken.replace("{% block why %}", "{% block why %}{{ 'x' * 10**9 }}")
    (folder / "network.md.j2").write_text(broken)
    path = Path(env_file)
    path.write_text(f"{path.read_text()}PROBLEMS_DIR={folder}\n")
    yield folder
    # All tests share what is known and its words.
    knowledge().adopt(Overrides())
    renderer().adopt({})


def test_a_problem_is_shown_with_a_made_up_case():
    """Ours, without any settings: title, sentence, four blocks, buttons; exit code 0."""
    done = run_here("problems", "preview", "too_long")

    assert (done.returncode, done.stderr) == (0, "")
    assert "Invoice 1042" in done.stdout
    assert "3 invoices, $1,260.00 not posted" in done.stdout
    assert done.stdout.rstrip().endswith("buttons: shorten, skip, retry")


def test_a_file_of_the_firm_comes_first_and_a_broken_one_says_where(env_file, firm):
    """By its name, or by its path before it is in the folder; exit code 1 with the line."""
    good = run_here("problems", "preview", "too_long", "--env-file", env_file)
    assert good.returncode == 0
    assert good.stdout.startswith("Cut: ")
    listed = run_here("problems", "list", "--env-file", env_file)
    [row] = [line for line in listed.stdout.splitlines() if line.endswith("(your own file)")]
    assert row.startswith("too_long ")
    assert listed.stderr.startswith("network.md.j2 is not used: line ")

    text = (firm / "network.md.j2").read_text()
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "10**9" in row)
    for name in ("network", str(firm / "network.md.j2")):
        done = run_here("problems", "preview", name, "--env-file", env_file)
        assert done.returncode == 1
        assert f"network.md.j2: line {line}: * is not allowed here" in done.stdout


def test_what_only_has_the_name_of_a_file_is_one_line(env_file, firm):
    """A folder, a link that leads nowhere, 50 MB: each is said, never passed over for ours."""
    (firm / "throttled.md.j2").mkdir()
    (firm / "locked_out.md.j2").symlink_to(firm / "nowhere")
    with (firm / "drift.md.j2").open("wb") as file:
        file.truncate(50_000_000)
    for name, said in (
        ("throttled", "it is no file, or leads to none"),
        ("locked_out", "it is no file, or leads to none"),
        ("drift", "it is longer than 60,000 characters"),
        (str(firm / "not_there.md.j2"), "it is no file, or leads to none"),
    ):
        done = run_here("problems", "preview", name, "--env-file", env_file)
        assert (done.returncode, done.stderr) == (1, "")
        assert done.stdout == f"{Path(name).name.removesuffix('.md.j2')}.md.j2: {said}\n"


def test_a_folder_that_is_not_there_is_said_and_ours_is_shown(env_file, tmp_path):
    """A slip in PROBLEMS_DIR is no reason for silence, and none for no answer."""
    path = Path(env_file)
    path.write_text(f"{path.read_text()}PROBLEMS_DIR={tmp_path}/slip\n")
    done = run_here("problems", "preview", "too_long", "--env-file", env_file)

    assert done.returncode == 1
    first = done.stdout.splitlines()[0]
    assert first.startswith(f"The folder {tmp_path}/slip cannot be read: No such file")
    assert "Invoice 1042" in done.stdout
    said = run_here("explain", "x", "--code", "2050", env={"PROBLEMS_DIR": f"{tmp_path}/slip"})
    assert "Our own problem files are used." in said.stderr
    assert "1." in said.stdout


def test_explain_uses_the_firms_words(firm):
    """Nothing but the answer is on standard output, although one file of the folder is broken."""
    given = {"PROBLEMS_DIR": str(firm)}
    text = "String length is either shorter or longer than supported by specification: DocNumber"
    done = run_here("explain", text, "--code", "2050", "--json", env=given)

    assert json.loads(done.stdout)["title"].startswith("Cut: ")
    assert done.stderr.startswith("network.md.j2 is not used: line ")


def test_facts_of_a_file_are_used_and_a_wrong_name_is_one_line(tmp_path):
    """Facts as a finding has them; a slip is answered with what was meant."""
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({"company": "Harbor Foods", "number": "7777", "documents": 0}))
    done = run_here("problems", "preview", "unknown", "--facts", str(facts))
    assert "7777" in done.stdout

    done = run_here("problems", "preview", "too_lon")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean too_long" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_doctor_names_a_broken_file_and_what_is_not_explained(env_file, firm, tmp_path):
    """The file with its line; the texts nobody explains, which `problems gaps` lists."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    migrate(engine)
    sessions = Sessions(engine)
    with sessions.write() as session:
        now = Clock().now()
        session.add(Company(name="Harbor Foods", channel_id="C1", created_at=now))
        session.flush()
        for number in (1, 2):
            gap = Gap(f"Zorblat {number} of Jane Doe failed oddly", "98765", "qbo", "network", 0.2)
            note(session, knowledge(), 1, gap, now, ["Jane Doe"])
    engine.dispose()

    done = run_here("doctor", "--json", "--env-file", env_file)
    found = {row["part"]: row for row in json.loads(done.stdout)}
    own = found["problem files of your own"]
    assert own["ok"] is False
    assert "1 used, ours stand in for 1: network: line" in own["words"]
    assert "missing for 1 error text, which came 2 times" in found["explanations"]["words"]
    [gap] = json.loads(run_here("problems", "gaps", "--json", "--env-file", env_file).stdout)
    assert (gap["company"], gap["count"], gap["nearest"]) == ("Harbor Foods", 2, "network")
    assert "Jane" not in gap["text"]
    said = run_here("problems", "gaps", "--env-file", env_file).stdout
    assert "2 times  Harbor Foods code 98765: … of … failed oddly; nearest network (20%)" in said
