"""`make encyclopedia`: a searchable site with one page per problem, from the problem files alone.

The pages are written as reStructuredText into a folder beside the site, and Sphinx builds them;
its search works from the disk as well as from a web server.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.domain import Family
from bot.fixes.registry import buttons
from bot.knowledge import IN_GENERAL, Knowledge, Problem, tell
from bot.render import Listing, Renderer, Span, Text, listed
from docs.encyclopedia_search import known_script, neighbours

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "encyclopedia"
PLATFORMS = {
    "qbo": "QuickBooks Online",
    "oauth": "Signing in to QuickBooks Online",
    "qbd": "QuickBooks Desktop",
    "qbwc": "QuickBooks Web Connector",
    "any": "Every QuickBooks",
}
# What a title adds where a problem belongs to one of them alone.
_APART = {"qbd": "QuickBooks Desktop", "qbwc": "Web Connector", "oauth": "signing in"}
_SUBJECTS = {
    Family.DUPLICATES: "Duplicates",
    Family.MAPPING: "Accounts, items and tax that do not fit",
    Family.INACTIVE: "Inactive and missing records",
    Family.CHARACTERS: "Characters, lengths and forms",
    Family.CONNECTION: "Connection, permission and closed books",
    Family.PLATFORM: "QuickBooks itself and the sync",
}
_STEPS = {name: words for name, words in PLATFORMS.items() if name != "any"}
_PUNCTUATION = re.compile(r"([^\w\s])")
_CONF = """\
project = "QuickBooks errors"
html_title = "QuickBooks errors, explained"
html_theme = "basic"
html_static_path = ["_static"]
html_css_files = ["site.css"]
templates_path = ["_templates"]
html_sidebars = {"**": []}
html_copy_source = False
html_use_index = False
html_show_sphinx = False
html_permalinks = False
copyright = ""
html_show_copyright = False
smartquotes = False
"""
_ASSETS = ROOT / "docs" / "encyclopedia"
_PLACES = {
    "_templates": ("layout.html", "search.html"),
    "_static": ("site.css", "ranking.js"),
}


def write(sources: Path, knowledge: Knowledge, render: Renderer) -> None:
    """Write the pages of all problems and the lists over them."""
    told = titles(render, knowledge.problems)
    shutil.rmtree(sources, ignore_errors=True)
    (sources / "problems").mkdir(parents=True)
    (sources / "conf.py").write_text(_CONF, encoding="utf-8")
    for place, names in _PLACES.items():
        (sources / place).mkdir()
        for name in names:
            shutil.copyfile(_ASSETS / name, sources / place / name)
    script = known_script(knowledge.problems, told)
    (sources / "_static/known.js").write_text(script, encoding="utf-8")
    pages = {
        "index": _index(knowledge.problems),
        "unknown-error": _unknown(render, knowledge.problems["unknown"]),
        "codes": _codes(knowledge.problems, told),
        "platforms": _platforms(knowledge.problems, told),
        **{f"family-{family}": _family(family, knowledge.problems, told) for family in Family},
        **{
            f"problems/{name}": _problem(render, one, knowledge.problems, told)
            for name, one in knowledge.problems.items()
        },
    }
    for name, lines in pages.items():
        (sources / f"{name}.rst").write_text("\n".join(lines) + "\n", encoding="utf-8")


def titles(render: Renderer, problems: Mapping[str, Problem]) -> dict[str, str]:
    """What each problem is called, so that no two results of a search look the same."""
    found = {name: _called(render, one) for name, one in problems.items()}
    often = Counter(found.values())
    for name, title in found.items():
        if often[title] > 1:
            by_itself = not problems[name].matches
            found[name] = f"{title} ({'found by the bot' if by_itself else 'told by QuickBooks'})"
    return found


def _called(render: Renderer, one: Problem) -> str:
    """A problem's title, with the edition where it belongs to one alone."""
    title = tell(render, one, {}).title
    where = {row.platform for row in one.matches}
    edition = "qbd" if where == {"qbd", "qbwc"} else min(where) if len(where) == 1 else ""
    words = _APART.get(edition, "")
    return f"{title} ({words})" if words and words.lower() not in title.lower() else title


def build(sources: Path, site: Path) -> int:
    """Let Sphinx build the site; every warning, such as a link that leads nowhere, is an error.

    Nothing is taken from an earlier build: the same files make the same bytes.
    """
    _clear(site)
    notes = sources.parent / f"{sources.name}-doctrees"
    command = (sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E", "-a", "-b", "html")
    made = subprocess.run([*command, "-d", str(notes), str(sources), str(site)], check=False)
    return made.returncode


def _clear(site: Path) -> None:
    """Take an earlier build away: Sphinx would keep its pages, and words of its index."""
    index = site / "searchindex.js"
    if index.is_file():
        for folder in ("_static", "problems"):
            shutil.rmtree(site / folder, ignore_errors=True)
        for old in (*site.glob("*.html"), index):
            old.unlink()


def _index(problems: Mapping[str, Problem]) -> Iterator[str]:
    yield from _title("QuickBooks errors, explained")
    yield f"{len(problems)} problems with posting to QuickBooks: what each of them means, why it"
    yield "happened, what to do in your edition, and how to prevent it. Type a code or words of an"
    yield "error into the search, or look it up:"
    yield from _contents(["codes", "platforms", "unknown-error"], "Look up")
    yield from _contents([f"family-{family}" for family in Family], "By subject")


def _codes(problems: Mapping[str, Problem], told: Mapping[str, str]) -> Iterator[str]:
    yield from _title("By code")
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for name, one in problems.items():
        for row in one.matches:
            if row.code:
                found[row.platform][row.code].add(name)
    for platform, words in PLATFORMS.items():
        if platform in found:
            yield from _title(words, "-")
            codes = sorted(found[platform], key=lambda code: (len(code), code))
            rows = ([_literal(code), _links(found[platform][code], told)] for code in codes)
            yield from _table(("Code", "Problem"), rows)


def _platforms(problems: Mapping[str, Problem], told: Mapping[str, str]) -> Iterator[str]:
    yield from _title("By platform")
    for platform, words in PLATFORMS.items():
        names = {
            name
            for name, one in problems.items()
            if any(row.platform == platform for row in one.matches)
        }
        if names:
            yield from _title(words, "-")
            yield from (f"* {_link(name, told)}" for name in sorted(names, key=told.__getitem__))
            yield ""


def _family(
    family: Family, problems: Mapping[str, Problem], told: Mapping[str, str]
) -> Iterator[str]:
    yield from _title(_SUBJECTS[family])
    names = [name for name, one in problems.items() if one.family is family]
    yield from _contents([f"problems/{name}" for name in sorted(names, key=told.__getitem__)])


def _unknown(render: Renderer, one: Problem) -> Iterator[str]:
    text = render.problem(one.name, {**IN_GENERAL, "platform": "qbo"})
    yield from _title("Unknown error: what to do")
    yield "Nobody has seen every error. These steps are safe for any of them."
    yield ""
    yield from _title("Look for it once more", "-")
    yield "#. Search for the code alone, with or without its sign and its noughts."
    yield "#. Search for three or four words of the error, without names, dates and amounts."
    yield "#. In Slack, write ``/qb-explain`` and the whole error after it. The bot knows more"
    yield "   wordings than these pages show, and names the problem it is most like."
    yield ""
    yield from _steps(render, one)
    yield from _section("How to prevent it", text.prevent)


def _problem(
    render: Renderer, one: Problem, problems: Mapping[str, Problem], told: Mapping[str, str]
) -> Iterator[str]:
    text = render.problem(one.name, {**IN_GENERAL, "platform": _editions(one)[0]})
    yield f".. _problem-{one.name}:"
    yield ""
    yield from _title(_escaped(told[one.name]))
    yield f"{_origin(one)} Subject: :doc:`{_SUBJECTS[one.family]} </family-{one.family}>`."
    yield ""
    for heading, part in (("What it means", text.what), ("Why it happened", text.why)):
        yield from _section(heading, part)
    yield from _steps(render, one)
    yield from _fixes(one)
    yield from _section("How to prevent it", text.prevent)
    yield from _recognised(one)
    if near := neighbours(one, problems, told):
        yield from _title("Problems near it", "-")
        yield from (f"* {_link(name, told)}" for name in near)
        yield ""
    yield ".. container:: own-words"
    yield ""
    file = _literal(f"{one.name}.md.j2")
    yield f"   A firm words this page and its alert in a file named {file}."
    yield ""


def _origin(one: Problem) -> str:
    """Where the error comes from, in a sentence."""
    where = {row.platform for row in one.matches}
    if not where:
        return "The bot finds this by itself."
    if "any" in where or not where & set(_STEPS):
        return "Told by QuickBooks, or by a tool that works with it."
    return f"Told by {listed([words for name, words in _STEPS.items() if name in where])}."


def _editions(one: Problem) -> Sequence[str]:
    """The platforms for which something else is to be done, the first one first."""
    where = {row.platform for row in one.matches}
    first = "qbd" if where and where <= {"qbd", "qbwc"} else "qbo"
    return [first, *(name for name in _STEPS if name != first and name in one.steps)]


def _steps(render: Renderer, one: Problem) -> Iterator[str]:
    """What to do, for every edition where something else is to be done."""
    editions = _editions(one)
    for platform in editions:
        alone = platform == "qbo" and len(editions) == 1
        yield from _title("What to do" if alone else f"What to do: {_STEPS[platform]}", "-")
        yield from (f"#. {_escaped(step)}" for step in tell(render, one, {}, platform).steps)
        yield ""


def _fixes(one: Problem) -> Iterator[str]:
    known = buttons()
    does = tomllib.loads((_ASSETS / "buttons.toml").read_text(encoding="utf-8"))
    names = [name for name in one.fixes if name in known]
    if names:
        yield from _title("What the buttons of its alert do", "-")
        for name in names:
            yield f"* **{_escaped(known[name].short)}**: {_escaped(does[name])}"
        yield ""


def _recognised(one: Problem) -> Iterator[str]:
    if not one.matches:
        yield from _title("How it is found", "-")
        yield "By a check of the bot, not by the text of an error."
        yield ""
    else:
        yield from _title("How it is recognised", "-")
        yield from _codes_by_platform(one)
    if one.texts:
        yield from _title("Texts it knows, and what is like them", "-")
        yield ".. container:: said"
        yield ""
        yield from (f"   * {_escaped(text)}" for text in one.texts)
        yield ""


def _codes_by_platform(one: Problem) -> Iterator[str]:
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for row in one.matches:
        if row.code or row.http:
            code = _literal(row.code) if row.code else ""
            http = f"HTTP {row.http}" if row.http else ""
            found[row.platform][" with ".join(part for part in (code, http) if part)] = None
    for platform, codes in found.items():
        yield f"* {PLATFORMS[platform]}: {', '.join(codes)}"
    if not found:
        yield "By its words alone; it has no code."
    yield ""


def _section(heading: str, text: Text) -> Iterator[str]:
    if not text:
        return
    yield from _title(heading, "-")
    for block in text.blocks:
        if isinstance(block, Listing):
            mark = "#." if block.ordered else "*"
            yield from (f"{mark} {_spans(item)}" for item in block.items)
        else:
            yield _spans(block.spans)
        yield ""


def _spans(spans: Iterable[Span]) -> str:
    return _escaped("".join(span.text for span in spans))


def _title(words: str, line: str = "=") -> Iterator[str]:
    yield words
    yield line * (len(words) + 2)
    yield ""


def _contents(names: Sequence[str], caption: str = "") -> Iterator[str]:
    yield ""
    yield ".. toctree::"
    yield "   :maxdepth: 1"
    if caption:
        yield f"   :caption: {caption}"
    yield ""
    yield from (f"   {name}" for name in names)
    yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield ""
    for row in (head, *rows):
        yield from (f"   {'* -' if place == 0 else '  -'} {cell}" for place, cell in enumerate(row))
    yield ""


def _links(names: Iterable[str], told: Mapping[str, str]) -> str:
    """Links below one another, as a cell of a table."""
    return "\n       ".join(
        f"| {_link(name, told)}" for name in sorted(names, key=told.__getitem__)
    )


def _link(name: str, told: Mapping[str, str]) -> str:
    return f":ref:`{_escaped(told[name])} <problem-{name}>`"


def _literal(text: str) -> str:
    return f"``{text}``" if "`" not in text else _escaped(text)


def _escaped(text: str) -> str:
    """Text as reStructuredText that means nothing but itself."""
    return _PUNCTUATION.sub(r"\\\1", " ".join(text.split()))


def main(site: Path) -> int:
    """Write and build the site; returns the exit code."""
    sources = site.parent / f"{site.name}-sources"
    templates = ROOT / "templates"
    knowledge = Knowledge.load(templates)
    write(sources, knowledge, Renderer(templates))
    failed = build(sources, site)
    if not failed:
        sys.stdout.write(f"{len(knowledge.problems)} problems: open {site / 'index.html'}\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else TARGET))
