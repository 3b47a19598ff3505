"""How hard a text is to read: the Flesch–Kincaid grade, counted without a dictionary.

Flesch–Kincaid (J. P. Kincaid and others, 1975): 0.39 words a sentence + 11.8 syllables a word
− 15.59. Syllables are counted by groups of vowels: a dictionary gives the same grade to about one.
"""

import re
from collections.abc import Mapping

QUOTED = re.compile(r"“[^”]*”")
_MARKER = re.compile(r"(?m)^\s*(\d+\.|•)\s+")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_SENTENCE = re.compile(r"[.?!](?=\s|$)|\n")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$")


def bare(text: str, names: Mapping[str, str]) -> str:
    """Take quotations, list markers and the records' names out; a name becomes a short word."""
    text = _MARKER.sub("", QUOTED.sub("", text))
    for name, word in names.items():
        text = text.replace(name, word)
    return text


def grade(text: str) -> float:
    """Return the school grade at which the text is read with ease; 0 for no words."""
    words = _WORD.findall(text)
    if not words:
        return 0.0
    # Two words are a label, not a sentence.
    sentences = [part for part in _SENTENCE.split(text) if len(part.split()) > 2] or [text]
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word.lower()))))
