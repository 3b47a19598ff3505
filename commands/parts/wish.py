"""What the words after /qb-sync-now ask for."""

import re
from dataclasses import dataclass

from bot.domain import RecordType
from commands.parts.asked import FILLING, plain, vocabulary

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
    "bill": RecordType.BILL,
}
_FILLING = FILLING | vocabulary("no number only post push run sync waiting waits")
FILE_WORDS = vocabulary("file files csv upload import export spreadsheet excel")
_NUMBER = re.compile(r"#?(?=[^0-9]*[0-9])[0-9a-z/_.-]+", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """Everything (no field set), some types, one document, or a file; and strange words."""

    types: tuple[RecordType, ...] = ()
    number: str = ""
    file: bool = False
    strange: str = ""


def wants_file(text: str) -> bool:
    """Say whether the words ask for the file window."""
    return any(plain(word) in FILE_WORDS for word in text.split())


def parse(text: str) -> Wish:
    """Read the words; what is not understood comes back as `strange`, and then nothing is done."""
    if wants_file(text):
        return Wish(file=True)
    types: list[RecordType] = []
    number = ""
    strange: list[str] = []
    for word in text.replace(",", " ").split():
        known = plain(word)
        kind = _TYPES.get(known) or _TYPES.get(known.removesuffix("s"))
        if kind is not None:
            types.append(kind)
        elif _NUMBER.fullmatch(known) and not number:
            number = word.strip(".!?:\"'“”").lstrip("#")
        elif known not in _FILLING or not known:
            strange.append(word)
    if strange:
        return Wish(strange=" ".join(strange))
    return Wish(tuple(dict.fromkeys(types)), number)
