"""Problem files are checked at start: what is wrong names the file and the reason."""

from pathlib import Path

import pytest

from bot.domain import KINDS_BY_FAMILY
from bot.errors import ConfigError
from bot.fixes.registry import by_name
from bot.knowledge import Knowledge
from bot.knowledge.problem import problem_of
from tests.words import TEMPLATES, knowledge

FRONT = """title = "A title"
push = "{{ company }}: a sentence"
family = "duplicates"
kind = "duplicate_name"
severity = "error"
fixes = ["retry"]
"""
MATCH = '[[match]]\nplatform = "qbo"\ncode = "6240"\n'
BLOCKS = "".join(
    "{% block " + name + " %}words{% endblock %}" for name in ("what", "why", "fix", "prevent")
)


def write(folder: Path, name: str, front: str = FRONT, body: str = BLOCKS) -> None:
    """Write one problem file."""
    (folder / f"{name}.md.j2").write_text(f"+++\n{front}\n+++\n{body}\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the one file that must be there."""
    inner = tmp_path / "problems"
    inner.mkdir()
    unknown = FRONT.replace("duplicates", "platform").replace("duplicate_name", "unknown")
    write(inner, "unknown", unknown)
    return inner


@pytest.mark.parametrize(
    ("front", "body", "reason"),
    [
        (FRONT + 'colour = "red"\n', BLOCKS, "unknown key colour"),
        (FRONT.replace('"duplicates"', '"doubles"'), BLOCKS, "unknown family doubles"),
        (FRONT.replace('"duplicate_name"', '"too_long"'), BLOCKS, "does not belong to family"),
        (FRONT.replace('"error"', '"loud"'), BLOCKS, "unknown severity loud"),
        (FRONT.replace('title = "A title"\n', ""), BLOCKS, "title is missing"),
        (FRONT.replace('["retry"]', '"retry"'), BLOCKS, "fixes must be a list"),
        (FRONT.replace('["retry"]', '["retry", "retry"]'), BLOCKS, "a fix is named twice"),
        (FRONT + 'inhibits = "yes"\n', BLOCKS, "inhibits must be true or false"),
        (FRONT + MATCH.replace("qbo", "xero"), BLOCKS, "unknown platform xero"),
        (FRONT + MATCH + 'regex = "x"\n', BLOCKS, "unknown key regex in a match"),
        (FRONT + '[[match]]\nplatform = "qbo"\n', BLOCKS, "a match says nothing"),
        (FRONT + '[[match]]\nplatform = "qbo"\nhttp = "400"\n', BLOCKS, "http must be a number"),
        (FRONT + MATCH + 'documented = "yes"\n', BLOCKS, "documented must be true or false"),
        (FRONT + MATCH + "general = true\ndocumented = true\n", BLOCKS, "general or documented"),
        (FRONT + 'texts = "one"\n', BLOCKS, "texts must be a list of texts"),
        (FRONT + '[steps]\nxero = ["look"]\n', BLOCKS, "steps for an unknown platform xero"),
        (FRONT + '[steps]\nqbd = "look"\n', BLOCKS, "steps for qbd must be a list of texts"),
        (FRONT + "title =\n", BLOCKS, "not TOML"),
        (FRONT, BLOCKS.replace("block why", "block how"), "block why is missing"),
        (FRONT, "{% block what %}", "one.md.j2"),
    ],
)
def test_a_wrong_file_stops_the_start(folder: Path, front: str, body: str, reason: str) -> None:
    """ConfigError names the file and what is wrong with it."""
    write(folder, "one", front, body)

    with pytest.raises(ConfigError) as caught:
        Knowledge.load(folder)

    assert "one.md.j2" in caught.value.message
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('[[match]]\nplatform = "qbo"\npattern = "("\n', "regular expression"),
        ('[[match]]\nplatform = "qbo"\npattern = ".*"\n', "matches everything"),
        (MATCH + 'unless = "("\n', "regular expression"),
    ],
)
def test_a_wrong_pattern_is_named_where_a_file_is_checked(row: str, reason: str) -> None:
    """A firm's file is checked when it is read, ours by test_literals."""
    with pytest.raises(ConfigError) as caught:
        problem_of("one.md.j2", f"+++\n{FRONT}{row}\n+++\n{BLOCKS}\n")

    assert "one.md.j2" in caught.value.message
    assert reason in caught.value.message


def test_a_file_without_front_matter_stops_the_start(folder: Path) -> None:
    """The front matter is not optional."""
    (folder / "one.md.j2").write_text(BLOCKS)

    with pytest.raises(ConfigError, match=r"one.md.j2: there is no front matter"):
        Knowledge.load(folder)


def test_two_files_cannot_claim_the_same_error(folder: Path) -> None:
    """Same platform, code and pattern twice: the start says which files."""
    write(folder, "one", FRONT + MATCH)
    write(folder, "two", FRONT + MATCH)

    with pytest.raises(ConfigError, match=r"two.md.j2.*6240.*claimed by one.md.j2"):
        Knowledge.load(folder)


def test_a_fix_that_does_not_exist_stops_the_start(folder: Path) -> None:
    """The names of fixes are checked by the layer that knows them."""
    write(folder, "one")
    knowledge = Knowledge.load(folder.parent)
    knowledge.validate({"retry"})

    with pytest.raises(ConfigError, match=r"one.md.j2: there is no fix named retry"):
        knowledge.validate({"reactivate"})


def test_an_empty_folder_stops_the_start(tmp_path: Path) -> None:
    """No problem file at all is a wrong folder."""
    with pytest.raises(ConfigError):
        Knowledge.load(tmp_path)


def test_our_own_files_are_in_order() -> None:
    """Every problem the checks and holds name has a file with a kind of its family."""
    loaded = knowledge()
    loaded.validate(by_name())
    needed = {
        "inactive_record",
        "same_party",
        "same_item",
        "name_on_other_list",
        "missing_parent",
        "item_not_mapped",
        "no_income_account",
        "connection_lost",
        "wrong_permission",
        "company_suspended",
        "throttled",
        "server_error",
        "network",
        "check_crashed",
        "unknown",
    }

    assert needed <= set(loaded.problems)
    assert {name for name, problem in loaded.problems.items() if problem.inhibits} == {
        "app_credentials",
        "company_locked",
        "company_reset",
        "company_suspended",
        "connected_by_another",
        "connection_lost",
        "consent_cancelled",
        "new_token_refused",
        "wrong_company",
        "wrong_permission",
    }
    for problem in loaded.problems.values():
        assert problem.kind in KINDS_BY_FAMILY[problem.family]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.md.j2")), ids=lambda path: path.name)
def test_the_words_of_the_house(path: Path) -> None:
    """Documents are posted, never sent; nobody is told to disconnect first."""
    text = path.read_text(encoding="utf-8").casefold()

    assert " sent " not in text
    assert "sent to quickbooks" not in text
    assert "disconnect first" not in text
    assert "condense" not in text
