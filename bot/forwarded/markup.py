"""The words of an HTML mail, a line for what a reader sees as one; linear however broken it is."""

import html
import re
from collections.abc import Iterator

# A longer page is cut: what a notice has to say stands at its beginning.
LONGEST_PAGE = 400_000
# What begins with one of these is not shown to a reader, up to its end.
_UNSEEN = ("style", "script", "head", "title", "template", "svg")
# `[^<>]` keeps this linear: an unclosed tag is given up at the next one.
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9:]{0,20})(?P<rest>[^<>]*)>|<[!?][^<>]*>")
# A row, an entry or a break is one new line; other blocks stand apart from what is around them.
_LINE = frozenset({"br", "dd", "dt", "li", "tr"})
_BLOCK = re.compile(
    r"address|article|aside|blockquote|body|center|dl|div|fieldset|figure|footer|form|h[1-6r]"
    r"|header|html|main|nav|ol|p|pre|section|table|tbody|tfoot|thead|ul"
)
_CELL = frozenset({"td", "th"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_LONGEST_HIDDEN = 4_000
# Where a block begins or ends in a table's cell, until it is known how many cells its row has.
_INNER = "\x1f"
_AROUND = f" \t{_INNER}"
_SPACES = re.compile(r"[^\S\n\t]+")
_CELLS = re.compile(r" ?\t[ \t]*")
_GAPS = re.compile(r"\n{3,}")


def to_text(page: str) -> str:
    """Turn a page into lines: a block, a list entry and a table's row each get one of their own."""
    joined = "".join(_pieces(_without_unseen(page[:LONGEST_PAGE])))
    joined = "\n".join(_parts(line) for line in joined.split("\n"))
    tidy = (_CELLS.sub("\t", _SPACES.sub(" ", line)).strip() for line in joined.split("\n"))
    return _GAPS.sub("\n\n", "\n".join(tidy)).strip()


def _pieces(page: str) -> Iterator[str]:
    place = 0
    cells = 0
    for tag in _TAG.finditer(page):
        # Line breaks of the source are spaces to a reader.
        yield _read(page[place : tag.start()])
        place = tag.end()
        name = (tag["name"] or "").lower()
        if name in _CELL and not tag["end"]:
            cells += 1
            yield "\t" if cells > 1 else ""
        elif name in ("tr", "table"):
            cells = 0
            yield "" if tag["end"] and name == "tr" else "\n"
        elif name in _LINE or _BLOCK.fullmatch(name):
            ends = bool(tag["end"])
            yield _INNER if cells and name != "li" else _break(name, ends=ends)
    yield _read(page[place:])


def _parts(line: str) -> str:
    """A paragraph in a cell does not end its row; in a row of one cell, a mail's frame, it does."""
    if _INNER not in line:
        return line
    alone = "\t" not in line.strip(_AROUND)
    return line.replace(_INNER, "\n" if alone else " ")


def _break(name: str, *, ends: bool) -> str:
    if name in _LINE:
        return "" if ends else "\n- " if name == "li" else "\n"
    return "\n"


def _read(text: str) -> str:
    text = text.replace(_INNER, " ")
    return html.unescape(" ".join(text.split("\n")).replace("\r", " ")).replace("\n", " ")


def _without_unseen(page: str) -> str:
    page = _cut(page, "<!--", "-->")
    for name in _UNSEEN:
        page = _cut(page, f"<{name}", f"</{name}>")
    return "".join(_visible(page))


def _cut(page: str, begins: str, ends: str) -> str:
    """Leave out what stands between; a beginning without an end hides nothing."""
    low = page.lower()
    if len(low) != len(page):  # a few letters of other scripts grow: then nothing is left out
        return page
    kept: list[str] = []
    place = 0
    while (start := low.find(begins, place)) >= 0:
        after = start + len(begins)
        if begins[1].isalpha() and low[after : after + 1].isalnum():  # <header> is no <head>
            kept.append(page[place:after])
            place = after
            continue
        end = low.find(ends, after)
        if end < 0:
            break
        kept.append(page[place:start] + " ")
        place = end + len(ends)
    return "".join((*kept, page[place:]))


def _visible(page: str) -> Iterator[str]:
    """Leave out a preview line that mail programs show in their list only."""
    place = 0
    for tag in _TAG.finditer(page):
        if tag.start() < place or not tag["rest"] or not _HIDDEN.search(tag["rest"]):
            continue
        name = tag["name"]
        end = page.find(f"</{name}>", tag.end(), tag.end() + _LONGEST_HIDDEN)
        if end < 0 or page.find(f"<{name}", tag.end(), end) >= 0:
            continue
        yield page[place : tag.start()]
        place = end
    yield page[place:]
