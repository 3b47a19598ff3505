"""Fills a company with customers or vendors by the thousand, as a migration does."""

import gc

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.query_order import in_order_of_id
from sandbox.quickbooks.wire import encoded

ENTITIES = ("Customer", "Vendor")
MOST = 1_000_000
GIVEN = ("Amy", "Bo", "Carlos", "Dana", "Elif", "Femi", "Grace", "Hugo", "Inés", "Jane", "Kofi")
FAMILY = ("Abbott", "Boateng", "Castillo", "Doe", "Eriksen", "Fox", "García", "Hahn", "Ito")
TRADES = ("Bakery", "Books", "Cycles", "Dental", "Electric", "Florist", "Garage", "Kitchens")
STREETS = ("Ocean View Road", "Elm St", "5th Ave", "Maple Drive", "Harbor Lane", "Mission Blvd")
CITIES = (("Half Moon Bay", "94019"), ("Portland", "97201"), ("Duluth", "55802"))


def fill(company: Company, entity: str, count: int) -> int:
    """Add `count` records by the same rules as any other; nobody is told. Raises ValueError."""
    if entity not in ENTITIES:
        msg = f"entity is one of {', '.join(ENTITIES)}; not {entity!r}"
        raise ValueError(msg)
    if not 0 <= count <= MOST:
        msg = f"count is a number from 0 to {MOST:,}; not {count!r}"
        raise ValueError(msg)
    declared = company.entities[entity]
    first = len(company.tables[entity].rows)
    announce, company.announce = company.announce, None
    try:
        for number in range(first, first + count):
            # Made ready to be read at once: a page must not keep the others waiting.
            encoded(company, engine.create(company, declared, _body(number), by_person=True))
    finally:
        company.announce = announce
    in_order_of_id(company.tables[entity])
    # So many objects that stay would else be looked through again and again, for half a second.
    gc.freeze()
    return len(company.tables[entity].rows)


def _body(number: int) -> Body:
    """The same record for the same number; every name once."""
    given = GIVEN[number % len(GIVEN)]
    family = FAMILY[number // len(GIVEN) % len(FAMILY)]
    city, code = CITIES[number % len(CITIES)]
    trade = TRADES[number % len(TRADES)]
    return {
        "DisplayName": f"{family} {trade} {number:06}"
        if number % 3
        else f"{given} {family} {number:06}",
        "GivenName": given,
        "FamilyName": family,
        "CompanyName": f"{family} {trade}",
        "PrimaryEmailAddr": {"Address": f"{given.lower()}.{number}@example.com"},
        "PrimaryPhone": {"FreeFormNumber": f"(650) 555-{number % 10_000:04}"},
        "BillAddr": {
            "Line1": f"{number % 9000 + 100} {STREETS[number % len(STREETS)]}",
            "City": city,
            "CountrySubDivisionCode": "CA",
            "PostalCode": code,
        },
    }
