"""The one owner of tokens: refreshes when due, one refresher at a time, stores before use."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.clock import Clock
from bot.db import Sessions, leases
from bot.domain import ConnectionState, RetryClass
from bot.models import Company, Connection
from bot.quickbooks import metering
from bot.quickbooks.faults import FaultError, PermissionLost, QuickBooksFault
from bot.quickbooks.limits import Wait
from bot.quickbooks.oauth import DeadToken, Grant, Intuit
from bot.quickbooks.vault import Tokens, Vault, VaultError

# What somebody else writes in the same transaction.
WithIt = Callable[[Session], None]

# An access token this close to its end is renewed before the call, not by a refused call.
DUE_SECONDS = 60.0
# How long to wait for another thread or process that refreshes just now.
_QUEUE_SECONDS = 30.0
_LOOK_SECONDS = 0.25
_LEASE_SECONDS = 60.0
_LATER_SECONDS = 5.0
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Stored:
    """A connection as it is in the database, opened."""

    tokens: Tokens
    version: int
    access_expires_at: datetime | None
    refresh_expires_at: datetime | None
    hard_expires_at: datetime | None


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
        self._holder = holder
        self._wait = wait
        self._locks: dict[int, threading.Lock] = {}
        self._guard = threading.Lock()

    def access(self, company_id: int, refused: str = "") -> Tokens:
        """Return tokens that may be used now; `refused` is an access token QuickBooks rejected.

        Raises PermissionLost when only a person can help, QuickBooksFault for other trouble.
        """
        stored = self.read(company_id)
        return stored.tokens if self._usable(stored, refused) else self._renew(company_id, refused)

    def read(self, company_id: int) -> Stored:
        """Read and open a connection. Raises PermissionLost when there is none that works."""
        with self._sessions.read() as session:
            row = session.get(Connection, company_id)
        if row is None or row.state is ConnectionState.NEVER or not row.tokens:
            raise self._not_connected(company_id)
        if row.state is ConnectionState.LOST:
            raise self._lost(company_id, row.lost_reason)
        try:
            tokens = self._vault.open(company_id, row.tokens)
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
                    refresh_expires_at=_after(now, grant.refresh_expires_in),
                    hard_expires_at=_after(now, grant.hard_expires_in),
                    refreshed_at=now,
                    lost_at=None,
                    lost_reason="",
                )
            ).rowcount
            if changed and with_it is not None:
                with_it(session)
        return tokens if changed else self.read(company_id).tokens

    def reseal_all(self) -> int:
        """Encrypt every stored token with the first key; returns how many. For `keys rotate`."""
        with self._sessions.write() as session:
            rows = session.exec(select(Connection).where(col(Connection.tokens) != "")).all()
            for row in rows:
                row.tokens = self._vault.seal(self._vault.open(row.company_id, row.tokens))
                session.add(row)
        return len(rows)

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
        lock = self._lock_of(company_id)
        if not lock.acquire(timeout=_QUEUE_SECONDS):
            raise _busy()
        try:
            for _ in range(int(_QUEUE_SECONDS / _LOOK_SECONDS)):
                stored = self.read(company_id)
                if self._usable(stored, refused):
                    return stored.tokens
                held = leases.acquire(
                    self._sessions,
                    self._clock,
                    f"token:{company_id}",
                    self._holder,
                    _LEASE_SECONDS,
                )
                if held is not None:
                    try:
                        return self._under_lease(company_id, refused)
                    finally:
                        leases.release(self._sessions, self._clock, held)
                if self._wait(_LOOK_SECONDS):
                    break
            raise _busy()
        finally:
            lock.release()

    def _under_lease(self, company_id: int, refused: str) -> Tokens:
        stored = self.read(company_id)
        if self._usable(stored, refused):
            return stored.tokens
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

    def _refresh(self, stored: Stored) -> Tokens:
        company_id = stored.tokens.company_id
        try:
            grant = self._intuit.refresh(stored.tokens.refresh_token)
        except QuickBooksFault as fault:
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
        rotated = grant.refresh_token != stored.tokens.refresh_token
        tokens = self.store(company_id, stored.tokens.realm_id, grant, over=stored.version)
        _log.info("token_refreshed", company_id=company_id, rotated=rotated)
        return tokens

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
            return _busy()
        _log.warning("permission_lost", company_id=company_id, intuit_tid=dead.intuit_tid)
        return self._lost(company_id, reason, dead)

    def mark_lost(self, company_id: int, reason: str) -> None:
        """End a connection here (an admin withdrew it); the tokens are removed."""
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


def _busy() -> QuickBooksFault:
    return QuickBooksFault(
        "Another worker renews this company's access just now; the bot tries again by itself.",
        errors=(FaultError("", "The access token is being renewed elsewhere", ""),),
        retry_class=RetryClass.TRANSIENT,
        platform="oauth",
        # Waited for long enough already: the caller comes back instead of waiting again.
        retry_after=_LATER_SECONDS,
    )
