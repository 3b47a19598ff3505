"""The mailboxes of the settings."""

from ipaddress import ip_address
from pathlib import Path

from bot.config import Settings
from bot.mailbox.imap import PLAIN, ImapBox
from bot.mailbox.maildir import MaildirBox
from bot.mailbox.model import Box
from bot.mailbox.permission import Application

SECURE = ("tls", "starttls")


def boxes(settings: Settings) -> list[Box]:
    """Every mailbox that is to be read; [] for none."""
    found: list[Box] = []
    if settings.MAIL_IMAP_HOST:
        found.append(
            ImapBox(
                host=settings.MAIL_IMAP_HOST,
                port=settings.MAIL_IMAP_PORT,
                user=settings.MAIL_IMAP_USER,
                password=settings.MAIL_IMAP_PASSWORD,
                folder=settings.MAIL_IMAP_FOLDER,
                security=settings.MAIL_IMAP_SECURITY,
                application=_application(settings),
            )
        )
    if settings.MAIL_DIR:
        found.append(MaildirBox(Path(settings.MAIL_DIR)))
    return found


def box(settings: Settings, kind: str) -> Box | None:
    """The mailbox of a kind; None when the settings name none."""
    return next((one for one in boxes(settings) if one.kind == kind), None)


def missing(settings: Settings) -> list[str]:
    """What is missing or wrong of the mailbox, in plain words; [] is ready."""
    if not settings.MAIL_IMAP_HOST:
        return []
    application = _application(settings)
    wrong = _of_application(application) if application is not None else _of_account(settings)
    if settings.MAIL_IMAP_SECURITY not in (*SECURE, PLAIN):
        wrong.append("MAIL_IMAP_SECURITY: must be tls, starttls or none")
    if settings.MAIL_IMAP_SECURITY == PLAIN and not _is_here(settings.MAIL_IMAP_HOST):
        wrong.append("MAIL_IMAP_SECURITY: none is only for a server on this machine")
    return wrong


def _application(settings: Settings) -> Application | None:
    if not settings.MAIL_IMAP_TOKEN_URL:
        return None
    return Application(
        token_url=settings.MAIL_IMAP_TOKEN_URL,
        client_id=settings.MAIL_IMAP_CLIENT_ID,
        client_secret=settings.MAIL_IMAP_CLIENT_SECRET,
        scope=settings.MAIL_IMAP_SCOPE,
        user=settings.MAIL_IMAP_USER,
    )


def _of_account(settings: Settings) -> list[str]:
    if settings.MAIL_IMAP_USER and settings.MAIL_IMAP_PASSWORD.get_secret_value():
        return []
    return ["MAIL_IMAP_USER and MAIL_IMAP_PASSWORD: the account of the mailbox"]


def _of_application(application: Application) -> list[str]:
    """What is missing where an application signs in instead of a person."""
    wrong = []
    if not application.user:
        wrong.append("MAIL_IMAP_USER: the address of the mailbox")
    if not application.client_id or not application.client_secret.get_secret_value():
        wrong.append("MAIL_IMAP_CLIENT_ID and MAIL_IMAP_CLIENT_SECRET: the application")
    if not application.is_private:
        wrong.append("MAIL_IMAP_TOKEN_URL: must be an https address")
    return wrong


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
