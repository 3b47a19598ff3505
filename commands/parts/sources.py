"""The sources a file can come from: those a company has, and a new one."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from bot.errors import BadInput
from bot.models import Company, Source
from bot.render import listed
from bot.services import Services

FIRST_NAME = "Web shop"
LONGEST = 60
# A new name this like a known one is a slip of the keyboard.
LIKE_ENOUGH = 80.0
_KNOWN, _NEW = "s", "c"


@dataclass(frozen=True)
class Choice:
    """One line of the menu. `value` holds the id of a source, or of the company of a new one."""

    value: str
    label: str

    @property
    def is_new(self) -> bool:
        """Whether it stands for a source that does not exist yet."""
        return is_new(self.value)


def is_new(value: str) -> bool:
    """Whether a chosen value stands for a source that does not exist yet."""
    return value.startswith(_NEW)


def choices(services: Services, companies: Sequence[Company]) -> list[Choice]:
    """The sources of these companies, and for each company a new one."""
    several = len(companies) > 1
    found: list[Choice] = []
    with services.sessions.read() as session:
        for company in companies:
            where = f"{company.name} · " if several else ""
            found += [
                Choice(f"{_KNOWN}{row.id}", f"{where}{row.name}") for row in _of(session, company)
            ]
            new = "a new source" if several else "A new source"
            found.append(Choice(f"{_NEW}{company.id}", f"{where}{new}"))
    return found


def meant(choices: Sequence[Choice], said: str) -> Choice | None:
    """The one known source that is called so; None where there is none, or more than one."""
    wanted = " ".join(said.casefold().split())
    names = [(one.label.rpartition(" · ")[2].casefold(), one) for one in choices if not one.is_new]
    found = [one for name, one in names if name == wanted]
    return found[0] if len(found) == 1 else None


def company_of(services: Services, own: str, chosen: str) -> Company | None:
    """The company of the window or, when it had several, of what was chosen in it."""
    number = own or chosen[1:]
    if not number.isdecimal() or len(number) > 18:
        return None
    with services.sessions.read() as session:
        if own or is_new(chosen):
            return session.get(Company, int(number))
        source = session.get(Source, int(number))
        return session.get(Company, source.company_id) if source else None


def find(services: Services, company: Company, chosen: str, name: str) -> int:
    """Give the id of the chosen source; a new one is made, a mistyped one never.

    The same file under another source's name would be other records: everything twice.
    Raises BadInput.
    """
    with services.sessions.write() as session:
        known = _of(session, company)
        if chosen and not is_new(chosen):
            row = next((one for one in known if f"{_KNOWN}{one.id}" == chosen), None)
            if row is None:
                raise BadInput("That source is gone. Type /qb-sync-now file again.")
            return row.id or 0
        row = next((one for one in known if one.name.casefold() == name.casefold()), None)
        if row is None:
            _refuse_mistyped(company, known, name)
            row = Source(company_id=company.id or 0, name=name, created_at=services.clock.now())
            session.add(row)
            session.flush()
        return row.id or 0


def _refuse_mistyped(company: Company, known: Sequence[Source], name: str) -> None:
    plain = name.casefold()
    if any(fuzz.ratio(plain, one.name.casefold()) >= LIKE_ENOUGH for one in known):
        names = listed(one.name for one in known)
        msg = (
            f"{name} is no source of {company.name}, and nearly one it has: {names}. Nothing was "
            "read. Type /qb-sync-now file again and choose it in the list; a really new source "
            "needs a name that is not so near."
        )
        raise BadInput(msg)


def _of(session: Session, company: Company) -> Sequence[Source]:
    return session.exec(
        select(Source).where(Source.company_id == company.id).order_by(col(Source.name))
    ).all()
