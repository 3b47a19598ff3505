"""What belongs to one customer in the books, and which of it may not be touched, read fresh.

Whether a document is matched, reconciled or on a deposit is not on the document itself: the
TransactionList report tells it (accounting.md rules 5 and 12).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot import mirror
from bot.domain import Payload
from bot.models import Company
from bot.quickbooks import Question
from bot.render import money
from bot.render.words import spoken
from bot.services import Services
from bot.sync.settled import DEPOSITED, amount, left, settled

# The documents that name a customer and that can be asked for by it.
ENTITIES = ("Invoice", "CreditMemo", "Payment", "SalesReceipt", "RefundReceipt", "Estimate")
_STATES = {
    "Deposited": DEPOSITED,
    "Reconciled": "is reconciled",
    "Cleared": "is matched in the bank feed",
}
# Not the documents of a month's sales tax.
_UNTAXED = frozenset({"Payment", "Estimate"})
_FIRST_DAY = "1990-01-01"


@dataclass(frozen=True)
class Document:
    """One document; `locks` say, in words, why it may not go to another customer."""

    entity: str
    payload: Payload
    locks: tuple[str, ...] = ()

    @property
    def qbo_id(self) -> str:
        """Its id in QuickBooks."""
        return str(self.payload["Id"])

    @property
    def total(self) -> Decimal:
        """Its amount, always positive."""
        return amount(self.payload.get("TotalAmt"))

    @property
    def tax(self) -> Decimal:
        """Its sales tax."""
        return amount((self.payload.get("TxnTaxDetail") or {}).get("TotalTax"))

    @property
    def open(self) -> Decimal:
        """What it adds to what the customer owes; a credit or an unapplied payment is negative."""
        if self.entity == "Invoice":
            return amount(self.payload.get("Balance"))
        if self.entity == "CreditMemo":
            return -left(self.payload)
        return -amount(self.payload.get("UnappliedAmt")) if self.entity == "Payment" else Decimal(0)

    @property
    def words(self) -> str:
        """Name it: 'invoice 1001 of 11/02/2026, $100.00'."""
        number = self.payload.get("DocNumber") or self.payload.get("PaymentRefNum") or ""
        called = f"{spoken(self.entity)} {number}".strip()
        day = date.fromisoformat(str(self.payload["TxnDate"])).strftime("%m/%d/%Y")
        return f"{called} of {day}, {money(self.total, self.currency)}"

    @property
    def currency(self) -> str:
        """Its currency, "USD" where QuickBooks names none."""
        return str((self.payload.get("CurrencyRef") or {}).get("value") or "USD")


@dataclass(frozen=True)
class Belongings:
    """Everything of one customer; `foreign`: transactions the bot does not move, in words."""

    documents: tuple[Document, ...]
    foreign: tuple[str, ...] = ()

    @property
    def locked(self) -> list[Document]:
        """Those that may not be touched."""
        return [document for document in self.documents if document.locks]

    @property
    def open(self) -> Decimal:
        """What the documents make of the customer's balance."""
        return sum((document.open for document in self.documents), Decimal(0))


def read(services: Services, company: Company, customer_id: str) -> Belongings:
    """Read all documents of a customer. Raises QuickBooksFault: a failed read is never "none".

    Voided documents carry nothing and stay where they are.
    """
    books = services.quickbooks.company(company.id or 0)
    states: dict[str, str] = {}
    for state in reversed(_STATES):  # the strongest word is written last
        for transaction_id, _ in _listed(services, company, _of(customer_id), state):
            states[transaction_id] = _STATES[state]
    found: list[Document] = []
    its = (("CustomerRef", "=", customer_id),)
    answers = books.query_many([Question(entity, its) for entity in ENTITIES])
    for entity, answer in zip(ENTITIES, answers, strict=True):
        for payload in answer.all():
            locks = _locks(services, company, entity, payload, states.get(str(payload["Id"]), ""))
            found.append(Document(entity, payload, tuple(locks)))
    known = {document.qbo_id for document in found}
    others = _listed(services, company, _of(customer_id), "")
    foreign = tuple(words for qbo_id, words in others if qbo_id not in known)
    return Belongings(tuple(one for one in found if not is_voided(one.payload)), foreign)


def bank_state(services: Services, company: Company, payload: Payload) -> str:
    """Say whether one document is deposited, reconciled or matched, in words; "" if it is not.

    Raises QuickBooksFault: a failed read is never "not".
    """
    day = str(payload["TxnDate"])
    for state, words in _STATES.items():
        rows = _listed(services, company, {"start_date": day, "end_date": day}, state)
        if any(qbo_id == str(payload["Id"]) for qbo_id, _ in rows):
            return words
    return ""


def _of(customer_id: str) -> dict[str, str]:
    return {"customer": customer_id, "start_date": _FIRST_DAY, "end_date": ""}


def _listed(
    services: Services, company: Company, wanted: Mapping[str, str], state: str
) -> Iterator[tuple[str, str]]:
    """The ids of transactions in QuickBooks' own list, with a name for each.

    `wanted` narrows it; without an end it reaches as far as anybody dates anything.
    """
    today = services.clock.today(company.time_zone)
    last = today.replace(year=today.year + 10, day=1).isoformat()
    asked = {**wanted, "columns": "tx_date,txn_type,doc_num"}
    asked["end_date"] = asked["end_date"] or last
    if state:
        asked["cleared"] = state
    for line in services.quickbooks.company(company.id or 0).report("TransactionList", asked):
        kind = line.get("txn_type") or {}
        number = str((line.get("doc_num") or {}).get("value") or "")
        if kind.get("id"):
            day = str((line.get("tx_date") or {}).get("value") or "")
            words = f"{kind.get('value')} {number}".strip().lower()
            yield str(kind["id"]), f"{words} of {_written(day)}"


def _written(day: str) -> str:
    try:
        return date.fromisoformat(day).strftime("%m/%d/%Y")
    except ValueError:
        return day


def _locks(
    services: Services, company: Company, entity: str, payload: Payload, state: str
) -> Iterator[str]:
    yield from _by_date(company, entity, payload)
    yield from settled(entity, payload)
    if state:
        yield state
    elif entity == "Payment":
        bank = _bank(services, company, payload)
        if bank:
            yield f"was put into {bank}"


def _by_date(company: Company, entity: str, payload: Payload) -> Iterator[str]:
    day = date.fromisoformat(str(payload["TxnDate"]))
    closed, filed = company.book_close_date, company.tax_filed_through
    if closed is not None and day <= closed:
        yield f"is dated in closed books (closed through {closed:%m/%d/%Y})"
    if filed is not None and day <= filed and entity not in _UNTAXED:
        yield f"is dated in a month whose sales tax is filed (through {filed:%m/%d/%Y})"


def _bank(services: Services, company: Company, payload: Payload) -> str:
    """The bank account a payment went into directly, "" while it waits for a deposit."""
    account = str((payload.get("DepositToAccountRef") or {}).get("value") or "")
    if not account:
        return ""
    with services.sessions.read() as session:
        row = mirror.get(session, company.id or 0, "Account", account)
    return row.name if row is not None and row.data.get("AccountType") == "Bank" else ""


def is_voided(payload: Payload) -> bool:
    """Say whether the document was voided: amount zero, and QuickBooks' word in its memo."""
    noted = str(payload.get("PrivateNote") or "").casefold().startswith("voided")
    return noted and not amount(payload.get("TotalAmt"))
