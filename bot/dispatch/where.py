"""Which companies a command means: the channel's own, the one named, or all the person may."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlmodel import col, select

from bot.domain import Role
from bot.errors import BadInput, NotAllowed
from bot.models import Company
from bot.services import Services

# A name this like the typed words is meant; below, the words are something else.
LIKE_ENOUGH = 84.0
SHORTEST_PART = 4
MOST_WORDS = 40
MOST_NAME_WORDS = 12
# Words of the commands themselves never stand for a company whose name begins with them.
_OWN_WORDS = frozenset(
    {
        "customer",
        "customers",
        "errors",
        "file",
        "help",
        "invoice",
        "invoices",
        "item",
        "items",
        "orders",
        "payment",
        "payments",
        "product",
        "products",
        "reconnect",
        "status",
        "sync",
    }
)


class NoCompany(NotAllowed):
    """No company is set up here yet. Whoever runs this bot adds one: python app.py connect."""


@dataclass(frozen=True)
class Where:
    """The companies meant, what is left of the text, and whether the channel is theirs.

    `named`: one was named, and its name is taken out of the text. `almost`: the words that were
    taken for it, where they are only like its name or the beginning of it.
    """

    companies: tuple[Company, ...]
    rest: str
    in_company_channel: bool = False
    named: bool = False
    almost: str = ""


@dataclass(frozen=True)
class _Named:
    companies: tuple[Company, ...]
    rest: str
    almost: str = ""


def resolve(
    services: Services, user_id: str, channel_id: str, text: str, role: Role, team_id: str = ""
) -> Where:
    """Find the companies meant, where the person has `role`.

    In a company's channel only that company is meant: a command typed in the wrong channel must
    not touch another client. Raises NotAllowed naming who may, BadInput when it is unclear.
    """
    with services.sessions.read() as session:
        rows = session.exec(select(Company).order_by(col(Company.name), col(Company.id)))
        every = list(rows)
    if not every:
        if role is Role.NONE:
            return Where((), text)
        raise NoCompany
    bound = [company for company in every if company.channel_id == channel_id]
    if bound:
        return _in_channel(services, user_id, bound, every, text, role, team_id)
    visible = services.access.companies(user_id, Role.VIEWER, team_id)
    if not visible:
        only = every[0].id if len(every) == 1 else None
        services.access.require(user_id, only, role, team_id)
        return Where((), text)
    named = _named(visible, text)
    if named.companies:
        company = _one(named.companies)
        services.access.require(user_id, company.id, role, team_id)
        return Where((company,), named.rest, named=True, almost=named.almost)
    allowed = [c for c in visible if services.access.role(user_id, c.id, team_id) >= role]
    if not allowed:
        services.access.require(user_id, visible[0].id, role, team_id)
    return Where(tuple(allowed), text)


def _in_channel(
    services: Services,
    user_id: str,
    bound: Sequence[Company],
    every: Sequence[Company],
    text: str,
    role: Role,
    team_id: str,
) -> Where:
    for company in bound:
        services.access.require(user_id, company.id, role, team_id)
    named = _named(bound, text)
    if named.companies:
        company = _one(named.companies)
        return Where(
            (company,), named.rest, in_company_channel=True, named=True, almost=named.almost
        )
    others = [
        company
        for company in every
        if company not in bound
        and services.access.role(user_id, company.id, team_id) >= Role.VIEWER
    ]
    elsewhere = _named(others, text)
    if elsewhere.companies:
        here, there = bound[0].name, elsewhere.companies[0].name
        msg = (
            f"This channel belongs to {here}. For {there}, type the command in its own channel "
            "or in a direct message with me."
        )
        raise BadInput(msg)
    return Where(tuple(bound), text, in_company_channel=True)


def _one(companies: Sequence[Company]) -> Company:
    if len(companies) > 1:
        names = " or ".join(company.name for company in companies)
        msg = f"Which one do you mean: {names}? Type the command again with the full name."
        raise BadInput(msg)
    return companies[0]


def _named(companies: Sequence[Company], text: str) -> _Named:
    """Find the companies whose name (or its beginning) stands anywhere in the text.

    Of the words that are likest a name, those beside them that belong to it go as well: of
    "blue rigde" not only "blue" is taken.
    """
    words = text.split()[:MOST_WORDS]
    spans = _spans(companies, words)
    if not spans:
        return _Named((), text)
    best = max(spans, key=lambda span: (span.score, span.end - span.start, -span.start))
    around = (span for span in spans if span.widens(best))
    wide = max(around, key=lambda span: span.end - span.start, default=best)
    before, after = words[: wide.start], text.split()[wide.end :]
    if before and before[-1].lower() in ("at", "for", "in", "of"):
        before.pop()
    typed = words[wide.start : wide.end]
    almost = "" if _is_name(typed, best.companies) else " ".join(typed).strip(".,:;!?()[]\"'“”")
    return _Named(best.companies, " ".join([*before, *after]), almost)


def _is_name(typed: Sequence[str], companies: Sequence[Company]) -> bool:
    """Whether the words are exactly the name of one of them, or the first words of it."""
    said = _plain(typed).split()
    return any(_plain(one.name.split()).split()[: len(said)] == said for one in companies)


@dataclass(frozen=True)
class _Span:
    """Some words in a row, and the companies they are likest to."""

    score: float
    start: int
    end: int
    companies: tuple[Company, ...]

    def widens(self, other: "_Span") -> bool:
        """Whether it holds the other words too and means the same, with no word too many."""
        longest = max(len(_plain(one.name.split()).split()) for one in other.companies)
        return (
            self.start <= other.start
            and self.end >= other.end
            and self.end - self.start <= longest
            and self.companies == other.companies
        )


def _spans(companies: Sequence[Company], words: Sequence[str]) -> list[_Span]:
    found: list[_Span] = []
    for start in range(len(words)):
        for end in range(start + 1, min(len(words), start + MOST_NAME_WORDS) + 1):
            typed = _plain(words[start:end])
            scored = [(_likeness(typed, company.name), company) for company in companies]
            top = max((score for score, _ in scored), default=0.0)
            if top >= LIKE_ENOUGH:
                same = tuple(company for score, company in scored if score == top)
                found.append(_Span(top, start, end, same))
    return found


def _plain(words: Sequence[str]) -> str:
    kept = "".join(c if c.isalnum() else " " for c in " ".join(words).casefold())
    return " ".join(kept.split())


def _likeness(typed: str, name: str) -> float:
    """Compare with the whole name and with as many of its first words; whole names win."""
    full = _plain(name.split())
    if len(typed) < SHORTEST_PART or not full:
        return 100.0 if typed and typed == full else 0.0
    whole = fuzz.ratio(typed, full)
    if typed in _OWN_WORDS:
        return whole
    start = " ".join(full.split()[: len(typed.split())])
    return max(whole, fuzz.ratio(typed, start) - 1.0)
