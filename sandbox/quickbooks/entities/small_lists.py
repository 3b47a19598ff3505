"""The small lists other records refer to: terms, payment methods, classes, locations, tax."""

from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    READ_OPERATIONS,
    choice,
    flag,
    kept,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.model import Entity, Field, NameRule, Work
from sandbox.quickbooks.rules import full_name


def _name(longest: int) -> Field:
    return Field("Name", longest=longest, required=True, queryable=True)


def _complete_term(work: Work) -> None:
    work.body.setdefault("Type", "DATE_DRIVEN" if work.body.get("DayOfMonthDue") else "STANDARD")
    if work.body["Type"] == "STANDARD":
        work.body.setdefault("DueDays", 0)


def _complete_method(work: Work) -> None:
    work.body.setdefault("Type", "NON_CREDIT_CARD")


def _complete_path(work: Work) -> None:
    own = work.before.id if work.before else None
    work.body["FullyQualifiedName"] = full_name(work.company, work.entity, work.body, own)
    flag_name = "SubClass" if work.entity.name == "Class" else "SubDepartment"
    work.body[flag_name] = bool(work.body.get("ParentRef"))


TERM = Entity(
    name="Term",
    fields=(
        _name(31),
        choice("Type", "STANDARD", "DATE_DRIVEN"),
        number("DueDays"),
        number("DiscountDays"),
        number("DiscountPercent"),
        number("DayOfMonthDue"),
        number("DueNextMonthDays"),
        number("DiscountDayOfMonth"),
    ),
    list_word="Terms",
    plural="terms",
    operations=LIST_OPERATIONS,
    name_rule=NameRule("Name", "Terms", "term", has_path=False),
    known=("SalesTermEx",),
    complete=_complete_term,
)

PAYMENT_METHOD = Entity(
    name="PaymentMethod",
    fields=(_name(31), choice("Type", "CREDIT_CARD", "NON_CREDIT_CARD")),
    list_word="PaymentMethods",
    plural="payment methods",
    operations=LIST_OPERATIONS,
    name_rule=NameRule("Name", "PaymentMethods", "payment method", has_path=False),
    known=("PaymentMethodEx",),
    complete=_complete_method,
)

CLASS = Entity(
    name="Class",
    fields=(
        _name(100),
        flag("SubClass"),
        ref("ParentRef", "Class"),
        read_only("FullyQualifiedName", queryable=True),
    ),
    list_word="Klasses",
    plural="classes",
    operations=LIST_OPERATIONS,
    name_rule=NameRule("Name", "Klasses", "class", unique_path=True, shown_path=True),
    known=("ClassEx",),
    complete=_complete_path,
)

DEPARTMENT = Entity(
    name="Department",
    fields=(
        _name(100),
        flag("SubDepartment"),
        ref("ParentRef", "Department"),
        read_only("FullyQualifiedName", queryable=True),
        kept("Address"),
    ),
    list_word="Depts",
    plural="locations",
    operations=LIST_OPERATIONS,
    name_rule=NameRule("Name", "Depts", "location", unique_path=True, shown_path=True),
    complete=_complete_path,
)

TAX_CODE = Entity(
    name="TaxCode",
    fields=(
        _name(100),
        text("Description", 100, queryable=True),
        flag("Taxable"),
        flag("TaxGroup"),
        flag("Hidden"),
        kept("SalesTaxRateList"),
        kept("PurchaseTaxRateList"),
    ),
    list_word="TaxCodes",
    plural="tax codes",
    operations=READ_OPERATIONS,
    name_rule=NameRule("Name", "TaxCodes", "tax code", has_path=False),
)

TAX_RATE = Entity(
    name="TaxRate",
    fields=(
        _name(100),
        text("Description", 100),
        number("RateValue"),
        ref("AgencyRef"),
        text("SpecialTaxType"),
        text("DisplayType"),
    ),
    list_word="TaxRates",
    plural="tax rates",
    operations=READ_OPERATIONS,
    name_rule=NameRule("Name", "TaxRates", "tax rate", has_path=False),
)
