"""TimeActivity: hours of an employee or a vendor; it books nothing."""

from datetime import datetime
from typing import Any

from sandbox.quickbooks.entities.fields import (
    TRANSACTION_OPERATIONS,
    choice,
    day,
    flag,
    number,
    ref,
    text,
)
from sandbox.quickbooks.faults import fault, missing
from sandbox.quickbooks.model import Body, Entity, Field, Kind, Work

PEOPLE = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}


def complete(work: Work) -> None:
    """Whose time, how much of it, and for whom when it is billable."""
    body = work.body
    who = PEOPLE[body["NameOf"]]
    if not body.get(who):
        raise missing(who)
    body.setdefault("TxnDate", work.company.today())
    _duration(body)
    body.setdefault("BillableStatus", "NotBillable")
    if body["BillableStatus"] == "Billable" and not body.get("CustomerRef"):
        raise fault("6310", "MissingCustomer", "CustomerRef")
    body.setdefault("Taxable", False)
    body.setdefault("HourlyRate", 0)
    body.setdefault("CostRate", 0)


def _duration(body: Body) -> None:
    """Hours and minutes, or a beginning and an end."""
    if not body.get("StartTime"):
        if body.get("Hours") is None and body.get("Minutes") is None:
            raise missing("Hours")
        for name, below in (("Hours", 8760), ("Minutes", 60)):
            value = body.setdefault(name, 0)
            if not 0 <= float(value) < below:
                raise fault("2240", f"Supplied value:{value}", name)
        return
    if not body.get("EndTime"):
        raise missing("EndTime")
    if _moment(body["EndTime"], "EndTime") < _moment(body["StartTime"], "StartTime"):
        raise fault("2190", f"Supplied value:{body['EndTime']}", "EndTime")


def _moment(value: Any, name: str) -> datetime:
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=None)
    except ValueError:
        raise fault("2060", f"Supplied value:{value}", name) from None


TIME_ACTIVITY = Entity(
    name="TimeActivity",
    fields=(
        day("TxnDate", queryable=True),
        Field("NameOf", Kind.CHOICE, required=True, choices=tuple(PEOPLE)),
        ref("EmployeeRef", "Employee", queryable=True),
        ref("VendorRef", "Vendor", queryable=True),
        ref("CustomerRef", "Customer", queryable=True),
        ref("DepartmentRef", "Department"),
        ref("ClassRef", "Class"),
        ref("ItemRef", "Item"),
        ref("PayrollItemRef"),
        choice("BillableStatus", "Billable", "NotBillable", "HasBeenBilled"),
        flag("Taxable"),
        number("HourlyRate"),
        number("CostRate"),
        number("Hours"),
        number("Minutes"),
        number("Seconds"),
        number("BreakHours"),
        number("BreakMinutes"),
        number("BreakSeconds"),
        text("StartTime"),
        text("EndTime"),
        text("Description", 4000),
        text("TransactionLocationType"),
    ),
    transaction=True,
    plural="time activities",
    operations=TRANSACTION_OPERATIONS,
    known=("AttachableRef", "LinkedTxn", "OtherNameRef", "ProjectRef", "TimeActivityEx"),
    complete=complete,
)
