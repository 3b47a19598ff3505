"""The local copy of QuickBooks' lists: loaded, kept fresh, searched by name."""

from bot.mirror.capture import capture, read_told, refresh
from bot.mirror.changes import IDS_AT_ONCE, Subject
from bot.mirror.company_settings import refresh_company
from bot.mirror.contents import HELD, LISTS
from bot.mirror.load import MirrorIncomplete, load, loaded
from bot.mirror.merged import took_over
from bot.mirror.names import Likeness, bare, fold, full_name, similar
from bot.mirror.rows import (
    by_folded,
    by_number,
    by_sku,
    candidates,
    copied,
    get,
    in_use,
    mark_deleted,
    put,
    put_many,
)
from bot.mirror.search import beginning, search
from bot.mirror.stamps import stamp_key

__all__ = [
    "HELD",
    "IDS_AT_ONCE",
    "LISTS",
    "Likeness",
    "MirrorIncomplete",
    "Subject",
    "bare",
    "beginning",
    "by_folded",
    "by_number",
    "by_sku",
    "candidates",
    "capture",
    "copied",
    "fold",
    "full_name",
    "get",
    "in_use",
    "load",
    "loaded",
    "mark_deleted",
    "put",
    "put_many",
    "read_told",
    "refresh",
    "refresh_company",
    "search",
    "similar",
    "stamp_key",
    "took_over",
]
