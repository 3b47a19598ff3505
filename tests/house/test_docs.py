"""Docs are tested: every path, command, make target and setting they name exists."""

import json
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from app import desk, manifest, run, worker
from bot.config import Settings
from bot.console import Parts, build
from bot.console.schema import PLACE
from bot.sync.reading import parse_record
from bot.sync.records import TYPES, BadRow

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()
)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
TOPS = (
    "bot/",
    "checks/",
    "commands/",
    "templates/",
    "sandbox/",
    "tests/",
    "docs/",
    "bench/",
    ".ci/",
)
IDS = [path.relative_to(ROOT).as_posix() for path in DOCS]


def command_tree():
    """Every command of app.py with its options."""
    import typer

    parts = Parts(ROOT, {}, run, desk, manifest, frozenset(), worker)
    root = typer.main.get_command(build(parts))

    def walk(command, prefix):
        options = {
            name for param in command.params for name in (*param.opts, *param.secondary_opts)
        }
        yield prefix, options
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, (*prefix, name))

    return dict(walk(root, ()))


COMMANDS = command_tree()


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_paths_named_in_docs_exist(path: Path):
    """A path in backticks or in a link leads somewhere."""
    text = path.read_text(encoding="utf-8")
    named = [one for one in CODE.findall(text) if one.startswith(TOPS) and "<" not in one]
    missing = [one for one in named if not list(ROOT.glob(one.rstrip("/").split(" ")[0]))]
    linked = [one for one in LINK.findall(text) if not (path.parent / one).exists()]

    assert missing == []
    assert linked == []


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_make_targets_named_in_docs_exist(path: Path):
    """`make something` can be typed."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`?\bmake ([a-z]+)`", path.read_text(encoding="utf-8")))

    assert named <= targets


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_commands_named_in_docs_exist(path: Path):
    """`python app.py something --option` is understood."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    wrong = []
    for line in re.findall(r"app\.py ([a-z][^`\n]*)", text):
        words = line.split()
        best = max(
            (prefix for prefix in COMMANDS if tuple(words[: len(prefix)]) == prefix), key=len
        )
        options = {word.split("=")[0] for word in words if re.match(r"--[a-z]", word)}
        if best == () or not options <= COMMANDS[best]:
            wrong.append(line)

    assert wrong == []


def test_the_table_of_commands_is_complete():
    """docs/commands.md names every command there is."""
    text = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    leaves = [
        " ".join(prefix)
        for prefix in COMMANDS
        if prefix
        and not any(other[: len(prefix)] == prefix for other in COMMANDS if other != prefix)
    ]

    assert [name for name in leaves if f"`{name}" not in text] == []


@pytest.mark.parametrize("path", DOCS, ids=IDS)
def test_settings_named_in_docs_exist(path: Path):
    """A word in capitals with an underscore is a setting."""
    known = set(Settings.model_fields) | {f"{name}_FILE" for name in Settings.model_fields}
    known |= {
        "ALL_CHECKS",
        "ALL_FIXES",
        "ALL_COMMANDS",
        "ALL_KINDS",
        "ALL_SOURCES",
        "REQUIRE_CHROMIUM",
        "BEGIN_IMMEDIATE",
    }
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`", path.read_text(encoding="utf-8")))

    assert named <= known


def test_the_examples_of_records_are_taken_in():
    """Every example fits the published schema and is a good record; every type has one."""
    text = (ROOT / "docs/records.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    records = [record for block in blocks for record in json.loads(block)]
    schema = json.loads((ROOT / PLACE).read_text(encoding="utf-8"))
    judge = jsonschema.Draft202012Validator(schema)

    assert {record["type"] for record in records} == set(TYPES)
    assert [list(judge.iter_errors(record)) for record in records] == [[]] * len(records)
    assert [one for one in map(parse_record, records) if isinstance(one, BadRow)] == []


def test_slash_commands_named_in_docs_exist():
    """A slash command in the README is one that Slack knows."""
    from commands import ALL_COMMANDS

    known = {command.name for command in ALL_COMMANDS}
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(/qb[a-z-]*)", text))

    assert named <= known


def test_nothing_names_this_machine():
    """No file of the project holds a path of the machine it was made on."""
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split()
    machine = re.compile(rb"/(?:root|home/[a-z]+|Users/[A-Za-z]+)/")
    wrong = []
    for name in found:
        file = ROOT / name
        if file.is_file() and file.suffix != ".png" and machine.search(file.read_bytes()):
            wrong.append(name)

    assert [name for name in wrong if name != "tests/house/test_docs.py"] == []


def test_make_help_lists_the_targets():
    """`make help` is how one finds the others."""
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert "make demo" in done.stdout
    assert "make test" in done.stdout


def test_help_of_the_command_line_needs_no_settings():
    """`--help` works on a fresh clone."""
    done = subprocess.run(
        [sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0
    assert "connect" in done.stdout
