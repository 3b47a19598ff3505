"""The local copy of QuickBooks' lists: loaded, kept fresh, searched by name."""

from bot.mirror.capture import CAPTURED, capture, refresh
from bot.mirror.load import LISTS, MirrorIncomplete, load, loaded, refresh_company
from bot.mirror.names import Likeness, bare, fold, similar
from bot.mirror.rows import (
    by_folded,
    by_number,
    by_sku,
    candidates,
    get,
    mark_deleted,
    put,
    put_many,
)

__all__ = [
    "CAPTURED",
    "LISTS",
    "Likeness",
    "MirrorIncomplete",
    "bare",
    "by_folded",
    "by_number",
    "by_sku",
    "candidates",
    "capture",
    "fold",
    "get",
    "load",
    "loaded",
    "mark_deleted",
    "put",
    "put_many",
    "refresh",
    "refresh_company",
    "similar",
]
