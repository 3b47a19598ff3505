"""What customers and vendors share."""

from bot.sync import mappings
from bot.sync.fields import Currency, MaybeKey, MaybeWords, Name
from bot.sync.kinds.base import Address, Sourced
from bot.sync.kinds.model import Text
from bot.sync.limits import LONGEST_NAME, LONGEST_NOTES, LONGEST_PARTY, LONGEST_PHONE, NAME_MARKS

TERMS = ((mappings.TERM, "terms"),)
TEXTS = (
    Text("name", "name", LONGEST_PARTY, NAME_MARKS, "DisplayName"),
    Text("company", "company name", LONGEST_NAME, "", "CompanyName"),
    Text("given_name", "first name", LONGEST_NAME, NAME_MARKS, "GivenName"),
    Text("family_name", "last name", LONGEST_NAME, NAME_MARKS, "FamilyName"),
    Text("phone", "phone", LONGEST_PHONE, "", "PrimaryPhone"),
    Text("notes", "notes", LONGEST_NOTES, "", "Notes"),
)


class Party(Sourced):
    """Somebody the company sells to or buys from.

    `terms` names the payment term of QuickBooks that their documents have where they name none.
    """

    name: Name
    company: MaybeWords = None
    given_name: MaybeWords = None
    family_name: MaybeWords = None
    email: MaybeWords = None
    phone: MaybeWords = None
    billing_address: Address | None = None
    notes: MaybeWords = None
    currency: Currency = None
    terms: MaybeKey = None
