"""What goes against the settings of the company: foreign currency, a line without a tax code."""

from collections.abc import Iterator

from bot.sync import tags
from bot.sync.preflight.model import Certainty, Known, Posting, Verdict

_CURRENCY = "Invalid Currency Type Supplied value:{0}"
_LEDGER = (
    "A business validation error has occurred while processing your request Business Validation "
    "Error: The transaction needs to be in the same currency as the A/R and A/P accounts you use."
)
_UNTAXED = (
    "A business validation error has occurred while processing your request Business Validation "
    "Error: Make sure all your transactions have a tax rate before you save."
)
_US_CODES = ("TAX", "NON")
_LISTS = ("Customer", "Vendor", "Account")
_DETAILS = ("SalesItemLineDetail", "AccountBasedExpenseLineDetail")
# Which settings these rest on: read anew before anything is held.
SETTINGS = ("Preferences", "1")


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """What does not go with the settings, as far as they are known."""
    yield from _currency(known, posting)
    yield from _tax(known, posting)


def _currency(known: Known, posting: Posting) -> Iterator[Verdict]:
    wanted = str((posting.payload.get("CurrencyRef") or {}).get("value") or "")
    home = known.table.company.currency
    if posting.entity in _LISTS and wanted and wanted != home:
        several = known.table.preference("CurrencyPrefs", "MultiCurrencyEnabled")
        if several not in (True, "true"):
            sure = Certainty.MAY if several is None else Certainty.WILL
            yield Verdict(sure, "2220", _CURRENCY.format(wanted), "CurrencyRef", (SETTINGS,))
    ledger = known.row("Account", posting.payload.get("APAccountRef"))
    if ledger is not None:
        kept = str((ledger.data.get("CurrencyRef") or {}).get("value") or home)
        if kept != (wanted or home):
            yield Verdict(
                Certainty.WILL, "6000", _LEDGER, rests_on=((ledger.entity, ledger.qbo_id),)
            )


def _tax(known: Known, posting: Posting) -> Iterator[Verdict]:
    if not known.table.lists.get("TaxCode"):
        return  # which country it is cannot be told
    details = [
        (name, line.get(name) or {})
        for line in posting.payload.get("Line") or ()
        for name in _DETAILS
        if line.get(name)
    ]
    if tags.is_us(known.table):
        codes = [str((detail.get("TaxCodeRef") or {}).get("value") or "NON") for name, detail in
                 details if name == _DETAILS[0]]  # fmt: skip
        if any(code not in _US_CODES for code in codes):
            yield Verdict(
                Certainty.WILL, "6100", "Invalid Line TaxCode in the request", "Line.TaxCodeRef"
            )
        return
    taxed = known.table.preference("TaxPrefs", "UsingSalesTax") in (True, "true")
    if taxed and any(not detail.get("TaxCodeRef") for _, detail in details):
        yield Verdict(Certainty.WILL, "6000", _UNTAXED, rests_on=(SETTINGS,))
