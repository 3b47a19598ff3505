"""Worlds for the scenarios."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios.world import CompanyInWorld, World


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
