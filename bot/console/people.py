"""Who decided, by name: tables on the command line are read by people who know no Slack ids."""

import re
from collections.abc import Iterable

from bot.services import Services
from bot.slack import SlackFault

_USER_ID = re.compile(r"[UW][A-Z0-9]+")
# Slack answers, and knows nobody of this id.
_NOBODY = frozenset({"user_not_found", "user_not_visible"})


def names(services: Services, said_by: Iterable[str]) -> dict[str, str]:
    """Names by Slack user id; who is not among them is shown by the id.

    Where Slack cannot be asked (no token, no connection) nobody else is asked about: the table is
    not kept back for it. Hold no session meanwhile.
    """
    found: dict[str, str] = {}
    if not services.settings.SLACK_BOT_TOKEN.get_secret_value():
        return found
    for user_id in sorted({one for one in said_by if _USER_ID.fullmatch(one)}):
        try:
            found[user_id] = services.slack.member(user_id).name
        except SlackFault as fault:
            if fault.error not in _NOBODY:
                break
    return found
