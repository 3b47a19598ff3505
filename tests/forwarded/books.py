"""A company whose lists were read, and what is said of a tool's error there."""

from dataclasses import dataclass

from sqlmodel import select

from bot import forwarded
from bot.dispatch.model import Call
from bot.domain import EVERYTHING
from bot.forwarded import Report, settling
from bot.incidents import reported
from bot.models import Company, Forwarded
from bot.render import to_plain
from bot.services import Services
from commands import explain

# Kept in the lists of QuickBooks: entity, id, name, and whether it is active.
LISTS = (
    ("Customer", "2", "Kim Lee", True),
    ("Customer", "3", "Seaview Hotel", False),
    ("Customer", "4", "Twin Bakery", False),
    ("Customer", "5", "Pine Street Bakery", False),
    ("Vendor", "6", "Casco Paper Co", True),
    ("Vendor", "7", "Old Mill Supply", False),
    ("Item", "3", "Wooden crate", False),
    ("Item", "9", "Olive oil 5 l", True),
    ("Account", "3", "Mastercard", True),
    ("Account", "11", "Shipping Income", False),
    ("Account", "12", "Accounts Payable (A/P)", True),
)


@dataclass
class Books:
    """One company whose lists were read; neither Slack nor QuickBooks is there."""

    services: Services
    company_id: int

    def ask(self, text: str) -> str:
        """What /qb-explain answers."""
        with self.services.sessions.read() as session:
            company = session.get_one(Company, self.company_id)
        call = Call(1, "U", "C", "/qb-explain", text, (company,), typed=text)
        return explain.run(self.services, call).text

    def report(self, text: str, tool: str = "Cin7 Core", **more) -> Forwarded:
        """A tool forwards a text, and it is read."""
        forwarded.take(self.services, self.company_id, tool, Report(text, **more))
        forwarded.read_new(self.services, self.company_id)
        return self.rows()[-1]

    def rows(self) -> list[Forwarded]:
        """Every report."""
        with self.services.sessions.read() as session:
            return list(session.exec(select(Forwarded).order_by(Forwarded.id)))

    def alert(self, row: Forwarded) -> str:
        """What an alert says of a report's cause: its title, what, why and steps."""
        problem, facts = self.services.knowledge.problem(row.problem), self.facts(row)
        known = self.services.render.problem_or_plain(row.problem, facts)
        text = reported.adapted(self.services, problem, known, facts)
        said = reported.about(self.services, facts, "UTC")
        return "\n".join([text.title, str(said), *map(to_plain, (text.what, text.why, text.fix))])

    def facts(self, row: Forwarded):
        """The facts of its cause, with all that stand for it."""
        with self.services.sessions.read() as session:
            company = session.get_one(Company, self.company_id)
            return forwarded.standing(session, self.services, company, EVERYTHING)[
                (row.problem, row.subject)
            ]

    def settle(self, row: Forwarded) -> None:
        """Its cause is gone, or somebody said so."""
        with self.services.sessions.write() as session:
            now = self.services.clock.now()
            settling.settle(session, self.company_id, row.problem, row.subject, now)
