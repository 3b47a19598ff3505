"""The parts of a report on the wire: header, columns, rows, sections."""

from collections.abc import Iterable, Mapping, Sequence

from sandbox.quickbooks.clock import stamp
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.reports.period import Span


def report(
    company: Company,
    name: str,
    params: Mapping[str, str],
    span: Span,
    columns: list[Body],
    rows: list[Body],
) -> Body:
    """The whole report."""
    header: Body = {
        "Time": stamp(company.clock.now()),
        "ReportName": name,
        "ReportBasis": basis(company, params),
        "StartPeriod": span.start.isoformat(),
        "EndPeriod": span.end.isoformat(),
        "SummarizeColumnsBy": params.get("summarize_column_by", "Total"),
        "Currency": company.home_currency,
    }
    if params.get("date_macro"):
        header["DateMacro"] = params["date_macro"]
    for key in ("customer", "vendor"):
        if params.get(key):
            header[key.title()] = params[key]
    header["Option"] = [
        {"Name": "AccountingStandard", "Value": "GAAP"},
        {"Name": "NoReportData", "Value": "false" if rows else "true"},
    ]
    return {
        "Header": header,
        "Columns": {"Column": columns},
        "Rows": {"Row": rows} if rows else {},
    }


def basis(company: Company, params: Mapping[str, str]) -> str:
    """Accrual, unless the call or the company says cash."""
    asked = params.get("accounting_method") or company.preference("ReportPrefs", "ReportBasis")
    return "Cash" if str(asked).lower() == "cash" else "Accrual"


def column(title: str, kind: str, key: str, **more: str) -> Body:
    """One column."""
    data = [{"Name": name, "Value": value} for name, value in more.items()]
    return {
        "ColTitle": title,
        "ColType": kind,
        "MetaData": [*data, {"Name": "ColKey", "Value": key}],
    }


def money_columns(spans: Sequence[Span]) -> list[Body]:
    """A column for each part of the period, and the total when there are several."""
    if len(spans) == 1 and spans[0].title == "Total":
        return [column("Total", "Money", "total")]
    parts = [
        column(
            span.title,
            "Money",
            span.title,
            StartDate=span.start.isoformat(),
            EndDate=span.end.isoformat(),
        )
        for span in spans
    ]
    return [*parts, column("Total", "Money", "total")]


def money(amount: int) -> str:
    """Cents as reports write them."""
    return f"{amount / 100:.2f}"


def with_total(amounts: Sequence[int], *, several: bool) -> list[str]:
    """The cells of a row; a total follows when there are several columns."""
    cells = [money(amount) for amount in amounts]
    return [*cells, money(sum(amounts))] if several else cells


def cells(first: str, values: Iterable[str], record_id: str = "") -> list[Body]:
    """A row's cells; the first may carry an Id."""
    head: Body = {"value": first}
    if record_id:
        head["id"] = record_id
    return [head, *({"value": value} for value in values)]


def data(first: str, values: Iterable[str], record_id: str = "", group: str = "") -> Body:
    """A plain row."""
    row: Body = {"ColData": cells(first, values, record_id), "type": "Data"}
    return {**row, "group": group} if group else row


def section(title: str, rows: list[Body], total: str, values: list[str], group: str = "") -> Body:
    """A heading, rows below it, and their sum."""
    body: Body = {
        "Header": {"ColData": cells(title, [""] * len(values))},
        "Rows": {"Row": rows},
        "Summary": {"ColData": cells(total, values)},
        "type": "Section",
    }
    return {**body, "group": group} if group else body


def summary(total: str, values: list[str], group: str) -> Body:
    """A sum of sections above."""
    return {"Summary": {"ColData": cells(total, values)}, "type": "Section", "group": group}
