"""`schedule`: how often each type is posted, shown and set from the command line."""

import json

from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here

__all__ = ["company", "env_file"]


def test_the_plan_is_shown_and_set_by_words(company):
    """Without words it is shown; invoices=5m sets one, --off takes it away."""
    shown = run_here("schedule", "--env-file", company)
    assert shown.returncode == 0, shown.stderr
    assert "as it comes in, at the latest every 5m" in shown.stdout

    done = run_here("schedule", "Harbor", "invoices=5m", "all=1h", "--env-file", company)
    assert done.returncode == 0, done.stderr
    assert "Harbor Foods posts" in done.stdout
    lines = done.stdout.splitlines()
    assert any("invoices" in line and "every 5m" in line for line in lines)
    assert any("everything else" in line and "every 1h" in line for line in lines)

    ended = run_here("schedule", "--off", "all", "--json", "--env-file", company)
    found = json.loads(ended.stdout)
    assert [(row["type"], row["every_seconds"]) for row in found["plan"]] == [("invoices", 300)]
    assert found["others_at_the_latest_seconds"] == 300


def test_a_plan_that_cannot_be_read_changes_nothing(company):
    """One clear line, exit code 2."""
    done = run_here("schedule", "invoices=5m", "ducks=1h", "--env-file", company)

    assert done.returncode == 2
    assert "'ducks' is no type of record" in done.stderr
    assert "invoices=" not in run_here("schedule", "--json", "--env-file", company).stdout
    assert json.loads(run_here("schedule", "--json", "--env-file", company).stdout)["plan"] == []
