"""Every health check, listed by hand: a check whose line is forgotten fails a house test."""

from bot.checkup import Check
from checks import (
    accounts,
    adoption,
    bills,
    borrowed,
    callbacks,
    connection,
    duplicates,
    failed_records,
    firm_files,
    formats,
    mailboxes,
    mappings,
    missing_documents,
    read_budget,
    sources,
    stalled,
)

ALL_CHECKS: tuple[Check, ...] = (
    accounts.CHECK,
    adoption.CHECK,
    bills.CHECK,
    borrowed.CHECK,
    callbacks.CHECK,
    connection.CHECK,
    duplicates.CHECK,
    failed_records.CHECK,
    firm_files.CHECK,
    formats.CHECK,
    mailboxes.CHECK,
    mappings.CHECK,
    missing_documents.CHECK,
    read_budget.CHECK,
    sources.CHECK,
    stalled.CHECK,
)

__all__ = ["ALL_CHECKS"]
