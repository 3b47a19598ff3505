"""Employee."""

from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    PERSON_NAME,
    address,
    choice,
    day,
    email,
    flag,
    name_part,
    number,
    phone,
    text,
    web,
)
from sandbox.quickbooks.entities.people import PEOPLE, complete_name, give_address_ids
from sandbox.quickbooks.faults import missing
from sandbox.quickbooks.model import Entity, Work

FIELDS = (
    flag("BillableTime"),
    flag("Organization"),
    *PERSON_NAME,
    name_part("PrintOnCheckName", 100),
    text("EmployeeNumber", 100),
    text("SSN", 100),
    address("PrimaryAddr"),
    email("PrimaryEmailAddr", queryable=True),
    phone("PrimaryPhone", 20, queryable=True),
    phone("Mobile", 20),
    number("BillRate"),
    number("CostRate"),
    day("BirthDate"),
    choice("Gender", "Male", "Female", "male", "female"),
    day("HiredDate"),
    day("ReleasedDate"),
    web(),
)

KNOWN = (
    "AltContactName",
    "CompanyName",
    "ContactName",
    "CustomField",
    "EmailAddress",
    "EmployeeEx",
    "EmployeeType",
    "Fax",
    "FullyQualifiedName",
    "IntuitId",
    "Notes",
    "OtherAddr",
    "OtherContactInfo",
    "UserId",
    "V4IDPseudonym",
    "AlternatePhone",
    "UseTimeEntry",
    "EntityEx",
    "Tags",
)


def complete(work: Work) -> None:
    """An employee needs a first or last name; a social security number is never shown."""
    body = work.body
    if not (body.get("GivenName") or body.get("FamilyName") or body.get("DisplayName")):
        raise missing("GivenName")
    complete_name(work, check_name=100)
    body.setdefault("BillableTime", False)
    if body.get("SSN"):
        body["SSN"] = "XXX-XX-XXXX"
    give_address_ids(work, "PrimaryAddr")


EMPLOYEE = Entity(
    name="Employee",
    fields=FIELDS,
    sequence="Name",
    list_word="Names",
    plural="employees",
    operations=LIST_OPERATIONS,
    name_rule=PEOPLE,
    known=KNOWN,
    complete=complete,
)
