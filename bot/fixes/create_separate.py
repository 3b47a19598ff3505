"""Different people: create ours under a name that tells the two apart, chosen by the person."""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes import link_steps, new_party
from bot.fixes.model import Fix, Plan, never
from bot.models import Incident
from bot.services import Services
from bot.sync import new_names

_WORDS = new_party.Words(
    "Different people",
    "Create separately",
    "Both stay separate; pick a name that tells them apart.",
)


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new record under a name such as 'Jane Doe (Shop 1042)'."""
    return new_party.plan(services, incident, choices, _WORDS, new_names.propose_name)


FIX = Fix(
    name="create_separate",
    label="Different people…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=link_steps.why_not_kept,
    agreed=never,
)
