"""One look at a source that the bot reads by itself."""

import structlog

from bot.services import Services
from bot.sources import pulling

log = structlog.get_logger(__name__)


def pull(services: Services, source_id: str) -> None:
    """Take in what a source has; what kept it from being read is kept and tried again."""
    found = pulling.pull(services, int(source_id))
    if found.problem:
        log.warning("source not read", source=source_id, reason=found.problem)
    elif found.accepted or found.updated or found.refused:
        log.info(
            "source read",
            source=source_id,
            accepted=found.accepted,
            updated=found.updated,
            refused=len(found.refused),
        )
