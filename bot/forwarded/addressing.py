"""Whose errors a mail tells of: by the addresses a source declares, or by the company's name in it.

The receiver decides about the company, the sender about the tool. Where a mail fits several
companies it is nobody's: an alert in the wrong books would be worse than none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from bot import mirror
from bot.errors import BadInput
from bot.forwarded.mail import Letter
from bot.models import Company, Source

_ADDRESS = re.compile(r"[^@\s,;<>\"]{0,100}@[^@\s,;<>\"]{3,200}")
_NO_LETTER = re.compile(r"[\W_]+")
MOST_ADDRESSES = 20
_SHORTEST_NAME = 3


class BadAddress(BadInput):
    """An e-mail address that a source declares cannot be used."""


@dataclass(frozen=True)
class Addressee:
    """The company whose errors they are, and what forwards them."""

    company_id: int
    tool: str
    source_id: int | None = None
    # A source of its own declares the sender's address.
    known: bool = False


def checked(addresses: Iterable[str]) -> list[str]:
    """Addresses as they are kept: whole ones, or "@cin7.com" for all of a sender's. BadAddress."""
    found = list(dict.fromkeys(one.strip().lower() for one in addresses))
    for one in found:
        if not _ADDRESS.fullmatch(one):
            msg = (
                f"{one!r} is no address; write errors@example.com, or @cin7.com for all of theirs."
            )
            raise BadAddress(msg)
    if len(found) > MOST_ADDRESSES:
        raise BadAddress(f"A source has at most {MOST_ADDRESSES} addresses.")
    return found


def addressee(session: Session, letter: Letter) -> Addressee | None:
    """Find whose errors a mail tells of; None when no company fits, or several do."""
    sources = [row for row in session.exec(select(Source)) if row.mail_addresses]
    companies = {row.id or 0: row for row in session.exec(select(Company))}
    senders = [address for _, address in letter.senders]
    received = [row for row in sources if _fits(row, letter.receivers)]
    sent = [row for row in sources if _fits(row, senders)]
    company_id = _only(
        ({row.company_id for row in received}, _tagged(letter, companies.values()),
         {row.company_id for row in sent}, set(companies) if len(companies) == 1 else set())
    )  # fmt: skip
    if company_id is None:
        return None
    own = [row for row in (*sent, *received) if row.company_id == company_id]
    if own:
        return Addressee(company_id, own[0].name, own[0].id, known=own[0] in sent)
    return Addressee(company_id, _name_of(letter))


def declares_sender(row: Source, letter: Letter) -> bool:
    """Whether a source declares the address that a mail came from."""
    return _fits(row, [address for _, address in letter.senders])


def _only(ways: Iterable[set[int]]) -> int | None:
    """The one company all ways that say something agree on; a vaguer way may decide between two."""
    left: set[int] = set()
    for found in ways:
        left = (left & found or left) if left and found else left or found
    return next(iter(left)) if len(left) == 1 else None


def _fits(row: Source, addresses: Sequence[str]) -> bool:
    hosts = {f"@{one.rpartition('@')[2]}" for one in addresses}
    return any(one in addresses or one in hosts for one in row.mail_addresses)


def _tagged(letter: Letter, companies: Iterable[Company]) -> set[int]:
    """The companies named in a receiver's plus address: errors+harborfoods@example.com."""
    tags = {_plain(one.partition("@")[0].partition("+")[2]) for one in letter.receivers} - {""}
    return {row.id or 0 for row in companies if _plain(row.name) in tags}


def _plain(name: str) -> str:
    return _NO_LETTER.sub("", mirror.fold(name))


def _name_of(letter: Letter) -> str:
    """What the last sender is called: of a forwarded mail the tool, not who forwarded it."""
    for name, address in reversed(letter.senders):
        host = address.rpartition("@")[2]
        # A letter or two say nothing: the whole address does.
        found = name.strip("\"' ") or (host if "." in host else address)
        if found:
            return found if len(found) >= _SHORTEST_NAME else f"{found} <{address}>"
    return "E-mail"
