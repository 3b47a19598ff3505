"""Worlds for the scenarios."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.sandbox.page.chromium import chromium_or_skip
from tests.scenarios.world import CompanyInWorld, World

WAIT_MS = 20_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Both simulators and a running bot; ended after the test whatever happens."""
    made = World.open(tmp_path)
    try:
        made.start_bot()
        yield made
    finally:
        made.close()


@pytest.fixture
def harbor(world: World) -> CompanyInWorld:
    """A connected company with a shop and its channel."""
    return world.new_company("Harbor Foods", "books-harbor-foods")


@pytest.fixture
def blue_ridge(world: World) -> CompanyInWorld:
    """A second connected company."""
    return world.new_company("Blue Ridge Supply", "books-blue-ridge")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for the module."""
    path = chromium_or_skip()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, world: World, harbor: CompanyInWorld) -> Iterator[Page]:
    """Dana's tab on the company's channel; any error on the page fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    tab = context.new_page()
    tab.set_default_timeout(WAIT_MS)
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    user = world.slack["users"]["operator"]
    tab.goto(f"{world.slack['page_url']}?user={user}&channel=books-harbor-foods")
    tab.wait_for_selector("html[data-ready=true]")
    yield tab
    context.close()
    assert errors == []
