"""Every health check, listed by hand: a check whose line is forgotten fails a house test."""

from bot.checkup import Check
from checks import connection, failed_records

ALL_CHECKS: tuple[Check, ...] = (
    connection.CHECK,
    failed_records.CHECK,
)

__all__ = ["ALL_CHECKS"]
