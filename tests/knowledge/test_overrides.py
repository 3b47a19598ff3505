"""Problem files of a firm: ours or theirs, never a mixture, and what is wrong is said."""

import os
import re
import time
from copy import copy
from pathlib import Path

import pytest

from bot.knowledge import IN_GENERAL, SAMPLE, follow, read_file
from bot.knowledge.samples import FACTS
from bot.render import Renderer, to_plain
from bot.render.firm import make_firm_environment
from tests.knowledge.firm import FIXES, FRONT, OURS, reasons, written
from tests.words import TEMPLATES, knowledge


@pytest.mark.parametrize(
    "path", sorted((TEMPLATES / "problems").glob("*.md.j2")), ids=lambda p: p.name
)
def test_a_copy_of_any_of_our_files_is_accepted(path: Path) -> None:
    """Copying ours is how a firm begins: nothing in our files is refused in theirs."""
    found = read_file(path, OURS)

    assert found.flaws == ()
    assert found.problem == knowledge().ours[found.name]


def test_words_of_the_firm_replace_ours_and_ours_still_recognise(known, tmp_path: Path) -> None:
    """The title is theirs, code and kind stay, and a row of theirs recognises one text more."""
    mine, render = known
    ours = mine.problem("too_long")
    front = FRONT.replace('"validation_other"', f'"{ours.kind}"')
    front = front.replace('"platform"', '"characters"').replace("frozen at the bank", "long")
    written(tmp_path, "too_long", front)

    assert follow(str(tmp_path), mine, render, FIXES)
    assert mine.overrides.broken == ()
    assert mine.problem("too_long").matches[: len(ours.matches)] == ours.matches
    assert mine.classify("qbo", "77001", "It was frozen by Sam").problem == "too_long"
    assert mine.classify("qbo", "2050", "String is too long").problem == "too_long"
    assert render.problem("too_long", SAMPLE).title == "Invoice 1042: long · 3 invoices not posted"
    assert "Call Priya" in to_plain(render.problem_or_plain("too_long", SAMPLE).fix)


def test_a_problem_of_the_firms_own_is_known_and_taken_away_again(known, tmp_path: Path) -> None:
    """A new file explains from now on; deleted, everything is as before."""
    mine, render = known
    path = written(tmp_path, "bank_freeze")

    assert follow(str(tmp_path), mine, render, FIXES)
    found = mine.classify("qbo", "77001", "frozen by Sam")
    assert (found.problem, found.facts["user"]) == ("bank_freeze", "Sam")
    assert "Sam asked" in to_plain(render.problem("bank_freeze", {**IN_GENERAL, "user": "Sam"}).why)
    assert not follow(str(tmp_path), mine, render, FIXES)
    path.unlink()
    assert follow(str(tmp_path), mine, render, FIXES)
    assert mine.classify("qbo", "77001", "frozen by Sam").problem == "unknown"
    assert "bank_freeze" not in render.problem_names


def test_a_file_that_breaks_gives_way_to_ours_and_says_so(known, tmp_path: Path) -> None:
    """Changed while the bot runs into something broken: ours is shown, the flaw has its line."""
    mine, render = known
    path = TEMPLATES / "problems/connection_lost.md.j2"
    copy = tmp_path / path.name
    copy.write_text(path.read_text().replace('title = "', 'title = "Ring Sam: '))
    follow(str(tmp_path), mine, render, FIXES)
    assert render.problem("connection_lost", SAMPLE).title.startswith("Ring Sam")

    copy.write_text(copy.read_text().replace("{% block what %}", "{% block what %}{{ 9 ** 9 }}"))
    os.utime(copy, (time.time() + 5, time.time() + 5))
    assert follow(str(tmp_path), mine, render, FIXES)
    assert render.problem("connection_lost", SAMPLE).title.startswith("QuickBooks connection")
    [broken] = mine.overrides.broken
    line = copy.read_text().splitlines().index("{% block what %}{{ 9 ** 9 }}") + 1
    assert str(broken.flaws[0]) == f"line {line}: ** is not allowed here"


def test_a_folder_that_is_away_changes_no_words(known, tmp_path: Path) -> None:
    """What was read before stays in use, and the reason is kept until the folder is back."""
    mine, render = known
    folder = tmp_path / "ours"
    folder.mkdir()
    written(folder, "bank_freeze")
    follow(str(folder), mine, render, FIXES)
    folder.rename(tmp_path / "away")

    assert follow(str(folder), mine, render, FIXES)
    assert "cannot be read" in mine.overrides.fault
    assert "bank_freeze" in mine.problems
    assert not follow(str(folder), mine, render, FIXES)
    (tmp_path / "away").rename(folder)
    assert follow(str(folder), mine, render, FIXES)
    assert mine.overrides.fault == ""


def test_words_that_fail_with_the_facts_of_a_real_case_give_way_as_a_whole(
    known, tmp_path: Path
) -> None:
    """No message is half theirs and half ours, and it is remembered for whoever looks."""
    mine, render = known
    written(
        tmp_path, "bank_freeze", why="{% if code == '6000' %}x{% else %}{{ code|money }}{% endif %}"
    )
    path = TEMPLATES / "problems/unknown.md.j2"
    copy = path.read_text().replace(
        "{% block why %}", "{% block why %}{{ fact('amount', '1')|money }} "
    )
    (tmp_path / path.name).write_text(copy)
    follow(str(tmp_path), mine, render, FIXES)

    good = render.problem("unknown", SAMPLE)
    assert to_plain(good.why).startswith("$420.00")
    found = render.problem_or_plain("unknown", {**SAMPLE, "amount": "many"})
    assert render.title("unknown", {**SAMPLE, "amount": "many"}) == found.title
    assert not to_plain(found.why).startswith("$")
    assert "is not an amount" in render.failing["unknown"].message


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"platform"', '"platforms"', 4, "unknown family platforms"),
        ('fixes = ["retry"]', 'fixes = ["mend"]', 7, "there is no fix named mend"),
        ('fixes = ["retry"]', 'fixes = ["renumber"]', 7, "can only offer retry, skip"),
        ('severity = "error"', 'severity = "error"\ncolour = "red"', 7, "unknown key colour"),
        ('title = "', 'title = "{{ nothing }}', 2, 'there is no fact named nothing'),
        ('title = "', "title = \"{{ fact('numbr', 'x') }}", 2, "no fact named numbr; the nearest"),
        ('title = "', "title = \"{{ fact('book_close_date') }}", 2, ""),
        ('title = "', 'title = "{% if %}', 2, "Expected an expression"),
        ('title = "', f'title = "{"x" * 60}', 2, "there is room for 51"),
        ('kind = "validation_other"', "kind = ", 5, "not TOML"),
        ('kind = "validation_other"', 'kind = "drift"', 5, "found by checks"),
        ('severity = "error"', 'severity = "error"\ninhibits = true', 7, "that stays ours"),
        ('code = "77001"\npattern = "', 'code = "6140"\npattern = "', 11, ""),
        ('platform = "any"', 'platform = "oauth"', 9, "speak of a whole company|stay ours"),
        ("frozen by", "frozen .* by", 12, "has no end"),
        ("(?P<user>[A-Za-z ]{1,40})", "(frozen){1,9}", 12, "only be followed by ?"),
        ("(?P<user>[A-Za-z ]{1,40})", "[a-z]{1,60}[a-z]{1,60}", 12, "combined in more than"),
        ("(?P<user>[A-Za-z ]{1,40})", "(?:a|a)" * 18, 12, "combined in more than"),
        ("(?P<user>[A-Za-z ]{1,40})", "(?:(?:a|b)?x|a)" * 8, 12, "combined in more than"),
        ("(?P<user>[A-Za-z ]{1,40})", "(?:him|her|them)|(?:held|kept) by", 12, ""),
        ("(?P<user>", "(?P<ours>", 12, "a named group can fill"),
        ("frozen by (?P<user>[A-Za-z ]{1,40})", "[a-z]x", 12, "4 letters or digits in a row"),
        ('platform = "any"', 'platform = ["any"]', 10, "unknown platform ['any']"),
        ('platform = "any"', "platform = {any = 1}", 10, "unknown platform"),
        ('code = "77001"', f"http = {'9' * 5_000}", 0, "a number in the front matter is too long"),
        ('code = "77001"', "http = 77001", 11, "http must be a number, 100 to 599"),
        ('severity = "error"', 'severity = "error"\nmany = 5', 7, "many must be a text"),
        ('code = "77001"', f"code = {[str(n) for n in range(201)]}", 9, "more than 200 matches"),
    ],
)  # fmt: skip
def test_a_wrong_front_matter_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    """Each mistake is one flaw, at the line in which it stands."""
    assert old in FRONT
    found = read_file(written(tmp_path, "bank_freeze", FRONT.replace(old, new, 1)), OURS)

    if not reason:
        assert found.is_good, reasons(found)
        return
    assert not found.is_good
    assert any(part in reasons(found) for part in reason.split("|")), reasons(found)
    assert found.flaws[0].line == line, reasons(found)


def test_what_we_recognise_cannot_be_claimed(tmp_path: Path) -> None:
    """The same platform, code and pattern as a row of ours is refused, with whose it is."""
    row = next(row for row in OURS.problems["duplicate_document_number"].matches if row.code)
    pattern = f"pattern = '''{row.pattern.pattern}'''\n" if row.pattern else ""
    match = f'[[match]]\nplatform = "{row.platform}"\ncode = "{row.code}"\n{pattern}'
    found = read_file(written(tmp_path, "mine", FRONT.split("[[match]]")[0] + match), OURS)

    assert "recognised by our duplicate_document_number already" in reasons(found)


def test_what_stops_a_whole_company_is_recognised_by_us_alone(tmp_path: Path) -> None:
    """Words of a lost connection may be the firm's; a further text that means it may not."""
    copy = (TEMPLATES / "problems/connection_lost.md.j2").read_text()
    more = '[[match]]\nplatform = "any"\npattern = "please ring Sam"\n+++\n{% block what'
    path = tmp_path / "connection_lost.md.j2"
    path.write_text(copy.replace("+++\n{% block what", more))

    assert "stays ours: leave this match out" in reasons(read_file(path, OURS))


def test_two_files_of_the_firm_do_not_claim_the_same(known, tmp_path: Path) -> None:
    """The first one in the alphabet has it; the other one says so."""
    mine, render = known
    written(tmp_path, "bank_a")
    written(tmp_path, "bank_b")
    follow(str(tmp_path), mine, render, FIXES)

    assert [one.name for one in mine.overrides.good] == ["bank_a"]
    assert "claimed by bank_a.md.j2 already" in reasons(mine.overrides.broken[0])


def test_a_match_that_stands_twice_in_one_file_is_a_flaw_of_it(known, tmp_path: Path) -> None:
    """Whichever way its code is written; the files beside it are used as ever."""
    mine, render = known
    match = FRONT[FRONT.index("[[match]]") :].replace("77001", "0x8004ABCD")
    written(tmp_path, "bank_freeze", FRONT + match + match.replace("ABCD", "abcd"))
    written(tmp_path, "other", FRONT.replace("77001", "77002"))

    assert follow(str(tmp_path), mine, render, FIXES)
    assert [one.name for one in mine.overrides.good] == ["other"]
    assert "0x8004abcd stands there twice" in reasons(mine.overrides.broken[0])


@pytest.mark.parametrize(
    "text",
    [
        "Payment to Casco Paper: frozen by Acme Bank",
        "QuickBooks: the invoice INV-7 was frozen by Acme Bank",
    ],
)
def test_a_row_of_a_problem_of_the_firms_own_is_not_voted_away(tmp_path: Path, text: str) -> None:
    """The words that are weighed know nothing of what a firm calls its troubles."""
    mine, render = copy(knowledge()), Renderer(TEMPLATES)
    written(tmp_path, "bank_freeze", FRONT.replace('code = "77001"\n', ""))

    assert follow(str(tmp_path), mine, render, FIXES)
    for found in (mine.classify("qbo", None, text), mine.guess("", None, text)):
        assert (found.problem, found.facts) == ("bank_freeze", {"user": "Acme Bank"})


DOC = (TEMPLATES.parent / "docs/problem-files.md").read_text(encoding="utf-8")


def test_flaws_of_one_line_are_told_in_its_order(tmp_path: Path) -> None:
    """The same file gets the same answer at every start."""
    why = "{% for one in range(9999999) %}x{% endfor %}{{ ''.__class__.__mro__ }}"
    said = reasons(read_file(written(tmp_path, "mine", why=why), OURS))
    places = [said.index(word) for word in ("“range”", "1,000,000", "__mro__", "__class__")]
    assert places == sorted(places)


def test_the_example_in_the_docs_is_a_good_file(tmp_path: Path) -> None:
    """Whoever copies it gets an alert; the example is tried as it stands there."""
    example = re.search(r"```\n(\+\+\+\n.*?)```", DOC, re.DOTALL)
    assert example is not None
    path = tmp_path / "bank_freeze.md.j2"
    path.write_text(example[1], encoding="utf-8")
    found = read_file(path, OURS)

    assert found.is_good, reasons(found)
    assert found.sample is not None
    assert found.sample.title == "Invoice 1042: bank hold · 3 invoices not posted"


def test_facts_and_filters_named_in_the_docs_exist(tmp_path: Path) -> None:
    """Each fact of the table can be asked for, each function called, each filter used."""
    section = DOC.split("## Facts")[1].split("## When")[0]
    facts = set(re.findall(r"`([a-z_]+)`", section))
    assert len(facts) > 20
    what = " ".join(f"{{{{ fact('{name}') is defined }}}}" for name in sorted(facts))
    named = DOC.split("## What a template may hold")[1].split("## Facts")[0]
    calls = set(re.findall(r"`([a-z_]+)\(\)`|`([a-z_]+)\(\)`, `", named))
    what += "".join(f"{{{{ {a or b}() }}}}" for a, b in calls)
    filters = set(re.findall(r"[`] ?([a-z]+)(?:\([^)`]*\))?`", named.split("| filter")[1]))
    missing = filters - set(make_firm_environment().filters) - {"ours"}

    assert facts <= FACTS, facts - FACTS
    assert read_file(written(tmp_path, "bank_freeze", what=what[:4_000]), OURS).is_good
    assert missing == set()


def test_a_fact_that_exists_nowhere_is_told_with_the_nearest_ones(tmp_path: Path) -> None:
    """One that is not there in every case is told how to ask for it."""
    for name, said in (
        ("invoice_total", "there is no fact named invoice_total; the nearest are"),
        ("holder_numbr", "holder_number"),
        ("holder_number", 'write fact("holder_number")'),
    ):
        found = read_file(written(tmp_path, "bank", why=f"{{{{ {name} }}}} asked."), OURS)
        assert said in reasons(found)
        assert ("there is no fact" in reasons(found)) == (name != "holder_number")


@pytest.mark.parametrize("length", [2_100, 4_700])
def test_a_block_that_is_too_long_is_told_the_length_of_the_docs(tmp_path: Path, length) -> None:
    """However much too long it is."""
    found = read_file(written(tmp_path, "bank", why="Long. " * (length // 6)), OURS)
    assert "becomes longer than 2,000 characters" in reasons(found)
    assert "a block 2,000" in DOC


def test_hidden_marks_of_steps_are_left_out(tmp_path: Path) -> None:
    """Steps are no template, and reach Slack as they stand."""
    front = FRONT + '\n[steps]\nqbo = ["Call \\u202eher\\u001b[31m now."]\n'
    found = read_file(written(tmp_path, "bank", front), OURS)
    assert found.problem is not None
    assert found.problem.steps_on("qbo") == ("Call her now.",)
