"""`python app.py adopt`: what is there is counted, listed as CSV, and linked when approved."""

import csv
import json
from contextlib import contextmanager
from types import SimpleNamespace

import typer
from typer.testing import CliRunner

from bot.console import adopting
from tests.adoption.test_adopting import open_alerts, posted_by_another, states
from tests.sync.shop import invoice


def run(house, *words):
    """Run the command on the house's database; its words."""

    @contextmanager
    def desk(settings):
        del settings
        yield SimpleNamespace(services=house.services)

    app = typer.Typer()
    adopting.add(app, SimpleNamespace(desk=desk, existing=lambda file: None))
    done = CliRunner().invoke(app, [*words])
    assert done.exit_code == 0, done.output
    return done.output


def test_nothing_waits_to_be_adopted(house):
    """One line says so."""
    assert "Nothing waits to be adopted" in run(house)


def test_the_pairs_are_listed_and_linked(house, tmp_path):
    """Counts first, then every document with its pair; approved, the exact ones are linked."""
    for place in range(5):
        posted_by_another(house, str(1000 + place))
    posted_by_another(house, "1005", "100.01")
    posted_by_another(house, "1006")
    house.capture()
    house.shop.hand_over(
        *(invoice(str(1000 + place), "c1") for place in range(6)),
        invoice("1006", "c1", ("i2", 1, "100.00")),
        invoice("=1+1", "c1", ("i1", 1, "7.00")),
    )
    house.sync()
    [told] = json.loads(run(house, "--json"))
    assert (told["exact"], told["differs"], told["rest"], told["linked"]) == (5, 2, 1, 0)

    file = tmp_path / "pairs.csv"
    run(house, "--csv", str(file))
    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["In QuickBooks"] for row in rows] == ["exactly so"] * 5 + [
        "with a difference",
        "with a difference",
        "no",
    ]
    assert rows[5]["What differs"] == "total; lines"
    assert rows[6]["What differs"] == "items"
    assert rows[7]["Number"] == "'=1+1"

    assert "5 documents linked" in run(house, "--approve")
    house.sync()
    assert states(house)["=1+1"] == "posted"
    assert {key for key, state in states(house).items() if state == "held"} == {"1005", "1006"}


def test_taken_back_it_says_what_is_left_and_what_was_posted(house):
    """Posted, linked by hand or renumbered meanwhile: none of it is counted as held or undone."""
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    posted_by_another(house, "1006", "100.01")
    posted_by_another(house, "1007", day="2026-11-10")
    house.capture()
    house.shop.hand_over(*(invoice(str(1000 + place), "c1") for place in range(10)))
    house.sync()
    alert = house.mend(house.incident("already_in_books"), "adopt")
    asked = {row.facts["number"]: row for row in open_alerts(house)["duplicate_document_number"]}
    text = house.shown(asked["1007"])
    assert "Shop handed over was compared with the books: the two differ in date." in text
    renumbered = house.mend(asked["1006"], "renumber")
    assert "Invoice 1006 has the number 1006-2 from now on" in house.shown(renumbered)
    house.mend(asked["1007"], "link_document")
    assert open_alerts(house) == {}

    _, words = house.preview(alert, "undo")
    assert "Stays as it is 3 invoices, $300.00, posted since" in words
    house.mend(alert, "undo")
    house.sync()

    [back] = open_alerts(house)["already_in_books"]
    assert (back.facts["looked"], back.facts["exact"], back.facts["differs"]) == (6, 6, 0)
    text = house.shown(back)
    assert "6 documents that are not posted" in text
    assert "6 documents: 6 in QuickBooks exactly so, 0 with" in run(house)
    _, words = house.preview(back, "adopt")
    assert "6 documents: held → are linked" in words
    assert "asked about" not in words
