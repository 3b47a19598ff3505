"""QuickBooks is right: what somebody changed there is what both sides agree on from now on.

Nothing is written to QuickBooks. The source is told, where it listens (docs/two-ways.md).
"""

from collections.abc import Mapping

from bot.domain import Risk, Role
from bot.fixes import two_sides
from bot.fixes.model import Fix, Plan, never, shown_by_posting
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.render.words import upfirst
from bot.services import Services

_TITLE = "QuickBooks is right"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to agree on what a fresh read shows."""
    del choices
    preview = Preview.of(services, incident)
    both = two_sides.read(services, incident, ())
    return two_sides.plan(preview, both, _TITLE, ())


def _done(plan: Plan) -> str:
    return f"{upfirst(plan.facts['our_document'])} stays as it is in QuickBooks"


FIX = Fix(
    name="accept_theirs",
    label="QuickBooks is right…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=shown_by_posting,
    agreed=never,
    done=_done,
)
