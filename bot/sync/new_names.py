"""Names for records the bot creates beside a twin: free, allowed, and telling the two apart."""

import re

from sqlmodel import Session

from bot import mirror
from bot.mirror.names import NAME_LISTS
from bot.models import Record, Source

LONGEST_NAME = 100
_FORBIDDEN = re.compile(r'[:\t\r\n"]')


def free_name(session: Session, company_id: int, name: str, source: str, external_id: str) -> str:
    """Propose a distinguishing name nobody has, such as 'Jane Doe (Shop 1042)'.

    At most 100 characters, without the characters QuickBooks refuses.
    """
    mark = " ".join(_FORBIDDEN.sub(" ", f"{source} {external_id}").split())[:60]
    return _marked(session, company_id, name, mark, external_id)


def listed_name(session: Session, company_id: int, name: str, kind: str, external_id: str) -> str:
    """Propose a name with its list behind it that nobody has, such as 'Jane Doe (Customer)'."""
    return _marked(session, company_id, name, kind.capitalize(), external_id)


def _marked(session: Session, company_id: int, name: str, mark: str, external_id: str) -> str:
    clean = " ".join(_FORBIDDEN.sub(" ", name).split())
    for attempt in range(1, 100):
        suffix = f" ({mark})" if attempt == 1 else f" ({mark} {attempt})"
        proposed = clean[: LONGEST_NAME - len(suffix)].rstrip() + suffix
        if not mirror.candidates(session, company_id, proposed, NAME_LISTS):
            return proposed
    return f"{clean[:60].rstrip()} ({mark[:30]} {external_id[-5:]})"


def propose_name(session: Session, record: Record) -> str:
    """Propose a free, distinguishing name for a record of the outbox."""
    source = session.get_one(Source, record.source_id).name
    return free_name(session, record.company_id, record.name, source, record.external_id)


def propose_listed(session: Session, record: Record) -> str:
    """Propose a free name that says on which list a record of the outbox is."""
    return listed_name(
        session, record.company_id, record.name, record.type.value, record.external_id
    )


def why_not(session: Session, company_id: int, name: str) -> str:
    """Say why a new customer or vendor cannot have this name; "" when it is fine.

    Names are shared by customers, vendors and employees. One that is all but the name of somebody
    else would make the very twin the bot asks about, so it is refused as well.
    """
    if not name:
        return "The name is empty. Type the name the new record shall have in QuickBooks."
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters; QuickBooks takes up to {LONGEST_NAME}."
    if any(character in name for character in ":\t\r\n"):
        return "QuickBooks does not take a colon, a tab or a line break in a name."
    found = mirror.candidates(session, company_id, name, NAME_LISTS)
    if not found:
        return ""
    row, likeness = found[0]
    full = mirror.full_name(row.entity, row.data)
    holder = f"the {'' if row.active else 'inactive '}{row.entity.lower()} {full}"
    if row.name.strip().casefold() == name.strip().casefold():
        return f"The name {name} is used by {holder}. Type another one."
    return (
        f"The name {name} is too much like {holder}: {likeness.words}. "
        "Type a name that tells the two apart."
    )
