"""The worst names, counts and amounts people and documents have, for every message and view."""

from typing import Any

NASTY = "<!channel> *b* _i_ `c` <@U0DANA0001> <https://evil.example|x> [x](https://evil.example) &"
NAMES = {
    "long": "Bartholomew Featherstonehaugh-Cholmondeley and Sons of Northern Harbour Town Ltd",
    "right-to-left": "\u202eشركة الميناء\u202c للأغذية",
    "emoji": "👩‍👩‍👧‍👦 Family 🇺🇸🇨🇦 Foods é\u0301",
    "markup": NASTY,
    "control": "Jane\tDoe\r\n1. Second line\x00\x1b[31m",
    "marks": "\ue000\ue001\ue002 Jane",
    "empty": "",
}
# Where a person's or a document's words stand in the facts of alerts and previews.
_WORDED = (
    "after at before company description detail differ element email error "
    "fault_message gone instead into keep left mark name named number our_document "
    "our_record ours party phone proposed reason ref shown sku source street city "
    "subject_name theirs what word"
)
WORDED = frozenset(_WORDED.split())
MANY = {
    "documents": 10_000,
    "record_count": 10_400,
    "sales_count": 9_000,
    "sales_amount": "98765432109.99",
    "sales_tax": "8765432109.99",
    "cash_count": 900,
    "cash_amount": "1234567890.12",
    "purchase_count": 100,
    "purchase_amount": "7654321.00",
}


def swapped(value: Any, name: str) -> Any:
    """Put the name wherever a person's or a document's words stand."""
    if isinstance(value, dict):
        return {
            key: name if key in WORDED and isinstance(inner, str) else swapped(inner, name)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [swapped(inner, name) for inner in value]
    return value
