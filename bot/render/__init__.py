"""The one Jinja environment: words in, neutral text out, one writer per target."""

from bot.render.allowed import Flaw
from bot.render.firm import FlawedTemplate, WordingReader
from bot.render.marks import clean, shorten
from bot.render.plain import ProblemText
from bot.render.renderer import Renderer
from bot.render.sums import not_posted, waiting_amounts
from bot.render.text import Listing, Paragraph, Span, Text, words
from bot.render.wording import PARTS, Wording
from bot.render.words import day, listed, moment, money, plural, sentence
from bot.render.writers import escape, to_html, to_plain, to_slack

__all__ = [
    "PARTS",
    "Flaw",
    "FlawedTemplate",
    "Listing",
    "Paragraph",
    "ProblemText",
    "Renderer",
    "Span",
    "Text",
    "Wording",
    "WordingReader",
    "clean",
    "day",
    "escape",
    "listed",
    "moment",
    "money",
    "not_posted",
    "plural",
    "sentence",
    "shorten",
    "to_html",
    "to_plain",
    "to_slack",
    "waiting_amounts",
    "words",
]
