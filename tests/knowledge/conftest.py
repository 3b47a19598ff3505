"""Knowledge and words of ours that a test may put a firm's files into."""

import pytest

from bot.knowledge import Knowledge
from bot.render import Renderer
from tests.words import TEMPLATES, knowledge


@pytest.fixture(scope="module")
def shared() -> Renderer:
    """A renderer of this module's own: adopting words changes it."""
    return Renderer(TEMPLATES)


@pytest.fixture
def known(shared: Renderer):
    """Fresh knowledge and words of ours."""
    shared.adopt({})
    return Knowledge(knowledge().ours), shared
