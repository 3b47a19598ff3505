"""Makes docs/images from a demo that runs in this folder: `make demo`, then `make screenshots`."""

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SIZE = {"width": 1180, "height": 930}


def main() -> int:
    """Take the pictures; 1 when there is no demo or no browser."""
    ready = ROOT / ".demo" / "ready.json"
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if not ready.is_file() or browser_path is None:
        sys.stderr.write("Start `make demo` first, on a machine with Chromium.\n")
        return 1
    told = json.loads(ready.read_text(encoding="utf-8"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport=SIZE, device_scale_factor=1.5)
        page.goto(told["page_url"])
        page.get_by_text("books-harbor-foods").first.click()
        page.get_by_text("OPEN · Seaview Hotel inactive").first.wait_for()
        page.get_by_text("OPEN · Seaview Hotel inactive").first.scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        page.screenshot(path=IMAGES / "alert.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
