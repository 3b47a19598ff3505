"""Mailboxes that errors are forwarded to: an IMAP folder, a maildir, or both."""

from bot.mailbox.imap import ImapBox
from bot.mailbox.maildir import MaildirBox
from bot.mailbox.model import MOST_BYTES, Box, MailboxFault, Mark, New, Reading, Why
from bot.mailbox.settings import box, boxes, missing

__all__ = [
    "MOST_BYTES",
    "Box",
    "ImapBox",
    "MailboxFault",
    "MaildirBox",
    "Mark",
    "New",
    "Reading",
    "Why",
    "box",
    "boxes",
    "missing",
]
