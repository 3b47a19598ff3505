"""Live events to the open pages: each page has a queue, a slow page is told to read again."""

import asyncio
from dataclasses import dataclass, field

from sandbox.slack.jsontypes import Json

QUEUE_LIMIT = 5_000


@dataclass(eq=False, slots=True)
class Page:
    """One open page and the person it shows."""

    user: str
    queue: asyncio.Queue[Json | None] = field(
        default_factory=lambda: asyncio.Queue(maxsize=QUEUE_LIMIT)
    )


class Live:
    """Hands every state change to the pages that may see it."""

    def __init__(self) -> None:
        self._pages: set[Page] = set()
        self._seq = 0

    def skip(self) -> bool:
        """True, and counted, when nobody looks: the event need not be written at all."""
        if self._pages:
            return False
        self._seq += 1
        return True

    @property
    def open_pages(self) -> int:
        """How many pages listen."""
        return len(self._pages)

    def open(self, user: str) -> Page:
        """Register a page; it must be closed again."""
        page = Page(user)
        self._pages.add(page)
        return page

    def close(self, page: Page) -> None:
        """Forget a page."""
        self._pages.discard(page)

    def push(
        self, kind: str, *, only: str = "", audience: list[str] | None = None, **data: object
    ) -> None:
        """Send `{seq, type, …}` to all pages, or to one person's, or to members of a channel.

        A page whose person is not chosen yet (empty user) sees what everybody sees.
        """
        self._seq += 1
        event: Json = {"seq": self._seq, "type": kind, **data}
        for page in list(self._pages):
            if only and page.user != only:
                continue
            if audience is not None and page.user and page.user not in audience:
                continue
            self._put(page, event)

    def _put(self, page: Page, event: Json) -> None:
        try:
            page.queue.put_nowait(event)
        except asyncio.QueueFull:
            # The page reads everything again when its socket closes; a gap would go unnoticed.
            self.close(page)
            while not page.queue.empty():
                page.queue.get_nowait()
            page.queue.put_nowait(None)
