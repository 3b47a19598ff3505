"""The command line without a bot: after a crash it goes on at once, and tells what it did."""

from pathlib import Path

from bench.shop_export import make_export
from tests.scenarios.world import CompanyInWorld, World


def test_after_a_killed_bot_the_command_line_posts_the_file(
    world: World, harbor: CompanyInWorld, tmp_path: Path
) -> None:
    """The dead bot's lease does not stand in the way; rows are reported; nothing is doubled."""
    file = tmp_path / "export.csv"
    file.write_bytes(make_export(100, seed=3))
    world.qb_control("POST", "/latency", ms=20)
    world.intake(harbor, {"type": "customer", "external_id": "z1", "name": "Zed Zebra"})
    world.kill_bot()

    first = world.command_process("sync", "--csv", str(file), "--company", harbor.name)
    again = world.command_process("sync", "--csv", str(file), "--company", harbor.name)

    numbers = [row["DocNumber"] for row in world.records(harbor, "Invoice")]
    assert len(numbers) > 5
    assert len(numbers) == len(set(numbers))
    names = [row["DisplayName"] for row in world.records(harbor, "Customer")]
    assert names.count("Zed Zebra") == 1
    assert first != again


def test_one_channel_is_one_clients(world: World, harbor: CompanyInWorld) -> None:
    """A second company on the same channel is refused with the reason."""
    failed = world.command_fails("connect", "--name", "Copycat", "--channel", harbor.channel)

    assert failed[0] == 2
    assert harbor.name in failed[1]
    assert "Traceback" not in failed[1]
