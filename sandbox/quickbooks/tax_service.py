"""TaxService: a tax code with new or known rates, in one call; it answers without a wrapper."""

from typing import Any

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import WRONG_TYPE, fault, missing
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.rules import check_name

APPLICABLE = ("Sales", "Purchase")
LISTS = {"Sales": "SalesTaxRateList", "Purchase": "PurchaseTaxRateList"}


def create_tax_code(company: Company, sent: Any) -> Body:
    """Store the code and its rates; all or nothing. Raises QboFault."""
    if not isinstance(sent, dict) or not isinstance(sent.get("TaxRateDetails"), list):
        raise missing("TaxRateDetails")
    name = str(sent.get("TaxCode") or "")
    if not name:
        raise missing("TaxCode")
    check_name(company, company.entities["TaxCode"], {"Name": name}, None)
    if not sent["TaxRateDetails"]:
        raise missing("TaxRateDetails")
    for detail in sent["TaxRateDetails"]:
        _check(company, detail)
    made = [_rate(company, detail) for detail in sent["TaxRateDetails"]]
    body: Body = {
        "Name": name,
        "Description": name,
        "Taxable": True,
        "TaxGroup": True,
        "Hidden": False,
    }
    for side, listed in LISTS.items():
        rates = [
            {"TaxRateRef": {"value": one["TaxRateId"]}, "TaxTypeApplicable": "TaxOnAmount"}
            for one in made
            if one["TaxApplicableOn"] == side
        ]
        body[listed] = {"TaxRateDetail": rates}
    code = _put(company, "TaxCode", body)
    return {"TaxCode": name, "TaxCodeId": code.id, "TaxRateDetails": made}


def _check(company: Company, detail: Any) -> None:
    if not isinstance(detail, dict):
        raise fault("2010", WRONG_TYPE)
    if detail.get("TaxApplicableOn", "Sales") not in APPLICABLE:
        raise fault("2170", f"Invalid Enumeration : {detail['TaxApplicableOn']}", "TaxApplicableOn")
    known = detail.get("TaxRateId")
    if known:
        if company.row("TaxRate", str(known)) is None:
            raise fault(
                "2500", f"Invalid Reference Id : TaxRate element id {known} not found", "TaxRateId"
            )
        return
    name = detail.get("TaxRateName")
    for field in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if detail.get(field) in (None, ""):
            raise missing(field)
    check_name(company, company.entities["TaxRate"], {"Name": name}, None)
    try:
        good = 0 <= float(detail["RateValue"]) <= 100
    except (TypeError, ValueError):
        good = False
    if not good:
        raise fault("2150", f"Supplied value:{detail['RateValue']}", "RateValue")
    agency = str(detail["TaxAgencyId"])
    if company.row("TaxAgency", agency) is None:
        raise fault(
            "2500", f"Invalid Reference Id : TaxAgency element id {agency} not found", "TaxAgencyId"
        )


def _rate(company: Company, detail: Body) -> Body:
    side = detail.get("TaxApplicableOn", "Sales")
    known = company.row("TaxRate", str(detail.get("TaxRateId") or ""))
    if known is None:
        name = str(detail["TaxRateName"])
        known = _put(
            company,
            "TaxRate",
            {
                "Name": name,
                "Description": name,
                "RateValue": float(detail["RateValue"]),
                "AgencyRef": {"value": str(detail["TaxAgencyId"])},
                "SpecialTaxType": "NONE",
                "DisplayType": "ReadOnly",
            },
        )
    return {
        "TaxRateName": known.body["Name"],
        "TaxRateId": known.id,
        "RateValue": known.body["RateValue"],
        "TaxAgencyId": (known.body.get("AgencyRef") or {}).get("value", ""),
        "TaxApplicableOn": side,
    }


def _put(company: Company, name: str, body: Body) -> Record:
    entity, now = company.entities[name], company.clock.now()
    record = Record(entity, company.next_id(entity), body, now, now)
    company.put(record)
    company.tell(record, "Create")
    return record
