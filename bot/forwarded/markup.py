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
_NEW_LINE = frozenset(
    "address article aside blockquote body br center dd div dl dt fieldset figure footer form h1 h2"
    " h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot thead tr ul".split()
)
_CELL = frozenset({"td", "th"})
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_SPACES = re.compile(r"[^\S\n]+")
_GAPS = re.compile(r"\s*\n\s*\n\s*")


def to_text(page: str) -> str:
    """Turn a page into lines: a block, a list entry and a table's row each get one of their own."""
    joined = "".join(_pieces(_without_unseen(page[:LONGEST_PAGE])))
    lines = (_SPACES.sub(" ", line).strip() for line in joined.split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


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
        elif name in _NEW_LINE:
            cells = 0 if name in ("tr", "table") else cells
            # A paragraph in a table's cell does not end the row.
            yield " " if cells and name in ("p", "div", "br") else "\n"
    yield _read(page[place:])


def _read(text: str) -> str:
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
        end = low.find(ends, start)
        after = start + len(begins)
        if end < 0:
            break
        if begins[1].isalpha() and low[after : after + 1].isalnum():  # <header> is no <head>
            kept.append(page[place:after])
            place = after
            continue
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
        end = page.find(f"</{name}>", tag.end())
        if end < 0 or page.find(f"<{name}", tag.end(), end) >= 0:
            continue
        yield page[place : tag.start()]
        place = end
    yield page[place:]
