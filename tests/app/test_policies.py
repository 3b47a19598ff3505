"""`policies`: whose value stands is shown and decided from the command line."""

import json

from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here

__all__ = ["company", "env_file"]


def _counts(company, fields):
    """What counts for a group of fields, by source."""
    shown = run_here("policies", "--json", "--env-file", company)
    rows = json.loads(shown.stdout)["policies"]
    return {row["source"]: row for row in rows if row["fields"] == fields}


def test_the_usual_is_shown_and_a_firm_decides(company):
    """A line for each group; --set decides for one source; usual takes it back."""
    shown = run_here("policies", "--env-file", company)
    assert shown.returncode == 0, shown.stderr
    lines = shown.stdout.splitlines()
    [line] = [one for one in lines if "shop" in one and "customer.contact" in one]
    assert "QuickBooks'" in line
    assert "the source's" in line
    [line] = [one for one in lines if "shop" in one and "invoice.money" in one]
    assert line.count("asked") == 3

    done = run_here(
        "policies",
        "--source",
        "shop",
        "--set",
        "customer.contact=ask",
        "--set",
        "invoice.money=quickbooks",
        "--env-file",
        company,
    )
    assert done.returncode == 0, done.stderr
    assert "Decided: customer contact of shop: ask (before: usual)" in done.stdout
    found = _counts(company, "customer.contact")
    assert (found["shop"]["decided"], found["market"]["decided"]) == ("ask", None)
    assert found["shop"]["only_quickbooks_changed"] == "ask"

    run_here("policies", "--set", "customer.contact=usual", "--env-file", company)
    assert _counts(company, "customer.contact")["shop"]["decided"] is None


def test_no_name_is_cut_where_there_is_no_screen(company):
    """Piped, as on a narrow screen, every name is whole."""
    shown = run_here("policies", "--env-file", company).stdout
    assert "sales_receipt.identity" in shown
    assert "…" not in shown


def test_what_cannot_be_decided_changes_nothing(company):
    """One clear line, exit code 2, and nothing of the same call is kept."""
    for wrong, words in (
        ("ducks.contact=ask", "is no type that is compared"),
        ("customer.money=ask", "customer has no group"),
        ("customer.contact=me", "Say source, quickbooks, ask, or usual"),
        ("invoice.state=source", "Nothing is made active, voided or deleted by a policy"),
    ):
        good = ("--set", "customer.address=ask")
        done = run_here("policies", *good, "--set", wrong, "--env-file", company)
        assert done.returncode == 2
        assert words in done.stderr
    assert {row["decided"] for row in _counts(company, "customer.address").values()} == {None}
    gone = run_here("policies", "--source", "mall", "--env-file", company)
    assert (gone.returncode, "has no source 'mall'" in gone.stderr) == (2, True)
