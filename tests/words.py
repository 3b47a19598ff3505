"""The project's own knowledge and templates, read once: compiling them takes half a second."""

from functools import cache
from pathlib import Path

from bot.knowledge import Knowledge
from bot.render import Renderer

TEMPLATES = Path(__file__).parent.parent / "templates"


@cache
def knowledge() -> Knowledge:
    """All problems; nothing in it changes."""
    return Knowledge.load(TEMPLATES)


@cache
def renderer() -> Renderer:
    """All templates, compiled; rendering keeps nothing."""
    return Renderer(TEMPLATES)
