"""Every published or recorded fault with its wordings, several for one code; read when asked."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

GATEWAY = frozenset({"3001", "3100", "3200", "3202"})
"""Codes of the gateway before the company API: lower-case envelope."""
OAUTH = "OAuth"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way a code was seen: status, fault type, Message and Detail."""

    code: str
    status: int
    kind: str
    message: str
    detail: str


@cache
def wordings() -> Mapping[str, tuple[Wording, ...]]:
    """Code -> its wordings in the table's order, the usual one first."""
    path = Path(__file__).with_name("fault_texts.csv")
    found: dict[str, list[Wording]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            wording = Wording(
                row["code"], int(row["status"]), row["type"], row["message"], row["detail"]
            )
            found.setdefault(wording.code, []).append(wording)
    return {code: tuple(rows) for code, rows in found.items()}


def wording(code: str, variant: int = 1) -> Wording | None:
    """The wording with that number, from 1; None for an unknown code.

    Raises ValueError when the code has no such variant.
    """
    rows = wordings().get(code)
    if rows is None:
        return None
    if not 1 <= variant <= len(rows):
        msg = f"code {code} has {len(rows)} wordings; not {variant}"
        raise ValueError(msg)
    return rows[variant - 1]


def strikes_tokens(code: str) -> bool:
    """Whether the code is one of the token endpoint's."""
    rows = wordings().get(code)
    return rows is not None and rows[0].kind == OAUTH
