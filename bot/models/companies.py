"""Companies, their permission, people, sources, leases and the mirror of their lists."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Column, Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint

from bot.domain import ConnectionState, JsonValue, Role
from bot.models.types import Money, json_column, words


class Company(SQLModel, table=True):
    """One QuickBooks company with its Slack channel and its policy."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True)
    realm_id: str | None = Field(default=None, unique=True)
    channel_id: str = Field(index=True)
    time_zone: str = "America/New_York"
    currency: str = "USD"
    edition: str = "online"
    book_close_date: date | None = None
    tax_filed_through: date | None = None
    income_account_id: str | None = None
    # Where a location that a source names is looked for: "Department" (locations), "Class", or ""
    # for among the locations first and then among the classes.
    locations_as: str = ""
    # The item whose lines settle what QuickBooks' own sales tax adds or leaves, up to this much
    # by the bot itself (bot.sync.rounding); None: a person decides.
    rounding_item_id: str | None = None
    rounding_limit: Decimal | None = Field(default=None, sa_column=Column(Money))
    created_at: datetime


class Connection(SQLModel, table=True):
    """A company's permission. Tokens are ciphertext with the company id inside."""

    company_id: int = Field(primary_key=True, foreign_key="company.id")
    state: ConnectionState = Field(default=ConnectionState.NEVER, sa_type=words(ConnectionState))
    tokens: str = ""
    version: int = 0
    access_expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    hard_expires_at: datetime | None = None
    refreshed_at: datetime | None = None
    # Intuit's token service was busy or broken so often in a row, with this HTTP status the last
    # time (0: no answer); nobody asks it before then.
    refresh_failures: int = 0
    refresh_status: int = 0
    refresh_not_before: datetime | None = None
    lost_at: datetime | None = None
    lost_reason: str = ""
    # A trouble that is retried by itself (throttled, server_error, network) and since when.
    trouble: str = ""
    trouble_since: datetime | None = None
    trouble_detail: str = ""


class ReconnectLink(SQLModel, table=True):
    """A private one-time link; only digests of its secret and of the OAuth state are kept."""

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(unique=True)
    state_digest: str | None = Field(default=None, unique=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    user_id: str
    incident_id: int | None = None
    created_at: datetime
    expires_at: datetime
    consumed_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str = ""


class RoleGrant(SQLModel, table=True):
    """A role at one company (or at all, with no company) for a Slack user or user group."""

    __table_args__ = (UniqueConstraint("company_id", "principal"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int | None = Field(default=None, foreign_key="company.id")
    principal: str
    role: Role = Field(sa_type=words(Role))


class Source(SQLModel, table=True):
    """A system whose records are synced into one company. Its intake token is kept as a digest."""

    __table_args__ = (UniqueConstraint("company_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True)
    name: str
    token_digest: str | None = Field(default=None, unique=True)
    created_at: datetime
    # Up to which of its records were compared with what the books hold (bot.sync.adopting).
    compared_to: int = 0
    # Declared strict: characters its names may not hold although QuickBooks takes them.
    forbidden: str = ""
    # Its invoices are e-mailed to the customer: one without an address is asked about.
    needs_email: bool = False
    # Of the errors it forwards: where their parts stand in its JSON, and the key, sealed, that its
    # signatures are made with.
    error_fields: dict[str, str] = Field(default_factory=dict, sa_column=json_column())
    signing_key: str = ""
    # Where its mails with errors go to or come from: whole addresses, or "@cin7.com".
    mail_addresses: list[str] = Field(default_factory=list, sa_column=json_column())


class Lease(SQLModel, table=True):
    """Who may write to a company's books (or refresh its token) just now, with a fencing number."""

    name: str = Field(primary_key=True)
    holder: str = ""
    fence: int = 0
    expires_at: datetime


class MirrorRow(SQLModel, table=True):
    """The local copy of one QuickBooks record, as last read."""

    __table_args__ = (
        UniqueConstraint("company_id", "entity", "qbo_id"),
        # The entity comes last: SQLite would else prefer the index that starts with it.
        Index("ix_mirror_folded", "company_id", "folded", "entity"),
        Index("ix_mirror_block", "company_id", "block_key", "entity"),
        Index("ix_mirror_sku", "company_id", "sku", "entity"),
        Index("ix_mirror_number", "company_id", "entity", "doc_number"),
        Index("ix_mirror_party", "company_id", "party_id", "entity"),
        Index("ix_mirror_stamp", "company_id", "stamp"),
        # Menus: the names of what is in use, read from the index alone.
        Index("ix_mirror_choice", "company_id", "entity", "active", "deleted", "folded"),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    entity: str
    qbo_id: str
    name: str = ""
    folded: str = ""
    # Where near names meet: first and last word and all digits (bot.mirror.names.block_key).
    block_key: str = ""
    sku: str = ""
    active: bool = True
    deleted: bool = False
    sync_token: str = ""
    doc_number: str = ""
    # The customer or vendor of a document, and its day.
    party_id: str = ""
    doc_date: date | None = None
    # What a document is about in money; None for a record of a list.
    total: Decimal | None = Field(default=None, sa_column=Column(Money))
    # The mark of the source's record that was posted as this one (bot.mirror.stamps).
    stamp: str = ""
    data: dict[str, JsonValue] = Field(default_factory=dict, sa_column=json_column())
    read_at: datetime


class MirrorState(SQLModel, table=True):
    """How far the mirror of a company is: loaded when, captured up to when."""

    company_id: int = Field(primary_key=True, foreign_key="company.id")
    loaded_at: datetime | None = None
    captured_to: datetime | None = None
    # After a look that brought too much to be asked for again at once: what became visible late
    # was looked for up to here. None: at every look.
    settled_to: datetime | None = None
    # When changes were last asked for, by our own clock.
    looked_at: datetime | None = None
    # Since when QuickBooks is expected to tell of changes by itself (webhooks), and last did.
    listening_since: datetime | None = None
    noticed_at: datetime | None = None
    # Which process asked last, and which ones compared the books with the outbox before they
    # posted: one that did not may stand on a restored backup.
    captured_by: str = ""
    compared_by: list[str] = Field(default_factory=list, sa_column=json_column())


class MirrorLoad(SQLModel, table=True):
    """One reading of a whole company: from when, how much there is, how far it is."""

    __table_args__ = (
        Index(
            "uq_load_open",
            "company_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id")
    # QuickBooks' own time before the first page; changes are captured from there.
    capture_point: datetime
    # Documents are read from this day on.
    documents_since: date
    # How many records QuickBooks counts, by entity.
    expected: dict[str, int] = Field(default_factory=dict, sa_column=json_column())
    started_at: datetime
    finished_at: datetime | None = None
    # Why it stands still just now, in words; "" while it goes on.
    trouble: str = ""


class MirrorPage(SQLModel, table=True):
    """A page of a reading that is in the mirror: a restart does not read it again."""

    load_id: int = Field(primary_key=True, foreign_key="mirrorload.id")
    entity: str = Field(primary_key=True)
    start: int = Field(primary_key=True)
    rows: int


class Notice(SQLModel, table=True):
    """One change QuickBooks told about by itself. `key` makes a second delivery change nothing."""

    __table_args__ = (Index("ix_notice_open", "company_id", "done_at"),)
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    company_id: int = Field(foreign_key="company.id")
    entity: str
    qbo_id: str
    operation: str
    # Merge: the record that is gone; `qbo_id` took its place.
    gone_id: str = ""
    changed_at: datetime | None = None
    received_at: datetime = Field(index=True)
    # How often QuickBooks was asked and did not have it yet, and when it is asked again.
    asked: int = 0
    ask_at: datetime | None = None
    done_at: datetime | None = None


class CheckRun(SQLModel, table=True):
    """The last run of one check at one company."""

    company_id: int = Field(primary_key=True, foreign_key="company.id")
    check_name: str = Field(primary_key=True)
    started_at: datetime
    finished_at: datetime | None = None
    error: str = ""
