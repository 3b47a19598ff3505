"""/qb-explain preview: the firm's problem files, tried before anybody meets them in earnest."""

import json
import re

import pytest
from sqlmodel import select

from bot.domain import EVERYTHING, Role
from bot.fixes.registry import by_name
from bot.knowledge import Overrides, follow
from bot.models import FixRun, Unexplained
from checks import firm_files
from tests.words import TEMPLATES

OURS = (TEMPLATES / "problems/connection_lost.md.j2").read_text()
# Of QuickBooks by their words, and no error that anything explains.
ODD = (
    "Something odd with the bank feed rule of account",
    "The rule of the bank feed is odd for this account and customer",
    "Odd thing with the estimate of the customer and its sales rep rule",
)
NETWORK = (TEMPLATES / "problems/network.md.j2").read_text()


@pytest.fixture
def folder(bot, tmp_path):
    """The firm's folder with one good and one broken file, read by the bot."""
    services = bot.services
    (tmp_path / "connection_lost.md.j2").write_text(
        OURS.replace('title = "', 'title = "Ring Sam: ')
    )
    broken = NETWORK.replace("{% block what %}", "{% block what %}{% include 'x' %}")
    (tmp_path / "network.md.j2").write_text(broken)
    follow(str(tmp_path), services.knowledge, services.render, by_name())
    yield tmp_path
    # Words and knowledge are shared by all tests.
    services.knowledge.adopt(Overrides())
    services.render.adopt({})


def test_an_admin_sees_the_alert_with_a_made_up_case_and_nothing_to_press(bot, folder):
    """Title, money and steps as in a channel; the buttons are named, not there."""
    answer = bot.answer("admin", "/qb-explain", "preview connection_lost")
    said = json.dumps(answer["blocks"], ensure_ascii=False)

    assert "of your own, is in order" in said
    assert "🔴 OPEN · Ring Sam: QuickBooks connection" in said
    assert "$1,260.00" in said
    assert "“Reconnect" in said
    assert '"button"' not in said


def test_the_made_up_case_has_two_records_only_where_the_problem_has(bot):
    """A comparison beside an alert that compares nothing would only puzzle."""
    for problem, compares in (("closed_period", False), ("same_party", True)):
        said = json.dumps(bot.answer("admin", "/qb-explain", f"preview {problem}")["blocks"])
        assert ("jane@example.com" in said) is compares


def test_hidden_marks_of_a_file_never_reach_slack(bot, folder):
    """Neither as they stand in it, nor written as escapes: nothing is turned round or coloured."""
    path = folder / "connection_lost.md.j2"
    bad = OURS.replace('title = "', 'title = "Odd\\u202E\\u001b[31m: ')
    bad = bad.replace("{% block why %}", "{% block why %}\nRe\u202ead \x1b[31mthis{{ '\\u202e' }}.")
    path.write_text(bad)
    said = json.dumps(bot.answer("admin", "/qb-explain", "preview connection_lost")["blocks"])

    assert "Odd: QuickBooks connection" in said
    assert "Read this." in said
    assert "202e" not in said.lower()
    assert "001b" not in said
    assert "[31m" not in said


def test_a_match_that_another_file_claims_is_told_by_the_preview(bot, folder, tmp_path):
    """What the loader refuses is not "in order" here, by its name and by its path."""
    new = NETWORK.split("[[match]]", 1)[0] + (
        '[[match]]\nplatform = "any"\npattern = "the vault of the firm is shut"\n+++\n'
        + NETWORK.rsplit("+++\n", 1)[1]
    )
    new = re.sub(r"(?m)^family = .*", 'family = "platform"', new)
    new = re.sub(r"(?m)^kind = .*", 'kind = "unknown"', new)
    new = re.sub(r"(?m)^fixes = .*", 'fixes = ["retry"]', new)
    for name in ("bank_hold", "markup"):
        (folder / f"{name}.md.j2").write_text(new)
    claimed = "a match of it is claimed by bank_hold.md.j2 already"
    assert claimed not in bot.ask("admin", "/qb-explain", "preview bank_hold")
    said = bot.ask("admin", "/qb-explain", "preview markup")
    assert "cannot be used" in said
    assert claimed in said


def test_a_button_that_the_made_up_case_has_not_is_named_all_the_same(bot, folder):
    """The case stands for three invoices; “Do not post it” is about one record."""
    new = NETWORK.split("[[match]]", 1)[0] + (
        '[[match]]\nplatform = "any"\npattern = "the vault of the firm is shut"\n+++\n'
        + NETWORK.rsplit("+++\n", 1)[1]
    )
    new = re.sub(r"(?m)^family = .*", 'family = "platform"', new)
    new = re.sub(r"(?m)^kind = .*", 'kind = "unknown"', new)
    new = re.sub(r"(?m)^fixes = .*", 'fixes = ["retry", "skip"]', new)
    (folder / "bank_hold.md.j2").write_text(new)
    said = bot.ask("admin", "/qb-explain", "preview bank_hold")
    assert "Buttons: “Try again…”." in said
    assert "“Do not post it…”: only on alerts that have what it needs" in said


def test_a_broken_file_is_told_with_its_line(bot, folder):
    """Here, in the list of files, in /qb-status, and as one alert of the first company."""
    line = next(n for n, text in enumerate(NETWORK.splitlines(), 1) if "block what" in text)
    said = bot.ask("admin", "/qb-explain", "preview network")

    assert "cannot be used" in said
    assert f"line {line}: {{% include %}} is not allowed here" in said
    assert "in use: connection_lost" in bot.ask("admin", "/qb-explain", "preview")
    assert "not used, our words stand in: network" in bot.ask("operator", "/qb-status")

    [found] = firm_files.run(bot.services, bot.harbor, EVERYTHING)
    assert (found.problem, found.facts["file"]) == ("firm_files", "network")
    assert not list(firm_files.run(bot.services, bot.ridge, EVERYTHING))
    shown = bot.services.render.problem("firm_files", {"company": "Harbor Foods", **found.facts})
    assert f"line {line}" in str(shown.what)
    (folder / "network.md.j2").unlink()
    follow(str(folder), bot.services.knowledge, bot.services.render, by_name())
    assert not list(firm_files.run(bot.services, bot.harbor, EVERYTHING))


def test_ours_and_wrong_names_are_answered_too(bot):
    """A file of ours is shown; a name that is none is answered with those that are near."""
    assert "of ours, is in order" in bot.ask("admin", "/qb-explain", "preview too_long")
    assert "Did you mean too_long" in bot.ask("admin", "/qb-explain", "preview too_lon")
    assert "There is no problem file" in bot.ask("admin", "/qb-explain", "preview ../../x")
    assert "PROBLEMS_DIR names no folder" in bot.ask("admin", "/qb-explain", "preview")


def test_only_an_admin_sees_previews(bot):
    """Who may not is told who may; an error text that begins with the word is explained."""
    assert "Only an admin" in bot.ask("operator", "/qb-explain", "preview too_long")
    assert "A number is used already" in bot.ask(
        "operator", "/qb-explain", "preview of error 6140 here"
    )


def test_explain_counts_what_it_does_not_know(bot):
    """A pasted text that looks like an error and is none we explain is a gap of that company."""
    classify = bot.services.knowledge.classify
    seen = ((text, classify("", "", text)) for text in ODD)
    text, found = next((one, hit) for one, hit in seen if hit.confidence < 0.5 and hit.nearest)
    bot.ask("operator", "/qb-explain", text, "books-harbor-foods")

    with bot.services.sessions.read() as session:
        [row] = session.exec(select(Unexplained)).all()
    assert (row.company_id, row.count, row.nearest) == (bot.harbor.id, 1, found.nearest)


def test_explain_says_what_worked_at_this_company(bot):
    """Three cases, two of them mended by the same button."""
    now = bot.services.clock.now()
    rows = [bot.incident(bot.harbor, "closed_period", subject=f"s{n}") for n in range(3)]
    with bot.services.sessions.write() as session:
        for row, state in zip(rows[:2], ("done", "failed"), strict=True):
            session.add(
                FixRun(
                    incident_id=row.id, company_id=bot.harbor.id, fix="redate", state=state,
                    plan_digest="", role_needed=Role.OPERATOR, planned_by="U1", approved_by="U1",
                    created_at=now, expires_at=now,
                )
            )  # fmt: skip
    text = "The account period has closed and the account books cannot be updated"

    assert "Worked here 1 of 2 times: First open day" in bot.ask(
        "operator", "/qb-explain", text, "books-harbor-foods"
    )
