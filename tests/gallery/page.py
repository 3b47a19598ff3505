"""Writes the gallery as one static page: all that the bot shows, light and dark, on any width."""

import base64
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

from tests.gallery.shown import Json, Shown

HERE = Path(__file__).parent
MARK = "/*DATA*/"


def write(gallery: Sequence[Shown], target: Path) -> int:
    """Write the page; gives its size in bytes."""
    groups: dict[str, list[Json]] = {}
    for one in gallery:
        groups.setdefault(one.group, []).append(_entry(one))
    data = json.dumps(groups, separators=(",", ":")).encode()
    # Some thousand alike pieces: a twentieth of the size, and every browser can unpack it.
    packed = base64.b64encode(gzip.compress(data, mtime=0)).decode()
    template = (HERE / "page.html").read_text(encoding="utf-8")
    page = template.replace(MARK, packed, 1)
    target.write_text(page, encoding="utf-8")
    return len(page.encode())


def _entry(one: Shown) -> Json:
    entry: Json = {"n": one.name, "k": one.kind, "b": one.blocks}
    for key in ("title", "submit", "close"):
        if one.view and key in one.view:
            entry[key] = one.view[key]["text"]
    return entry
