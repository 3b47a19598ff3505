"""Who may: one permission function for commands, buttons and forms (design.md section 10)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlmodel import col, select

from bot.config import Settings
from bot.db import Sessions
from bot.domain import Role
from bot.errors import BotError, NotAllowed
from bot.models import Company, RoleGrant
from bot.render import listed

log = structlog.get_logger(__name__)

MOST_NAMES = 5
# Slack refuses user groups on free plans with this error; that is not an outage.
NO_GROUPS = "plan_upgrade_required"


class Person(Protocol):
    """What is asked about a Slack user."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def is_guest(self) -> bool: ...
    @property
    def is_bot(self) -> bool: ...
    @property
    def is_foreign(self) -> bool: ...
    @property
    def deleted(self) -> bool: ...


class Directory(Protocol):
    """Where people and user groups are looked up; both may raise BotError."""

    def member(self, user_id: str) -> Person: ...
    def group_members(self, group_id: str) -> frozenset[str]: ...


def at_least(role: Role) -> str:
    """The role as sentences name it: a higher one always may, too."""
    return role.words if role is Role.ADMIN else f"{role.words} or above"


@dataclass(frozen=True)
class _Answer:
    """A role and, when it is less than it could be, the sentence why."""

    role: Role
    why: str = ""


class Access:
    """Tells a person's role at a company and, when it is too small, who may instead."""

    def __init__(
        self,
        settings: Settings,
        sessions: Sessions,
        directory: Directory,
        home_team: Callable[[], str] = str,
    ) -> None:
        """Take the lists of the settings, the grants of the database and Slack's directory.

        `home_team` gives the id of our own workspace, or "" when it is not known; then the
        directory alone says who is of another workspace.
        """
        self._sessions = sessions
        self._directory = directory
        self._home_team = home_team
        self._listed: dict[str, Role] = {}
        for role, principals in (
            (Role.VIEWER, settings.VIEWERS),
            (Role.OPERATOR, settings.OPERATORS),
            (Role.APPROVER, settings.APPROVERS),
            (Role.ADMIN, settings.ADMINS),
        ):
            self._listed.update(dict.fromkeys(principals, role))

    def role(self, user_id: str, company_id: int | None, team_id: str = "") -> Role:
        """Tell the person's role at a company (at all companies, with None).

        Guests, bots, deactivated people and people of other workspaces have none. A user group
        that cannot be read gives nobody more than viewer.
        """
        return self._answer(user_id, company_id, team_id).role

    def is_foreign(self, team_id: str) -> bool:
        """Say whether a workspace is known not to be ours."""
        if not team_id:
            return False
        try:
            home = self._home_team()
        except BotError as error:
            # Nothing is given away by this: the person is looked up as well, and that denies.
            log.warning("own workspace not readable", reason=error.message)
            return False
        return bool(home) and team_id != home

    def require(self, user_id: str, company_id: int | None, role: Role, team_id: str = "") -> None:
        """Raise NotAllowed, with the sentence that names who may, unless the role suffices."""
        if role is Role.NONE:
            return
        answer = self._answer(user_id, company_id, team_id)
        if answer.role >= role:
            return
        sentence = self.sentence(company_id, role)
        raise NotAllowed(f"{sentence} {answer.why}".strip())

    def companies(self, user_id: str, role: Role, team_id: str = "") -> list[Company]:
        """List the companies where the person has at least this role, by name."""
        with self._sessions.read() as session:
            rows = session.exec(select(Company).order_by(col(Company.name), col(Company.id)))
            found = list(rows)
        return [row for row in found if self.role(user_id, row.id, team_id) >= role]

    def who(self, company_id: int | None, role: Role) -> list[str]:
        """Name the people who have this role or more: those with exactly this role first.

        Then the next higher role, and so on. At most five names.
        """
        return self._who(company_id, role)[:MOST_NAMES]

    def sentence(self, company_id: int | None, role: Role) -> str:
        """Say who may, in one sentence with at most five names: a higher role may, too."""
        with self._sessions.read() as session:
            company = session.get(Company, company_id) if company_id is not None else None
        where = f" at {company.name}" if company else ""
        names = self._who(company_id, role)
        if len(names) > MOST_NAMES:
            names = [*names[:MOST_NAMES], "others"]
        if names:
            return f"Only {at_least(role)} can do this{where}: {listed(names, 'or')}."
        return (
            f"Only {at_least(role)} can do this{where}, and nobody is one yet. "
            f"Whoever runs this bot can name one in the setting {role.name}S."
        )

    def those(self, company_id: int | None, role: Role, but: str = "") -> list[Person]:
        """The people to ask: of the lowest role that suffices and that anybody has, at most five.

        `but` is left out: nobody is asked for an approval of their own wish.
        """
        people = {user: found for user, found in self._roles(company_id).items() if user != but}
        for wanted in sorted({found for found in people.values() if found >= role}):
            found = self._persons((u for u in people if people[u] is wanted), MOST_NAMES)
            if found:
                return found
        return []

    def barred(self, user_id: str) -> str:
        """Say why this person can have no role at all ("Bots cannot."), or ""."""
        try:
            return _barred(self._directory.member(user_id))
        except BotError:
            return ""

    def _who(self, company_id: int | None, role: Role) -> list[str]:
        """Names, lowest sufficient role first; one more than are shown, to know of others."""
        people = self._roles(company_id)
        wanted = max(role, Role.VIEWER)
        ranked = sorted((u for u in people if people[u] >= wanted), key=lambda user: people[user])
        return [person.name for person in self._persons(ranked, MOST_NAMES + 1)]

    def _roles(self, company_id: int | None) -> dict[str, Role]:
        """Everybody with a role, by what was granted; whether they may have one is not known."""
        people: dict[str, Role] = {}
        for principal, granted in self._granted(company_id).items():
            for user_id in self._people(principal):
                people[user_id] = max(granted, people.get(user_id, Role.NONE))
        return people

    def _answer(self, user_id: str, company_id: int | None, team_id: str) -> _Answer:
        if self.is_foreign(team_id):
            return _Answer(Role.NONE, "People of other workspaces cannot.")
        try:
            person = self._directory.member(user_id)
        except BotError as error:
            log.warning("person not readable", user=user_id, reason=error.message)
            return _Answer(Role.NONE, "Slack did not tell who you are; try again in a minute.")
        barred = _barred(person)
        return _Answer(Role.NONE, barred) if barred else self._best(user_id, company_id)

    def _best(self, user_id: str, company_id: int | None) -> _Answer:
        best, why = Role.NONE, ""
        for principal, granted in self._granted(company_id).items():
            if granted <= best or (not _is_group(principal) and principal != user_id):
                continue
            members = self._members(principal)
            if members is None:
                best = max(best, Role.VIEWER)
                why = "Slack did not tell who is in the user groups; try again in a minute."
            elif user_id in members:
                best = granted
        return _Answer(best, why)

    def _granted(self, company_id: int | None) -> Mapping[str, Role]:
        """Map each principal to its role: a company's own grant goes before one for all."""
        with self._sessions.read() as session:
            rows = session.exec(select(RoleGrant)).all()
        found = {row.principal: row.role for row in rows if row.company_id is None}
        if company_id is not None:
            found |= {row.principal: row.role for row in rows if row.company_id == company_id}
        for principal, role in self._listed.items():
            found[principal] = max(role, found.get(principal, Role.NONE))
        return found

    def _members(self, principal: str) -> frozenset[str] | None:
        """The people behind a principal; None when a group cannot be read just now."""
        if not _is_group(principal):
            return frozenset((principal,))
        try:
            return self._directory.group_members(principal)
        except BotError as error:
            if getattr(error, "error", "") == NO_GROUPS:
                log.warning("user groups need a paid plan of Slack", group=principal)
                return frozenset()
            log.warning("user group not readable", group=principal, reason=error.message)
            return None

    def _people(self, principal: str) -> Iterable[str]:
        members = self._members(principal) or frozenset()
        return sorted(members)

    def _persons(self, user_ids: Iterable[str], most: int) -> list[Person]:
        found: list[Person] = []
        for user_id in user_ids:
            if len(found) == most:
                break
            try:
                person = self._directory.member(user_id)
            except BotError:
                continue
            if not _barred(person):
                found.append(person)
        return found


def _is_group(principal: str) -> bool:
    return principal.startswith("S")


def _barred(person: Person) -> str:
    """Say why this person can have no role, or ""."""
    if person.is_bot:
        return "Bots cannot."
    if person.deleted:
        return "Deactivated people cannot."
    if person.is_foreign:
        return "People of other workspaces cannot."
    if person.is_guest:
        return "Guests of this workspace cannot."
    return ""
