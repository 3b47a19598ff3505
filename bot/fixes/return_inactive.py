"""Make a borrowed record inactive again: only at balance zero, with nothing open.

It was reactivated for documents that waited; QuickBooks' own screen would write off what is open,
so a record with a balance or open documents stays active (accounting.md rule 9).
"""

from collections.abc import Mapping
from decimal import Decimal

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import waking
from bot.fixes.model import Action, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.mirror.names import bare
from bot.models import Incident
from bot.render import money, plural
from bot.services import Services

_TITLE = "Make inactive again"
# What may still be open: entity, the field that names the record, the field that is then not zero.
_OPEN = {
    "Customer": (
        ("Invoice", "CustomerRef", "Balance"),
        ("CreditMemo", "CustomerRef", "Balance"),
        ("Payment", "CustomerRef", "UnappliedAmt"),
    ),
    "Vendor": (("Bill", "VendorRef", "Balance"), ("VendorCredit", "VendorRef", "Balance")),
}
_WORDS = {
    "Invoice": "open invoice",
    "CreditMemo": "credit memo not used up",
    "Payment": "payment not applied",
    "Bill": "open bill",
    "VendorCredit": "vendor credit not used up",
}


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read the record and what is open of it; plan the one change, or say what keeps it active."""
    del choices
    preview = Preview.of(services, incident)
    entity, qbo_id = incident.subject.split(":", 1)
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None or not found.get("Active", True):
        return preview.refuse(
            _TITLE, "It is inactive already; the alert is checked again by itself."
        )
    name = bare(str(found.get("DisplayName", "")))
    stays = _stays(services, incident.company_id, entity, found)
    if stays:
        return preview.refuse(
            _TITLE,
            f"{name} stays active: {stays}. You are reminded again when that is settled.",
        )
    before: Payload = {key: found.get(key) for key in ("Id", "SyncToken", "DisplayName")}
    change: Payload = {"Active": False}
    step = Step(
        Action.UPDATE, f"{name} inactive again", entity, qbo_id, {**before, "Active": True}, change
    )
    return preview.plan(
        title=_TITLE,
        submit=_TITLE,
        steps=(step,),
        changes=[{"what": name, "before": "active", "after": "inactive"}],
        checked=["the balance is zero", "no document of it is open"],
        undo="It can be made active again at any time.",
        role=Role.OPERATOR,
    )


def _stays(services: Services, company_id: int, entity: str, found: Payload) -> str:
    """Say what keeps it active, "" for nothing. Raises QuickBooksFault: unread is never zero."""
    balance = Decimal(str(found.get("Balance") or 0))
    currency = str((found.get("CurrencyRef") or {}).get("value") or "USD")
    if balance:
        return f"its balance is {money(balance, currency)}"
    books = services.quickbooks.company(company_id)
    for kind, field, left in _OPEN[entity]:
        rows = books.query(kind, [(field, "=", str(found["Id"]))] if field == "CustomerRef" else ())
        still = [row for row in rows if _is_open(row, field, str(found["Id"]), left)]
        if still:
            return f"{plural(len(still), _WORDS[kind])}, together at balance zero"
    return ""


def _is_open(row: Payload, field: str, qbo_id: str, left: str) -> bool:
    is_its = str((row.get(field) or {}).get("value")) == qbo_id
    return is_its and bool(Decimal(str(row.get(left) or 0)))


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the record again: it must be inactive."""
    del plan
    return waking.why_not(services, incident, active=False)


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    # A person asked for it when the record was reactivated.
    return bool(facts.get("qbo_id"))


FIX = Fix(
    name="return_inactive",
    label="Make inactive again…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
)
