"""`rounding`: the item and the limit are shown, chosen and taken back from the command line."""

import json

from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here

__all__ = ["company", "env_file"]


def test_by_itself_nothing_is_rounded(company):
    """Without an item each difference is asked about."""
    shown = run_here("rounding", "--env-file", company)
    assert shown.returncode == 0, shown.stderr
    assert "no rounding line is added by itself" in shown.stdout
    told = json.loads(run_here("rounding", "--json", "--env-file", company).stdout)
    assert (told["item"], told["up_to"]) == (None, None)


def test_what_cannot_be_chosen_is_one_clear_line(company):
    """An unknown item, a limit without an item, words that contradict each other."""
    for wrong, words in (
        (("--item", "Ducks"), "has no active item 'Ducks'"),
        (("--up-to", "0.05"), "Name the item too"),
        (("--item", "Ducks", "--off"), "Say either --off"),
    ):
        done = run_here("rounding", *wrong, "--env-file", company)
        assert done.returncode == 2, done.stdout
        assert words in done.stderr
