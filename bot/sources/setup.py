"""What is declared of a source, kept and read back."""

from sqlmodel import Session, select

from bot import sealed
from bot.models import SourceSetup
from bot.services import Services
from bot.sources.hooks import Hook, as_json, declared


def of_source(session: Session, source_id: int) -> SourceSetup:
    """The setup of a source; a new one, not yet added, where nothing was declared."""
    return session.get(SourceSetup, source_id) or SourceSetup(source_id=source_id)


def keep_hook(services: Services, source_id: int, hook: Hook, key: str | None) -> None:
    """Keep a webhook's declaration; `key` None: the one there is stays. Raises ConfigError."""
    with services.sessions.write() as session:
        row = of_source(session, source_id)
        row.hook = as_json(hook)
        if key is not None:
            row.hook_key = sealed.seal(services.settings, source_id, key)
        session.add(row)


def hook_of(services: Services, source_id: int) -> tuple[Hook, str] | None:
    """The declaration of a source's webhook and its key; None when there is none."""
    with services.sessions.read() as session:
        row = session.get(SourceSetup, source_id)
    if row is None or not row.hook:
        return None
    return declared(row.hook), sealed.unseal(services.settings, source_id, row.hook_key)


def seal_again(services: Services, session: Session) -> int:
    """Encrypt every secret with the first of SECRET_KEYS; returns how many. The caller commits."""
    rows = session.exec(select(SourceSetup))
    return sum(sealed.seal_again(services.settings, row, "hook_key", "options") for row in rows)
