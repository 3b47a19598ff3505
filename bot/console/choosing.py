"""Which company `--company` means: by its name, the beginning of its name, or its id."""

import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from bot.errors import BadInput
from bot.models import Company

# As in Slack: from here on a name is near enough to be asked about.
_NEAR = 60.0
_SHORTEST_PART = 3
_MOST_NAMED = 12


def find(session: Session, name: str | None, *, exact: bool = False) -> Company:
    """Find a company by name or id; the only one when none is named.

    The beginning of a name is enough when it fits one company alone; a mistyped name is asked
    about and never taken, so that no other client's books are touched. `exact` takes whole names
    and ids alone. Raises BadInput.
    """
    companies = list(session.exec(select(Company).order_by(col(Company.name))))
    if not companies:
        msg = "There is no company yet. Add one with `python app.py connect`."
        raise BadInput(msg)
    if name is None:
        if len(companies) == 1:
            return companies[0]
        raise BadInput(f"Which company? Name it with --company: {_listed(companies)}.")
    return _meant(companies, name, exact=exact)


def every(session: Session, name: str | None) -> list[Company]:
    """All companies, or the one named. Raises BadInput."""
    if name is not None:
        return [find(session, name)]
    return list(session.exec(select(Company).order_by(col(Company.name))))


def _meant(companies: Sequence[Company], name: str, *, exact: bool) -> Company:
    wanted = _plain(name)
    for company in companies:
        if name.strip() in (str(company.id), company.realm_id) or wanted == _plain(company.name):
            return company
    begun = [one for one in companies if _begins(_plain(one.name), wanted)]
    if len(begun) == 1 and not exact:
        return begun[0]
    if len(begun) > 1:
        msg = f"{name!r} fits several companies: {_listed(begun)}. Type one name in full."
        raise BadInput(msg)
    near = begun or [one for one in companies if _likeness(one.name, wanted) >= _NEAR]
    near.sort(key=lambda one: -_likeness(one.name, wanted))
    if near:
        msg = f"There is no company {name!r}. Did you mean {_listed(near[:3], ' or ')}?"
    else:
        msg = f"There is no company {name!r}. There are: {_listed(companies)}."
    raise BadInput(msg)


def _begins(full: str, wanted: str) -> bool:
    """Say whether `wanted` is the beginning of a name, or of one of its words."""
    return len(wanted) >= _SHORTEST_PART and f" {wanted}" in f" {full}"


def _likeness(name: str, wanted: str) -> float:
    full = _plain(name)
    start = " ".join(full.split()[: max(1, len(wanted.split()))])
    return max(fuzz.ratio(wanted, full), fuzz.ratio(wanted, start))


def _plain(name: str) -> str:
    """Fold case, accents, punctuation and spaces away; all that people type otherwise."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(kept.split())


def _listed(companies: Sequence[Company], between: str = ", ") -> str:
    names = [company.name for company in companies[:_MOST_NAMED]]
    more = len(companies) - len(names)
    return between.join(names) + (f" and {more} more" if more > 0 else "")
