"""What a payment says it pays: the documents exist, belong to the payer and have room."""

from sandbox.quickbooks.faults import business, fault, not_found
from sandbox.quickbooks.model import Body, Key, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.receivables import links_of


def applied_lines(work: Work, applicable: tuple[str, ...], owner: str) -> list[Body]:
    """The lines that link to documents, checked; `owner` is the field of the payer."""
    linked = (line for line in work.body.get("Line", []) if line.get("LinkedTxn"))
    return [_line(work, line, applicable, owner) for line in linked]


def _line(work: Work, line: Body, applicable: tuple[str, ...], owner: str) -> Body:
    linked = [
        {"TxnId": str(entry.get("TxnId")), "TxnType": str(entry.get("TxnType"))}
        for entry in line["LinkedTxn"]
        if isinstance(entry, dict)
    ]
    for entry in linked:
        _check_link(work, (entry["TxnType"], entry["TxnId"]), applicable, owner)
    amount = cents(line.get("Amount"))
    if amount < 0:
        raise fault("2290", "NegativeAmount", "Line.Amount")
    return {"Amount": wire(amount), "LinkedTxn": linked}


def _check_link(work: Work, key: Key, applicable: tuple[str, ...], owner: str) -> None:
    """The document exists, is of a kind a payment can pay, and belongs to the payer."""
    company = work.company
    if key[0] not in applicable:
        raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")
    document = company.find(key)
    if document is None or document.deleted:
        raise not_found(company.entities[key[0]].plural)
    payer, holder = work.body[owner]["value"], document.body[owner]["value"]
    family = {payer}
    if owner == "CustomerRef":
        family |= {child.id for child in company.descendants(("Customer", payer))}
    if holder not in family or document.voided:
        raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")


def check_totals(work: Work) -> None:
    """No document takes more than what is open on it."""
    own = work.before.key if work.before else None
    for key, amount in links_of(work.body).items():
        document = work.company.find(key)
        if document is None:
            continue
        others = sum(
            paid for payer, paid in work.company.applied.get(key, {}).items() if payer != own
        )
        if amount > cents(document.body.get("TotalAmt")) - others:
            raise business("The amount applied can't be greater than the open balance.")


def keep_party(work: Work, party: str) -> None:
    """The customer or vendor of a document with payments on it stays. Raises QboFault."""
    before, field = work.before, f"{party}Ref"
    if before is None or before.body[field]["value"] == work.body[field]["value"]:
        return
    if work.company.applied.get(before.key):
        raise business(
            f"You can't change the {party.lower()} of a transaction that is linked to another "
            "transaction."
        )
