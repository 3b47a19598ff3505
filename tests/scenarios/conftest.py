"""Worlds for the scenarios."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.sandbox.page.chromium import chromium_or_skip
from tests.scenarios.world import CompanyInWorld, World

WAIT_MS = 20_000


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both simulators for the module; ended whatever happens."""
    made = World.open(tmp_path_factory.mktemp("world"))
    yield made
    made.close()


@pytest.fixture
def world(shared: World) -> World:
    """Both simulators and a running bot: the one of the test before unless that was killed."""
    if shared.bot is None or shared.bot.poll() is not None:
        shared.start_bot()
    return shared


@pytest.fixture
def harbor(world: World) -> Iterator[CompanyInWorld]:
    """A connected company with a shop and its channel, new for each test."""
    made = world.another_company("Harbor Foods", "books-harbor-foods")
    yield made
    world.leave(made)


@pytest.fixture
def blue_ridge(world: World) -> Iterator[CompanyInWorld]:
    """A second connected company."""
    made = world.another_company("Blue Ridge Supply", "books-blue-ridge")
    yield made
    world.leave(made)


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
    tab.goto(f"{world.slack['page_url']}?user={user}&channel={harbor.channel_name}")
    tab.wait_for_selector("html[data-ready=true]")
    yield tab
    context.close()
    assert errors == []
