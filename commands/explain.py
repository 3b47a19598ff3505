"""/qb-explain: what a pasted error text means, why it comes, and what to do about it here."""

from dataclasses import replace

from bot.dispatch.hearing import whole_message
from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line
from bot.domain import Role
from bot.render import Text
from bot.services import Services
from commands.parts import explaining, parties, previewing, watching
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
        return replace(_explained(services, watching.in_its_company(services, call), message),
                       private=True)  # fmt: skip
    if previewing.is_asked(call):
        return previewing.answer(services, call)
    if watching.is_asked(call):
        return watching.answer(services, call)
    return _explained(services, call, text)


def _explained(services: Services, call: Call, text: str) -> Reply:
    if not text.strip():
        return Reply((line("Paste the error text behind it, for example:"), bullets(*_EXAMPLES)))
    found = explaining.recognise(services, text)
    if found.known:
        return explaining.answer(services, call, text, found)
    named = explaining.about(services, call, text, None)
    if len(named) > 1 or not _is_nothing(named[0]):
        return Reply(tuple(named))
    about = parties.about(services, call, call.text)
    if about is not None:
        return about
    explaining.count_unknown(services, call, text, found)
    nearest = explaining.nearest(services, found)
    return Reply(
        (
            line(
                f"I do not know {quoted(text)} as an error of QuickBooks. Paste the whole text, "
                "with its code; nothing in it is posted anywhere."
            ),
            *nearest,
            line("Next: /qb-errors lists what is open, each with its reason."),
        ),
        private=True,
    )


def _is_nothing(part: object) -> bool:
    return isinstance(part, Text) and "No alert here" in str(part)


COMMAND = SlashCommand(
    name="/qb-explain",
    help="Explains an error text: what it is, why it comes, what to do.",
    usage="<error text or document>",
    role=Role.VIEWER,
    run=run,
    examples=(
        *_EXAMPLES,
        "/qb-explain watch Harbor Foods (in a channel where an app posts errors)",
    ),
)
