"""A new name shows at once everywhere the record is referred to."""

from sandbox.quickbooks.company import Company, ref_key, touch
from sandbox.quickbooks.model import Record
from sandbox.quickbooks.rules import full_name
from sandbox.quickbooks.shape import display_name, references


def follow_new_name(company: Company, record: Record) -> None:
    """Bring references to `record`, and the paths of its children, up to date.

    The documents count as unchanged: no SyncToken, no LastUpdatedTime.
    """
    shown = display_name(record)
    for key in list(company.referrers.get(record.key, ())):
        holder = company.find(key)
        if holder is None:
            continue
        for field, ref in references(holder.entity.fields, holder.body):
            if ref_key(field.target, ref) == record.key and ref.get("name") != shown:
                ref["name"] = shown
                touch(holder)
    for child_id in list(company.children.get(record.key, ())):
        child = company.row(record.entity.name, child_id)
        if child is None:
            continue
        path = full_name(company, child.entity, child.body, child.id)
        if path != child.body.get("FullyQualifiedName"):
            company.rewrite(child, {**child.body, "FullyQualifiedName": path})
            follow_new_name(company, child)
