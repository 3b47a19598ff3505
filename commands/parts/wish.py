"""What the words after /qb-sync-now ask for."""

import re
from dataclasses import dataclass

from bot.domain import RecordType
from bot.errors import BadInput

_TYPES = {
    "customer": RecordType.CUSTOMER,
    "vendor": RecordType.VENDOR,
    "supplier": RecordType.VENDOR,
    "item": RecordType.ITEM,
    "product": RecordType.ITEM,
    "sku": RecordType.ITEM,
    "invoice": RecordType.INVOICE,
    "inv": RecordType.INVOICE,
    "order": RecordType.INVOICE,
    "sale": RecordType.INVOICE,
    "payment": RecordType.PAYMENT,
    "pmt": RecordType.PAYMENT,
}
_FILLING = frozenset(
    {
        "a",
        "again",
        "all",
        "and",
        "everything",
        "for",
        "just",
        "me",
        "my",
        "no",
        "now",
        "number",
        "only",
        "please",
        "pls",
        "post",
        "push",
        "run",
        "sync",
        "the",
        "to",
        "up",
        "what",
        "waits",
    }
)
_FILE = frozenset(("file", "csv", "upload", "import", "export"))
_NUMBER = re.compile(r"#?(?=[^0-9]*[0-9])[0-9a-z/_.-]+", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """Everything (no field set), some types, one document, or a file."""

    types: tuple[RecordType, ...] = ()
    number: str = ""
    file: bool = False


def wants_file(text: str) -> bool:
    """Say whether the words ask for the file window."""
    return bool(_FILE & set(text.lower().split()))


def parse(text: str) -> Wish:
    """Read the words. Raises BadInput, with examples, for what cannot be understood."""
    if wants_file(text):
        return Wish(file=True)
    types: list[RecordType] = []
    number = ""
    strange: list[str] = []
    for word in text.replace(",", " ").split():
        plain = word.lower().strip(".!?:")
        kind = _TYPES.get(plain) or _TYPES.get(plain.removesuffix("s"))
        if kind is not None:
            types.append(kind)
        elif _NUMBER.fullmatch(plain) and not number:
            number = word.strip(".!?:").lstrip("#")
        elif plain not in _FILLING:
            strange.append(word)
    if strange:
        msg = (
            f"I do not understand “{' '.join(strange)[:80]}”. Examples: /qb-sync-now, "
            "/qb-sync-now invoices, /qb-sync-now invoice 1042, /qb-sync-now harbor foods, "
            "/qb-sync-now file."
        )
        raise BadInput(msg)
    return Wish(tuple(dict.fromkeys(types)), number)
