"""The simulator's own order: entities complete, blind to the bot, documentation true."""

import ast
import pkgutil
import re
from pathlib import Path

import sandbox.quickbooks.entities as entities
from sandbox.quickbooks import control, people, switched_faults
from sandbox.quickbooks.entities import ALL_ENTITIES, by_name
from sandbox.quickbooks.model import Entity
from sandbox.quickbooks.switches import Switches, as_dict

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "sandbox-quickbooks.md").read_text(encoding="utf-8")


def test_no_entity_is_forgotten() -> None:
    """Every Entity a module of entities/ declares stands in the tuple."""
    declared = set()
    for module in pkgutil.iter_modules(entities.__path__):
        loaded = __import__(f"{entities.__name__}.{module.name}", fromlist=["x"])
        declared |= {value.name for value in vars(loaded).values() if isinstance(value, Entity)}

    assert declared == {entity.name for entity in ALL_ENTITIES}
    assert len(by_name()) == len(ALL_ENTITIES)


def test_references_point_at_entities() -> None:
    """A reference names entities that exist."""
    known = set(by_name())
    for entity in ALL_ENTITIES:
        for field in entity.fields:
            assert set(field.target) <= known, (entity.name, field.name)


def test_nothing_of_the_bot_is_imported() -> None:
    """A simulator that shares the parser shares the bug."""
    for path in sorted((ROOT / "sandbox" / "quickbooks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names.append(node.module or "")
            assert not [name for name in names if re.match(r"(bot|commands|checks|app)\b", name)]


def test_documentation_names_everything() -> None:
    """Switches, faults, act types, control calls and entities all stand on the page."""
    wanted = {
        *as_dict(Switches()),
        *switched_faults.NAMED,
        *people.VERBS,
        *(f"{entity.name}" for entity in ALL_ENTITIES),
        *(call.split("/{")[0] for _, call, _ in _calls()),
    }

    assert {word for word in wanted if word not in PAGE} == set()


def _calls() -> list[tuple[str, str, str]]:
    source = Path(control.__file__).read_text(encoding="utf-8")
    return re.findall(r'\("(GET|POST|DELETE)", "(/[^"]+)", panel\.(\w+)\)', source)
