"""Problem files of a firm: ours or theirs, never a mixture, and never a way into the program."""

import os
import re
import time
from pathlib import Path

import pytest

from bot.fixes.registry import by_name
from bot.knowledge import IN_GENERAL, SAMPLE, FirmFile, Knowledge, Ours, follow, read_file
from bot.render import Renderer, to_plain
from bot.render.firm import make_firm_environment
from tests.words import TEMPLATES, knowledge

FIXES = frozenset(by_name())
OURS = Ours(knowledge().ours, FIXES)
FRONT = """title = "{{ record_title() }}: frozen at the bank{{ tail() }}"
push = "{{ company }}: {{ not_posted() }}; {{ the_record() }} is frozen"
family = "platform"
kind = "validation_other"
severity = "error"
fixes = ["retry"]

[[match]]
platform = "any"
code = "77001"
pattern = "frozen by (?P<user>[A-Za-z ]{1,40})"
"""
BLOCKS = {
    "what": "The bank froze {{ the_record() }}.",
    "why": "{{ fact('user', 'Somebody') }} asked for it.",
    "fix": "1. Call Priya.\n2. Press **Try again** here.",
    "prevent": "Tell the bank early.",
}


def written(folder: Path, name: str, front: str = FRONT, **blocks: str) -> Path:
    """Write a problem file of the firm."""
    parts = {**BLOCKS, **blocks}
    body = "\n".join(f"{{% block {key} %}}\n{parts[key]}\n{{% endblock %}}" for key in parts)
    path = folder / f"{name}.md.j2"
    path.write_text(f"+++\n{front}\n+++\n{body}\n", encoding="utf-8")
    return path


def reasons(one: FirmFile) -> str:
    """All flaws on one line."""
    return " · ".join(str(flaw) for flaw in one.flaws)


@pytest.fixture(scope="module")
def shared() -> Renderer:
    """A renderer of this module's own: adopting words changes it."""
    return Renderer(TEMPLATES)


@pytest.fixture
def known(shared: Renderer):
    """Fresh knowledge and words of ours."""
    shared.adopt({})
    return Knowledge(knowledge().ours), shared


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
    assert not to_plain(found.why).startswith("$")
    assert "is not an amount" in render.failing["unknown"].message


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('"platform"', '"platforms"', 4, "unknown family platforms"),
        ('fixes = ["retry"]', 'fixes = ["mend"]', 7, "there is no fix named mend"),
        ('fixes = ["retry"]', 'fixes = ["renumber"]', 7, "can only offer retry, skip"),
        ('severity = "error"', 'severity = "error"\ncolour = "red"', 7, "unknown key colour"),
        ('title = "', 'title = "{{ nothing }}', 2, 'write fact("nothing")'),
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
        ("(?P<user>", "(?P<ours>", 12, "a named group can fill"),
        ("frozen by (?P<user>[A-Za-z ]{1,40})", "[a-z]x", 12, "4 letters or digits in a row"),
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


HOSTILE = {
    "300 MB": "{{ 'x' * 300000000 }}",
    "power": "{{ 9**9**9 }}",
    "endless": "{% for a in range(10**9) %}x{% endfor %}",
    "lipsum": "{{ lipsum(1000) }}",
    "include": "{% include 'problems/unknown.md.j2' %}",
    "import": "{% import 'problems/unknown.md.j2' as other %}",
    "from": "{% from 'x' import y %}",
    "extends": "{% extends 'problems/unknown.md.j2' %}",
    "macro": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "call": "{% call a() %}{% endcall %}",
    "set": "{% set a = 'x' %}{{ a }}",
    "filter block": "{% filter upper %}x{% endfilter %}",
    "with": "{% with a = 1 %}{{ a }}{% endwith %}",
    "class": "{{ ''.__class__.__mro__ }}",
    "class of a fact": "{{ company.__class__ }}",
    "method of a fact": "{{ company.upper() }}",
    "format": "{{ '{0.__class__}'.format(company) }}",
    "format filter": "{{ '%0999999999d'|format(1) }}",
    "percent": "{{ '%0999999999d' % 1 }}",
    "center": "{{ company|center(10**9) }}",
    "wide": "{{ company|center(999999) }}",
    "bomb": "{{ company ~ company }}",
    "added": "{{ company + company }}",
    "attr": "{{ company|attr('__class__') }}",
    "map": "{{ [company]|map(attribute='__class__')|list }}",
    "item": "{{ company['__class__'] }}",
    "global": "{{ fact.__globals__ }}",
    "function": "{{ fact }}",
    "self": "{{ self.what() }}",
    "self in a loop": "{% for a in self.what() %}{% endfor %}",
    "cycler": "{{ cycler('a').__init__ }}",
    "namespace": "{% set a = namespace(b=1) %}",
    "recursive": "{% for a in twins recursive %}{{ loop(a) }}{% endfor %}",
    "three deep": "{% for a in b %}" * 3 + "{% endfor %}" * 3,
    "unpacked": "{% for a, b in twins %}{% endfor %}",
    "letters": "{% for a in company %}{{ a }}{% endfor %}",
    "many loops": "{% for a in [1] %}x{% endfor %}" * 11,
    "stars": "{{ fact(*twins) }}",
    "named": "{{ company|default(default_value='x') }}",
    "long list": "{% for a in [1,1,1,1,1,1,1,1,1,1,1] %}{% endfor %}",
    "long word": "{{ '" + "x" * 600 + "' }}",
    "long number": "{{ " + "9" * 5_000 + " }}",
    "large number": "{{ company|short(99999999) }}",
    "deep": "{{ " + "(" * 3_000 + "1" + ")" * 3_000 + " }}",
    "nots": "{{ " + "not " * 3_000 + "1 }}",
    "ifs": "{% if 1 %}" * 200 + "x" + "{% endif %}" * 200,
    "huge amount": "{{ '1e999999999'|money }}",
    "huge sum": "{{ '1e999999'|invoiced('1') }}",
    "grown": "{{ company|replace('a', '" + "a" * 400 + "')|replace('a', '" + "a" * 400 + "') }}",
    "joined": "{{ company|join('" + "a" * 400 + "')|join('" + "a" * 400 + "') }}",
    "listed": "{{ company" + "|listed" * 20 + " }}",
    "other block": "{% block other %}{% endblock %}",
    "whole table": "{{ ours }}",
    "long": "words " * 900,
    "syntax": "{% if %}",
    "unclosed": "{% if company %}",
    "undefined": "{{ no_such_fact }}",
    "debug": "{% debug %}",
    "do": "{% do twins.append(1) %}",
    "slice of a table": "{{ ours[0:1] }}",
    "variable index": "{{ twins[documents] }}",
    "zone": "{{ since|moment('../../etc/passwd') }}",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_template_is_refused_at_once(tmp_path: Path, case: str) -> None:
    """Nothing long is made, nothing is read, nothing of Python is reached; the file is not used."""
    began = time.perf_counter()
    found = read_file(written(tmp_path, "bank_freeze", what=HOSTILE[case]), OURS)

    assert not found.is_good
    assert found.flaws
    assert len(reasons(found)) < 5_000
    assert time.perf_counter() - began < 5


def test_a_harmless_file_is_good_so_that_the_hostile_ones_mean_something(tmp_path: Path) -> None:
    """What firms write: conditions, loops over facts, parts of facts, filters."""
    what = (
        "{% if fact('amount') and documents > 2 %}**{{ amount|money(currency) }}**{% endif %}"
        " {{ ours.name|tidy|short(20) }} {{ fact('since', '2026-01-01T00:00:00+00:00')|moment }}"
        "{% for one in fact('examples', []) %}{% if not loop.last %}, {{ one.number }}{% endif %}"
        "{% endfor %}"
    )  # fmt: skip
    found = read_file(written(tmp_path, "bank_freeze", what=what), OURS)

    assert found.is_good, reasons(found)
    assert found.sample is not None
    assert to_plain(found.sample.what) == "$420.00 Jane Doe Nov 3, 2:02 PM, 1042, 1043"


def test_facts_that_are_huge_never_get_long_or_slow(known, tmp_path: Path) -> None:
    """A loop sees 25 rows, a fact 2,000 characters, and what they make is bounded."""
    mine, render = known
    what = "{% for a in fact('rows', []) %}{{ a.name }}{% endfor %}x"
    written(tmp_path, "bank_freeze", what=what)
    follow(str(tmp_path), mine, render, FIXES)
    assert mine.overrides.broken == ()
    began = time.perf_counter()
    rows = [{"name": "n" * 1_000_000}] * 100_000
    found = render.problem_or_plain("bank_freeze", {**SAMPLE, "rows": rows})

    assert time.perf_counter() - began < 5
    assert len(to_plain(found.what)) < 5_000
    assert "longer than" in render.failing["bank_freeze"].message


def test_a_name_that_is_a_little_wrong_and_a_dead_link_are_told(known, tmp_path: Path) -> None:
    """Neither is passed over in silence; a hidden file of an editor is."""
    mine, render = known
    for name in ("Bank_Freeze.md.j2", "bank_freeze.md.j2.txt", ".bank_freeze.md.j2.swp"):
        written(tmp_path, "bank_freeze").rename(tmp_path / name)
    (tmp_path / "gone.md.j2").symlink_to(tmp_path / "nowhere")
    follow(str(tmp_path), mine, render, FIXES)

    told = {one.name: reasons(one) for one in mine.overrides.broken}
    assert set(told) == {"Bank_Freeze", "bank_freeze.md.j2.txt", "gone"}
    assert "small letters" in told["Bank_Freeze"]
    assert "small letters" in told["bank_freeze.md.j2.txt"]
    assert "no file" in told["gone"]
    assert not follow(str(tmp_path), mine, render, FIXES)


class Spy:
    """An object with something to give away."""

    secret = "s3cret"

    def __str__(self) -> str:
        raise AssertionError("it was looked at")


def test_a_template_never_meets_an_object(known, tmp_path: Path) -> None:
    """What is no text, number, day, list or table of them is nothing to a firm's file."""
    mine, render = known
    written(tmp_path, "bank_freeze", what="Seen: {{ fact('spy', 'nothing') }}.")
    follow(str(tmp_path), mine, render, FIXES)
    found = render.problem("bank_freeze", {**SAMPLE, "spy": Spy()})

    assert to_plain(found.what) == "Seen: nothing."


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe+++", b"", b"+++\n", b"+++\n+++\n", b"a = 1",
     b"+++\nx = " + b"[" * 30_000 + b"\n+++\n", b"+++\n" + b"# x\n" * 20_000 + b"+++\n",
     b"+++\ntitle = 1\n+++\n"],
    ids=["encoding", "empty", "cut", "nothing", "no front", "deep", "large", "type"],
)  # fmt: skip
def test_rubbish_in_a_file_is_one_flaw(tmp_path: Path, content: bytes) -> None:
    """No file can stop the bot."""
    path = tmp_path / "bank_freeze.md.j2"
    path.write_bytes(content)
    found = read_file(path, OURS)

    assert not found.is_good
    assert len(found.flaws) == 1


def test_a_folder_and_a_pipe_with_a_files_name_are_flaws(tmp_path: Path) -> None:
    """Neither is opened: a pipe would be read for ever."""
    (tmp_path / "one.md.j2").mkdir()
    os.mkfifo(tmp_path / "two.md.j2")

    assert "no file" in reasons(read_file(tmp_path / "one.md.j2", OURS))
    assert "no file" in reasons(read_file(tmp_path / "two.md.j2", OURS))


DOC = (TEMPLATES.parent / "docs/problem-files.md").read_text(encoding="utf-8")


def test_the_example_in_the_docs_is_a_good_file(tmp_path: Path) -> None:
    """Whoever copies it gets an alert; the example is tried as it stands there."""
    example = re.search(r"```\n(\+\+\+\n.*?)```", DOC, re.DOTALL)
    assert example is not None
    path = tmp_path / "bank_freeze.md.j2"
    path.write_text(example[1], encoding="utf-8")
    found = read_file(path, OURS)

    assert found.is_good, reasons(found)
    assert found.sample is not None
    assert found.sample.title.endswith("frozen at the bank · 3 invoices not posted")


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
    known = set(SAMPLE) | {"cash_count", "holder_number", "max", "missing_name", "user", "field"}

    assert facts <= known, facts - known
    assert read_file(written(tmp_path, "bank_freeze", what=what[:4_000]), OURS).is_good
    assert missing == set()
