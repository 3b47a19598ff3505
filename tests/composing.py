"""Composes bots as app.py does, without reading all templates for each."""

from copy import copy
from unittest.mock import patch

import app
from bot.config import Settings
from bot.jobs import JobQueue
from bot.services import Services
from tests.words import knowledge, renderer


def compose(settings: Settings, queue: JobQueue) -> Services:
    """The services of `app.compose`, on templates read once a process."""
    # Copies: what a firm adds to the templates stays its own.
    known, words = copy(knowledge()), copy(renderer())
    with (
        patch.object(app, "Renderer", lambda _folder: words),
        patch.object(app.Knowledge, "load", lambda _folder: known),
    ):
        return app.compose(settings, queue)
