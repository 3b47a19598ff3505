"""When a document is due: by its term, its party's, or the usual number of days."""

from datetime import date, timedelta

from sandbox.quickbooks.model import Work


def due_date(work: Work, party: str, party_term: str, usual_days: int) -> str:
    """ISO date; `party` is the list (Customer, Vendor), `party_term` its field with a term.

    A new document without a term takes its party's.
    """
    body, company = work.body, work.company
    term_ref = body.get("SalesTermRef")
    if not term_ref:
        row = company.row(party, body[f"{party}Ref"]["value"])
        term_ref = row.body.get(party_term) if row else None
        if term_ref and work.before is None:
            body["SalesTermRef"] = dict(term_ref)
    term = company.row("Term", term_ref["value"]) if term_ref else None
    days = int(term.body.get("DueDays") or 0) if term else usual_days
    return (date.fromisoformat(body["TxnDate"]) + timedelta(days=days)).isoformat()
