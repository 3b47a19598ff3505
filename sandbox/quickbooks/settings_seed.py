"""The settings records of a new company."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body

THANKS = "Thank you for your business and have a great day!"


OTHER = (
    ("SalesFormsPrefs.DefaultCustomerMessage", THANKS),
    ("SalesFormsPrefs.DefaultItem", "1"),
    ("DTXCopyMemo", "false"),
    ("WarnDuplicateCheckNumber", "true"),
    ("WarnDuplicateBillNumber", "true"),
    ("WarnDuplicateJournalNumber", "false"),
    ("SignoutInactiveMinutes", "60"),
    ("AccountingInfoPrefs.ShowAccountNumbers", "false"),
)


def company_info(company: Company) -> Body:
    """CompanyInfo."""
    address = {
        "Id": "1",
        "Line1": "123 Sierra Way",
        "City": "San Pablo",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "87999",
    }
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": address,
        "LegalAddr": address,
        "CustomerCommunicationEmailAddr": {"Address": "noreply@example.com"},
        "PrimaryPhone": {"FreeFormNumber": "(415) 555-0100"},
        "CompanyStartDate": "2020-01-01",
        "FiscalYearStartMonth": "January",
        "Country": company.country,
        "Email": {"Address": "owner@example.com"},
        "SupportedLanguages": company.language,
        "DefaultTimeZone": company.zone.key,
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "IndustryType", "Value": "Landscaping Services"},
            {"Name": "CompanyType", "Value": "Other"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "PayrollFeature", "Value": "false"},
            {"Name": "AccountantFeature", "Value": "false"},
        ],
    }


def preferences(company: Company) -> Body:
    """Preferences, grouped as QuickBooks groups them."""
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": False,
            "TrackDepartments": True,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": True,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "6",
            "CustomerTerminology": "Customers",
            "DepartmentTerminology": "Location",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": _sales_forms(company),
        "EmailMessagesPrefs": {
            f"{form}Message": {
                "Subject": f"{form} from {company.name}",
                "Message": f"Your {form.lower()} is attached.\n\nSincerely,\n{company.name}",
            }
            for form in ("Invoice", "Estimate", "SalesReceipt", "Statement")
        },
        "VendorAndPurchasesPrefs": {
            "TrackingByCustomer": True,
            "BillableExpenseTracking": True,
            "POCustomField": [_custom_names()],
        },
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "TaxPrefs": {"UsingSalesTax": True, "PartnerTaxEnabled": False},
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": False,
            "HomeCurrency": {"value": company.home_currency},
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": [_pair(*entry) for entry in OTHER]},
    }


def _custom_names() -> Body:
    return {
        "CustomField": [
            {
                "Name": "SalesFormsPrefs.UseSalesCustom1",
                "Type": "BooleanType",
                "BooleanValue": False,
            }
        ]
    }


def _pair(name: str, value: str) -> Body:
    return {"Name": name, "Value": value}


def _sales_forms(company: Company) -> Body:
    return {
        "CustomTxnNumbers": True,
        "EmailCopyToCompany": False,
        "AllowDeposit": False,
        "AllowDiscount": True,
        "DefaultDiscountAccount": company.role_ids.get("discounts", ""),
        "AllowEstimates": True,
        "ETransactionEnabledStatus": "NotApplicable",
        "ETransactionAttachPDF": False,
        "ETransactionPaymentEnabled": False,
        "IPNSupportEnabled": False,
        "AllowServiceDate": False,
        "AllowShipping": False,
        "AutoApplyCredit": False,
        "AutoApplyPayments": True,
        "UsingPriceLevels": False,
        "UsingProgressInvoicing": False,
        "DefaultTerms": {"value": "3"},
        "DefaultCustomerMessage": THANKS,
        "CustomField": [_custom_names()],
    }
