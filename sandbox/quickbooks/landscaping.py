"""The company whose records Intuit's API reference shows, with the Ids it shows them under."""

from collections.abc import Mapping

from sandbox.quickbooks.chart import make
from sandbox.quickbooks.company import Company

ACCOUNTS = (
    ("Visa", "Credit Card", "CreditCard", 42),
    ("Landscaping Services", "Income", "OtherPrimaryIncome", 45),
    ("Pest Control Services", "Income", "OtherPrimaryIncome", 54),
    ("Design income", "Income", "OtherPrimaryIncome", 82),
    ("Travel", "Expense", "Travel", 22),
)
RESERVED: Mapping[tuple[str, str], int] = {
    ("Account", "Services"): 1,
    ("Account", "Retained Earnings"): 2,
    ("Account", "Prepaid Expenses"): 3,
    ("Account", "Undeposited Funds"): 4,
    ("Account", "Fees Billed"): 5,
    ("Account", "Advertising"): 7,
    ("Account", "Insurance"): 11,
    ("Account", "Meals and Entertainment"): 13,
    ("Account", "Office Expenses"): 15,
    ("Account", "Rent or Lease"): 17,
    ("Account", "Supplies"): 20,
    ("Account", "Utilities"): 24,
    ("Account", "Interest Earned"): 25,
    ("Account", "Other Portfolio Income"): 26,
    ("Account", "Accounts Payable (A/P)"): 33,
    ("Account", "Opening Balance Equity"): 34,
    ("Account", "Checking"): 35,
    ("Account", "Savings"): 36,
    ("Account", "Truck"): 37,
    ("Account", "Mastercard"): 41,
    ("Account", "Loan Payable"): 43,
    ("Account", "Notes Payable"): 44,
    ("Account", "Automobile"): 55,
    ("Account", "Fuel"): 56,
    ("Account", "Job Expenses"): 58,
    ("Account", "Sales of Product Income"): 79,
    ("Account", "Cost of Goods Sold"): 80,
    ("Account", "Inventory Asset"): 81,
    ("Account", "Accounts Receivable (A/R)"): 84,
    ("Account", "Billable Expense Income"): 85,
    ("Account", "Discounts given"): 86,
    ("Item", "Services"): 1,
    ("Item", "Hours"): 2,
    ("Item", "Design"): 4,
    ("Item", "Rock Fountain"): 5,
    ("Item", "Gardening"): 6,
    ("Item", "Installation"): 7,
    ("Item", "Pest Control"): 10,
    ("Item", "Pump"): 11,
    ("Item", "Sod"): 14,
    ("Item", "Soil"): 15,
    ("Item", "Sprinkler Heads"): 16,
    ("Item", "Sprinkler Pipes"): 17,
    ("Item", "Trimming"): 18,
    ("Customer", "Amy's Bird Sanctuary"): 1,
    ("Customer", "Bill's Windsurf Shop"): 2,
    ("Customer", "Cool Cars"): 3,
    ("Customer", "Diego Rodriguez"): 4,
    ("Customer", "Dukes Basketball Camp"): 5,
    ("Customer", "Freeman Sporting Goods"): 7,
    ("Customer", "0969 Ocean View Road"): 8,
    ("Customer", "55 Twin Lane"): 9,
    ("Customer", "Geeta Kalapatapu"): 10,
    ("Customer", "Kate Whelan"): 14,
    ("Vendor", "Books by Bessie"): 30,
    ("Vendor", "Cal Telephone"): 32,
    ("Vendor", "Chin's Gas and Oil"): 33,
    ("Vendor", "Hicks Hardware"): 41,
    ("Vendor", "Norton Lumber and Building Materials"): 46,
    ("Vendor", "Bob's Burger Joint"): 56,
    ("Employee", "Emily Platt"): 55,
    ("Employee", "John Johnson"): 54,
}
"""Entity and name -> Id; records that are not named here follow after them."""
FIRST_FREE = 100


def reserve(company: Company) -> None:
    """Keep the documented Ids free for their records."""
    company.reserved = dict(RESERVED)
    for entity, name in RESERVED:
        del name
        declared = company.entities[entity]
        company.sequences[declared.sequence or entity] = FIRST_FREE


def seed_landscaping(company: Company) -> None:
    """What the sample company has beyond the usual chart."""
    for name, kind, sub, number in ACCOUNTS:
        company.reserved["Account", name] = number
        make(company, "Account", {"Name": name, "AccountType": kind, "AccountSubType": sub})
    company.reserved = {}
    settings = company.row("Preferences", "1")
    if settings is not None:
        group = {**settings.body["CurrencyPrefs"], "MultiCurrencyEnabled": True}
        company.rewrite(settings, {**settings.body, "CurrencyPrefs": group})
    for code in ("CAD", "EUR"):
        make(company, "CompanyCurrency", {"Code": code})
