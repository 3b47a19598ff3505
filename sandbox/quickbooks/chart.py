"""The chart of accounts, terms, payment methods and tax codes every company starts with."""

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Record

# name, AccountType, AccountSubType, role, parent
ACCOUNTS: tuple[tuple[str, str, str, str, str], ...] = (
    ("Sales of Product Income", "Income", "SalesOfProductIncome", "sales", ""),
    ("Services", "Income", "ServiceFeeIncome", "services", ""),
    ("Billable Expense Income", "Income", "ServiceFeeIncome", "", ""),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds", "undeposited", ""),
    ("Fees Billed", "Income", "ServiceFeeIncome", "", ""),
    ("Discounts given", "Income", "DiscountsRefundsGiven", "discounts", ""),
    ("Checking", "Bank", "Checking", "checking", ""),
    ("Savings", "Bank", "Savings", "", ""),
    ("Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", "ar", ""),
    ("Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", "ap", ""),
    ("Inventory Asset", "Other Current Asset", "Inventory", "inventory", ""),
    ("Prepaid Expenses", "Other Current Asset", "PrepaidExpenses", "", ""),
    ("Mastercard", "Credit Card", "CreditCard", "", ""),
    ("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable", "tax_payable", ""),
    ("Loan Payable", "Other Current Liability", "OtherCurrentLiabilities", "", ""),
    ("Truck", "Fixed Asset", "Vehicles", "", ""),
    ("Notes Payable", "Long Term Liability", "OtherLongTermLiabilities", "", ""),
    (
        "Opening Balance Equity",
        "Equity",
        "OpeningBalanceEquity",
        "opening_balance_equity",
        "",
    ),
    ("Retained Earnings", "Equity", "RetainedEarnings", "retained_earnings", ""),
    ("Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", "cogs", ""),
    ("Advertising", "Expense", "AdvertisingPromotional", "", ""),
    ("Automobile", "Expense", "Auto", "", ""),
    ("Fuel", "Expense", "Auto", "", "Automobile"),
    ("Bank Charges", "Expense", "BankCharges", "", ""),
    ("Insurance", "Expense", "Insurance", "", ""),
    ("Job Expenses", "Expense", "CostOfLabor", "", ""),
    ("Job Materials", "Expense", "SuppliesMaterials", "", "Job Expenses"),
    ("Legal & Professional Fees", "Expense", "LegalProfessionalFees", "", ""),
    ("Meals and Entertainment", "Expense", "EntertainmentMeals", "", ""),
    ("Merchant Fees", "Expense", "BankCharges", "", ""),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses", "", ""),
    ("Rent or Lease", "Expense", "RentOrLeaseOfBuildings", "", ""),
    ("Shipping and delivery expense", "Expense", "ShippingFreightDelivery", "", ""),
    ("Supplies", "Expense", "SuppliesMaterials", "", ""),
    ("Utilities", "Expense", "Utilities", "", ""),
    ("Depreciation", "Other Expense", "Depreciation", "", ""),
    ("Interest Earned", "Other Income", "InterestEarned", "", ""),
    ("Other Portfolio Income", "Other Income", "OtherMiscellaneousIncome", "", ""),
)
TERMS = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
METHODS = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Visa", "CREDIT_CARD"),
    ("MasterCard", "CREDIT_CARD"),
    ("Discover", "CREDIT_CARD"),
    ("American Express", "CREDIT_CARD"),
)
RATES: dict[str, tuple[tuple[str, float], ...]] = {
    "US": (("California", 8.0), ("Tucson", 9.1)),
    "CA": (("GST", 5.0), ("HST ON", 13.0)),
    "GB": (("20.0% S", 20.0), ("5.0% R", 5.0)),
    "AU": (("GST", 10.0), ("GST free", 0.0)),
    "FR": (("20.0% TVA", 20.0), ("5.5% TVA", 5.5)),
}


AGENCIES: dict[str, tuple[str, ...]] = {
    "US": ("Board of Equalization", "Arizona Dept. of Revenue"),
    "CA": ("Canada Revenue Agency",),
    "GB": ("HM Revenue & Customs",),
    "AU": ("Australian Taxation Office",),
    "FR": ("Direction générale des Finances publiques",),
}


def seed_chart(company: Company) -> None:
    """Fill the lists without which no document can be made."""
    _tax(company)
    for name, days in TERMS:
        make(company, "Term", {"Name": name, "DueDays": days})
    for name, kind in METHODS:
        make(company, "PaymentMethod", {"Name": name, "Type": kind})
    made: dict[str, str] = {}
    for name, kind, sub, role, parent in ACCOUNTS:
        body: Body = {"Name": name, "AccountType": kind, "AccountSubType": sub}
        if parent:
            body["ParentRef"] = {"value": made[parent]}
        made[name] = make(company, "Account", body).id
        if role:
            company.role_ids[role] = made[name]
    services = {"value": company.role_ids["services"]}
    for name in ("Services", "Hours"):
        record = make(
            company, "Item", {"Name": name, "Type": "Service", "IncomeAccountRef": services}
        )
        company.role_ids.setdefault("default_item", record.id)


def make(company: Company, entity: str, body: Body) -> Record:
    """Create a record by the rules, as a person would; a reserved Id is given to its name."""
    declared = company.entities[entity]
    number = company.reserved.get((entity, _called(body)))
    if number is None:
        return engine.create(company, declared, body, by_person=True)
    sequence = declared.sequence or entity
    next_free = company.sequences[sequence]
    company.sequences[sequence] = number - 1
    record = engine.create(company, declared, body, by_person=True)
    company.sequences[sequence] = next_free
    return record


def _called(body: Body) -> str:
    person = f"{body.get('GivenName', '')} {body.get('FamilyName', '')}"
    return str(body.get("DisplayName") or body.get("Name") or person)


def _tax(company: Company) -> None:
    now = company.clock.now()

    def put(entity: str, record_id: str, body: Body) -> None:
        company.put(Record(company.entities[entity], record_id, body, now, now))

    if company.country == "US":
        put("TaxCode", "TAX", {"Name": "TAX", "Description": "TAX", "Taxable": True})
        custom = {"Name": "CustomSalesTax", "Description": "CustomSalesTax", "Taxable": True}
        put("TaxCode", "CustomSalesTax", custom)
        put("TaxCode", "NON", {"Name": "NON", "Description": "NON", "Taxable": False})
    for number, agency in enumerate(AGENCIES[company.country], 1):
        tracked = {"TaxTrackedOnSales": True, "TaxTrackedOnPurchases": company.country != "US"}
        put("TaxAgency", str(number), {"DisplayName": agency, **tracked})
    company.sequences["TaxAgency"] = len(AGENCIES[company.country])
    for position, (name, rate) in enumerate(RATES[company.country]):
        rate_id, code_id = str(position + 3), str(position + 2)
        agency_id = str(min(position + 1, len(AGENCIES[company.country])))
        body: Body = {"Name": name, "Description": name, "RateValue": rate}
        put("TaxRate", rate_id, {**body, "AgencyRef": {"value": agency_id}})
        detail = [
            {"TaxRateRef": {"value": rate_id, "name": name}, "TaxTypeApplicable": "TaxOnAmount"}
        ]
        put(
            "TaxCode",
            code_id,
            {
                "Name": name,
                "Description": name,
                "Taxable": True,
                "TaxGroup": True,
                "SalesTaxRateList": {"TaxRateDetail": detail},
            },
        )
    company.sequences["TaxCode"] = company.sequences["TaxRate"] = 20
