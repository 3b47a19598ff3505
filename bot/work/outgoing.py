"""What a source is to hear, as a job; and once a minute, what is no longer needed of it."""

from bot.outgoing import bounds, delivering
from bot.services import Services


def tell(services: Services, source_id: str) -> None:
    """Deliver the next events of a source."""
    delivering.deliver(services, int(source_id))


def tidy(services: Services) -> None:
    """Count what waits, and forget what was delivered long ago."""
    bounds.measure(services)
    bounds.forget(services)
