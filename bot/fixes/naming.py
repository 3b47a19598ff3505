"""Which field holds a record's name, and which lists share their names."""

from collections.abc import Mapping

NAME_FIELD: Mapping[str, str] = {"Item": "Name", "Account": "Name"}
# QuickBooks shares names across these three (accounting facts: fault 6240).
NAME_LISTS = ("Customer", "Vendor", "Employee")


def name_field(entity: str) -> str:
    """Name of the field that holds an entity's name."""
    return NAME_FIELD.get(entity, "DisplayName")
