"""Document numbers that are used already (6140), as far as the mirror reaches back.

Whether QuickBooks minds is a setting that cannot be read; which documents share one sequence is
told in two ways. Both are learned from its answers.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.domain import Payload
from bot.mirror.stamps import stamp_in
from bot.models import MirrorRow
from bot.sync.documents import SALES_NUMBERED
from bot.sync.preflight.model import Certainty, Known, Posting, Trait, Verdict, compared

WARNED = "warns_of_duplicate_numbers"
SHARED = "sales_share_numbers"
PER_VENDOR = "bill_numbers_per_vendor"
_USED = (
    "Duplicate Document Number Error You must specify a different number. This number has already "
    "been used. DocNumber={0} is assigned to TxnType={1} with TxnId={2}"
)
# Numbers of one space are unique; of a vendor's own ones those of one vendor.
_SPACES: Final[Mapping[str, tuple[str, ...]]] = {
    "sales": SALES_NUMBERED,
    "bills": ("Bill",),
    "vendor credits": ("VendorCredit",),
    "checks": ("Purchase", "BillPayment"),
    "expenses": ("Purchase",),
    "card payments": ("BillPayment",),
    "journal": ("JournalEntry",),
}
_OF_VENDORS = ("bills", "vendor credits")
# Settings that can be read: checks and journal entries are looked at only where they say so.
_ASKED_FOR: Final = {
    "checks": "WarnDuplicateCheckNumber",
    "journal": "WarnDuplicateJournalNumber",
}


def space_of(entity: str, payload: Payload) -> str:
    """Among which documents a number has to be unique; "" where nothing is known."""
    if entity in SALES_NUMBERED:
        return "sales"
    if entity == "Purchase":
        return "checks" if payload.get("PaymentType") == "Check" else "expenses"
    if entity == "BillPayment":
        return "checks" if payload.get("PayType") == "Check" else "card payments"
    others = {"Bill": "bills", "VendorCredit": "vendor credits", "JournalEntry": "journal"}
    return others.get(entity, "")


def entities_beside(posting: Posting) -> tuple[str, ...]:
    """Of which sorts the documents are that may have its number."""
    return _SPACES.get(space_of(posting.entity, posting.payload), ())


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """Whether a document of QuickBooks has the number; the surest one is told."""
    number = str(posting.payload.get("DocNumber") or "")
    space = space_of(posting.entity, posting.payload)
    if not number or not space or known.traits.get(WARNED) == "no" or _is_off(known, space):
        return
    found = [
        verdict
        for row in known.numbers.get(compared(number), ())
        if space_of(row.entity, row.data) == space
        if (verdict := _used(known, posting, number, row)) is not None
    ]
    yield from sorted(found, key=lambda one: one.certainty is not Certainty.WILL)[:1]


def _is_off(known: Known, space: str) -> bool:
    name = _ASKED_FOR.get(space)
    pairs = known.table.preference("OtherPrefs", "NameValue") or ()
    said = {str(pair.get("Name")): str(pair.get("Value")) for pair in pairs}
    return name is not None and said.get(name) != "true"


def _used(known: Known, posting: Posting, number: str, row: MirrorRow) -> Verdict | None:
    if row.stamp and row.stamp == stamp_in(posting.payload):
        return None  # it is this very record: a refusal leads to it
    trait = _trait(posting, row)
    seen = known.traits.get(trait.name) if trait is not None else None
    if trait is not None and seen == trait.no:
        return None
    said = _USED.format(number, row.entity, row.qbo_id)
    rests = ((row.entity, row.qbo_id),)
    warned = known.traits.get(WARNED)
    if warned is None:
        # An answer shows both only where nothing else is open.
        learned = Trait(WARNED) if trait is None or seen else None
        return Verdict(Certainty.MAY, "6140", said, "DocNumber", rests, learned)
    if trait is None or seen:
        return Verdict(Certainty.WILL, "6140", said, "DocNumber", rests)
    return Verdict(Certainty.MAY, "6140", said, "DocNumber", rests, trait)


def _trait(posting: Posting, row: MirrorRow) -> Trait | None:
    """What has to be known besides: None for another document of the very same sequence."""
    space = space_of(posting.entity, posting.payload)
    if space == "sales" and row.entity != posting.entity:
        return Trait(SHARED)
    if space not in _OF_VENDORS:
        return None
    party = posting.payload.get("VendorRef")
    own = str(party.get("value")) if isinstance(party, Mapping) else ""
    return None if row.party_id == own else Trait(PER_VENDOR, yes="no", no="yes")
