"""Makes docs/images from a demo that runs in this folder: `make demo`, then `make screenshots`.

Every picture shows what the running bot really posted. More troubles than the demo has are handed
in first (docs/more_trouble.py), as real ones are. A scene the bot has no message for is left out
with a line that says so, and its old picture stays. The script presses one fix to its end, as a
person would, so a fresh demo gives the fullest pictures.
"""

import json
import shutil
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, ViewportSize, sync_playwright
from playwright.sync_api import Error as PageError

from docs import more_trouble

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DESK: ViewportSize = {"width": 1280, "height": 900}
WALL: ViewportSize = {"width": 1280, "height": 3400}
TALL: ViewportSize = {"width": 1280, "height": 1480}
PHONE: ViewportSize = {"width": 390, "height": 844}
FAMILIES = ("duplicates", "mapping", "inactive", "characters", "connection")
FIX_SECONDS = 30.0
STEP_MS = 40

Json = dict[str, Any]


class LeftOut(Exception):
    """There is nothing to take a picture of."""


@dataclass(frozen=True)
class Studio:
    """The browser and the running demo."""

    browser: Browser
    told: Json

    def open(
        self, query: str, *, scheme: str = "light", phone: bool = False, size: ViewportSize = DESK
    ) -> Page:
        """The page as the operator sees it, at rest."""
        context = self.browser.new_context(
            viewport=PHONE if phone else size,
            device_scale_factor=2 if phone else 1 if size is WALL else 1.5,
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce",
            is_mobile=phone,
            has_touch=phone,
            locale="en-US",
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"{self.told['page_url']}?user={self.told['users']['operator']}&{query}")
        page.wait_for_selector("html[data-ready=true]")
        page.wait_for_timeout(400)
        _close_window(page)
        return page

    def alerts(self) -> list[Json]:
        """The bot's messages about problems, oldest first, with their metadata."""
        address = f"{self.told['control_urls']['slack']}/messages"
        with urllib.request.urlopen(address, timeout=10) as answer:
            rows = json.loads(answer.read())["messages"]
        known = {"incident_id", "storm_id"}
        return [row for row in rows if known & payload(row).keys() and not row.get("deleted")]

    def channel(self, channel_id: str) -> str:
        """The address part that opens a channel."""
        return f"channel={channel_id}"


def payload(message: Json) -> Json:
    """What the bot says about its message; never shown, read by programs."""
    found: Json = (message.get("metadata") or {}).get("event_payload") or {}
    return found


def article(page: Page, message: Json) -> Locator:
    """A message in the open channel."""
    found = page.locator(f'.conversation article[data-ts="{message["ts"]}"]')
    found.scroll_into_view_if_needed()
    return found


def fullest(alerts: list[Json]) -> str:
    """The channel with the most families, then the most alerts."""
    by_channel: dict[str, list[str]] = {}
    for alert in alerts:
        by_channel.setdefault(alert["channel"], []).append(payload(alert).get("family", ""))
    if not by_channel:
        raise LeftOut("the bot has posted no alert yet; wait for the demo to settle")
    return max(by_channel, key=lambda one: (len(set(by_channel[one])), len(by_channel[one])))


def save(page: Page, name: str) -> None:
    """The picture of the whole window."""
    page.mouse.move(0, 0)
    page.screenshot(path=IMAGES / f"{name}.png")


def open_alert(studio: Studio) -> Json:
    """An alert whose primary button shows a preview: one about a name if there is one."""
    alerts = studio.alerts()
    for alert in sorted(alerts, key=lambda one: payload(one).get("family") != "duplicates"):
        elements = [e for block in alert["blocks"] for e in block.get("elements", [])]
        has_fix = any(e["type"] == "button" and e.get("style") == "primary" for e in elements)
        about = payload(alert)
        if has_fix and about.get("state") == "open" and about.get("family") != "connection":
            return alert
    raise LeftOut("no open alert offers a fix; start a fresh demo")


def families(studio: Studio) -> None:
    """A channel whose alerts are of every family."""
    alerts = studio.alerts()
    channel = fullest(alerts)
    there = {payload(one).get("family") for one in alerts if one["channel"] == channel}
    missing = [family for family in FAMILIES if family not in there]
    if missing:
        raise LeftOut(f"no channel has an alert of {', '.join(missing)}")
    save(studio.open(studio.channel(channel), size=WALL), "families")


def one_alert(studio: Studio) -> None:
    """The alert alone, as the README shows it."""
    alert = open_alert(studio)
    page = studio.open(studio.channel(alert["channel"]))
    article(page, alert).evaluate("one => one.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(200)
    save(page, "alert")


def fix(studio: Studio) -> None:
    """Preview, working and green: one alert on its way."""
    alert = open_alert(studio)
    page = studio.open(studio.channel(alert["channel"]))
    message = article(page, alert)
    message.locator("button.btn-primary").first.click()
    modal = page.get_by_test_id("modal")
    modal.get_by_test_id("modal-submit").wait_for()
    page.wait_for_timeout(300)
    save(page, "preview")
    modal.get_by_test_id("modal-submit").click()
    followed(page, alert)


def followed(page: Page, alert: Json) -> None:
    """The same message from the press to its end."""
    seen_working = False
    deadline = time.monotonic() + FIX_SECONDS
    head = page.locator(f'.conversation article[data-ts="{alert["ts"]}"] .header-text').first
    while time.monotonic() < deadline:
        words = head.inner_text()
        if "WORKING" in words and not seen_working:
            seen_working = True
            _close_window(page)
            save(page, "working")
        if "FIXED" in words:
            _close_window(page)
            article(page, alert).evaluate("one => one.scrollIntoView({ block: 'center' })")
            page.wait_for_timeout(300)
            save(page, "green")
            break
        page.wait_for_timeout(STEP_MS)
    else:
        raise LeftOut(f"the fix was not green after {FIX_SECONDS:.0f} s: {head.inner_text()!r}")
    if not seen_working:
        raise LeftOut("working: it was green before a picture could be taken")


def _close_window(page: Page) -> None:
    """The window of a fix stays open to tell the end; the message tells it as well."""
    modal = page.get_by_test_id("modal")
    if modal.is_visible():
        page.get_by_test_id("modal-x").click()
        modal.wait_for(state="hidden")


def storm(studio: Studio) -> None:
    """One live table for many documents in a short time."""
    alert = next((one for one in studio.alerts() if "storm_id" in payload(one)), None)
    if alert is None:
        raise LeftOut("the bot has posted no storm table")
    page = studio.open(studio.channel(alert["channel"]))
    article(page, alert).evaluate("one => one.scrollIntoView({ block: 'center' })")
    save(page, "storm")


def home(studio: Studio) -> None:
    """The app's Home tab."""
    page = studio.open("view=home", size=TALL)
    view = page.get_by_test_id("home-view")
    try:
        view.locator(".block").first.wait_for(timeout=4_000)
        page.wait_for_timeout(1_500)
    except PageError:
        raise LeftOut("the bot draws no Home tab") from None
    save(page, "home")


def dark(studio: Studio) -> None:
    """The same channel in the dark."""
    alert = open_alert(studio)
    page = studio.open(studio.channel(alert["channel"]), scheme="dark")
    article(page, alert).evaluate("one => one.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(200)
    save(page, "dark")


def phone(studio: Studio) -> None:
    """An alert on a phone."""
    alert = open_alert(studio)
    page = studio.open(studio.channel(alert["channel"]), phone=True)
    article(page, alert).evaluate("one => one.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(200)
    save(page, "phone")


SCENES: tuple[tuple[str, Callable[[Studio], None]], ...] = (
    ("families", families),
    ("alert", one_alert),
    ("dark", dark),
    ("phone", phone),
    ("storm", storm),
    ("home", home),
    ("preview, working, green", fix),
)


def main() -> int:
    """Take the pictures; 1 when there is no demo or no browser."""
    ready = ROOT / ".demo" / "ready.json"
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if not ready.is_file() or browser_path is None:
        sys.stderr.write("Start `make demo` first, on a machine with Chromium.\n")
        return 1
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        told = json.loads(ready.read_text(encoding="utf-8"))
        more_trouble.make(told)
        studio = Studio(browser, told)
        for name, scene in SCENES:
            sys.stdout.write(f"{name}: {taken(scene, studio)}\n")
        browser.close()
    return 0


def taken(scene: Callable[[Studio], None], studio: Studio) -> str:
    """What became of a scene, in a few words."""
    try:
        scene(studio)
    except LeftOut as reason:
        return f"left out: {reason}"
    except (PageError, OSError) as error:
        return f"left out, the page did not get there: {str(error).splitlines()[0]}"
    return "taken"


if __name__ == "__main__":
    sys.exit(main())
