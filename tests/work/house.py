"""A shop whose jobs run one after the other in this process, on a running simulator."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import select

from bot import incidents, jobs
from bot.domain import Role
from bot.fixes import asking, engine
from bot.fixes.registry import buttons
from bot.models import Company, Delivery, Incident, Source
from bot.render import to_plain
from bot.work import jobs_for
from checks import ALL_CHECKS
from tests.dispatch.slack_world import text_of
from tests.sync.shop import Shop, open_shop
from tests.words import renderer

# Slack is not here: what a person would read is taken from the rows.
LEFT_OUT = frozenset({jobs.DELIVER})
MOST_TURNS = 300


class Everybody:
    """Everybody may do everything."""

    def require(self, user_id, company_id, role, team_id=""):
        """Refuse nobody."""

    def who(self, company_id, role):
        """Two people have every role."""
        return ["Priya", "Sam"]

    def role(self, user_id, company_id):
        """Everybody has the highest role."""
        return Role.ADMIN


@dataclass
class House:
    """The shop, and the bot's jobs."""

    shop: Shop

    @property
    def services(self):
        return self.shop.services

    def run(self, *left_out):
        """Do what was asked for, and what that asks for, until nothing is left."""
        known = jobs_for(ALL_CHECKS)
        queue = self.shop.nudges.seen
        for _ in range(MOST_TURNS):
            if not queue:
                return
            job, arg = queue.pop(0)
            if job not in LEFT_OUT and job not in left_out:
                known[job](self.services, str(arg))
        raise AssertionError(f"still busy: {queue[:5]}")

    def sync(self, *left_out):
        """Post what waits, run the checks, and everything after it."""
        jobs.sync_company(self.services.queue, self.shop.company_id)
        self.check(*left_out)

    def check(self, *left_out):
        """Run every check and what that asks for."""
        for check in ALL_CHECKS:
            jobs.run_check(self.services.queue, self.shop.company_id, check.name)
        self.run(*left_out)

    def capture(self, *left_out):
        """Read what changed in QuickBooks, and everything after it."""
        jobs.capture_company(self.services.queue, self.shop.company_id)
        self.run(*left_out)

    def incidents(self):
        """Every alert, oldest first."""
        return sorted(self.shop.all(Incident), key=lambda row: row.id)

    def incident(self, problem, subject=None):
        """The one alert of a problem."""
        found = [row for row in self.incidents() if row.problem == problem]
        [row] = [row for row in found if subject in (None, row.subject)]
        return row

    def shown(self, incident):
        """The words of an alert as Slack gets them."""
        return text_of({"blocks": incidents.build(self.services, incident).blocks})

    def told(self):
        """Let Slack have every message so far."""
        with self.services.sessions.write() as session:
            for row in session.exec(select(Delivery).where(Delivery.ts == None)):  # noqa: E711  SQL
                row.ts, row.sent = "1.0", row.wanted
                session.add(row)

    def preview(self, incident, fix, **choices):
        """The preview and its words."""
        prepared = engine.prepare(self.services, incident.id, fix, "U0DANA", choices)
        return prepared, to_plain(prepared.text)

    def mend(self, incident, fix, **choices):
        """Preview, confirm, and work until nothing is left; the alert as it is then."""
        prepared, _ = self.preview(incident, fix)
        answer = engine.confirm(self.services, prepared.run_id, "U0DANA", choices)
        assert isinstance(answer, engine.Confirmed), answer
        self.run()
        return self.again(incident)

    def mend_by_two(self, incident, fix):
        """One person asks, an approver approves; the alert as it is then."""
        prepared, _ = self.preview(incident, fix)
        asked = asking.ask(self.services, prepared.run_id, "U0DANA", {})
        assert isinstance(asked, asking.Asked), asked
        again = asking.review(self.services, incident.id, "U0PRIYA")
        answer = engine.confirm(self.services, again.run_id, "U0PRIYA", {})
        assert isinstance(answer, engine.Confirmed), answer
        self.run()
        return self.again(incident)

    def confirm(self, prepared):
        """Submit a preview as it is, and work until nothing is left."""
        filled = {choice.name: choice.initial for choice in prepared.plan.choices}
        answer = engine.confirm(self.services, prepared.run_id, "U0DANA", filled)
        assert isinstance(answer, engine.Confirmed), answer
        self.run()

    def rule(self, **changes):
        """Declare something of the source."""
        with self.services.sessions.write() as session:
            source = session.get_one(Source, self.shop.source_id)
            for name, value in changes.items():
                setattr(source, name, value)
            session.add(source)

    def filed_through(self, day):
        """Sales tax is filed through this day."""
        with self.services.sessions.write() as session:
            company = session.get_one(Company, self.shop.company_id)
            company.tax_filed_through = date.fromisoformat(day)
            session.add(company)

    def again(self, incident):
        """The alert as it is now."""
        [row] = [row for row in self.incidents() if row.id == incident.id]
        return row

    def ending(self, incident):
        """What the alert says of its end."""
        return " · ".join(self.again(incident).story["outcome"]["lines"])


def open_house(bench):
    """A shop with words and people who may."""
    shop = open_shop(bench)
    services = replace(shop.services, render=renderer(), access=Everybody(), buttons=buttons())
    return House(replace(shop, services=services))
