"""Every block, on every width and in both colours: readable, reachable, inside the screen."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.sandbox.page import gallery as g
from tests.sandbox.page import wireframes as w
from tests.sandbox.page.accessible import FAULTS, STICKING_OUT
from tests.sandbox.page.conftest import DANA, HARBOR, Opener, Slack, Tab
from tests.sandbox.page.test_looks import CONTRAST
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.long]

TALL = 7_000
SCREENS = pytest.mark.parametrize(
    ("width", "scheme"), [(360, "dark"), (768, "light"), (1440, "dark")]
)


def _post_all(slack: Slack) -> dict[str, str]:
    """Every message of the gallery, and what else a channel holds."""
    stamps = {name: slack.post(name, blocks=blocks) for name, blocks in g.message_sets().items()}
    slack.act(DANA, "file", channel=HARBOR, name="orders.csv", content="id,name\n1,Jane Doe\n")
    stamps["storm"] = slack.post("storm", blocks=w.storm())
    stamps["alert"] = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    slack.post("a reply", thread_ts=stamps["alert"])
    return stamps


def _clean(tab: Tab) -> None:
    """Nothing faint, nameless, too small or outside of the screen."""
    assert tab.page.evaluate(FAULTS) == []
    assert tab.page.evaluate(CONTRAST) == []
    assert tab.page.evaluate(STICKING_OUT) == []
    assert tab.overflow() <= 0


@SCREENS
def test_every_message_block_is_readable(
    slack: Slack, open_tab: Opener, width: int, scheme: str
) -> None:
    """All blocks of a message meet the rules on a phone, a tablet and a desk, light and dark."""
    stamps = _post_all(slack)
    tab = open_tab(width=width, height=TALL, color_scheme=scheme, reduced_motion="reduce")
    for stamp in stamps.values():
        expect(tab.message(stamp)).to_be_visible()
    expect(tab.find(".snippet")).to_be_visible()
    assert tab.find(".conversation .unknown").count() == 0

    _clean(tab)


@SCREENS
def test_every_input_is_readable(slack: Slack, open_tab: Opener, width: int, scheme: str) -> None:
    """A modal with every input and alert, and with an open list, meets the rules."""
    _serve(slack)
    ts = slack.post("x", blocks=[w.actions(w.button("Start…", "start"))])
    tab = open_tab(width=width, height=900, color_scheme=scheme, reduced_motion="reduce")

    tab.message(ts).locator("button[data-action-id=start]").click()
    expect(tab.find("[data-testid=modal]")).to_contain_text("Every input")
    _clean(tab)
    tab.find("[data-testid=modal] [data-action-id=accounts]").click()
    expect(tab.find("[data-testid=option]").first).to_be_visible()
    _clean(tab)


@SCREENS
def test_home_and_about_are_readable(
    slack: Slack, open_tab: Opener, width: int, scheme: str
) -> None:
    """The Home tab with chart, table and folded box, and the About tab, meet the rules."""
    _serve(slack)
    tab = open_tab(
        path=f"?user={DANA}&view=home",
        width=width,
        height=1_600,
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    expect(tab.find("[data-testid=home-view]")).to_contain_text("Two things need somebody")
    expect(tab.find("[data-testid=home-view] svg[role=img]")).to_be_visible()
    _clean(tab)
    tab.find("[data-testid=tab-about]").click()

    about = tab.find("[data-testid=about-view]")
    expect(about).to_contain_text("/qb-status")
    expect(about).to_contain_text("Explain this")
    _clean(tab)


def _serve(slack: Slack) -> None:
    @slack.app.action("start")
    def start(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=g.modal())

    @slack.app.event("app_home_opened")
    def home(event: Any, client: Any) -> None:
        client.views_publish(user_id=event["user"], view=g.home())

    slack.connect()


def test_a_chart_is_drawn_and_can_be_read(slack: Slack, open_tab: Opener) -> None:
    """Bars, lines, areas and rings are shapes, and their figures are words and a table."""
    kinds = ("bar", "line", "area", "pie")
    stamps = {kind: slack.post(kind, blocks=[g.chart(kind, f"A {kind}")]) for kind in kinds}
    tab = open_tab()
    shapes = {"bar": "rect", "line": "path.chart-line", "area": "path.chart-area", "pie": "path"}
    counts = {"bar": 18, "line": 3, "area": 3, "pie": 4}
    words = {"bar": "not posted: Jun 42, Jul 35", "pie": "duplicates 14, mapping 9"}

    for kind in kinds:
        image = tab.message(stamps[kind]).locator("svg[role=img]")
        expect(image.locator(shapes[kind])).to_have_count(counts[kind])
        expect(image).to_have_attribute("aria-label", _contains(words.get(kind, "Jun 42")))
        tab.message(stamps[kind]).get_by_text("Figures", exact=True).click()
        table = tab.message(stamps[kind]).locator(".chart-figures table")
        expect(table).to_contain_text("14" if kind == "pie" else "51")


def _contains(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))


def test_a_chart_of_extremes_stays_in_its_frame(slack: Slack, open_tab: Opener) -> None:
    """Losses, nothing but zeros, one point and twelve long series are drawn without a fault."""
    months = [f"{n:02d} {'month' * 3}"[:20] for n in range(20)]
    many = [
        {
            "name": f"series {n}",
            "data": [{"label": m, "value": (n - 6) * 12_345.5 * k} for k, m in enumerate(months)],
        }
        for n in range(12)
    ]
    zero = [{"name": "none", "data": [{"label": "a", "value": 0}]}]
    specs = [
        {"type": "bar", "series": many, "axis_config": {"categories": months}},
        {"type": "line", "series": zero, "axis_config": {"categories": ["a"]}},
        {"type": "pie", "segments": [{"label": "all", "value": 1}]},
    ]
    tab = open_tab(width=360)
    for spec in specs:
        block = {"type": "data_visualization", "title": "Extreme", "chart": spec}
        ts = slack.post("x", blocks=[block])
        expect(tab.message(ts).locator("svg[role=img]")).to_be_visible()
        _settled(tab.message(ts))
    assert tab.overflow() <= 0


def _settled(message: Locator) -> None:
    """A chart is drawn anew when it knows its room, a moment after it came."""
    wait_for("a chart inside its frame", lambda: _outside(message) == [])


def _outside(message: Locator) -> list[str]:
    found: list[str] = message.locator("svg[role=img]").evaluate(
        """(svg) => { const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('rect, circle, path')].filter((one) => {
          const own = one.getBoundingClientRect();
          return own.left < box.left - 1 || own.right > box.right + 1
            || own.top < box.top - 1 || own.bottom > box.bottom + 1
            || own.width === 0 && own.height === 0;
        }).map((one) => one.outerHTML); }"""
    )
    return found


def test_a_data_table_is_sorted_and_turned(slack: Slack, open_tab: Opener) -> None:
    """A press on a column's head sorts up, then down, then as the app had it; pages turn."""
    ts = slack.post("x", blocks=[g.data_table(12)])
    tab = open_tab()
    table = tab.message(ts).locator(".data-table")
    first = table.locator("tbody tr").first
    expect(first).to_contain_text("INV-1040")

    table.get_by_role("button", name="Total").click()
    expect(first).to_contain_text("20.5")
    table.get_by_role("button", name="Total").click()
    expect(first).to_contain_text("1,120.5")
    expect(table.locator("th[aria-sort=descending]")).to_have_text("Total")
    table.get_by_role("button", name="Total").click()
    expect(first).to_contain_text("INV-1040")
    table.get_by_role("button", name="Next rows").click()
    expect(first).to_contain_text("INV-1045")
    expect(table).to_contain_text("6–10 of 12")


def test_a_folded_box_stays_as_it_was_left(slack: Slack, open_tab: Opener) -> None:
    """A collapsible container opens by key, and an update of its message keeps it open."""
    ts = slack.post("x", blocks=[{**g.container(collapsed=True), "block_id": "box"}])
    tab = open_tab()
    inside = tab.message(ts).get_by_text("Duplicate Name Exists Error")
    expect(inside).to_be_hidden()

    tab.message(ts).locator("summary").focus()
    tab.page.keyboard.press("Enter")
    expect(inside).to_be_visible()
    blocks = [{**g.container(collapsed=True), "block_id": "box"}, w.context("read again")]
    slack.web.chat_update(channel=HARBOR, ts=ts, text="x", blocks=blocks)

    expect(tab.message(ts)).to_contain_text("read again")
    expect(inside).to_be_visible()
