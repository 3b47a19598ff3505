"""Counts what the bot asks of QuickBooks; reads cost quota at Intuit, writes do not."""

from prometheus_client import Counter, Histogram

CALLS = Counter(
    "qb_quickbooks_calls",
    "Calls to QuickBooks by kind (read, query, count, changes, write) and outcome.",
    ("kind", "outcome"),
)
FAULTS = Counter(
    "qb_quickbooks_faults",
    "Faults of QuickBooks by retry class and code.",
    ("retry_class", "code"),
)
SECONDS = Histogram("qb_quickbooks_call_seconds", "Duration of one call to QuickBooks.", ("kind",))
REFRESHES = Counter(
    "qb_quickbooks_token_refreshes", "Refreshes of access tokens by outcome.", ("outcome",)
)
