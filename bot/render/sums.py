"""What documents come to: the one place that says sales, sales tax, cash and purchases apart."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation

from bot.domain import OTHER_DOCUMENT, JsonValue, Waiting
from bot.render.words import counted, listed, money, plural

_ZERO = Decimal("0.00")


def invoiced(total: JsonValue, tax: JsonValue, currency: str = "USD") -> str:
    """Write what invoices come to: "$110.00 = sales $100.00 + sales tax $10.00".

    Only the total where it holds no tax, or where the tax is not known. `total` is one amount or
    a mapping by currency, and `tax` is alike; a currency that `tax` lacks is not known.
    """
    return listed(_parted(*one) for one in _by_currency(total, tax, currency))


def sales(total: JsonValue, tax: JsonValue, currency: str = "USD") -> str:
    """Write the same with a word before it: "sales $60.00", or "total $66.00" if no tax is known.

    With tax: "total $66.00 = sales $60.00 + sales tax $6.00".
    """
    return listed(_named(*one) for one in _by_currency(total, tax, currency))


def of_facts(facts: Mapping[str, JsonValue]) -> Waiting:
    """Read the sums of an alert's facts, each currency for itself. Raises ValueError."""
    others = facts.get("other_currencies")
    rows = [facts, *(row for row in others or () if isinstance(row, Mapping))]
    sums: dict[str, dict[str, Decimal]] = {
        name: {}
        for name in ("sales_amount", "cash_amount", "purchase_amount", "sales_tax", "entry_amount")
    }
    for row in rows:
        for name, found in sums.items():
            amount = _decimal(row.get(name))
            if amount or (name == "sales_tax" and amount is not None):
                found[str(row.get("currency") or "USD")] = amount or _ZERO
    sold, paid, owed = (_int(facts, f"{name}_count") for name in ("sales", "cash", "purchase"))
    for count, name in ((sold, "sales"), (paid, "cash"), (owed, "purchase")):
        if count and not sums[f"{name}_amount"]:
            sums[f"{name}_amount"][str(facts.get("currency") or "USD")] = _ZERO
    documents = _int(facts, "documents")
    return Waiting(
        sold,
        sums["sales_amount"],
        paid,
        sums["cash_amount"],
        max(0, _int(facts, "record_count") - max(documents, sold + paid + owed)),
        owed,
        sums["purchase_amount"],
        sums["sales_tax"],
        max(0, documents - sold - paid - owed),
        str(facts.get("sales_noun") or "invoice"),
        str(facts.get("purchase_noun") or "bill"),
        str(facts.get("entry_noun") or OTHER_DOCUMENT),
        sums["entry_amount"],
    )


def waiting_amounts(facts: Mapping[str, JsonValue], *, taxed: bool = False) -> str:
    """Say what waits with its money, by kind of document; "" when no document waits."""
    return told(of_facts(facts), taxed=taxed, others=False)


def not_posted(facts: Mapping[str, JsonValue]) -> str:
    """Say in a clause what is not posted: "3 invoices, $1,240.00 not posted"."""
    amounts = waiting_amounts(facts) or counted(facts)
    return f"{amounts} not posted" if amounts else "no document waits yet"


def told(found: Waiting, *, amounts: bool = True, taxed: bool = False, others: bool = True) -> str:
    """Say what it is: "12 invoices, $1,240.00, and 3 payments, $310.00"; "" for nothing.

    `taxed` says the sales tax apart; `others` counts customers, items and other records too.
    """
    parts = list(_kinds(found, amounts=amounts, taxed=taxed))
    if others and found.other_count:
        parts.append(_others(found.other_count, alone=not parts))
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}" if amounts else listed(parts)


def _kinds(found: Waiting, *, amounts: bool, taxed: bool) -> Iterator[str]:
    tax = found.sales_tax if taxed else {}
    for count, noun, sums in (
        (found.sales_count, found.sales_noun, found.sales_amount),
        (found.cash_count, "payment", found.cash_amount),
        (found.purchase_count, found.purchase_noun, found.purchase_amount),
        (found.entry_count, _entries(found), found.entry_amount),
    ):
        if count:
            words = plural(count, noun)
            known = tax if sums is found.sales_amount else {}
            yield f"{words}, {invoiced(dict(sums), dict(known))}" if amounts and sums else words


def _entries(found: Waiting) -> str:
    """What the documents in no sum are called: "other" only beside those of a sum."""
    alone = found.documents == found.entry_count
    return "document" if alone and found.entry_noun == OTHER_DOCUMENT else found.entry_noun


def _others(count: int, *, alone: bool) -> str:
    if alone:
        return plural(count, "customer, vendor or item", "customers, vendors and items")
    return plural(count, "other record")


def _by_currency(
    total: JsonValue, tax: JsonValue, currency: str
) -> Iterator[tuple[Decimal, Decimal | None, str]]:
    sums = total if isinstance(total, Mapping) else {currency: total}
    taxes = tax if isinstance(tax, Mapping) else {currency: tax}
    for code, amount in sorted(sums.items()):
        yield _decimal(amount) or _ZERO, _decimal(taxes.get(code)), str(code)


def _parted(total: Decimal, tax: Decimal | None, currency: str) -> str:
    whole = money(total, currency)
    if not tax:
        return whole
    return f"{whole} = sales {money(total - tax, currency)} + sales tax {money(tax, currency)}"


def _named(total: Decimal, tax: Decimal | None, currency: str) -> str:
    word = "total" if tax is None or tax else "sales"
    return f"{word} {_parted(total, tax, currency)}"


def _decimal(value: JsonValue) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        msg = f"{value!r} is not an amount"
        raise ValueError(msg) from None


def _int(facts: Mapping[str, JsonValue], name: str) -> int:
    return int(facts.get(name) or 0)
