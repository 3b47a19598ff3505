"""What Customer, Vendor and Employee share: one space of names, and how a name is made."""

from sandbox.quickbooks.company import CURRENCIES
from sandbox.quickbooks.faults import fault
from sandbox.quickbooks.model import Body, NameRule, Work
from sandbox.quickbooks.shape import check_length

WORD = "customer, vendor or employee"
PEOPLE = NameRule("DisplayName", "Names", WORD, has_path=False)
CUSTOMERS = NameRule("DisplayName", "Names", WORD, shown_path=True)
PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")


def complete_name(work: Work, *, check_name: int = 110) -> None:
    """DisplayName from the name parts when it is not given (6080 without any of them).

    A company name alone is not enough. The longest name allowed is a switch.
    """
    body = work.body
    if not body.get("DisplayName"):
        name = " ".join(str(body[part]) for part in PARTS if body.get(part))
        if not name:
            raise fault("6080", "No Name Provided", "DisplayName")
        body["DisplayName"] = name
    check_length(body["DisplayName"], work.company.switches.display_name_limit, "DisplayName")
    if not body.get("PrintOnCheckName"):
        body["PrintOnCheckName"] = body["DisplayName"][:check_name]


def give_address_ids(work: Work, *fields: str) -> None:
    """Addresses get an Id of their own and keep it."""
    company = work.company
    for name in fields:
        address = work.body.get(name)
        if not address:
            continue
        old = (work.before.body.get(name) or {}) if work.before else {}
        if not address.get("Id"):
            company.sequences["Address"] += 1
            work.body[name] = {
                "Id": old.get("Id") or str(company.sequences["Address"]),
                **{key: value for key, value in address.items() if key != "Id"},
            }


def party_currency(work: Work) -> Body:
    """A customer or vendor keeps its first currency; another one needs multicurrency."""
    company = work.company
    if work.before is not None and work.before.body.get("CurrencyRef"):
        return dict(work.before.body["CurrencyRef"])
    home = company.currency()
    wanted = work.body.get("CurrencyRef")
    if not wanted or wanted["value"] == home["value"]:
        return home
    if not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise fault("2220", f"Supplied value:{wanted['value']}", "CurrencyRef")
    if wanted["value"] not in CURRENCIES:
        raise fault("2220", f"Supplied value:{wanted['value']}", "CurrencyRef")
    return {"value": wanted["value"], "name": CURRENCIES[wanted["value"]]}
