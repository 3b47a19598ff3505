"""A company that is named only nearly right: said, and no button acts on its books."""

from dataclasses import replace

from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, line
from bot.domain import Payload
from bot.render import Text, clean, shorten

_LONGEST = 60


def told(call: Call, reply: Reply) -> Reply:
    """The answer with the name that is not known before it.

    Its buttons are taken away: what is only like a name may be another company's. In a company's
    own channel the channel says whose the text is, so there they stay.
    """
    if not call.almost or len(call.companies) != 1:
        return reply
    name = call.companies[0].name
    said = (
        f"“{shorten(clean(call.almost), _LONGEST)}” is not known here; the nearest name is {name}."
    )
    if call.in_company_channel:
        return replace(reply, parts=(line(said), *reply.parts))
    kept = [part for part in reply.parts if not _is_actions(part)]
    if len(kept) < len(reply.parts):
        said += (
            " If that is the company, ask again with its exact name, or in its own channel: then "
            "there are buttons."
        )
    return replace(reply, parts=(line(said), *kept))


def _is_actions(part: Text | Payload) -> bool:
    return isinstance(part, dict) and part.get("type") == "actions"
