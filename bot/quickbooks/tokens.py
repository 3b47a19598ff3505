"""The one owner of tokens: refreshes when due, one refresher at a time, stores before use."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import structlog
from sqlalchemy import bindparam, update
from sqlalchemy import select as sql_select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, SQLModel, col, select

from bot.clock import Clock
from bot.db import Sessions, leases
from bot.domain import ConnectionState
from bot.models import Company, Connection
from bot.quickbooks import metering, token_pauses
from bot.quickbooks.faults import FaultError, PermissionLost, QuickBooksFault
from bot.quickbooks.limits import Wait
from bot.quickbooks.oauth import DeadToken, Grant, Intuit
from bot.quickbooks.vault import Tokens, Vault, VaultError

# What somebody else writes in the same transaction.
WithIt = Callable[[Session], None]

# An access token this close to its end is renewed before the call, not by a refused call.
DUE_SECONDS = 60.0
# Longer than the two calls a refresh may take: discovery and token, each with its time-out.
LEASE_SECONDS = 100.0
# When Intuit does not say: a refresh token ends after 100 days without use.
_IDLE_SECONDS = 100 * 86_400
# Pauses between the tries to write a new token down; the old one may be dead already.
_STORE_PAUSES = (0.2, 1.0, 3.0)
# So many companies' opened tokens are kept at hand.
_OPENED = 256
_TABLE = SQLModel.metadata.tables["connection"]
# By its columns alone: it is read before every call.
_STORED = sql_select(_TABLE).where(_TABLE.c.company_id == bindparam("company"))
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Stored:
    """A connection as it is in the database, opened."""

    tokens: Tokens
    version: int
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None
    hard_expires_at: datetime | None
    refresh_failures: int
    refresh_status: int
    refresh_not_before: datetime | None


class TokenKeeper:
    """Hands out access tokens of all companies."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        intuit: Intuit,
        vault: Vault,
        holder: str,
        wait: Wait,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._intuit = intuit
        self._vault = vault
        # The row is read before every call; it is not decrypted again while it stays the same.
        self._open = lru_cache(maxsize=_OPENED)(vault.open)
        self._holder = holder
        self._wait = wait
        self._locks: dict[int, threading.Lock] = {}
        self._guard = threading.Lock()
        # Grants that could not be written down, with the version they replace.
        self._unstored: dict[int, tuple[int, Grant]] = {}

    def access(self, company_id: int, refused: str = "") -> Tokens:
        """Return tokens that may be used now; `refused` is an access token QuickBooks rejected.

        Raises PermissionLost when only a person can help, QuickBooksFault for other trouble.
        """
        stored = self.read(company_id)
        return stored.tokens if self._usable(stored, refused) else self._renew(company_id, refused)

    def read(self, company_id: int) -> Stored:
        """Read and open a connection. Raises PermissionLost when there is none that works."""
        with self._sessions.read() as session:
            row = session.connection().execute(_STORED, {"company": company_id}).one_or_none()
        if row is None or row.state is ConnectionState.NEVER or not row.tokens:
            raise self._not_connected(company_id)
        if row.state is ConnectionState.LOST:
            raise self._lost(company_id, row.lost_reason)
        try:
            tokens = self._open(company_id, row.tokens)
        except VaultError as error:
            raise QuickBooksFault(
                f"{error.message} Put the key they were stored with into SECRET_KEYS.",
                errors=(FaultError("vault", "The stored tokens cannot be read", ""),),
                platform="oauth",
            ) from None
        return Stored(
            tokens,
            row.version,
            row.access_expires_at,
            row.refresh_expires_at,
            row.hard_expires_at,
            row.refresh_failures,
            row.refresh_status,
            row.refresh_not_before,
        )

    def store(
        self,
        company_id: int,
        realm_id: str,
        grant: Grant,
        *,
        over: int | None,
        with_it: WithIt | None = None,
    ) -> Tokens:
        """Commit new tokens, and what `with_it` writes, in one transaction; return the tokens.

        With `over` only if the stored version still is that one; otherwise what is stored now is
        returned (somebody connected the company anew in between).
        """
        tokens = Tokens(company_id, realm_id, grant.access_token, grant.refresh_token)
        now = self._clock.now()
        ends: dict[str, datetime | None] = {}
        if grant.hard_expires_in is not None or over is None:
            # Intuit tells the hard end when asked; once told it stays true for this permission.
            ends["hard_expires_at"] = _after(now, grant.hard_expires_in)
        with self._sessions.write() as session:
            if over is None and session.get(Connection, company_id) is None:
                session.add(Connection(company_id=company_id))
                session.flush()
            change = update(Connection).where(col(Connection.company_id) == company_id)
            if over is not None:
                change = change.where(col(Connection.version) == over)
            changed = session.exec(
                change.values(
                    tokens=self._vault.seal(tokens),
                    version=col(Connection.version) + 1,
                    state=ConnectionState.CONNECTED,
                    access_expires_at=now + timedelta(seconds=grant.expires_in),
                    refresh_expires_at=_after(now, grant.refresh_expires_in or _IDLE_SECONDS),
                    refreshed_at=now,
                    refresh_failures=0,
                    refresh_not_before=None,
                    lost_at=None,
                    lost_reason="",
                    **ends,
                )
            ).rowcount
            if changed and with_it is not None:
                with_it(session)
        return tokens if changed else self.read(company_id).tokens

    def reseal_all(self) -> tuple[int, list[str]]:
        """Encrypt every stored token with the first key. For `keys rotate`.

        Returns how many, and the names of the companies whose tokens no key opens; those stay as
        they are.
        """
        done, unread = 0, []
        with self._sessions.write() as session:
            rows = session.exec(select(Connection).where(col(Connection.tokens) != "")).all()
            for row in rows:
                try:
                    row.tokens = self._vault.seal(self._vault.open(row.company_id, row.tokens))
                except VaultError:
                    unread.append(session.get_one(Company, row.company_id).name)
                    continue
                session.add(row)
                done += 1
        return done, sorted(unread)

    def _usable(self, stored: Stored, refused: str) -> bool:
        if stored.tokens.access_token == refused or stored.access_expires_at is None:
            return False
        return stored.access_expires_at - self._clock.now() > timedelta(seconds=DUE_SECONDS)

    def _renew(self, company_id: int, refused: str) -> Tokens:
        """Refresh once for all who wait for it, in this process and in others.

        1. One thread of this process at a time; those who waited find the new token stored.
        2. One process at a time, by a lease of its own; the same look again once it is held.
        3. Ask Intuit, commit, hand out.
        """
        with self._alone_here(company_id):
            for pause in token_pauses.looks():
                stored = self.read(company_id)
                if self._usable(stored, refused):
                    return stored.tokens
                held = self._lease(company_id)
                if held is not None:
                    try:
                        return self._under_lease(company_id, refused)
                    finally:
                        leases.release(self._sessions, self._clock, held)
                if self._wait(pause):
                    break
            raise token_pauses.busy()

    @contextmanager
    def _alone_here(self, company_id: int) -> Iterator[None]:
        """One thread of this process at a time. Raises QuickBooksFault after a long wait."""
        lock = self._lock_of(company_id)
        if not lock.acquire(timeout=token_pauses.QUEUE_SECONDS):
            raise token_pauses.busy()
        try:
            yield
        finally:
            lock.release()

    def _lease(self, company_id: int) -> leases.Held | None:
        return leases.acquire(
            self._sessions, self._clock, f"token:{company_id}", self._holder, LEASE_SECONDS
        )

    def _under_lease(self, company_id: int, refused: str) -> Tokens:
        stored = self.read(company_id)
        if self._usable(stored, refused):
            return stored.tokens
        version, grant = self._unstored.pop(company_id, (0, None))
        if grant is not None and version == stored.version:
            # Ours from before, whose writing down failed: nobody has stored a newer one.
            return self._keep(stored, grant)
        if stored.refresh_not_before is not None:
            left = (stored.refresh_not_before - self._clock.now()).total_seconds()
            if left > 0:
                return self._meanwhile(stored, refused, left)
        try:
            return self._refresh(stored)
        except DeadToken as dead:
            newer = self.read(company_id)
            if newer.tokens.refresh_token == stored.tokens.refresh_token:
                raise self._give_up(newer, dead) from None
            # Somebody stored a newer token in between: one try with it before giving up.
            if self._usable(newer, refused):
                return newer.tokens
            try:
                return self._refresh(newer)
            except DeadToken as again:
                raise self._give_up(newer, again) from None

    def _meanwhile(self, stored: Stored, refused: str, left: float) -> Tokens:
        """While Intuit's token service is left alone an access token serves to its last second."""
        ends = stored.access_expires_at
        if stored.tokens.access_token == refused or ends is None or ends <= self._clock.now():
            raise token_pauses.held_back(left, stored.refresh_status)
        return stored.tokens

    def _refresh(self, stored: Stored) -> Tokens:
        company_id = stored.tokens.company_id
        try:
            grant = self._intuit.refresh(stored.tokens.refresh_token)
        except QuickBooksFault as fault:
            failures = stored.refresh_failures + 1
            token_pauses.note(self._sessions, company_id, failures, fault, self._clock.now())
            metering.REFRESHES.labels(fault.code or str(fault.http_status)).inc()
            _log.warning(
                "token_refresh_failed",
                company_id=company_id,
                code=fault.code,
                status=fault.http_status,
                intuit_tid=fault.intuit_tid,
            )
            raise
        metering.REFRESHES.labels("done").inc()
        tokens = self._keep(stored, grant)
        rotated = grant.refresh_token != stored.tokens.refresh_token
        _log.info("token_refreshed", company_id=company_id, rotated=rotated)
        return tokens

    def _keep(self, stored: Stored, grant: Grant) -> Tokens:
        """Write a grant down before it is used; trouble of the database must not cost it.

        Raises QuickBooksFault (transient) when it cannot be written; it is kept for the next try.
        """
        company_id = stored.tokens.company_id
        for pause in (*_STORE_PAUSES, 0.0):
            try:
                return self.store(company_id, stored.tokens.realm_id, grant, over=stored.version)
            except SQLAlchemyError as error:
                _log.warning("token_not_stored", company_id=company_id, error=type(error).__name__)
            if self._wait(pause):
                break
        self._unstored[company_id] = (stored.version, grant)
        raise token_pauses.busy()

    def _give_up(self, stored: Stored, dead: DeadToken) -> QuickBooksFault:
        """Mark the company as lost, unless somebody connected it anew in this very moment."""
        company_id = stored.tokens.company_id
        now = self._clock.now()
        reason = _why_lost(stored, now)
        with self._sessions.write() as session:
            marked = session.exec(
                update(Connection)
                .where(col(Connection.company_id) == company_id)
                .where(col(Connection.version) == stored.version)
                .values(state=ConnectionState.LOST, lost_at=now, lost_reason=reason)
            ).rowcount
        if not marked:
            return token_pauses.busy()
        _log.warning("permission_lost", company_id=company_id, intuit_tid=dead.intuit_tid)
        return self._lost(company_id, reason, dead)

    def withdraw(self, company_id: int, at_intuit: Callable[[str], None], reason: str) -> None:
        """End a connection for good: at Intuit, unless it is lost already, and here.

        Nobody refreshes meanwhile: a token that is rotated under it would live on at Intuit.
        """
        with self._alone_here(company_id):
            for pause in token_pauses.looks():
                held = self._lease(company_id)
                if held is not None:
                    try:
                        if self._state(company_id) is not ConnectionState.LOST:
                            at_intuit(self.read(company_id).tokens.refresh_token)
                        self._remove(company_id, reason)
                    finally:
                        leases.release(self._sessions, self._clock, held)
                    return
                if self._wait(pause):
                    break
            raise token_pauses.busy()

    def _state(self, company_id: int) -> ConnectionState:
        with self._sessions.read() as session:
            row = session.get(Connection, company_id)
        return row.state if row is not None else ConnectionState.NEVER

    def _remove(self, company_id: int, reason: str) -> None:
        with self._sessions.write() as session:
            session.exec(
                update(Connection)
                .where(col(Connection.company_id) == company_id)
                .values(
                    state=ConnectionState.LOST,
                    lost_at=self._clock.now(),
                    lost_reason=reason,
                    tokens="",
                    version=col(Connection.version) + 1,
                )
            )

    def _lock_of(self, company_id: int) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(company_id, threading.Lock())

    def _name(self, company_id: int) -> str:
        with self._sessions.read() as session:
            company = session.get(Company, company_id)
        return company.name if company else f"company {company_id}"

    def _not_connected(self, company_id: int) -> PermissionLost:
        words = "The company is not connected to QuickBooks"
        return PermissionLost(
            f"{self._name(company_id)} is not connected to QuickBooks yet: "
            "an admin connects it with /qb-reconnect.",
            errors=(FaultError("not_connected", words, ""),),
            platform="oauth",
        )

    def _lost(self, company_id: int, reason: str, dead: DeadToken | None = None) -> PermissionLost:
        return PermissionLost(
            f"QuickBooks no longer lets the bot in at {self._name(company_id)}: {reason} "
            "Reconnect it with /qb-reconnect.",
            errors=dead.errors if dead else (FaultError("invalid_grant", "invalid_grant", reason),),
            http_status=dead.http_status if dead else 0,
            intuit_tid=dead.intuit_tid if dead else "",
            raw=dead.raw if dead else "",
            platform="oauth",
        )


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)


def _why_lost(stored: Stored, now: datetime) -> str:
    if stored.hard_expires_at is not None and stored.hard_expires_at <= now:
        return "The permission reached the end of the five years Intuit grants at most."
    if stored.refresh_expires_at is not None and stored.refresh_expires_at <= now:
        return "The permission was not used for 100 days and ran out."
    return (
        "The permission was withdrawn in QuickBooks, or another program that uses the same "
        "connection replaced it."
    )
