"""What a company's plan allows: how many accounts, classes and locations, which features."""

from collections.abc import Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import QboFault, business, fault
from sandbox.quickbooks.model import Entity

DEFAULT = "QuickBooks Online Plus"
# Plan -> entities it does not have.
LACKS: Mapping[str, tuple[str, ...]] = {
    "QuickBooks Online Simple Start": (
        "Bill",
        "BillPayment",
        "VendorCredit",
        "Class",
        "Department",
        "InventoryAdjustment",
    ),
    "QuickBooks Online Essentials": ("Class", "Department", "InventoryAdjustment"),
    DEFAULT: (),
    "QuickBooks Online Advanced": (),
}
UNLIMITED = ("QuickBooks Online Advanced",)
TRACKED = ("Class", "Department")


def plan_of(company: Company) -> str:
    """The plan's name, as CompanyInfo tells it."""
    record = company.row("CompanyInfo", "1")
    pairs = record.body.get("NameValue", []) if record else []
    return next((str(p["Value"]) for p in pairs if p["Name"] == "OfferingSku"), DEFAULT)


def check_plan(company: Company, entity: Entity) -> None:
    """5020 for a feature the plan lacks; a fault when its accounts or classes are used up.

    Called before a record is added or made active again. Raises QboFault.
    """
    plan = plan_of(company)
    if entity.name in LACKS.get(plan, ()):
        raise fault(
            "5020",
            "Permission Denied Error : To access this, sign in again or contact an administrator.",
            "",
        )
    if plan in UNLIMITED:
        return
    if entity.name == "Account":
        _within(company, ("Account",), company.switches.plan_account_limit, "accounts")
    elif entity.name in TRACKED:
        _within(company, TRACKED, company.switches.plan_class_limit, "classes and locations")


def _within(company: Company, names: tuple[str, ...], limit: int, word: str) -> None:
    used = sum(record.active for name in names for record in company.live(name))
    if used >= limit:
        raise limit_reached(company, used, limit, word)


def limit_reached(company: Company, used: int, limit: int, word: str) -> QboFault:
    """No wording was found: the text is ours, the code a switch."""
    text = (
        f"You've reached the usage limit of your plan: {used} of {limit} {word}. "
        f"Make some inactive or upgrade to add more."
    )
    if company.switches.plan_limit_code == 5030:
        return fault("5030", f"Feature Not Supported : {text}", "")
    return business(text)
