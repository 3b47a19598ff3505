"""Slack's refusals as one exception with the sentence for a person and how to go on."""

from collections.abc import Mapping

from bot.domain import RetryClass
from bot.errors import BotError

_THROTTLED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_TRANSIENT = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "accesslimited",
        "unreachable",
        "no_answer",
        "malformed_answer",
    }
)
_AUTH = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",
        "no_permission",
        "org_login_required",
        "ekm_access_denied",
    }
)
# The channel itself must be put right by a person; trying again soon is pointless.
CHANNEL_ERRORS = frozenset(
    {
        "is_archived",
        "not_in_channel",
        "channel_not_found",
        "restricted_action",
        "msg_blocks_too_long",
    }
)
# Slack says of these that part of the operation may have succeeded before the error was raised.
_MAYBE_DONE = frozenset(
    {
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "no_answer",
        "malformed_answer",
    }
)

_SENTENCES: Mapping[str, str] = {
    "not_in_channel": "The bot is not in the channel. Invite it there with /invite.",
    "channel_not_found": "The channel does not exist, or it is private and the bot is not in it.",
    "is_archived": "The channel is archived. Unarchive it, or choose another one.",
    "restricted_action": "A rule of the workspace keeps the bot from posting in the channel.",
    "ratelimited": "Slack has limited our requests; the bot goes on by itself in a moment.",
    "expired_trigger_id": "Slack waited too long for the form. Press the button again.",
    "exchanged_trigger_id": "Slack opened a form for this press already.",
    "message_not_found": "The message was deleted in Slack.",
    "plan_upgrade_required": "User groups need a paid plan of Slack; list people by their ids.",
    "user_not_in_channel": "This person is not in the channel.",
    "unreachable": "Slack cannot be reached just now.",
    "no_answer": "Slack did not answer in time.",
    "malformed_answer": "Slack's answer could not be read.",
    "file_too_large": "The file is too large; at most 20 MB can be read.",
    "file_not_found": "The file is no longer in Slack.",
    "file_not_taken": "Slack did not take the file.",
    "foreign_address": "The address does not belong to Slack, so nothing was asked or sent there.",
}


class SlackFault(BotError):
    """Slack could not do what was asked.

    `error` is Slack's word for it (or ours: unreachable, no_answer, malformed_answer);
    `outcome_unknown`: it may have been done all the same; `retry_after`: seconds to wait, 0 = no
    word about it.
    """

    def __init__(
        self, error: str, *, outcome_unknown: bool = False, retry_after: float = 0.0, hint: str = ""
    ) -> None:
        self.error = error
        self.outcome_unknown = outcome_unknown
        self.retry_after = retry_after
        sentence = _SENTENCES.get(error, f"Slack refused: {error}.")
        super().__init__(f"{sentence} {hint}".strip())

    @property
    def retry_class(self) -> RetryClass:
        """How to go on."""
        if self.error in _THROTTLED:
            return RetryClass.THROTTLED
        if self.error in _TRANSIENT:
            return RetryClass.TRANSIENT
        if self.error in _AUTH:
            return RetryClass.AUTH
        return RetryClass.NEEDS_PERSON


def maybe_done(error: str) -> bool:
    """Say whether an answer with this error leaves open if the operation took effect."""
    return error in _MAYBE_DONE
