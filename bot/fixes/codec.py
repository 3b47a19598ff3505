"""Plans as JSON and back, and the digest that tells whether the books changed since a preview."""

import hashlib
import json
from dataclasses import asdict

from bot.domain import Payload, Role
from bot.fixes.model import Action, Choice, Plan, Step


def to_json(plan: Plan) -> Payload:
    """Turn a plan into JSON values for FixRun.plan."""
    data = asdict(plan)
    data["role"], data["first"] = int(plan.role), int(plan.first)
    data["facts"] = dict(plan.facts)
    return json.loads(json.dumps(data, default=str))  # type: ignore[no-any-return]


def from_json(data: Payload) -> Plan:
    """Give the plan back."""
    return Plan(
        title=data["title"],
        submit=data["submit"],
        facts=data["facts"],
        steps=tuple(Step(**{**row, "action": Action(row["action"])}) for row in data["steps"]),
        choices=tuple(
            Choice(
                **{
                    **row,
                    "options": tuple((a, b) for a, b in row["options"]),
                    "search": tuple(row.get("search", ())),
                }
            )
            for row in data["choices"]
        ),
        role=Role(data["role"]),
        role_reason=data["role_reason"],
        second=data["second"],
        first=Role(data["first"]),
        refused=data["refused"],
        private_link=data["private_link"],
    )


def digest(plan: Plan) -> str:
    """Fingerprint of everything a person saw and everything that will be written."""
    canonical = json.dumps(to_json(plan), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
