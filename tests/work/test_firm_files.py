"""The firm's own problem files while the bot runs: used, broken, told, mended."""

from dataclasses import replace

import pytest

from bot.knowledge import Knowledge
from bot.render import Renderer
from bot.work.sweeping import sweep
from tests.sync.shop import customer, invoice
from tests.words import TEMPLATES, knowledge

OURS = (TEMPLATES / "problems/filed_tax.md.j2").read_text()
THEIRS = OURS.replace('title = "', 'title = "Ask Priya: ')


@pytest.fixture
def firm(house, tmp_path):
    """A house whose settings name a folder, with knowledge and words of its own."""
    settings = house.services.settings.model_copy(update={"PROBLEMS_DIR": str(tmp_path)})
    mine = replace(
        house.services,
        settings=settings,
        knowledge=Knowledge(knowledge().ours),
        render=Renderer(TEMPLATES),
    )
    house.shop = replace(house.shop, services=mine)
    return tmp_path


def test_files_are_read_again_and_a_broken_one_is_an_alert_until_it_is_mended(house, firm):
    """Their words on the alert; ours as soon as theirs break; one alert of it, which settles."""
    house.filed_through("2026-11-30")
    house.shop.hand_over(customer("c1", "Jane Doe"), invoice("1001", "c1", tax="8.25"))
    house.sync()
    assert "Ask Priya" not in house.shown(house.incident("filed_tax"))

    path = firm / "filed_tax.md.j2"
    path.write_text(THEIRS)
    sweep(house.services)
    assert "Ask Priya: " in house.shown(house.incident("filed_tax"))
    house.check()
    assert not [row for row in house.incidents() if row.problem == "firm_files"]

    path.write_text(THEIRS.replace("{% block why %}", "{% block why %}{% set a = 1 %}"))
    sweep(house.services)
    assert "Ask Priya" not in house.shown(house.incident("filed_tax"))
    house.check()
    said = house.shown(house.incident("firm_files"))
    assert "File filed_tax: line " in said
    assert "{% set %} is not allowed here" in said

    path.write_text(THEIRS)
    sweep(house.services)
    house.check()
    assert house.incident("firm_files").state == "resolved"
    assert "Ask Priya: " in house.shown(house.incident("filed_tax"))


def test_a_folder_that_is_away_is_an_alert_until_it_is_back(house, firm):
    """It says which folder and why, not that a file is wrong; it settles when it is back."""
    (firm / "filed_tax.md.j2").write_text(THEIRS)
    sweep(house.services)
    firm.rename(firm.with_name("away"))
    sweep(house.services)
    house.check()
    said = house.shown(house.incident("firm_files"))
    assert "Your folder of problem files cannot be read" in said
    assert f"The folder {firm} cannot be read: No such file or directory." in said
    assert "as they were read before" in said
    assert "Ask Priya" in house.services.knowledge.problem("filed_tax").title

    firm.with_name("away").rename(firm)
    sweep(house.services)
    house.check()
    assert house.incident("firm_files").state == "resolved"
