"""What Customer, Vendor and Employee share: one space of names, and how a name is made."""

from sandbox.quickbooks.faults import fault
from sandbox.quickbooks.model import Body, NameRule, Work
from sandbox.quickbooks.shape import check_length

WORD = "customer, vendor or employee"
PEOPLE = NameRule("DisplayName", "Names", WORD, has_path=False)
CUSTOMERS = NameRule("DisplayName", "Names", WORD, shown_path=True)
PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")


def complete_name(work: Work, *, from_company: bool = True, check_name: int = 110) -> None:
    """DisplayName from the parts when it is not given (6080 without any); its length by switch."""
    body = work.body
    if not body.get("DisplayName"):
        name = made_up_name(body, from_company=from_company)
        if not name:
            raise fault("6080", "No Name Provided", "DisplayName")
        body["DisplayName"] = name
    check_length(body["DisplayName"], work.company.switches.display_name_limit, "DisplayName")
    if not body.get("PrintOnCheckName"):
        body["PrintOnCheckName"] = body["DisplayName"][:check_name]


def made_up_name(body: Body, *, from_company: bool) -> str:
    """The name parts in order, else the company's name."""
    joined = " ".join(str(body[part]) for part in PARTS if body.get(part))
    return joined or (str(body.get("CompanyName", "")) if from_company else "")


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
