"""What the bot knows of problems, and the classifier that recognises them."""

from bot.knowledge.classify import Classified, signs
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.problem import Match, Problem

__all__ = ["Classified", "Knowledge", "Match", "Problem", "signs"]
