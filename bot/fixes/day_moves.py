"""What moving a posted document to another day means: what forbids it, what each month gains.

Never in closed books, never a payment (the bank says when money moved), never what is deposited,
matched or reconciled, or was moved in QuickBooks since (accounting.md rules 2 to 5 and 14).
"""

from dataclasses import dataclass
from datetime import date

from bot.domain import BANK_DATED, ENTITY, SALES_DOCUMENTS, JsonValue, Payload
from bot.fixes import belongings, effects
from bot.fixes.belongings import Document
from bot.fixes.own_record import Own
from bot.models import Company
from bot.render import listed, money
from bot.render.words import article, month, upfirst
from bot.services import Services
from bot.sync import periods
from bot.sync.payloads import stamp
from bot.sync.settled import settled


@dataclass(frozen=True)
class Move:
    """One document as it is in QuickBooks now, and where it goes; `told` is what is noted of it."""

    own: Own
    told: Payload
    payload: Payload

    @property
    def document(self) -> Document:
        """The document with its money."""
        return Document(ENTITY[self.own.record.type], self.payload)

    @property
    def first(self) -> date:
        """The day it is posted on."""
        return date.fromisoformat(str(self.told["posted_date"]))

    @property
    def last(self) -> date:
        """The day it goes to."""
        return date.fromisoformat(str(self.told["source_date"]))

    @property
    def is_there(self) -> bool:
        """Whether QuickBooks has it on that day already."""
        return bool(self.payload.get("TxnDate") == self.told["source_date"])

    @property
    def days(self) -> tuple[date, date]:
        """Both days, the earlier one first."""
        return min(self.first, self.last), max(self.first, self.last)

    @property
    def within_a_month(self) -> bool:
        """Whether no month gains or loses anything."""
        return month(self.first) == month(self.last)

    def filed(self, company: Company) -> list[date]:
        """Which of its days lie in a month whose sales tax is filed."""
        through = company.tax_filed_through
        return [day for day in dict.fromkeys(self.days) if through is not None and day <= through]


def why_not(services: Services, company: Company, move: Move) -> str:
    """Say why the bot does not move it, and what a person can do; "" when it may be moved.

    Raises QuickBooksFault when QuickBooks does not say whether the bank knows it.
    """
    own, called = move.own, upfirst(move.own.called)
    if own.record.type in BANK_DATED:
        return (
            f"{called} keeps its day: the bank says when the money moved. Compare it with the bank "
            "statement. If the day is wrong, change it in QuickBooks by hand: this alert then ends "
            "by itself."
        )
    if own.record.type not in periods.REDATED:
        return (
            f"The bot does not move {article(own.record.type.words)}. If the day is wrong, change "
            "it in QuickBooks by hand: this alert then ends by itself."
        )
    if belongings.is_voided(move.payload):
        return f"{called} was voided in QuickBooks; a void keeps its date."
    standing = str(move.payload.get("TxnDate"))
    if standing != move.told["posted_date"]:
        return (
            f"Somebody moved {own.called} to {date.fromisoformat(standing):%m/%d/%Y} in "
            f"QuickBooks; {own.source} says {move.last:%m/%d/%Y}. Ask which day is right, and "
            "correct it where it is wrong."
        )
    if stamp(own.source, own.record.external_id) not in str(move.payload.get("PrivateNote")):
        return (
            f"{called} was entered in QuickBooks by hand, not posted by the bot. Whoever entered "
            "it changes its day there."
        )
    return _closed(company, move) or _locked(services, company, move)


def _closed(company: Company, move: Move) -> str:
    first, _ = move.days
    if not periods.is_closed(company, first):
        return ""
    return (
        f"The books are closed through {company.book_close_date:%m/%d/%Y}, and {first:%m/%d/%Y} "
        "lies in that time: the bot changes nothing there. Somebody with the closing password "
        f"opens {move.own.called} in QuickBooks, changes its date to {move.last:%m/%d/%Y} and "
        "saves; then press this button again."
    )


def _locked(services: Services, company: Company, move: Move) -> str:
    entity = move.document.entity
    linked = [words for words in settled(entity, move.payload) if "deposit" in words]
    state = next(iter(linked), "") or belongings.bank_state(services, company, move.payload)
    if not state:
        return ""
    return (
        f"{upfirst(move.own.called)} {state} in QuickBooks: another day would change what was "
        "agreed with the bank. Ask your accountant."
    )


def filed(company: Company, move: Move) -> Payload:
    """What happens to the returns of its months that are filed; {} where none is."""
    touched = move.filed(company)
    months = listed(dict.fromkeys(month(day) for day in touched))
    effect = "does not change, but QuickBooks lists the document there as an exception"
    if not move.within_a_month and move.own.record.type in SALES_DOCUMENTS:
        tax = money(move.document.tax, move.own.record.currency)
        effect = f"changes by {tax} of sales tax and has to be amended or settled in the next one"
    return effects.filed_months(company, touched, [f"The return of {months} {effect}"])


def months_moved(company: Company, move: Move) -> list[JsonValue]:
    """What each of the two months gains or loses, sales and tax apart; [] within one month."""
    if move.within_a_month:
        return []
    total, tax = move.document.total, move.document.tax
    is_sale = move.own.record.type in SALES_DOCUMENTS
    parts = [("sales", total - tax), ("sales tax", tax)] if is_sale else [("bills", total)]
    rows: list[JsonValue] = []
    for day in move.days:
        sign = "+" if day == move.last else "-"
        told = [
            f"{sign}{money(value, move.own.record.currency)} of {what}"
            for what, value in parts
            if value or what != "sales tax"
        ]
        filed = day in move.filed(company)
        rows.append({"month": day.isoformat(), "change": ", ".join(told), "filed": filed})
    return rows


def checked(company: Company, move: Move) -> list[str]:
    """What was looked at before the day is changed."""
    said = [
        "it is on no deposit, and neither matched nor reconciled",
        "its number, lines, total and sales tax stay as they are",
    ]
    if any("paid" in words for words in settled(move.document.entity, move.payload)):
        said.append("what is paid on it keeps its own day")
    if company.tax_filed_through is None:
        said.append("through which month sales tax is filed was never said: ask before you go on")
    return said
