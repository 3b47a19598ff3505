"""Who may answer what somebody asked: another person, once, within a day, with both roles."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bot.domain import Role
from bot.errors import BotError, NotAllowed
from bot.fixes import asking, engine, planning, reactivate
from bot.models import FixRun
from tests.sync.shop import invoice

DANA, PRIYA, SAM = "U0DANA", "U0PRIYA", "U0SAM"
ROLES = {DANA: Role.OPERATOR, PRIYA: Role.APPROVER, SAM: Role.APPROVER}


class Roles:
    """Dana operates, Priya and Sam approve."""

    def role(self, user_id, company_id, team_id=""):
        """The role of one of them."""
        return ROLES.get(user_id, Role.NONE)

    def require(self, user_id, company_id, role, team_id=""):
        """Refuse whoever has less."""
        if self.role(user_id, company_id) < role:
            raise NotAllowed("Only an approver can do this: Priya or Sam.")


@pytest.fixture
def asked(house, monkeypatch):
    """A house whose reactivation needs an approver and a second person; and its alert."""
    plain = reactivate.FIX

    def plan(services, incident, choices):
        made = plain.plan(services, incident, choices)
        return replace(made, role=Role.APPROVER, second="Two people have to see this.")

    strict = replace(plain, plan=plan)
    monkeypatch.setattr(planning, "fix_named", lambda name: strict)
    people = SimpleNamespace(member=lambda user_id: SimpleNamespace(name=user_id))
    services = replace(house.shop.services, access=Roles(), slack=people)
    house.shop = replace(house.shop, services=services)
    house.shop.act("deactivate", "Customer", house.shop.record("customer", "c1").qbo_id)
    house.shop.hand_over(invoice("1", "c1", ("i2", 1, "10.00")))
    house.sync()
    return house, house.incident("inactive_record")


def _ask(house, incident, who):
    prepared = engine.prepare(house.services, incident.id, "reactivate", who)
    return prepared.run_id, asking.ask(house.services, prepared.run_id, who, {})


def test_nobody_approves_alone(asked):
    """An approver's own press is not enough where a second person is needed."""
    house, incident = asked
    prepared = engine.prepare(house.services, incident.id, "reactivate", PRIYA)

    answer = engine.confirm(house.services, prepared.run_id, PRIYA, {})

    assert isinstance(answer, engine.Refused)
    assert "second person" in answer.sentence


def test_a_question_is_answered_by_another_person_once(asked):
    """Priya asks, she cannot answer herself; Sam can, once; the steps are journaled once."""
    house, incident = asked
    _, answer = _ask(house, incident, PRIYA)
    assert isinstance(answer, asking.Asked)
    assert house.again(incident).story["ask"]["by"] == PRIYA
    with pytest.raises(BotError, match="yourself"):
        asking.review(house.services, incident.id, PRIYA)
    with pytest.raises(NotAllowed):
        asking.review(house.services, incident.id, DANA)

    first = asking.review(house.services, incident.id, SAM)
    second = asking.review(house.services, incident.id, SAM)
    assert isinstance(engine.confirm(house.services, first.run_id, SAM, {}), engine.Confirmed)
    late = engine.confirm(house.services, second.run_id, SAM, {})
    assert isinstance(late, engine.Refused)
    story = house.again(incident).story
    assert (story["worker"], story["asked_by"], story["ask"]) == (SAM, PRIYA, None)
    with pytest.raises(BotError, match="Nobody asks"):
        asking.decline(house.services, incident.id, SAM)


def test_an_operators_question_leaves_the_second_person_to_be_found(asked):
    """Who asks without the role does not count as one of the two."""
    house, incident = asked
    _ask(house, incident, DANA)

    review = asking.review(house.services, incident.id, PRIYA)
    answer = engine.confirm(house.services, review.run_id, PRIYA, {})

    assert isinstance(answer, engine.Refused)
    handed_on = asking.ask(house.services, review.run_id, PRIYA, {})
    assert isinstance(handed_on, asking.Asked)
    last = asking.review(house.services, incident.id, SAM)
    assert isinstance(engine.confirm(house.services, last.run_id, SAM, {}), engine.Confirmed)


def test_a_question_ends_after_a_day(asked):
    """The alert says so, stays open, and nothing can be approved any more."""
    house, incident = asked
    run_id, _ = _ask(house, incident, DANA)
    with house.services.sessions.write() as session:
        run = session.get_one(FixRun, run_id)
        run.expires_at = house.services.clock.now() - timedelta(seconds=1)
        session.add(run)

    asking.expire(house.services)

    story = house.again(incident).story
    assert story["ask"] is None
    assert "within 24 hours" in story["said"]["text"]
    with pytest.raises(BotError):
        asking.review(house.services, incident.id, PRIYA)


def test_the_asker_may_take_the_question_back(asked):
    """No role is needed for that; the reason stands in the story."""
    house, incident = asked
    _ask(house, incident, DANA)

    asking.decline(house.services, incident.id, DANA, reason="found another way")

    assert house.again(incident).story["ask"] is None
    assert "found another way" in house.again(incident).story["said"]["text"]


def test_books_that_changed_mean_a_new_preview(asked):
    """What is asked is what is true now, never what was shown an hour ago."""
    house, incident = asked
    prepared = engine.prepare(house.services, incident.id, "reactivate", DANA)
    house.shop.hand_over(invoice("2", "c1", ("i2", 1, "20.00")))
    house.sync()

    answer = asking.ask(house.services, prepared.run_id, DANA, {})

    assert isinstance(answer, engine.Changed)
    assert house.again(incident).story.get("ask") is None


def test_what_settles_by_itself_ends_the_question(asked):
    """The trouble is gone in QuickBooks: nobody is asked any more."""
    house, incident = asked
    _ask(house, incident, DANA)
    house.told()
    house.shop.act("reactivate", "Customer", house.shop.record("customer", "c1").qbo_id)
    house.capture()
    house.sync()

    row = house.again(incident)
    assert row.state == "resolved"
    assert row.story["ask"] is None
