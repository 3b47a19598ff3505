"""What the bot knows of problems, and the classifier that recognises them."""

from bot.knowledge.classify import Classified, signs
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.problem import Match, Problem
from bot.knowledge.telling import IN_GENERAL, Told, tell

__all__ = ["IN_GENERAL", "Classified", "Knowledge", "Match", "Problem", "Told", "signs", "tell"]
