"""Behaviours whose truth is open: each can be switched, so that a client must be right in both."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_type_hints

CHOICES: Mapping[str, tuple[object, ...]] = {
    "throttle_format": ("json", "xml", "empty"),
    "duplicate_name_form": (1, 2, 3, 4, 5),
    "display_name_limit": (100, 500),
    "account_number_limit": (7, 20),
    "rotation_grace_hours": (0, 24),
    "invalid_grant_body": (1, 2, 3),
    "stale_form": (1, 2),
    "inactive_reference_code": (610, 2500),
    "closed_books_code": (6200, 6210),
    "plan_limit_code": (5030, 6000),
    "query_projection": ("refused", "everything", "fields"),
}


@dataclass(frozen=True, slots=True)
class Switches:
    """The defaults are the best documented form of each behaviour."""

    inactive_names_collide: bool = False
    faults_replay_on_requestid: bool = True
    requestid_refuses_other_body: bool = False
    rotation_grace_hours: int = 24
    rotation_every_hours: int = 24
    throttle_format: str = "json"
    duplicate_name_form: int = 1
    display_name_limit: int = 500
    account_number_limit: int = 20
    invoice_and_credit_memo_share_numbers: bool = True
    warn_duplicate_numbers: bool = True
    invalid_grant_body: int = 1
    stale_form: int = 1
    inactive_reference_code: int = 610
    closed_books_code: int = 6210
    inactive_found_by_base_name: bool = True
    auto_consent: bool = False
    auto_consent_realm: str = ""
    double_spaces_collide: bool = False
    bill_numbers_per_vendor: bool = True
    closed_without_password_refuses: bool = True
    plan_account_limit: int = 250
    plan_class_limit: int = 40
    plan_limit_code: int = 6000
    requestid_retention_hours: int = 0
    batch_counts_per_item: bool = False
    reports_name_users: bool = True
    creates_missing_accounts: bool = False
    queries_take_not_equal: bool = True
    query_projection: str = "refused"
    star_hides_sku: bool = True
    translate_all_faults: bool = False
    changes_show_after_seconds: int = 0
    automated_tax_ignores_sent: bool = False


def changed(switches: Switches, wanted: Mapping[str, Any]) -> Switches:
    """A copy with `wanted` applied. Raises ValueError with one clear sentence."""
    kinds = get_type_hints(Switches)
    for name, value in wanted.items():
        if name not in kinds:
            known = ", ".join(sorted(kinds))
            msg = f"unknown switch {name!r}; known are {known}"
            raise ValueError(msg)
        if type(value) is not kinds[name]:
            msg = f"switch {name!r} takes {kinds[name].__name__}, not {value!r}"
            raise ValueError(msg)
        allowed = CHOICES.get(name)
        if allowed is not None and value not in allowed:
            msg = f"switch {name!r} takes one of {list(allowed)}, not {value!r}"
            raise ValueError(msg)
    return replace(switches, **dict(wanted))


def as_dict(switches: Switches) -> dict[str, object]:
    """Name to value."""
    return {field.name: getattr(switches, field.name) for field in fields(switches)}
