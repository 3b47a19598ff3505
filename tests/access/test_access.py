"""Who may: roles from lists, groups and grants; who never has one; what a refusal says."""

from dataclasses import dataclass, field

import pytest

from bot.access import Access
from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine
from bot.domain import Role
from bot.errors import BotError, NotAllowed
from bot.models import Company, RoleGrant
from tests.databases import new_database


@dataclass
class Person:
    """A Slack user as the directory tells it."""

    id: str
    name: str
    is_guest: bool = False
    is_bot: bool = False
    is_foreign: bool = False
    deleted: bool = False


class Silent(BotError):
    """Slack did not answer."""

    def __init__(self, error: str = "internal_error") -> None:
        super().__init__()
        self.error = error


@dataclass
class Directory:
    """People and groups of a workspace, some of which cannot be read."""

    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, frozenset[str] | Silent] = field(default_factory=dict)

    def member(self, user_id: str) -> Person:
        """Look a person up."""
        if user_id not in self.people:
            raise Silent
        return self.people[user_id]

    def group_members(self, group_id: str) -> frozenset[str]:
        """Look a group up."""
        found = self.groups[group_id]
        if isinstance(found, Silent):
            raise found
        return found


PEOPLE = {
    "UDANA": Person("UDANA", "Dana Reyes"),
    "UPRIYA": Person("UPRIYA", "Priya Shah"),
    "USAM": Person("USAM", "Sam Okafor"),
    "UALEX": Person("UALEX", "Alex Kim"),
    "UGUS": Person("UGUS", "Gus Guest", is_guest=True),
    "UBOT": Person("UBOT", "Robot", is_bot=True),
    "UGONE": Person("UGONE", "Gone Girl", deleted=True),
    "UFAR": Person("UFAR", "Far Away", is_foreign=True),
    "UNOBODY": Person("UNOBODY", "No Body"),
}


@pytest.fixture
def sessions(tmp_path):
    """A fresh database with Harbor Foods (1) and Blue Ridge (2)."""
    engine = make_engine(new_database(tmp_path))
    found = Sessions(engine)
    now = Clock().now()
    with found.write() as session:
        session.add(Company(name="Harbor Foods", channel_id="C1", created_at=now))
        session.add(Company(name="Blue Ridge", channel_id="C2", created_at=now))
    yield found
    engine.dispose()


def make(sessions, groups=None, home=str, **lists):
    """The access of a workspace with these lists."""
    settings = Settings.from_mapping(
        {"APPROVERS": "UPRIYA,USAM", "OPERATORS": "UDANA", "ADMINS": "UALEX"} | lists
    )
    return Access(settings, sessions, Directory(dict(PEOPLE), groups or {}), home)


def grant(sessions, principal, role, company_id=None):
    """Give a role in the database."""
    with sessions.write() as session:
        session.add(RoleGrant(company_id=company_id, principal=principal, role=role))


@pytest.mark.parametrize(
    ("user", "role"),
    [
        ("UDANA", Role.OPERATOR),
        ("UPRIYA", Role.APPROVER),
        ("UALEX", Role.ADMIN),
        ("UNOBODY", Role.NONE),
    ],
)
def test_roles_come_from_the_lists_of_the_settings(sessions, user, role):
    """Each list gives its role, at every company."""
    assert role is make(sessions).role(user, 1)


@pytest.mark.parametrize("user", ["UGUS", "UBOT", "UGONE", "UFAR"])
def test_guests_bots_deactivated_and_foreign_people_have_no_role_even_if_listed(sessions, user):
    """Being on a list does not help them, and the refusal says why."""
    access = make(sessions, OPERATORS=f"UDANA,{user}")

    assert access.role(user, 1) is Role.NONE
    with pytest.raises(NotAllowed, match="cannot"):
        access.require(user, 1, Role.OPERATOR)


def test_a_person_of_another_workspace_has_no_role(sessions):
    """The workspace of the payload is compared with ours."""
    access = make(sessions, home=lambda: "T1")

    assert access.role("UDANA", 1, "T1") is Role.OPERATOR
    assert access.role("UDANA", 1, "T2") is Role.NONE


def test_the_highest_role_wins(sessions):
    """A person on two lists has the higher role."""
    assert make(sessions, VIEWERS="UPRIYA").role("UPRIYA", 1) is Role.APPROVER


def test_a_companys_own_grant_goes_before_one_for_all(sessions):
    """The grant for all holds where the company has none of its own."""
    grant(sessions, "UNOBODY", Role.APPROVER)
    grant(sessions, "UNOBODY", Role.VIEWER, 1)
    access = make(sessions)

    assert access.role("UNOBODY", 1) is Role.VIEWER
    assert access.role("UNOBODY", 2) is Role.APPROVER


def test_a_grant_at_one_company_gives_nothing_at_another(sessions):
    """Clients are kept apart."""
    grant(sessions, "UNOBODY", Role.APPROVER, 1)

    assert make(sessions).role("UNOBODY", 2) is Role.NONE
    assert [row.name for row in make(sessions).companies("UNOBODY", Role.VIEWER)] == [
        "Harbor Foods"
    ]


def test_members_of_a_user_group_have_its_role(sessions):
    """A group in a list or in a grant stands for its members."""
    groups = {"SBOOKS": frozenset({"UNOBODY"})}

    assert make(sessions, groups, OPERATORS="SBOOKS").role("UNOBODY", 1) is Role.OPERATOR


def test_a_group_that_cannot_be_read_gives_at_most_viewer(sessions):
    """Money is not moved on a guess; the refusal says that Slack did not answer."""
    access = make(sessions, {"SBOOKS": Silent()}, APPROVERS="SBOOKS")

    assert access.role("UNOBODY", 1) is Role.VIEWER
    with pytest.raises(NotAllowed, match="Slack did not tell who is in the user groups"):
        access.require("UNOBODY", 1, Role.APPROVER)


def test_on_a_free_plan_groups_give_nothing_and_lists_still_work(sessions):
    """plan_upgrade_required is no outage."""
    silent = {"SBOOKS": Silent("plan_upgrade_required")}
    access = make(sessions, silent, APPROVERS="SBOOKS,UPRIYA")

    assert access.role("UNOBODY", 1) is Role.NONE
    assert access.role("UPRIYA", 1) is Role.APPROVER


def test_an_unreadable_person_is_denied(sessions):
    """Whoever cannot be looked up might be a guest."""
    access = make(sessions, OPERATORS="UUNKNOWN")

    assert access.role("UUNKNOWN", 1) is Role.NONE
    with pytest.raises(NotAllowed, match="Slack did not tell who you are"):
        access.require("UUNKNOWN", 1, Role.OPERATOR)


def test_a_refusal_names_who_may(sessions):
    """The sentence names the company and the people with that role."""
    with pytest.raises(NotAllowed) as refused:
        make(sessions).require("UDANA", 1, Role.APPROVER)

    expected = (
        "Only an approver or above can do this at Harbor Foods: Priya Shah, Sam Okafor or Alex Kim."
    )
    assert expected == refused.value.message


def test_a_refusal_names_the_role_itself_first_and_then_the_higher_ones(sessions):
    """Whoever has more may as well, and the sentence says so."""
    sentence = make(sessions).sentence(1, Role.OPERATOR)

    expected = (
        "Only an operator or above can do this at Harbor Foods: "
        "Dana Reyes, Priya Shah, Sam Okafor or Alex Kim."
    )
    assert expected == sentence


def test_above_an_admin_there_is_nobody(sessions):
    """The sentence does not speak of anyone above."""
    sentence = make(sessions).sentence(1, Role.ADMIN)

    assert sentence == "Only an admin can do this at Harbor Foods: Alex Kim."


def test_more_people_than_named_are_called_others(sessions):
    """Five names are no claim that nobody else may."""
    many = {f"U{n}": Person(f"U{n}", f"Person {n}") for n in range(4)}
    PEOPLE.update(many)
    try:
        sentence = make(sessions, OPERATORS=",".join(many)).sentence(1, Role.OPERATOR)
    finally:
        for user in many:
            del PEOPLE[user]

    assert sentence.endswith("Person 0, Person 1, Person 2, Person 3, Priya Shah or others.")


def test_a_person_who_can_have_no_role_is_told_why(sessions):
    """Guests, bots, deactivated and foreign people; nobody else."""
    access = make(sessions)

    assert access.barred("UGUS") == "Guests of this workspace cannot."
    assert access.barred("UNOBODY") == access.barred("UUNKNOWN") == ""


def test_a_refusal_names_at_most_five(sessions):
    """A phone's width."""
    many = {f"U{n}": Person(f"U{n}", f"Person {n}") for n in range(9)}
    access = make(sessions, APPROVERS=",".join(many))
    PEOPLE.update(many)
    try:
        assert len(make(sessions, APPROVERS=",".join(many)).who(1, Role.APPROVER)) == 5
    finally:
        for user in many:
            del PEOPLE[user]
    assert access.who(1, Role.ADMIN) == ["Alex Kim"]


def test_when_nobody_has_the_role_the_next_higher_ones_are_named(sessions):
    """The sentence then says "or above"."""
    sentence = make(sessions, OPERATORS="").sentence(1, Role.OPERATOR)

    assert sentence.startswith("Only an operator or above can do this at Harbor Foods: Priya Shah")


def test_when_nobody_at_all_may_the_sentence_says_how_to_change_that(sessions):
    """No dead end."""
    sentence = make(sessions, ADMINS="").sentence(1, Role.ADMIN)

    assert "nobody is one yet" in sentence
    assert "ADMINS" in sentence


def test_guests_are_never_named(sessions):
    """Nobody is sent to somebody who may not either."""
    assert "Gus Guest" not in make(sessions, OPERATORS="UGUS,UDANA").sentence(1, Role.OPERATOR)
