"""blocks.validate: check blocks, a message or a view without posting; needs no token."""

from sandbox.slack.api.call import Call
from sandbox.slack.blocks.surface import check_message, check_view
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json


def validate(call: Call) -> Json:
    """https://docs.slack.dev/reference/methods/blocks.validate."""
    given = [name for name in ("blocks", "message", "view") if call.given(name)]
    if len(given) != 1:
        message = "must provide exactly one of `blocks`, `view`, or `message`"
        raise SlackError("invalid_arguments", extra={"response_metadata": {"messages": [message]}})
    value = call.parsed(given[0], "invalid_blocks_format")
    if given[0] == "view":
        check_view(value, ("modal", "home"))
        return {}
    blocks = value.get("blocks") if isinstance(value, dict) else value
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    check_message(blocks)
    return {}
