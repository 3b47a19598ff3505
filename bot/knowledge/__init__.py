"""What the bot knows of problems, and the classifier that recognises them."""

from bot.knowledge.classify import Classified
from bot.knowledge.firm_rules import Ours
from bot.knowledge.following import follow, take
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.overrides import FirmFile, Overrides, read_file
from bot.knowledge.problem import Match, Problem
from bot.knowledge.samples import SAMPLE, sample_of
from bot.knowledge.telling import IN_GENERAL, Told, steps_of, tell

__all__ = [
    "IN_GENERAL",
    "SAMPLE",
    "Classified",
    "FirmFile",
    "Knowledge",
    "Match",
    "Ours",
    "Overrides",
    "Problem",
    "Told",
    "follow",
    "read_file",
    "sample_of",
    "steps_of",
    "take",
    "tell",
]
