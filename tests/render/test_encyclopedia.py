"""The error encyclopedia: every problem and every code has its place, and no link leads nowhere."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.domain import Family
from bot.knowledge import Knowledge
from docs.make_encyclopedia import build, main, titles, write
from tests.sandbox.page.chromium import chromium_or_skip
from tests.words import knowledge, renderer

# Enough for every list and every kind of page; all of them take Sphinx half a minute.
FEW = (
    "unknown", "too_long", "connection_lost", "day_differs", "same_party", "duplicate_name",
    "closed_period", "item_not_mapped", "network", "tax_currency",
    "desktop_file_not_opened",
)  # fmt: skip


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of all problems, before Sphinx."""
    folder = tmp_path_factory.mktemp("encyclopedia") / "sources"
    write(folder, knowledge(), renderer())
    return folder


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site of a few problems; Sphinx calls a link that leads nowhere an error."""
    folder = tmp_path_factory.mktemp("site")
    few = Knowledge({name: knowledge().ours[name] for name in FEW})
    write(folder / "sources", few, renderer())
    assert build(folder / "sources", folder / "site") == 0
    return folder / "site"


def test_every_problem_has_a_page_with_its_words(sources: Path) -> None:
    """What, why, steps, prevention, and how it is recognised or found."""
    for name in knowledge().ours:
        page = (sources / f"problems/{name}.rst").read_text(encoding="utf-8")
        for heading in ("What it means", "Why it happened", "What to do", "How to prevent it"):
            assert f"\n{heading}\n--" in page, name
        assert "How it is recognised" in page or "How it is found" in page, name
        assert "\n#. " in page, name
        assert "{{" not in page
        assert "{%" not in page


def test_no_two_pages_are_called_the_same(sources: Path) -> None:
    """A search shows titles alone; and a page has no word of the program but its file's name."""
    called = titles(renderer(), knowledge().ours)
    assert len(set(called.values())) == len(called)
    page = (sources / "problems/closed_period.rst").read_text(encoding="utf-8")
    for word in (":Kind:", ":Name:", ":Family:", "validation"):
        assert word not in page
    assert "named ``closed_period.md.j2``" in page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium."""
    with sync_playwright() as playwright:
        path = chromium_or_skip()
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.browser
def test_on_a_phone_the_page_comes_first_and_the_search_finds(site: Path, browser: Browser) -> None:
    """Its title before any list; the button of the search leads to what it finds, from the disk."""
    page = browser.new_page(viewport={"width": 420, "height": 900})
    page.goto((site / "problems/closed_period.html").as_uri())
    title, lists = "h1:not(.logo)", "div.sphinxsidebar"
    places = [
        page.evaluate(f"document.querySelector('{one}').getBoundingClientRect().top")
        for one in (title, lists)
    ]
    assert places[0] < 100
    assert places[1] > places[0]
    assert page.evaluate("document.documentElement.scrollWidth") == 420
    assert "Quick search" not in page.content()
    page.fill("input[name=q]", "6210")
    page.click("input[value=Search]")
    page.wait_for_selector("ul.search li a[href*=closed_period]")
    page.close()


def test_every_code_has_its_place(sources: Path) -> None:
    """On the list of codes, under its platform, with its problem; and on the problem's page."""
    codes = (sources / "codes.rst").read_text(encoding="utf-8")
    for name, one in knowledge().ours.items():
        page = (sources / f"problems/{name}.rst").read_text(encoding="utf-8")
        for row in one.matches:
            if row.code:
                assert f"``{row.code}``" in page
                assert re.search(
                    rf"``{re.escape(row.code)}``\n.*<problem-{name}>", codes
                ), row.code  # fmt: skip


def test_every_link_has_a_page_and_every_page_a_link(sources: Path) -> None:
    """References, and the contents of the lists."""
    pages = {
        path.relative_to(sources).with_suffix("").as_posix() for path in sources.rglob("*.rst")
    }
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources.rglob("*.rst"))
    linked = set(re.findall(r"<problem-(\w+)>", text))
    listed = set(re.findall(r"^   ((?:problems/|family-|codes|platforms)\S*)$", text, re.MULTILINE))

    assert linked <= set(knowledge().ours)
    assert listed == pages - {"index"}
    assert {f"family-{family}" for family in Family} <= pages


def test_the_site_is_built_and_searchable(site: Path) -> None:
    """A code and a word lead to their page by the index that the browser searches."""
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    names = found["docnames"]

    def pages(word: str) -> set[str]:
        # A word of a page's title stands there alone, not among the words of its text.
        hits = [found[where].get(word, []) for where in ("terms", "titleterms")]
        entries = found["indexentries"].get(word, [])
        return {
            names[hit] for some in hits for hit in (some if isinstance(some, list) else [some])
        } | {names[entry[0]] for entry in entries}

    for name in ("too_long", "closed_period", "duplicate_name"):
        code = next(row.code for row in knowledge().ours[name].matches if row.code.isdigit())
        assert f"problems/{name}" in pages(code), (name, code)
    assert "problems/closed_period" in pages("book")
    assert pages("-6000, -83") == {"problems/desktop_file_not_opened"}
    # A code with a letter is a word: as an entry too, its page would be listed twice.
    assert not [entry for entry in found["indexentries"] if any(map(str.isalpha, entry))]
    assert "problems/desktop_file_not_opened" in pages("h202")
    page = (site / "problems/too_long.html").read_text(encoding="utf-8")
    assert "<script src=" in page
    assert "http://" not in re.sub(r'href="http://www.w3.org[^"]*"', "", page)


def test_what_a_file_holds_is_never_markup(tmp_path: Path) -> None:
    """Directives, roles and links in a text of an error are words on its page."""
    nasty = (
        ".. raw:: html",
        ":ref:`x`",
        "`a <javascript:alert(1)>`_",
        "*b* |c| <script>alert(1)",
        "\\x",
    )
    few = {name: knowledge().ours[name] for name in ("unknown", "network")}
    few["network"] = replace(few["network"], texts=nasty)
    write(tmp_path / "sources", Knowledge(few), renderer())

    assert build(tmp_path / "sources", tmp_path / "site") == 0
    page = (tmp_path / "site/problems/network.html").read_text(encoding="utf-8")
    assert ".. raw:: html" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


@pytest.mark.long
def test_the_whole_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """All problems at once, as `make encyclopedia` does."""
    assert main(tmp_path / "site") == 0
    assert len(list((tmp_path / "site/problems").glob("*.html"))) == len(knowledge().ours)
