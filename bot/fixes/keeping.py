"""New items keep their income account when a second one of its kind becomes active.

Without a choice the only active account of the kind "Sales of Product Income" is used; a second
one would leave that open for every record that names none (accounting.md rule 6 of the house: a
reactivated old default does not become the default again).
"""

from dataclasses import dataclass

from sqlmodel import Session

from bot import mirror
from bot.domain import Payload
from bot.fixes.model import Action, Step
from bot.models import Company
from bot.sync import accounts


@dataclass(frozen=True)
class Keeping:
    """The step that keeps the account and what a preview says of it; empty where none is needed."""

    steps: tuple[Step, ...] = ()
    changes: tuple[Payload, ...] = ()


def plan(session: Session, company: Company, becoming: Payload) -> Keeping:
    """Plan to keep the company's account for new items beside the one that becomes active."""
    if not accounts.is_usual_income(becoming):
        return Keeping()
    company_id = company.id or 0
    chosen = mirror.get(session, company_id, "Account", company.income_account_id or "")
    used = accounts.obvious_income(mirror.in_use(session, company_id, "Account"))
    if used is None or (chosen is not None and not chosen.deleted):
        return Keeping()
    name = accounts.full_name(used)
    return Keeping(
        (Step(Action.KEEP, f"{name} stays the account of new items", "Account", used.qbo_id),),
        (
            {
                "what": "new items that name no income account",
                "before": f"use {name}, the only one of its kind",
                "after": f"use {name}, as before",
            },
        ),
    )
