"""Imports point down; nobody imports the composition root; borders are marked."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("bot", "checks", "commands", "sandbox", "bench")
# The four marked borders (style rule 15): Slack's door and what answers people behind it, the web
# edge, the job runner, the check runner.
BORDERS = frozenset(
    {
        "bot/checkup.py",
        "bot/dispatch/answers.py",
        "bot/dispatch/listeners.py",
        "bot/dispatch/socket.py",
        "bot/scheduler/local.py",
        "bot/web/edge.py",
        "commands/home.py",
        "commands/jobs.py",
    }
)


def sources(*folders: str):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_import_contracts_hold():
    """import-linter's layers and forbidden imports, as in pyproject.toml."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]


def test_nobody_imports_the_composition_root():
    """app.py knows everybody; nobody knows app.py."""
    found = [
        str(path.relative_to(ROOT)) for path, tree in sources(*FOLDERS) if "app" in imported(tree)
    ]

    assert found == []


def test_app_never_imports_the_sandbox():
    """Production code starts the simulators as processes and never holds their code."""
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))

    assert not [name for name in imported(tree) if name.split(".")[0] in ("sandbox", "bench")]


def test_errors_are_swallowed_at_marked_borders_alone():
    """`except Exception` stands where it reports and answers, with its reason, and nowhere else."""
    wrong = []
    for path, tree in sources("bot", "commands", "checks"):
        name = path.relative_to(ROOT).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler):
                continue
            broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
            )
            if broad and (name not in BORDERS or "marked border" not in lines[node.lineno - 1]):
                wrong.append(f"{name}:{node.lineno}")

    assert wrong == []


def test_files_and_functions_stay_small():
    """A file of more than 500 lines or a function of more than 50 is split."""
    wrong = []
    for path, tree in sources(*FOLDERS):
        name = path.relative_to(ROOT)
        if "migrations" in name.parts:  # written by Alembic
            continue
        length = len(path.read_text(encoding="utf-8").splitlines())
        if length > 500:
            wrong.append(f"{name}: {length} lines")
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or node.lineno) - node.lineno + 1
                if size > 50:
                    wrong.append(f"{name}:{node.lineno} {node.name}: {size} lines")

    assert wrong == []


def test_every_module_says_in_one_line_what_it_is():
    """The first line of a file is its purpose."""
    assert [
        str(path.relative_to(ROOT))
        for path, tree in sources(*FOLDERS)
        if not (ast.get_docstring(tree) or "").strip()
    ] == []
