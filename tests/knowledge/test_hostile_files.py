"""No file of a firm is a way into the program, and none can stop or slow it."""

import os
import time
from pathlib import Path

import pytest

from bot.knowledge import SAMPLE, follow, read_file
from bot.knowledge.overrides import MOST_FILES
from bot.render import to_plain
from tests.knowledge.firm import FIXES, FRONT, OURS, reasons, written

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
    "zone that is a folder": "{{ fact('since', '2026-01-01T00:00:00Z')|moment('America') }}",
    "much work": "{% for a in agree %}{% for b in agree %}" + "{{ 'x'|upper|lower }}" * 21
    + "{% endfor %}{% endfor %}",
    "thousand flaws": "".join("{{ a+b }}\n" for _ in range(1_000)),
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


class Spy:
    """An object with something to give away."""

    secret = "s3cret"

    def __str__(self) -> str:
        raise AssertionError("it was looked at")


def test_a_template_never_meets_an_object(known, tmp_path: Path) -> None:
    """What is no text, number, day, list or table of them is nothing to a firm's file."""
    mine, render = known
    written(tmp_path, "bank_freeze", what="Seen: {{ fact('user', 'nothing') }}.")
    follow(str(tmp_path), mine, render, FIXES)
    found = render.problem("bank_freeze", {**SAMPLE, "user": Spy()})

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


@pytest.mark.parametrize("mark", ["\ufeff+++\n", "+++ \t\n"], ids=["byte order", "blanks"])
def test_marks_that_nobody_sees_do_no_harm(tmp_path: Path, mark: str) -> None:
    """Editors of Windows begin a file with a mark; blanks behind +++ are not seen either."""
    path = written(tmp_path, "bank_freeze")
    path.write_text(path.read_text(encoding="utf-8").replace("+++\n", mark, 1), encoding="utf-8")
    found = read_file(path, OURS)

    assert found.is_good, reasons(found)


def test_a_link_whose_target_changes_is_read_again(known, tmp_path: Path) -> None:
    """A folder filled by links, as servers do it: the link stays, what it leads to is another."""
    mine, render = known
    folder, away = tmp_path / "ours", tmp_path / "away"
    folder.mkdir()
    away.mkdir()
    (folder / "bank_freeze.md.j2").symlink_to(written(away, "bank_freeze"))
    assert follow(str(folder), mine, render, FIXES)
    assert not follow(str(folder), mine, render, FIXES)

    written(away, "bank_freeze", what="Another thing.")
    assert follow(str(folder), mine, render, FIXES)
    assert to_plain(render.problem("bank_freeze", SAMPLE).what) == "Another thing."


def test_more_files_than_are_read_are_told_once(known, tmp_path: Path) -> None:
    """The first 200 of the alphabet are used; what is behind them is one flaw."""
    mine, render = known
    for number in range(MOST_FILES + 3):
        written(tmp_path, f"bank_{number:03}", FRONT.replace("77001", f"77{number:03}"))
    follow(str(tmp_path), mine, render, FIXES)

    assert len(mine.overrides.good) == MOST_FILES
    [broken] = mine.overrides.broken
    assert broken.name == "bank_200"
    assert "more than 200 files: 3 are not read" in reasons(broken)


def test_a_name_no_terminal_can_show_is_written_as_escapes(known, tmp_path: Path) -> None:
    """A line break or a broken letter in a file's name ends up in no log and no table as it is."""
    mine, render = known
    for name in ("bank_freeze\n", "bank_\udcff", "bank_\x1b[31m"):
        written(tmp_path, "bank_freeze").rename(tmp_path / f"{name}.md.j2")
    follow(str(tmp_path), mine, render, FIXES)

    told = {one.name: reasons(one) for one in mine.overrides.broken}
    assert set(told) == {"bank_freeze\\n", "bank_\\udcff", "bank_\\x1b[31m"}
    assert all("small letters" in reason for reason in told.values())
