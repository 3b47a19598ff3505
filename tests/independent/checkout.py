"""A working copy of a client: from a copy on this machine, else from its public repository."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.independent.clients import Client

PATIENCE = 300


class NotToBeHad(Exception):
    """The client cannot be run here; the text says what is missing and what would help."""


def obtain(client: Client, folder: Path) -> Path:
    """Put the client into a folder at its version, ready to run. Raises NotToBeHad."""
    for program in client.needs:
        if shutil.which(program) is None:
            raise NotToBeHad(f"{program} is not on this machine")
    copy = folder / client.name
    given = os.environ.get(client.variable)  # noqa: TID251  the test harness
    source = str(Path(given).resolve()) if given else client.repository
    try:
        _run(("git", "clone", "--quiet", source, str(copy)), folder)
        _run(("git", "checkout", "--quiet", client.version), copy)
    except NotToBeHad as problem:
        text = f"{problem}; name a copy of {client.repository} in {client.variable}"
        raise NotToBeHad(text) from problem
    for words in client.prepare:
        _run(words, copy)
    return copy


def _run(words: tuple[str, ...], folder: Path) -> None:
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}  # noqa: TID251  the test harness
    try:
        done = subprocess.run(
            words,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise NotToBeHad(f"`{' '.join(words[:2])}` did not end within {PATIENCE} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise NotToBeHad(f"`{' '.join(words[:2])}` failed: {said[-1] if said else 'no word'}")
