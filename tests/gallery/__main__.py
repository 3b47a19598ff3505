"""`make gallery`: draws everything the bot shows and writes the page that shows it."""

import logging
import sys
import tempfile
from pathlib import Path

import structlog

from tests.gallery.everything import everything
from tests.gallery.page import write
from tests.gallery.place import place

TARGET = Path(__file__).resolve().parents[2] / "docs" / "gallery.html"


def main() -> int:
    """Write docs/gallery.html and say what it holds."""
    # That the worst names are cut is what it is about.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder, place(Path(folder)) as bot:
        gallery = everything(bot)
    size = write(gallery, TARGET)
    name = TARGET.relative_to(TARGET.parents[1])
    sys.stdout.write(f"{name}: {len(gallery):,} messages and views, {size // 1024:,} KB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
