"""/qb-explain: what a pasted error text means, why it comes, and what to do about it here."""

from dataclasses import replace

from bot.dispatch.hearing import whole_message
from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line
from bot.domain import Role
from bot.forwarded import Recognised
from bot.render import Text
from bot.services import Services
from commands.parts import almost, concerned, explaining, parties, previewing, watching
from commands.parts.asked import quoted

_EXAMPLES = (
    "/qb-explain The name supplied already exists. Another customer is using this name.",
    "/qb-explain error 6240",
    "/qb-explain invoice 1042",
)


def run(services: Services, call: Call) -> Reply:
    """Recognise the text, or what it names; else say how to ask."""
    # A name of the company is part of many error texts: the whole text is looked at.
    text = call.typed or call.text
    message = whole_message(text)
    if message is not None:
        # What is in somebody's message is for whoever asked about it alone.
        there = watching.in_its_company(services, call)
        return replace(almost.told(there, _explained(services, there, message)), private=True)
    if previewing.is_asked(call):
        return previewing.answer(services, call)
    if watching.is_asked(call):
        return watching.answer(services, call)
    return almost.told(call, _explained(services, call, text))


def _explained(services: Services, call: Call, text: str) -> Reply:
    if not text.strip():
        return Reply((line("Paste the error text behind it, for example:"), bullets(*_EXAMPLES)))
    found = explaining.recognise(services, text)
    if found.known or len(explaining.errors_in(services, text)) > 1:
        return explaining.answer(services, call, text, found)
    is_error = explaining.sounds_like_one(services, text)
    about = concerned.about(services, call, text, None, acts=not is_error)
    named = about if len(about) > 1 or not _is_nothing(about[0]) else []
    if not named and (party := parties.about(services, call, call.text)) is not None:
        named = list(party.parts)
        if is_error:
            # What it says to do next is said for a name that has no error.
            named.pop()
    if named and not is_error:
        return Reply(tuple(named))
    explaining.count_unknown(services, call, text, found)
    said = _unknown(services, text, found, is_error=is_error)
    return Reply((*said, *named), private=True)


def _unknown(services: Services, text: str, found: Recognised, *, is_error: bool) -> list[Text]:
    """What to do about a text that nothing explains; of one that tells of no error, nothing."""
    looking = (
        "look in QuickBooks whether the record is there already; then it must not be entered "
        "again. "
    )
    last = (
        f"Next: {looking if is_error else ''}/qb-errors lists what is open, each with its reason."
    )
    return [
        line(
            f"I do not know {quoted(text)} as an error of QuickBooks. Paste the whole text, "
            "with its code; nothing in it is posted anywhere."
        ),
        *explaining.nearest(services, found),
        line(last),
    ]


def _is_nothing(part: object) -> bool:
    return isinstance(part, Text) and "No alert here" in str(part)


COMMAND = SlashCommand(
    name="/qb-explain",
    help="Explains an error text: what it is, why it comes, what to do.",
    usage="<error text or document>",
    role=Role.VIEWER,
    run=run,
    lines=True,
    examples=(
        *_EXAMPLES,
        "/qb-explain watch Harbor Foods (in a channel where an app posts errors)",
    ),
)
