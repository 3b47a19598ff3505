"""Numbers of documents as people type them: "#1042", "INV-1042" and "inv 01042" are one."""

import re

_WORDS = re.compile(r"^(inv|invoice|order|payment|pmt|bill|b(?=\d)|no|nr)")


def normal(number: str) -> str:
    """Write a number so that "#1042", "INV-1042" and "inv 01042" are one."""
    plain = re.sub(r"[^0-9a-z]", "", number.casefold())
    digits = _WORDS.sub("", plain).lstrip("0")
    return digits or plain


def has_digit(word: str) -> bool:
    """Whether a word may be a number rather than a name."""
    return any(letter.isdigit() for letter in word)


def stands_in(number: str, text: str) -> bool:
    """Whether a number stands in a text as a whole one: INV-100 does not stand in INV-1000."""
    wanted = normal(number)
    return any(normal(word) == wanted for word in re.findall(r"[\w#./-]*\d[\w/-]*", text))
