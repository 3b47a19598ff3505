"""A merge as QuickBooks' screen does it: final, and only between two records of one list."""

import copy

from sandbox.quickbooks.company import Company, ref_key
from sandbox.quickbooks.model import Record
from sandbox.quickbooks.shape import display_name, references


def merge(company: Company, loser: Record, survivor: Record) -> Record:
    """Move the loser's documents to the survivor; the loser's Id takes no more writes.

    Raises ValueError when QuickBooks' screen does not offer the merge.
    """
    _check(company, loser, survivor)
    for key in sorted(company.referrers.get(loser.key, ()), key=lambda k: (k[0], int(k[1]))):
        holder = company.find(key)
        if holder is None or holder.deleted:
            continue
        body = copy.deepcopy(holder.body)
        for field, ref in references(holder.entity.fields, body):
            if ref_key(field.target, ref) == loser.key:
                ref["value"] = survivor.id
                ref["name"] = display_name(survivor)
        company.rewrite(holder, body)
        company.post(holder)
        company.changed_now(holder)
    loser.active = False
    loser.merged_into = survivor.id
    company.rewrite(loser, loser.body)
    company.post(loser)
    for record in (loser, survivor):
        record.token += 1
        company.changed_now(record)
    company.tell(survivor, "Merge", loser.id)
    return survivor


def _check(company: Company, loser: Record, survivor: Record) -> None:
    if loser.entity.name_rule is None or loser.entity.singleton:
        msg = f"a {loser.entity.name} cannot be merged"
        raise ValueError(msg)
    if loser.id == survivor.id:
        msg = "a record cannot be merged into itself"
        raise ValueError(msg)
    if loser.merged_into or survivor.merged_into:
        msg = "one of the two was merged away already"
        raise ValueError(msg)
    currencies = {(one.body.get("CurrencyRef") or {}).get("value") for one in (loser, survivor)}
    if loser.entity.name in ("Account", "Customer", "Vendor") and len(currencies) > 1:
        msg = "records in different currencies cannot be merged"
        raise ValueError(msg)
    if loser.entity.name == "Customer" and any(
        company.children.get(record.key) for record in (loser, survivor)
    ):
        msg = "customers with sub-customers or projects cannot be merged"
        raise ValueError(msg)
    if loser.entity.name == "Account":
        _check_accounts(company, loser, survivor)


def _check_accounts(company: Company, loser: Record, survivor: Record) -> None:
    if loser.id in company.role_ids.values():
        msg = "a system account cannot be merged away"
        raise ValueError(msg)
    for name in ("AccountSubType", "ParentRef"):
        if loser.body.get(name) != survivor.body.get(name):
            msg = "accounts are merged within one detail type and one parent"
            raise ValueError(msg)
