"""Rename ours: a vendor or an employee has the name, so our record gets one of its own.

Sources: QuickBooks keeps one set of names for customers, vendors and employees (fault 6240), and
a vendor cannot be used as a customer, even when it is the same person.
"""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes import link_steps, new_party
from bot.fixes.model import Fix, Plan
from bot.models import Incident
from bot.services import Services
from bot.sync import new_names

_WORDS = new_party.Words(
    "Rename ours",
    "Create and post",
    "Names are shared by customers, vendors and employees; ours needs one nobody has.",
)


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan our record under its own name with its list behind it: 'Jane Doe (Customer)'."""
    return new_party.plan(services, incident, choices, _WORDS, new_names.propose_listed)


def _agreed(facts: Mapping[str, object]) -> bool:
    # The two lists cannot share a name and neither record can stand for the other, so there is
    # nothing to tell apart by a second fact.
    return bool(facts.get("proposed"))


FIX = Fix(
    name="rename_ours",
    label="Rename ours and post {documents}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=link_steps.why_not_kept,
    agreed=_agreed,
)
