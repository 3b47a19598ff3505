"""The manifest is made of the commands and installs in a workspace as it is."""

from bot.config import Settings
from bot.dispatch import build_manifest
from commands import ALL_COMMANDS


def test_every_command_is_in_the_manifest():
    """With its description and usage."""
    manifest = build_manifest(ALL_COMMANDS, Settings.from_mapping({}))

    rows = manifest["features"]["slash_commands"]
    assert [row["command"] for row in rows] == [command.name for command in ALL_COMMANDS]
    assert all(row["description"] for row in rows)
    assert manifest["settings"]["socket_mode_enabled"] is True


def test_over_http_every_command_has_its_address():
    """With a signing secret and no app token."""
    settings = Settings.from_mapping(
        {"SLACK_SIGNING_SECRET": "secret", "PUBLIC_URL": "https://qb.example.com/"}
    )

    manifest = build_manifest(ALL_COMMANDS, settings)

    address = "https://qb.example.com/slack/events"
    assert manifest["settings"]["interactivity"]["request_url"] == address
    assert {row["url"] for row in manifest["features"]["slash_commands"]} == {address}


def test_the_scopes_are_enough_and_no_more(bot):
    """The whole of this suite runs with exactly these: no call was refused for a scope."""
    bot.ask("operator", "/qb-status")

    errors = {call["error"] for call in bot.slack.get("calls", since=0)["calls"]}
    assert "missing_scope" not in errors
