"""What is generated equals what the code says."""

import json
from pathlib import Path

from app import manifest
from bot.config import Settings
from bot.console.environment import missing_to_run, read
from bot.console.example import env_example
from bot.console.schema import PLACE, schema_text
from bot.console.upkeep import manifest_text

ROOT = Path(__file__).resolve().parents[2]
AGAIN = "run `make manifest`"


def test_env_example_equals_the_settings():
    """Every setting, its meaning and its default, and nothing else."""
    assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example(), AGAIN


def test_env_example_can_be_read_and_says_what_is_missing():
    """A copy that was not filled in does not start, and says why."""
    settings = read({}, ROOT / ".env.example")

    assert settings == Settings.from_mapping({})
    assert next(line.split(":")[0] for line in missing_to_run(settings)) == "SECRET_KEYS"


def test_manifest_equals_the_commands():
    """A new command that is not in manifest.json would be refused by Slack."""
    expected = manifest_text(manifest(Settings.from_mapping({})))

    assert (ROOT / "manifest.json").read_text(encoding="utf-8") == expected, AGAIN


def test_the_published_schema_equals_the_models():
    """What other programs are told of a record is what the bot takes in."""
    assert (ROOT / PLACE).read_text(encoding="utf-8") == schema_text(), AGAIN


def test_manifest_asks_for_no_scope_without_a_reason():
    """Every scope in the manifest is one that the code gives a reason for."""
    from bot.dispatch.manifest import SCOPES

    made = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))

    assert made["oauth_config"]["scopes"]["bot"] == sorted(SCOPES)
    assert all(SCOPES.values())
