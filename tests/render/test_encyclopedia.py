"""The error encyclopedia: every problem and every code has its place, and no link leads nowhere."""

import html
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from bot.domain import Family
from bot.knowledge import Knowledge, Problem
from docs.make_encyclopedia import ROOT, build, main, titles, write
from tests.sandbox.page.chromium import chromium_or_skip
from tests.words import knowledge, renderer

# Enough for every list and every kind of page; all of them take Sphinx ten seconds.
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
    """The whole site, as `make encyclopedia` builds it: who is found first depends on all pages."""
    folder = tmp_path_factory.mktemp("site") / "site"
    assert main(folder) == 0
    return folder


def test_every_problem_has_a_page_with_its_words(sources: Path) -> None:
    """What, why, steps, prevention, and how it is recognised or found."""
    for name in knowledge().ours:
        page = (sources / f"problems/{name}.rst").read_text(encoding="utf-8")
        for heading in ("What it means", "Why it happened", "How to prevent it"):
            assert f"\n{heading}\n--" in page, name
        assert re.search(r"\nWhat to do(: QuickBooks \w+)?\n--", page), name
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


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A page as narrow as a phone."""
    page = browser.new_page(viewport={"width": 360, "height": 800})
    yield page
    page.close()


def hits(page: Page, site: Path, query: str) -> list[str]:
    """The problems a search finds, the first one first, as a person sees them."""
    page.goto(f"{(site / 'search.html').as_uri()}?q={quote(query)}")
    page.wait_for_selector("#search-results ol", state="attached")
    links = page.locator("#search-results li a").evaluate_all("all => all.map(a => a.href)")
    return [Path(link).stem for link in links]


@pytest.mark.browser
def test_the_search_puts_the_page_first_that_has_the_words(site: Path, phone: Page) -> None:
    """In its title or in a text it recognises, large or small, in quotes, or with names around."""
    asked = {
        "Item not found": "item_not_found",
        "name already in use": "duplicate_name",
        "Income Account could not be found": "no_income_account",
        "String length specified does not match": "too_long",
        "QueryProcessingError": "query_syntax",
        '"The Name Supplied Already Exists"': "duplicate_name",
        "THE NAME SUPPLIED ALREADY EXISTS": "duplicate_name",
        "le nom fourni existe deja": "duplicate_name",
        "Customer Łukasz & Sons: Error 6240 The name supplied already exists": "duplicate_name",
        "closed books": "closed_period",
    }
    assert {query: hits(phone, site, query)[0] for query in asked} == asked


@pytest.mark.browser
def test_the_search_finds_codes_as_tools_write_them(site: Path, phone: Page) -> None:
    """With noughts, a sign, a word before them, in pairs; a code alone finds its pages alone."""
    asked = {
        "6140": ["duplicate_document_number"],
        "Error6240": ["duplicate_name"],
        "003200": ["connection_lost", "desktop_changed_meanwhile"],
        "errorCode=003200": ["connection_lost", "desktop_changed_meanwhile"],
        "-2000": ["software_fault", "desktop_old_sign_on"],
        "0x80040400": ["desktop_request_unreadable"],
        "0X80040400": ["desktop_request_unreadable"],
        "-2147220480": ["desktop_request_unreadable"],
        "H202": ["desktop_file_not_opened"],
        "-6000, -83": ["desktop_file_not_opened"],
        "error (-6000,-83)": ["desktop_file_not_opened"],
        "QBWC1085": ["connector_log"],
        "qbwc1085": ["connector_log"],
        "invalid_grant": ["connection_lost", "app_credentials"],
    }
    assert {query: hits(phone, site, query) for query in asked} == asked
    assert hits(phone, site, "code=610")[0] == "missing_record"


@pytest.mark.browser
def test_umlauts_are_found_however_they_are_typed(tmp_path: Path, phone: Page) -> None:
    """With dots, without them, and with an e in their place."""
    few = {name: knowledge().ours[name] for name in ("unknown", "network", "too_long")}
    few["network"] = replace(few["network"], texts=("Ungültige Währung in der Straße",))
    write(tmp_path / "sources", Knowledge(few), renderer())
    assert build(tmp_path / "sources", tmp_path / "site") == 0

    for query in ("Währung", "WÄHRUNG", "waehrung", "wahrung", "ungültige währung", "strasse"):
        assert hits(phone, tmp_path / "site", query)[:1] == ["network"], query


@pytest.mark.browser
def test_nothing_found_says_so_and_what_to_try(site: Path, phone: Page) -> None:
    """What is typed is text and no markup; the page that helps with any error is one press away."""
    for query in ("99999", "zzqqx <b id=x>", "__proto__", "'"):
        assert hits(phone, site, query) == []
        assert f"Nothing found for “{query}”." in phone.inner_text("#search-results")
    assert "/qb-explain" in phone.inner_text("#search-advice")
    assert phone.locator("#x").count() == 0
    phone.click("#search-advice a")
    assert phone.inner_text("h1") == "Unknown error: what to do"


@pytest.mark.browser
def test_no_word_stays_marked_after_a_search(site: Path, phone: Page) -> None:
    """Neither on the page that was found nor on one opened by its address."""
    hits(phone, site, "items not found")
    phone.click("#search-results li a")
    phone.wait_for_timeout(100)
    assert phone.locator(".highlighted").count() == 0
    phone.goto((site / "index.html").as_uri())
    phone.wait_for_timeout(100)
    assert phone.locator(".highlighted").count() == 0


@pytest.mark.browser
def test_on_a_phone_the_search_is_at_the_top_and_nothing_overflows(site: Path, phone: Page) -> None:
    """Then the page, then the lists; `/` and the third tab lead into the search."""
    # What has no place to break is what overflows.
    longest = sorted((site / "problems").glob("*.html"), key=_longest_word)[-10:]
    for path in (*site.glob("*.html"), *longest):
        phone.goto(path.as_uri())
        assert phone.evaluate("document.documentElement.scrollWidth") == 360, path.name
    phone.goto((site / "problems/closed_period.html").as_uri())
    places = [
        phone.evaluate(f"document.querySelector('{one}').getBoundingClientRect().top")
        for one in ("input[name=q]", "h1", "nav.lists")
    ]
    assert places == sorted(places)
    assert places[1] < 160
    for _ in range(3):
        phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.name") == "q"
    phone.evaluate("document.activeElement.blur()")
    phone.keyboard.press("/")
    phone.keyboard.type("6210")
    phone.keyboard.press("Enter")
    phone.click("#search-results li a[href*=closed_period]")
    assert phone.inner_text("h1") == "A document is dated in closed books"


def _longest_word(page: Path) -> int:
    return max(map(len, re.sub(r"<[^>]*>", " ", page.read_text(encoding="utf-8")).split()))


@pytest.mark.browser
def test_text_is_readable_by_day_and_by_night(site: Path, browser: Browser) -> None:
    """The page follows the device: dark text on light, or light text on dark."""
    for scheme, dark in (("light", False), ("dark", True)):
        page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto((site / "index.html").as_uri())
        style = "getComputedStyle(document.body)"
        colours = page.evaluate(f"[{style}.backgroundColor, {style}.color]")
        back, text = (sum(map(int, re.findall(r"\d+", one)[:3])) for one in colours)
        assert (back < text) is dark
        assert abs(back - text) > 400
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
                    rf"``{re.escape(row.code)}``\n(?: +[-|] .*\n)*? +[-|] .*<problem-{name}>", codes
                ), row.code  # fmt: skip


def test_every_link_has_a_page_and_every_page_a_link(sources: Path) -> None:
    """References, and the contents of the lists."""
    pages = {
        path.relative_to(sources).with_suffix("").as_posix() for path in sources.rglob("*.rst")
    }
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources.rglob("*.rst"))
    linked = set(re.findall(r"<problem-(\w+)>", text))
    lists = r"^   ((?:problems/|family-|codes|platforms|unknown-error)\S*)$"
    listed = set(re.findall(lists, text, re.MULTILINE))

    assert linked <= set(knowledge().ours)
    assert listed == pages - {"index"}
    assert {f"family-{family}" for family in Family} <= pages


def test_every_link_of_the_site_leads_somewhere(site: Path) -> None:
    """Each page and each place within one; and nothing is asked of another machine."""
    pages = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    ids = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    for path, text in pages.items():
        for link in re.findall(r'(?:href|src|action)="([^"]*)"', text):
            name, _, place = html.unescape(link).partition("#")
            target = (path.parent / name.partition("?")[0]).resolve() if name else path
            assert target.is_file(), (path.name, link)
            assert not place or place in ids[target], (path.name, link)
    assert len(pages) > len(knowledge().ours)


def test_every_button_is_explained(sources: Path) -> None:
    """Each fix that a problem offers says what it does; steps of Online and Desktop are apart."""
    said = tomllib.loads((ROOT / "docs/encyclopedia/buttons.toml").read_text(encoding="utf-8"))
    offered = {fix for one in knowledge().ours.values() for fix in one.fixes}
    assert set(said) == offered
    page = (sources / "problems/item_not_found.rst").read_text(encoding="utf-8")
    parts = re.split(r"\n([^\n]+)\n-{3,}\n", page)
    steps = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert "Item List" in steps["What to do: QuickBooks Desktop"]
    assert "Item List" not in steps["What to do: QuickBooks Online"]
    assert "Nothing is posted twice" in steps["What the buttons of its alert do"]
    assert "<problem-missing_record>" in steps["Problems near it"]


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


def test_two_builds_are_the_same_bytes(tmp_path: Path) -> None:
    """Also over an earlier build, whose pages of problems that are gone do not stay."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, names in ((one, FEW), (two, [*FEW, "throttled"]), (two, FEW)):
        write(folder / "sources", Knowledge(_only(names)), renderer())
        assert build(folder / "sources", folder / "site") == 0

    made = [
        {
            path.relative_to(folder): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        for folder in (one / "site", two / "site")
    ]
    assert made[0] == made[1]


def _only(names: Iterable[str]) -> dict[str, Problem]:
    return {name: knowledge().ours[name] for name in names}
