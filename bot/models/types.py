"""Column types shared by the tables."""

from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column
from sqlalchemy import Enum as EnumColumn
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

# Four places hold every currency's minor unit and QuickBooks' own rounding differences.
MONEY_PLACES = 4
_SCALE = 10**MONEY_PLACES


class Money(TypeDecorator[Decimal]):
    """A Decimal kept as a scaled integer (SQLite would make a Decimal column a REAL)."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002  SQLAlchemy's signature
        """Scale to an integer; refuses amounts finer than four places rather than rounding."""
        if value is None:
            return None
        scaled = Decimal(value) * _SCALE
        if scaled != scaled.to_integral_value():
            msg = f"{value} has more than {MONEY_PLACES} decimal places"
            raise ValueError(msg)
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Give the exact Decimal back, with at least two places."""
        if value is None:
            return None
        amount: Decimal = Decimal(value) / _SCALE
        cents = amount.quantize(Decimal("0.01"))
        return cents if cents == amount else amount


def json_column() -> Column[Any]:
    """A JSON column that is never NULL."""
    return Column(JSON, nullable=False)


def words(enum: type[Enum]) -> EnumColumn:
    """A column type that keeps an enum by its value (str) in plain text, alike on both engines."""
    return EnumColumn(
        enum,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda members: [str(member.value) for member in members],
    )
