"""What a preview says of undoing it: only what is true for this kind of record.

A customer or vendor goes back to inactive at balance zero only, a stocked item at quantity zero
(accounting.md rule 9); a posted document is voided or credited, never deleted (rule 4).
"""

from bot.domain import Payload


def of_reactivation(entity: str, found: Payload, documents: int) -> str:
    """Say how a record that becomes active again can be made inactive once more."""
    if entity == "Item" and not is_stocked(entity, found):
        again = "It can be made inactive again at any time"
    elif entity == "Item":
        again = "It can be made inactive again while its quantity on hand is zero"
    else:
        again = "It can be made inactive again while its balance is zero"
    if not documents:
        return f"{again}."
    return f"{again}. What was posted by then stays: void or credit each document in QuickBooks."


def of_link(documents: int, *, reactivated: bool = False) -> str:
    """Say how a link to a record that was there already is taken back."""
    too = ", and the record can be made inactive again at balance zero" if reactivated else ""
    if not documents:
        return f"The link can be taken back while nothing is posted with it{too}."
    return (
        "Not while documents are posted with it: void or credit each in QuickBooks first. Then "
        f"the link can be taken back{too}."
    )


def of_new_record(kind: str, documents: int) -> str:
    """Say how a record that is made by the fix can be taken out of use again."""
    if documents:
        return (
            f"Not while documents are posted for the new {kind}: void or credit each in QuickBooks "
            f"first. Then the {kind} can be made inactive; QuickBooks deletes none."
        )
    return (
        f"The new {kind} can be made inactive in QuickBooks while no document is posted for it; "
        "QuickBooks deletes none."
    )


def is_stocked(entity: str, found: Payload) -> bool:
    """Say whether QuickBooks keeps a quantity on hand of this record."""
    return entity == "Item" and found.get("Type") == "Inventory"
