"""What QuickBooks itself is asked before documents go out: all questions in one request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain import Payload
from bot.quickbooks import Question
from bot.services import Services
from bot.sync.causes import Cause


@dataclass(frozen=True)
class Asked:
    """A question, and what makes causes, by record id, of the records that answer it."""

    question: Question
    judge: Callable[[Sequence[Payload]], dict[int, Cause]]


def causes(services: Services, company_id: int, asked: Sequence[Asked]) -> dict[int, Cause]:
    """Ask, and return which records the answers hold. Raises QuickBooksFault."""
    if not asked:
        return {}
    books = services.quickbooks.company(company_id)
    answers = books.query_many([one.question for one in asked])
    found: dict[int, Cause] = {}
    for one, answer in zip(asked, answers, strict=True):
        found |= one.judge(answer.all())
    return found
