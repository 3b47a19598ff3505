"""A sample of `make faults`: one fault of each sort at each kind of call; the page is complete."""

from pathlib import Path

import pytest

from sandbox.quickbooks.switched_faults import NAMED
from tests.quickbooks.fault_table.cells import BATCH, READ, REFRESH, WRITE, Cell, all_cells
from tests.quickbooks.fault_table.play import open_table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
SAMPLE = (
    (Cell("reset_after", WRITE, lasting=True), "posted", 3, 1),
    (Cell("reset_before", WRITE, lasting=True), "waits, tried again", 3, 0),
    (Cell("trickle_after", WRITE, lasting=True, options={"seconds": 0.2}), "posted", 3, 1),
    (Cell("two_errors", WRITE, lasting=False), "held for a person", 1, 0),
    (Cell("unauthorized", READ, lasting=False), "read", 2, 0),
    (Cell("fault_in_200", BATCH, lasting=True, options={"code": "2050"}), "not read", 1, 0),
    (Cell("reset_mid_batch", BATCH, lasting=False), "read", 2, 0),
    (Cell("invalid_client", REFRESH, lasting=True), "waits, tried again", 1, 0),
    (Cell("invalid_grant", REFRESH, lasting=True), "waits for the permission", 1, 0),
    (Cell("reset_after", REFRESH, lasting=False), "posted", 2, 1),
)


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """One shop for all cells."""
    with open_table(tmp_path_factory.mktemp("faults")) as made:
        yield made


@pytest.mark.parametrize(("cell", "outcome", "tries", "reached"), SAMPLE, ids=str)
def test_nothing_is_lost_or_doubled(table, cell, outcome, tries, reached):
    """Outcome, tries and writes are as the page says, and afterwards all goes on."""
    played = table.play(cell)

    assert played.wrong == ""
    assert (played.outcome, played.tries, played.reached) == (outcome, tries, reached)


def test_the_page_has_every_fault_and_no_wrong_row():
    """Each switch of the simulator, each kind of call it means anything at, once and always."""
    page = PAGE.read_text(encoding="utf-8")

    for cell in all_cells():
        assert f"| {cell.name} | {'always' if cell.lasting else 'once'} |" in page
    assert all(f"| {name} " in page for name in NAMED)
    assert "**wrong" not in page
    assert ", 0 wrong;" in page
