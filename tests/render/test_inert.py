"""No template output can make mentions, links or formatting out of data."""

import html
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.errors import ConfigError, TemplateFault
from bot.render import Renderer, clean, escape, shorten, to_html, to_plain, to_slack
from bot.render.marks import END, START

BODY = """+++
title = "{{ name|short(20) }} inactive{{ tail() }}"
push = "{{ company }}: {{ not_posted() }}; {{ name }} is inactive"
+++
{% macro called(who) %}**{{ who }}**{% endmacro %}
{% block what %}
**{{ name }}** is here, [see {{ name }}]({{ link }}).

- {{ name }}
{% endblock %}
{% block why %}{% set both = name ~ name %}{{ both }}{% endblock %}
{% block fix %}
1. {{ name }}
{% if name %}
2. {{ name|upper }}
{% endif %}
{% endblock %}
{% block prevent %}{% for one in [name] %}{{ one }} {% endfor %}{% endblock %}
"""
FACTS = {
    "name": "Jane Doe",
    "company": "Harbor Foods",
    "link": "https://qbo.intuit.com/app/customerdetail?nameId=58",
    "sales_count": 3,
    "sales_amount": "1240",
}
NASTY = "**x** [a](https://evil.example) <!channel> <@U1> 1. no\n- no\n\n2. no `_*~` &amp; \u202e"


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """One problem and one page."""
    folder = tmp_path_factory.mktemp("templates")
    for inner in ("problems", "web", "fixes"):
        (folder / inner).mkdir()
    (folder / "problems/one.md.j2").write_text(BODY)
    (folder / "web/page.html.j2").write_text("<title>{{ name }}</title><p>{{ name }}</p>")
    (folder / "fixes/links.md.j2").write_text("[open]({{ link }})")
    (folder / "fixes/broken.md.j2").write_text("{{ nothing }}")
    (folder / "fixes/long.md.j2").write_text("{% for n in range(99999) %}{{ n }}{% endfor %}")
    (folder / "fixes/whole.md.j2").write_text("{{ facts_table }}")
    (folder / "fixes/escape.md.j2").write_text("{{ ''.__class__.__mro__ }}")
    return Renderer(folder)


def texts(renderer: Renderer, facts: dict) -> list:
    """All parts of the one problem."""
    found = renderer.problem("one", facts)
    return [found.what, found.why, found.fix, found.prevent]


class Tags(HTMLParser):
    """Collects the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag."""
        self.tags.append(tag)


def shape(renderer: Renderer, facts: dict) -> str:
    """The structure of the Slack blocks without their words."""

    def bare(node: object) -> object:
        if isinstance(node, dict):
            return {key: bare(value) for key, value in node.items() if key not in ("text", "url")}
        return [bare(inner) for inner in node] if isinstance(node, list) else node

    return json.dumps([bare(to_slack(text)) for text in texts(renderer, facts)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.text(min_size=1, max_size=90).filter(lambda text: clean(text).strip()))
@example(name=NASTY)
@example(name=f"{START}Jane{END} **x**")
@example(name=END + "**x** [a](https://evil.example)")
def test_whatever_a_name_holds_the_structure_is_the_same(renderer: Renderer, name: str) -> None:
    """Lists, bold, links, tags: as with a plain name, for every target."""
    facts = {**FACTS, "name": name}

    assert shape(renderer, facts) == shape(renderer, FACTS)
    for text, plain in zip(texts(renderer, facts), texts(renderer, FACTS), strict=True):
        nasty_tags, plain_tags = Tags(), Tags()
        nasty_tags.feed(to_html(text))
        plain_tags.feed(to_html(plain))
        assert nasty_tags.tags == plain_tags.tags
        assert len(to_plain(text).splitlines()) == len(to_plain(plain).splitlines())
    found = renderer.problem("one", facts)
    assert "\n" not in found.title + found.push
    assert not set(START + END) & set(found.push + json.dumps(to_slack(found.what)))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://evil.example|x>",
        "https://a b",
        "",
        'https://x.example/"onclick="',
        "//evil.example",
    ],
)
def test_a_bad_address_leaves_only_its_words(renderer: Renderer, url: str) -> None:
    """A link needs a whole http(s) address; otherwise the label stays as words."""
    (block,) = to_slack(renderer.text("fixes/links", {"link": url}))

    assert block["elements"][0]["elements"] == [{"type": "text", "text": "open"}]


def test_a_link_from_a_fact_is_one_link(renderer: Renderer) -> None:
    """Label words and facts join into a single link."""
    (block,) = to_slack(renderer.problem("one", FACTS).what)
    links = [e for e in block["elements"][0]["elements"] if e["type"] == "link"]

    assert links == [{"type": "link", "url": FACTS["link"], "text": "see Jane Doe"}]


def test_a_page_escapes_its_facts(renderer: Renderer) -> None:
    """HTML pages show markup as words."""
    page = renderer.page("page", {"name": "<script>alert('x')</script>"})

    assert "<script>" not in page
    assert html.unescape(page).count("<script>") == 2


@pytest.mark.parametrize("template", ["broken", "long", "whole", "escape", "absent"])
def test_a_template_that_cannot_be_rendered_is_a_fault(renderer: Renderer, template: str) -> None:
    """A missing fact, endless output, a whole table, an escape from the sandbox, no file."""
    with pytest.raises(TemplateFault) as caught:
        renderer.text(f"fixes/{template}", {"facts_table": {"a": 1}})

    assert template in caught.value.message


def test_a_part_that_fails_is_replaced_by_plain_words(renderer: Renderer) -> None:
    """A broken template never hides an accounting error: money and company are still said."""
    facts = {key: value for key, value in FACTS.items() if key != "link"}
    with pytest.raises(TemplateFault):
        renderer.problem("one", facts)
    found = renderer.problem_or_plain("one", facts)

    assert "3 invoices, $1,240.00 not posted" in to_plain(found.what)
    assert to_plain(found.fix).startswith("1. Jane Doe")
    unknown = renderer.problem_or_plain("no_such_problem", {**facts, "code": "6999"})
    assert "Harbor Foods: 3 invoices, $1,240.00 not posted" in unknown.push
    assert "6999" in to_plain(unknown.why)


def test_a_template_with_wrong_syntax_stops_the_start(tmp_path: Path) -> None:
    """Templates are compiled once, at start."""
    (tmp_path / "fixes").mkdir()
    (tmp_path / "fixes/wrong.md.j2").write_text("{% if %}")

    with pytest.raises(TemplateFault, match="wrong"):
        Renderer(tmp_path)


def test_a_title_with_wrong_syntax_stops_the_start(tmp_path: Path) -> None:
    """The lines of the front matter are templates too."""
    (tmp_path / "problems").mkdir()
    (tmp_path / "problems/wrong.md.j2").write_text(BODY.replace("{{ name|short", "{{ name|shrt"))

    with pytest.raises(ConfigError, match="title"):
        Renderer(tmp_path)


@given(st.text(max_size=60), st.integers(min_value=1, max_value=40))
def test_shortened_text_fits_and_says_so(text: str, limit: int) -> None:
    """Never longer than asked; whole when it fits; an ellipsis when it was cut."""
    found = shorten(text, limit)

    assert len(found) <= limit
    assert found == text if len(text) <= limit else found.endswith("…")


def test_a_cut_never_splits_a_composed_character() -> None:
    """Families, flags and accents stay whole."""
    assert shorten("ab👩‍👩‍👧", 4) == "ab…"
    assert shorten("a🇺🇸b", 3) == "a…"
    assert shorten("abe\u0301f", 4) == "ab…"


def test_clean_removes_what_can_deceive() -> None:
    """Control characters, bidi overrides and our own marks go; spaces stay as they are."""
    assert clean("a\u202eb\u2066c\x00\x1b\ue000d") == "abcd"
    assert clean("Jane  Doe ") == "Jane  Doe "
    assert clean("a\r\nb\tc\u2028d") == "a b c d"
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"
