"""A person at the bank side: deposits, the bank feed's matches, reconciling a statement."""

from datetime import date

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.deposit import TAKEN, deposit_of
from sandbox.quickbooks.model import Body, Record


def take_to_bank(company: Company, taken: list[Record], data: Body) -> Record:
    """Make a Deposit of what waits in undeposited funds; from then on it is frozen (6540).

    `data`: `account` (Id of the bank account), `date`, `lines` (fees and other lines, each with
    `account`, `amount`, `description`). Raises ValueError, or QboFault when QuickBooks refuses.
    """
    for record in taken:
        if record.entity.name not in TAKEN:
            msg = f"a {record.entity.name} does not go on a deposit"
            raise ValueError(msg)
        if deposit_of(record) is not None:
            msg = f"the {record.entity.name} {record.id} is on a deposit already"
            raise ValueError(msg)
    lines: list[Body] = [
        {"LinkedTxn": [{"TxnId": record.id, "TxnType": record.entity.name, "TxnLineId": "0"}]}
        for record in taken
    ]
    lines += [_line(line) for line in data.get("lines", [])]
    account = str(data.get("account") or company.role_ids["checking"])
    body: Body = {"DepositToAccountRef": {"value": account}, "Line": lines}
    if data.get("date"):
        body["TxnDate"] = date.fromisoformat(str(data["date"])).isoformat()
    return engine.create(company, company.entities["Deposit"], body, by_person=True)


def _line(line: Body) -> Body:
    if not isinstance(line, dict) or not line.get("account"):
        msg = "each of lines has an account and an amount"
        raise ValueError(msg)
    return {
        "Amount": line.get("amount"),
        "Description": str(line.get("description", "")),
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": str(line["account"])}},
    }


def take_off(company: Company, record: Record) -> None:
    """Take a payment off its deposit; a deposit with nothing left is deleted."""
    deposit = company.row("Deposit", deposit_of(record) or "")
    if deposit is None:
        return
    rest = [line for line in deposit.body["Line"] if not _holds(line, record)]
    if rest:
        sent = {"Id": deposit.id, "sparse": True, "Line": rest}
        engine.update(company, deposit.entity, sent, by_person=True)
    else:
        engine.delete(company, deposit.entity, {"Id": deposit.id}, by_person=True)


def _holds(line: Body, record: Record) -> bool:
    return any(
        (link["TxnType"], str(link["TxnId"])) == record.key for link in line.get("LinkedTxn") or []
    )


def reconcile(company: Company, record: Record, statement: str) -> None:
    """Tick a transaction off against a statement; what lies on a deposit follows its deposit."""
    record.notes["reconciled"] = statement or company.today()


def reconcile_account(company: Company, account: str, through: str) -> list[Record]:
    """Tick off everything on a bank or card account up to a day."""
    done: list[Record] = []
    for table in company.tables.values():
        for record in table.rows.values():
            on_it = any(e.account == account and e.day <= through for e in record.entries)
            if record.entity.transaction and on_it and not record.notes.get("reconciled"):
                record.notes["reconciled"] = through
                done.append(record)
    return done
