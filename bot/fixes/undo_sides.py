"""What an undo changes in QuickBooks where a fix had put its source's values: money, months."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bot.domain import Payload
from bot.fixes import effects
from bot.fixes.model import Action, Step
from bot.models import Company, FixRun, FixStep
from bot.render import money
from bot.render.words import month, upfirst

# What a rounding line does to the return of a filed month, added or taken out: it is not taxed.
LINE_EFFECT = "keeps its sales tax, but QuickBooks lists the document there as an exception"


@dataclass(frozen=True)
class Back:
    """The changes an undo's preview shows beside its steps, and its facts about months."""

    changes: list[Payload] = field(default_factory=list)
    facts: Payload = field(default_factory=dict)


def facts(company: Company, run: FixRun, steps: Sequence[FixStep]) -> Back:
    """What taking back these steps of a run changes; nothing where QuickBooks is left as it is.

    The fix has noted it when it was planned; whether a month is filed is looked at anew.
    """
    noted = (run.plan.get("facts") or {}).get("taken_back")
    if not noted or not any(step.action == Action.UPDATE.value for step in steps):
        return Back()
    through = company.tax_filed_through
    rows = [
        {**row, "filed": noted["sale"] and through is not None and _day(row) <= through}
        for row in noted["months"]
    ]
    found: Payload = {"months_moved": rows}
    days = [_day(row) for row in rows if row["filed"]]
    if days:
        named = " and ".join(month(day) for day in days)
        effect = noted.get("effect") or "changes and has to be amended, or settled in the next one"
        found["filed"] = effects.filed_months(company, days, [f"The return of {named} {effect}"])
    return Back(list(noted["changes"]), found)


def of_line(document: str, total: Decimal, line: Decimal, currency: str, day: date) -> Payload:
    """What an undo changes that takes a rounding line out; `total` is the document's with it."""
    back = f"{'-' if line > 0 else '+'}{money(abs(line), currency)}"
    after = money(total - line, currency)
    return {
        "document": document,
        "sale": True,
        "changes": [{"what": "total", "before": money(total, currency), "after": after}],
        "months": [{"month": day.isoformat(), "change": back, "filed": False}],
        "effect": LINE_EFFECT,
    }


def with_total(run: FixRun, reverse: Step) -> Step:
    """A step of an undo; one in QuickBooks says the total that its document has then."""
    noted = (run.plan.get("facts") or {}).get("taken_back") or {}
    total = next((row for row in noted.get("changes") or () if row["what"] == "total"), None)
    if total is None or reverse.action is not Action.UPDATE:
        return reverse
    words = f"{upfirst(noted['document'])} is {total['after']} in QuickBooks again"
    return replace(reverse, words=words)


def _day(row: Payload) -> date:
    return date.fromisoformat(str(row["month"]))
