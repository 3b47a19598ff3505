"""Sentences with counts and money that more than one job says."""

from decimal import Decimal

from bot.domain import Waiting


def dollars(amount: Decimal, currency: str) -> str:
    """Write an amount with its currency: $1,234.50, or EUR 1,234.50."""
    sign = "-" if amount < 0 else ""
    mark = "$" if currency == "USD" else f"{currency} "
    return f"{sign}{mark}{abs(amount):,.2f}"


def money_line(waiting: Waiting, currency: str) -> str:
    """Say the sums apart: sales and payments are never one number."""
    parts = []
    sales = waiting.sales_amount.get(currency, Decimal())
    cash = waiting.cash_amount.get(currency, Decimal())
    if waiting.sales_count:
        parts.append(f"sales {dollars(sales, currency)}")
    if waiting.cash_count:
        parts.append(f"payments {dollars(cash, currency)}")
    return ", ".join(parts) or "no amounts"
