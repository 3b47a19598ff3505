"""Settings: the only reader of the environment. Frozen; built from a given mapping in tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import ConfigError

People = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Every setting, its default and its meaning; `.env.example` is generated from this class.

    A secret `NAME` may also be given as `NAME_FILE`, the path of a file that holds it.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", case_sensitive=True)

    DATABASE_URL: str = Field(
        default="sqlite:///data/qb-sync-bot.sqlite3",
        description="Where the bot keeps its rows: SQLite on one machine, PostgreSQL for several.",
    )
    SECRET_KEYS: SecretStr = Field(
        default=SecretStr(""),
        description="Fernet keys that encrypt tokens at rest, separated by commas; "
        "new keys are added last and moved first once all processes know them. Make one with "
        "`python app.py keys new`.",
    )
    SLACK_BOT_TOKEN: SecretStr = Field(default=SecretStr(""), description="Starts with xoxb-.")
    SLACK_APP_TOKEN: SecretStr = Field(
        default=SecretStr(""),
        description="Starts with xapp-; turns Socket Mode on. Empty: signed HTTP at /slack/events.",
    )
    SLACK_SIGNING_SECRET: SecretStr = Field(
        default=SecretStr(""), description="Needed for signed HTTP; Socket Mode does without."
    )
    SLACK_API_BASE_URL: str = Field(
        default="https://slack.com/api/",
        description="Ends in a slash. GovSlack: https://slack-gov.com/api/.",
    )
    INTUIT_CLIENT_ID: str = Field(default="", description="From the app's keys at Intuit.")
    INTUIT_CLIENT_SECRET: SecretStr = Field(
        default=SecretStr(""), description="From the app's keys at Intuit."
    )
    INTUIT_ENVIRONMENT: str = Field(
        default="production",
        description="production, sandbox, or the URL of a discovery document.",
    )
    INTUIT_WEBHOOK_VERIFIER: SecretStr = Field(
        default=SecretStr(""),
        description="Verifier token of the app's webhooks; turns {PUBLIC_URL}/webhooks/quickbooks "
        "on. While a new one comes into force: both, separated by a comma. Empty: changes are "
        "asked for every CAPTURE_SECONDS.",
    )
    QUICKBOOKS_API_URL: str = Field(
        default="https://quickbooks.api.intuit.com/v3",
        description="Sandbox companies: https://sandbox-quickbooks.api.intuit.com/v3.",
    )
    QUICKBOOKS_APP_URL: str = Field(
        default="https://qbo.intuit.com",
        description="Where links that open a record in QuickBooks lead.",
    )
    PUBLIC_URL: str = Field(
        default="http://127.0.0.1:8080",
        description="How people's browsers reach this bot; {PUBLIC_URL}/oauth/callback must be a "
        "redirect URI of the Intuit app.",
    )
    WEB_HOST: str = Field(default="127.0.0.1", description="Address the web edge listens on.")
    WEB_PORT: int = Field(default=8080, ge=0, le=65535, description="Port of the web edge.")
    WORKER_PORT: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port for /healthz and /metrics of a `worker`; 0: it listens nowhere.",
    )
    ADMINS: People = Field(
        default=(), description="Slack user or user group ids, separated by commas."
    )
    APPROVERS: People = Field(default=(), description="As ADMINS, for approvers.")
    OPERATORS: People = Field(default=(), description="As ADMINS, for operators.")
    VIEWERS: People = Field(default=(), description="As ADMINS, for viewers.")
    SYNC_SECONDS: float = Field(
        default=300, gt=0, description="How often what waits is posted, in seconds."
    )
    CAPTURE_SECONDS: float = Field(
        default=300, gt=0, description="How often QuickBooks is asked for changes, in seconds."
    )
    MIRROR_DAYS: int = Field(
        default=400,
        ge=1,
        description="Documents of so many days are read when a company is connected; older ones "
        "are asked for when needed.",
    )
    CHECK_SECONDS: float = Field(
        default=300, gt=0, description="How often every check runs over everything, in seconds."
    )
    GROUPING_SECONDS: float = Field(
        default=5, ge=0, description="How long a first alert waits for its root cause, in seconds."
    )
    FLOOD_DOCUMENTS: int = Field(
        default=50,
        ge=0,
        description="So many documents not posted within ten minutes, for several causes, get one "
        "table over all their alerts; 0: never.",
    )
    LASTING_THROTTLED_SECONDS: float = Field(
        default=300, ge=0, description="Throttling shorter than this heals in silence."
    )
    LASTING_OUTAGE_SECONDS: float = Field(
        default=600, ge=0, description="Server and network errors shorter than this stay silent."
    )
    PARENT_WAIT_SECONDS: float = Field(
        default=600, ge=0, description="How long a document waits for a record it refers to."
    )
    PREVIEW_MINUTES: float = Field(
        default=30, gt=0, description="How long a preview may be confirmed, in minutes."
    )
    QUICKBOOKS_PER_MINUTE: int = Field(
        default=495, ge=0, description="Requests per company and minute (Intuit allows 500); 0: no."
    )
    QUICKBOOKS_PER_SECOND: int = Field(
        default=10, ge=0, description="Requests per company and second (Intuit allows 10); 0: no."
    )
    QUICKBOOKS_CONCURRENCY: int = Field(
        default=4, ge=1, le=10, description="Requests under way at once per company."
    )
    QUICKBOOKS_TIMEOUT_SECONDS: float = Field(
        default=60, gt=0, description="A reply later than this counts as lost, in seconds."
    )
    QUICKBOOKS_READS_PER_MONTH: int = Field(
        default=500_000,
        ge=0,
        description="Reads a month that Intuit's plan allows, for all companies together; the bot "
        "warns before they run out. 0: not counted, as for sandbox companies.",
    )
    PROBLEMS_DIR: str = Field(
        default="",
        description="A folder with problem files of your own, which replace our words for an error "
        "or explain one we do not know (docs/problem-files.md). Empty: none.",
    )
    MAIL_IMAP_HOST: str = Field(
        default="",
        description="Server of a mailbox that other tools' errors are mailed to "
        "(docs/forwarded-errors.md). Empty: none.",
    )
    MAIL_IMAP_PORT: int = Field(
        default=0, ge=0, le=65535, description="0: 993, or 143 with starttls or none."
    )
    MAIL_IMAP_USER: str = Field(default="", description="The mailbox's user name.")
    MAIL_IMAP_PASSWORD: SecretStr = Field(
        default=SecretStr(""), description="Its password, or an app password."
    )
    MAIL_IMAP_TOKEN_URL: str = Field(
        default="",
        description="For a mailbox that takes no password, such as Microsoft 365: where an "
        "application gets its permission (docs/forwarded-errors.md). Empty: the password is used.",
    )
    MAIL_IMAP_CLIENT_ID: str = Field(default="", description="The application's id.")
    MAIL_IMAP_CLIENT_SECRET: SecretStr = Field(
        default=SecretStr(""), description="The application's secret."
    )
    MAIL_IMAP_SCOPE: str = Field(
        default="https://outlook.office365.com/.default",
        description="What the application asks for.",
    )
    MAIL_IMAP_FOLDER: str = Field(default="INBOX", description="The folder that is read.")
    MAIL_IMAP_SECURITY: str = Field(
        default="tls",
        description="tls, starttls, or none (only for a server on this machine).",
    )
    MAIL_DIR: str = Field(
        default="", description="A maildir that is read for errors as well. Empty: none."
    )
    MAIL_SECONDS: float = Field(
        default=60, gt=0, description="How often the mailboxes are looked into, in seconds."
    )
    OUTGOING_PRIVATE: bool = Field(
        default=False,
        description="Events may go to http:// and to addresses of private networks, such as a shop "
        "in the same building (docs/outgoing.md).",
    )
    LOG_LEVEL: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")
    LOG_JSON: bool = Field(default=True, description="Logs as JSON lines; false: for reading.")

    @field_validator("ADMINS", "APPROVERS", "OPERATORS", "VIEWERS", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("SLACK_API_BASE_URL")
    @classmethod
    def _slash(cls, value: str) -> str:
        return value if value.endswith("/") else value + "/"

    @model_validator(mode="after")
    def _known_level(self) -> Self:
        if self.LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            msg = f"LOG_LEVEL is {self.LOG_LEVEL!r}; it must be DEBUG, INFO, WARNING or ERROR"
            raise ValueError(msg)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values from the mapping given to `from_mapping` alone."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @classmethod
    def from_mapping(cls, values: Mapping[str, str]) -> "Settings":
        """Build the settings from an environment-like mapping.

        Raises ConfigError naming the setting and what is wrong with it, never its value if secret.
        """
        given: dict[str, str] = {}
        for name in cls.model_fields:
            if name in values and values[name] != "":
                given[name] = values[name]
            elif values.get(f"{name}_FILE"):
                given[name] = _from_file(name, values[f"{name}_FILE"])
        try:
            return cls(**given)  # type: ignore[arg-type]  # pydantic parses the strings
        except ValidationError as error:
            raise ConfigError(_explain(error)) from None


def _from_file(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        msg = f"{name}_FILE names {path}, which cannot be read: {error.strerror}"
        raise ConfigError(msg) from None


def _explain(error: ValidationError) -> str:
    problems = [
        f"{'.'.join(str(part) for part in row['loc']) or 'settings'}: {row['msg']}"
        for row in error.errors(include_input=False)
    ]
    return "Settings: " + "; ".join(problems)
