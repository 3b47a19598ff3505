"""Sales tax of a document: the amount sent, the rate of its tax code, or its own reckoning."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import kept, number, ref
from sandbox.quickbooks.model import Body, Field, Kind, Work
from sandbox.quickbooks.money import cents, percent, wire

TAX = Field(
    "TxnTaxDetail",
    Kind.OBJECT,
    parts=(ref("TxnTaxCodeRef", "TaxCode"), number("TotalTax"), kept("TaxLine")),
)


def add_tax(work: Work, lines: list[Body], subtotal: int, discount: int) -> int:
    """The tax sent, else the tax of the code on the taxable lines."""
    detail = dict(work.body.get("TxnTaxDetail") or {})
    code = detail.get("TxnTaxCodeRef")
    taxable = sum(
        cents(line.get("Amount"))
        for line in lines
        if (line.get("SalesItemLineDetail") or {}).get("TaxCodeRef", {}).get("value")
        not in ("NON", None)
    )
    if subtotal and work.body.get("ApplyTaxAfterDiscount") is not False:
        taxable -= discount * taxable // subtotal
    if _reckons(work.company):
        return _automated(work, lines)
    if detail.get("TotalTax") is None and code:
        rate = tax_rate(work.company, code["value"])
        amount = percent(taxable, rate[1])
        detail["TaxLine"] = [_tax_line(amount, rate, taxable)]
    else:
        amount = cents(detail.get("TotalTax"))
    detail["TotalTax"] = wire(amount)
    work.body["TxnTaxDetail"] = detail
    return amount


def _reckons(company: Company) -> bool:
    """Whether automated sales tax puts its own amount in place of the one that was sent."""
    if not company.switches.automated_tax_ignores_sent:
        return False
    return bool(company.preference("TaxPrefs", "PartnerTaxEnabled"))


def _automated(work: Work, lines: list[Body]) -> int:
    """The company's own rate on each taxable line, rounded line by line."""
    company = work.company
    rates = (tax_rate(company, code.id) for code in company.live("TaxCode"))
    rate = next((one for one in rates if one[0]), ("", 0.0))
    taxed = [
        cents(line.get("Amount"))
        for line in lines
        if (line.get("SalesItemLineDetail") or {}).get("TaxCodeRef", {}).get("value") == "TAX"
    ]
    amount = sum(percent(one, rate[1]) for one in taxed)
    work.body["TxnTaxDetail"] = {
        "TotalTax": wire(amount),
        "TaxLine": [_tax_line(amount, rate, sum(taxed))],
    }
    return amount


def tax_rate(company: Company, code_id: str) -> tuple[str, float]:
    """Id and percentage of the first sales rate of a tax code."""
    code = company.row("TaxCode", code_id)
    rates = (code.body.get("SalesTaxRateList") or {}).get("TaxRateDetail") if code else None
    rate_id = rates[0]["TaxRateRef"]["value"] if rates else ""
    rate = company.row("TaxRate", rate_id)
    return rate_id, float(rate.body["RateValue"]) if rate else 0.0


def _tax_line(amount: int, rate: tuple[str, float], taxable: int) -> Body:
    return {
        "Amount": wire(amount),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate[0]},
            "PercentBased": True,
            "TaxPercent": rate[1],
            "NetAmountTaxable": wire(taxable),
        },
    }
