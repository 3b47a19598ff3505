"""Code is registered in explicit tuples; a forgotten line or a double name is found here."""

import pkgutil
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import bot.fixes
import bot.sync.kinds
import checks
import commands
from bot.checkup import Check
from bot.dispatch.door import unique
from bot.dispatch.model import SlashCommand
from bot.errors import BotError
from bot.fixes.model import Fix
from bot.fixes.registry import ALL_FIXES
from bot.fixes.registry import by_name as fixes_by_name
from bot.knowledge import Knowledge
from bot.models import TABLES
from bot.sync.kinds import ALL_KINDS
from bot.sync.resolving import RESOLVERS
from checks import ALL_CHECKS
from commands import ALL_COMMANDS
from commands.jobs import JOBS

ROOT = Path(__file__).resolve().parents[2]


def modules_with(package, name):
    """The modules of a package that define `name`, with what they define."""
    found = {}
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        value = getattr(import_module(module.name), name, None)
        if value is not None and not module.ispkg:
            found[module.name] = value
    return found


def test_every_check_is_registered():
    """A module in checks/ that defines CHECK stands in ALL_CHECKS."""
    missing = [
        name for name, check in modules_with(checks, "CHECK").items() if check not in ALL_CHECKS
    ]

    assert missing == []
    assert len({check.name for check in ALL_CHECKS}) == len(ALL_CHECKS)


def test_every_command_is_registered():
    """A module in commands/ that defines COMMAND stands in ALL_COMMANDS."""
    found = modules_with(commands, "COMMAND")

    assert [name for name, command in found.items() if command not in ALL_COMMANDS] == []
    unique((command.name, command) for command in ALL_COMMANDS)


def test_a_commands_file_is_named_like_the_command():
    """commands/sync_now.py holds /qb-sync-now, and /qb stands in qb.py."""
    for name, command in modules_with(commands, "COMMAND").items():
        expected = command.name.removeprefix("/qb-").removeprefix("/").replace("-", "_")
        assert name.rsplit(".", 1)[-1] == expected


def test_every_type_of_record_is_registered():
    """A module in bot/sync/kinds that defines KIND stands in ALL_KINDS, and is resolved."""
    found = modules_with(bot.sync.kinds, "KIND")

    assert [name for name, kind in found.items() if kind not in ALL_KINDS] == []
    assert {kind.type for kind in ALL_KINDS} == set(RESOLVERS)


def test_every_fix_is_registered():
    """A module in bot/fixes that makes a Fix stands in ALL_FIXES."""
    found = {
        name: value
        for name, value in modules_with(bot.fixes, "FIX").items()
        if isinstance(value, Fix)
    }

    assert [name for name, fix in found.items() if fix not in ALL_FIXES] == []


@pytest.mark.parametrize(
    ("contract", "package", "name", "made"),
    [
        ("No check imports a check", checks, "CHECK", Check),
        ("No command imports a command", commands, "COMMAND", SlashCommand),
        ("No fix imports a fix", bot.fixes, "FIX", Fix),
    ],
)
def test_the_contract_of_independence_names_everyone(contract, package, name, made):
    """A module that was forgotten in pyproject.toml could import its neighbours unseen."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [named] = [
        set(row["modules"])
        for row in config["tool"]["importlinter"]["contracts"]
        if row["name"] == contract
    ]
    found = {key for key, one in modules_with(package, name).items() if isinstance(one, made)}

    assert found
    assert named in ({f"{package.__name__}.*"}, found)


def test_two_of_one_name_stop_the_start():
    """A duplicate name is never silently the first or the last one."""
    with pytest.raises(BotError):
        fixes_by_name((*ALL_FIXES, ALL_FIXES[0]))
    with pytest.raises(BotError):
        unique([("/qb", 1), ("/qb", 2)])


def test_every_table_is_listed():
    """bot.models.TABLES names every table there is."""
    from sqlmodel import SQLModel

    assert {table.__tablename__ for table in TABLES} == set(SQLModel.metadata.tables)


def test_every_fix_has_its_template_and_every_template_its_fix():
    """templates/fixes/<name>.md.j2 holds the words of the preview."""
    templates = {
        path.name.removesuffix(".md.j2")
        for path in (ROOT / "templates/fixes").glob("*.md.j2")
        if not path.name.startswith("_")
    }
    names = {fix.name for fix in ALL_FIXES}

    assert names - templates == set()
    assert templates - names == set()


def test_problem_files_are_valid_and_name_fixes_that_exist():
    """A wrong problem file stops the start; this is the same look."""
    knowledge = Knowledge.load(ROOT / "templates")

    knowledge.validate(fixes_by_name())

    files = {path.name.removesuffix(".md.j2") for path in (ROOT / "templates/problems").iterdir()}
    assert set(knowledge.problems) == files


def test_every_job_of_the_protocol_has_a_function():
    """A nudge nobody runs would be lost without a word."""
    import bot.jobs
    from bot.work import jobs_for

    table = {**jobs_for(ALL_CHECKS), **JOBS}
    named = {
        value
        for key, value in vars(bot.jobs).items()
        if re.fullmatch(r"[A-Z_]+", key) and isinstance(value, str)
    }

    assert named == set(table)


def test_every_benchmark_is_a_file():
    """`python app.py bench NAME` starts bench/NAME.py."""
    from bot.console.running import BENCHMARKS

    assert [name for name in BENCHMARKS if not (ROOT / f"bench/{name}.py").is_file()] == []
