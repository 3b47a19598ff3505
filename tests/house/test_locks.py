"""The locks hold names, versions and hashes, and nothing else."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"[a-z0-9][a-z0-9._-]*==[A-Za-z0-9.!+]+( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [line.split(" ")[0].split("==") for line in lines if "==" in line]
    return dict(found)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_no_address_and_no_path(name):
    """Every line is a pinned version or a hash: whoever installs chooses the registry."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    odd = [line for line in lines if not (PIN.fullmatch(line) or HASH.fullmatch(line))]

    assert odd == []


def test_the_locks_agree():
    """What the bot runs with is what it is tested with."""
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: dev.get(name) for name in run} == run


def test_every_dependency_is_locked():
    """A dependency that was added to pyproject.toml needs `make lock`."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    def named(rows):
        return {re.split(r"[\[<>=~! ]", row)[0].lower().replace("_", "-") for row in rows}

    assert named(table["project"]["dependencies"]) <= set(pins("requirements.lock"))
    assert named(table["dependency-groups"]["dev"]) <= set(pins("requirements-dev.lock"))
