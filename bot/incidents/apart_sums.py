"""What many posted documents differ by in all, and what they have in common."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from bot.domain import JsonValue
from bot.incidents.parts import inert
from bot.models import Incident
from bot.render import listed, money, plural

_ZERO = Decimal(0)
# So many of them have to say the same before one cause is likely for all.
_MOST = Decimal("0.9")
_FEWEST = 3


def in_all(rows: Iterable[Incident]) -> str:
    """The sum of what QuickBooks has more or less: "QuickBooks has $155.40 less in all"."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        amounts = _amounts(row.facts)
        if amounts:
            ours, theirs, *_ = amounts
            sums[str(row.facts.get("currency") or "USD")] += theirs - ours
    told = [
        f"{money(abs(amount), code)} {'more' if amount > 0 else 'less'}"
        for code, amount in sorted(sums.items())
        if amount
    ]
    return f"QuickBooks has {listed(told)} in all" if told else ""


def common(rows: Sequence[Incident]) -> str:
    """One likely cause of nearly all: only the sales tax differs, by another rate; else ""."""
    known = [(row, found) for row in rows if (found := _amounts(row.facts))]
    taxed = [(row, found) for row, found in known if _only_tax(found)]
    if len(taxed) < _FEWEST or len(taxed) < _MOST * len(rows):
        return ""
    theirs = _usual(_rate(total, tax) for _, (_, total, _, tax) in taxed)
    ours = _usual(_rate(total, tax) for _, (total, _, tax, _) in taxed)
    if theirs == ours:
        return ""
    source = inert(taxed[0][0].facts.get("source") or "the source", 40)
    return (
        f"In {plural(len(taxed), 'document')} only the sales tax differs: most often {theirs} % in "
        f"QuickBooks and {ours} % in {source}. Correct the rate where it is wrong; what comes "
        "after it agrees."
    )


def _amounts(facts: Mapping[str, JsonValue]) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
    """Total of the source, total in QuickBooks, and both taxes; None where one is not known."""
    try:
        ours, theirs, our_tax, their_tax = (
            Decimal(str(facts.get(name)))
            for name in ("ours_total", "theirs_total", "our_tax", "their_tax")
        )
    except InvalidOperation:
        return None
    return ours, theirs, our_tax, their_tax


def _only_tax(found: tuple[Decimal, Decimal, Decimal, Decimal]) -> bool:
    ours, theirs, our_tax, their_tax = found
    return our_tax != their_tax and ours - our_tax == theirs - their_tax > _ZERO


def _rate(total: Decimal, tax: Decimal) -> str:
    """A rate to a quarter of a percent: cents of rounding make no other rate."""
    quarters = (tax / (total - tax) * 400).quantize(Decimal(1))
    return f"{(quarters / 4).normalize():f}"


def _usual(rates: Iterable[str]) -> str:
    return Counter(rates).most_common(1)[0][0]
