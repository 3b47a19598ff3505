"""Two customers that may be one, what belongs to each, and why one cannot be emptied."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import Payload
from bot.fixes import belongings
from bot.fixes.belongings import Belongings
from bot.models import Company, MirrorRow
from bot.render import listed, money
from bot.render.words import apart, spaced, tidy
from bot.services import Services
from bot.sync.settled import amount

# Every document is a write of its own, read back afterwards.
_MOST = 60
_REASONS = 3


@dataclass(frozen=True)
class Side:
    """One of the two customers: as read just now, with all that belongs to it."""

    qbo_id: str
    found: Payload
    has: Belongings
    children: tuple[str, ...]
    dotted: bool = False

    @property
    def name(self) -> str:
        """Its name as QuickBooks shows it; its spaces are shown where they tell the two apart."""
        name = mirror.full_name("Customer", self.found)
        return spaced(name) if self.dotted else name

    @property
    def last(self) -> str:
        """The day of its latest document, "" while it has none."""
        return max((str(one.payload["TxnDate"]) for one in self.has.documents), default="")

    @property
    def balance(self) -> Decimal:
        """What it owes."""
        return amount(self.found.get("Balance"))

    @property
    def currency(self) -> str:
        """The currency it is billed in."""
        return str((self.found.get("CurrencyRef") or {}).get("value") or "USD")


def read(services: Services, company: Company, qbo_id: str, found: Payload) -> Side:
    """Read what belongs to a customer that was read just now (`found`). Raises QuickBooksFault."""
    with services.sessions.read() as session:
        below = children(session, company.id or 0, qbo_id)
    has = belongings.read(services, company, qbo_id)
    return Side(qbo_id, found, has, tuple(below))


def told_apart(sides: Sequence[Side]) -> list[Side]:
    """The same two; names that only spaces tell apart show them."""
    one, two = sides
    dotted = apart(one.name, two.name) != tidy(one.name)
    return [replace(side, dotted=dotted) for side in sides]


def children(session: Session, company_id: int, qbo_id: str) -> list[str]:
    """Name the sub-customers and projects of a customer, inactive ones too."""
    parent = col(MirrorRow.data)["ParentRef"]["value"].as_string()
    rows = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id, MirrorRow.entity == "Customer")
        .where(col(MirrorRow.deleted).is_(False))
        .where(parent == qbo_id)
        .order_by(col(MirrorRow.id))
    )
    return [row.name for row in rows]


def stop(keep: Side, gone: Side) -> str:
    """Say exactly why the documents of `gone` cannot go over to `keep`; "" when they can."""
    for side in (gone, keep):
        if side.children:
            return (
                f"{side.name} has the sub-customers or projects {listed(side.children[:_REASONS])}"
                f"{' and more' if len(side.children) > _REASONS else ''}. First make them regular "
                "customers: open each in QuickBooks, Edit, take “Is a sub-customer” away, Save. "
                "A merge in QuickBooks needs that too. Then press the button again."
            )
        if side.found.get("Job") or side.found.get("ParentRef"):
            return (
                f"{side.name} is itself a sub-customer or a project. First make it a regular "
                "customer in QuickBooks (Edit, take “Is a sub-customer” away), then press again."
            )
    if keep.currency != gone.currency:
        return (
            f"{gone.name} is billed in {gone.currency}, {keep.name} in {keep.currency}. QuickBooks "
            "keeps one customer for each currency: these two stay separate."
        )
    if keep.found.get("Taxable", True) != gone.found.get("Taxable", True):
        return (
            "One of the two is taxable and the other is not, so the tax of a document might "
            "change. Look in QuickBooks which is right, correct it there, then press again."
        )
    return _locked(keep, gone)


def _locked(keep: Side, gone: Side) -> str:
    reasons = [f"{one.words}, {listed(list(one.locks))}" for one in gone.has.locked]
    reasons += [f"{words}, which is not moved by the bot" for words in gone.has.foreign]
    if not reasons and gone.has.open != gone.balance:
        reasons = [
            f"its balance is {money(gone.balance, gone.currency)}, but its open documents make "
            f"{money(gone.has.open, gone.currency)}: a journal entry or another transaction is "
            "part of it"
        ]
    if not reasons and len(gone.has.documents) > _MOST:
        reasons = [f"it has {len(gone.has.documents)} documents, and {_MOST} can go at once"]
    if not reasons:
        return ""
    more = len(reasons) - _REASONS
    told = reasons[:_REASONS] + ([f"{more} more"] if more > 0 else [])
    return (
        f"{gone.name} cannot be consolidated into {keep.name}: {'; '.join(told)}. Merge the two in "
        "QuickBooks itself: press “Merge in QuickBooks…” on the alert."
    )
