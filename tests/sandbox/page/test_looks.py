"""The page fits a phone, reads well in light and dark, and works by keyboard."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.sandbox.page import wireframes as w
from tests.sandbox.page.conftest import BLUE_RIDGE, DANA, HARBOR, Opener, Slack, Tab
from tests.waiting import wait_for

pytestmark = pytest.mark.browser

LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 2

# The contrast of every visible text with what is painted behind it (WCAG 2.2, 1.4.3).
CONTRAST = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const behind = (element) => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage !== 'none') return null;
      layers.push(rgba(style.backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const light = (rgb) => rgb.map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    const how = { opacityProperty: true, visibilityProperty: true };
    if (!text || !element.checkVisibility(how)) continue;
    if (element.closest('.sr-only, [aria-hidden=true], :disabled, #announcer')) continue;
    const back = behind(element);
    if (!back) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(over(rgba(style.color), back)), light(back)].sort((x, y) => y - x);
    const large = parseFloat(style.fontSize) >= 24
      || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return faint;
}
"""


def _fill(slack: Slack) -> str:
    """A channel with everything that is wide, long or coloured."""
    slack.act(DANA, "message", channel=HARBOR, text=f"{LONG} `{LONG}` https://example.com/{LONG}")
    slack.post("storm", blocks=w.storm())
    slack.post("x", blocks=[{"type": "header", "text": w.plain(LONG[:150])}, w.section(LONG)])
    slack.post("f", blocks=w.fixed())
    slack.post("unread elsewhere", channel=BLUE_RIDGE)
    slack.web.chat_postEphemeral(channel=HARBOR, user=DANA, text=f"private `{LONG}`")
    return slack.post(w.ALERT_TEXT, blocks=w.open_alert())


def _open_preview(slack: Slack, tab: Tab, ts: str) -> None:
    @slack.app.action("fix_reactivate")
    def preview(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=w.preview_modal())

    slack.connect()
    tab.message(ts).locator("button[data-action-id=fix_reactivate]").click()
    tab.find("[data-testid=modal]").wait_for()


@pytest.mark.parametrize(
    "width", [320, 768, *(pytest.param(w, marks=pytest.mark.long) for w in (360, 480, 1280))]
)
def test_nothing_makes_the_page_scroll_sideways(slack: Slack, open_tab: Opener, width: int) -> None:
    """Long words, tables and modals fit every width from 320 pixels on."""
    ts = _fill(slack)
    tab = open_tab(width=width, height=740)
    expect(tab.message(ts)).to_be_visible()

    timeline = "document.querySelector('.conversation .timeline')"
    assert tab.overflow() <= 0
    assert tab.page.evaluate(f"{timeline}.scrollWidth - {timeline}.clientWidth") <= 0
    _open_preview(slack, tab, ts)
    assert tab.overflow() <= 0
    box = tab.find("[data-testid=modal-submit]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_on_a_phone_the_sidebar_is_a_drawer(slack: Slack, open_tab: Opener) -> None:
    """Hidden until asked for, gone after a choice; a modal fills the screen."""
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab(width=390, height=780, has_touch=True, is_mobile=True, reduced_motion="reduce")
    sidebar = tab.find(".sidebar")
    expect(sidebar).to_be_hidden()

    tab.find("[data-testid=menu]").tap()
    expect(sidebar).to_be_visible()
    tab.goto("general")
    expect(sidebar).to_be_hidden()
    tab.find("[data-testid=menu]").tap()
    tab.goto("books-harbor-foods")
    _open_preview(slack, tab, ts)

    whole = {"x": 0, "y": 0, "width": 390, "height": 780}
    modal = tab.find("[data-testid=modal]")
    # It slides in: what counts is where it comes to rest.
    assert wait_for("a modal over the whole screen", lambda: modal.bounding_box() == whole)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(slack: Slack, open_tab: Opener, scheme: str) -> None:
    """Channel, thread, completion and modal meet WCAG AA in both colour schemes."""
    ts = _fill(slack)
    slack.post("a reply", thread_ts=ts)
    tab = open_tab(color_scheme=scheme, reduced_motion="reduce")
    tab.message(ts).locator("[data-testid=thread-link]").click()
    tab.find("[data-testid=composer]").fill("/q")
    expect(tab.find("[data-command]").first).to_be_visible()

    assert tab.page.evaluate(CONTRAST) == []
    tab.find("[data-testid=composer]").fill("")
    tab.find("[data-testid=thread-close]").click()
    tab.message(ts).locator("button[data-action-id=take]").click()
    expect(tab.message(ts).locator(".press-failure")).to_be_visible()
    _open_preview(slack, tab, ts)
    tab.find("[data-testid=modal-submit]").click()
    expect(tab.find("[data-testid=field-error]").first).to_be_visible()
    assert tab.page.evaluate(CONTRAST) == []


def test_the_colours_can_be_chosen(slack: Slack, open_tab: Opener) -> None:
    """The switch goes from the system's choice to light to dark and is remembered."""
    tab = open_tab(color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    before = tab.page.evaluate(background)

    tab.find("[data-testid=theme]").click()
    assert tab.page.evaluate(background) == before
    tab.find("[data-testid=theme]").click()
    expect(tab.find("html")).to_have_attribute("data-theme", "dark")
    dark = tab.page.evaluate(background)
    tab.page.reload()

    assert dark != before
    assert tab.page.evaluate(background) == dark


def test_everything_is_reachable_by_keyboard(slack: Slack, open_tab: Opener) -> None:
    """Tab reaches the channel list, the buttons of a message and the person switch, with a ring."""
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    expect(tab.message(ts)).to_be_visible()
    tab.page.evaluate("document.activeElement.blur()")
    reached: set[str] = set()

    for _ in range(40):
        tab.page.keyboard.press("Tab")
        look = (
            "(() => { const e = document.activeElement; const d = e.dataset;"
            " const ring = getComputedStyle(e).outlineStyle !== 'none'"
            " || e.matches('body, .composer-input');"
            " return [d.testid || d.actionId || d.channel || '', ring]; })()"
        )
        name, ring = tab.page.evaluate(look)
        assert ring, name
        reached.add(name)

    wanted = {"books-harbor-foods", "home", "person", "fix_reactivate", "more", "composer", "theme"}
    assert wanted <= reached


def test_a_modal_keeps_the_focus_inside(slack: Slack, open_tab: Opener) -> None:
    """Tabbing through a modal never lands on the page behind it."""
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    _open_preview(slack, tab, ts)

    for _ in range(15):
        tab.page.keyboard.press("Tab")
        inside = (
            "document.activeElement === document.body"
            " || Boolean(document.activeElement.closest('[data-testid=modal]'))"
        )
        assert tab.page.evaluate(inside)
    modal = tab.find("[data-testid=modal]")
    expect(modal).to_have_accessible_name("Reactivate and post")


def test_new_messages_are_announced(slack: Slack, open_tab: Opener) -> None:
    """A screen reader hears the sentence of a new message, and what is private as such."""
    tab = open_tab()

    slack.post("Harbor Foods: *14 invoices* not posted")
    slack.web.chat_postEphemeral(channel=HARBOR, user=DANA, text="Only an approver can do this")

    heard = tab.find("#announcer")
    expect(heard).to_contain_text("QuickBooks Sync: Harbor Foods: 14 invoices not posted")
    expect(heard).to_contain_text("Only visible to you: Only an approver can do this")
    expect(heard).to_have_attribute("aria-live", "polite")


def test_controls_have_names(slack: Slack, open_tab: Opener) -> None:
    """No button, link or field without a name for a screen reader."""
    _fill(slack)
    tab = open_tab()
    expect(tab.find(".conversation article").first).to_be_visible()

    nameless = tab.page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], input, textarea, select')]
        .filter((one) => one.checkVisibility() && !one.closest('[aria-hidden=true]'))
        .filter((one) => !one.getAttribute('aria-label') && !one.textContent.trim())
        .filter((one) => !one.labels?.length)
        .map((one) => one.outerHTML.slice(0, 120))"""
    )

    assert nameless == []


def test_reduced_motion_is_respected(slack: Slack, open_tab: Opener) -> None:
    """With reduced motion nothing slides."""
    tab = open_tab(reduced_motion="reduce", width=390)

    duration = tab.find(".sidebar").evaluate("one => getComputedStyle(one).transitionDuration")

    assert all(float(part.strip().removesuffix("s")) < 0.01 for part in duration.split(","))
