"""/qb: forgiving words. Slack never delivers a mistyped command, so "did you mean" lives here."""

from dataclasses import replace

from bot.dispatch.model import Call, Meant, SlashCommand
from bot.dispatch.reply import Reply, bullets, line
from bot.domain import RecordType, Role
from bot.render import listed
from bot.services import Services
from commands.parts import almost, documents, explaining, meaning, parties
from commands.parts.asked import company_names, meaningful, near, quoted

# A longer text that names a known error was pasted, not asked.
_SHORT = 3


def means(services: Services, text: str) -> Meant | None:
    """Find the command that the words mean; None when this command answers itself."""
    if parties.names_somebody(services, text):
        return None
    found = meaning.means(text)
    pasted = found and found.command == meaning.ERRORS and len(text.split()) > _SHORT
    return None if pasted and explaining.recognise(services, text).known else found


def run(services: Services, call: Call) -> Reply | None:
    """Look up a document, a company or a name, explain an error text, or say what can be typed."""
    asked = meaning.document(call.text)
    if asked is not None:
        return _look_up(services, call, *asked)
    if parties.names_somebody(services, call.typed):
        found = parties.about(services, call, call.typed)
        if found is not None:
            return found
    rest = meaningful(call.text)
    if not rest and call.named:
        return call.known[meaning.STATUS].run(services, replace(call, text=""))
    if not rest:
        return _did_you_mean("What shall I do?", call)
    answered = _explain(services, call) or parties.about(services, call, rest)
    return answered or _did_you_mean(
        f"I did not understand {quoted(call.text)}: no company, customer, vendor, item, document "
        "number or command is like it.",
        call,
    )


def _look_up(services: Services, call: Call, number: str, types: tuple[RecordType, ...]) -> Reply:
    with services.sessions.read() as session:
        found = documents.find(session, call.companies, number, types)
    companies = {company.id: company for company in call.companies}
    if found:
        shown = found[: documents.MOST_FOUND]
        places = [documents.place(services, companies[row.company_id], row) for row in shown]
        return Reply(tuple(places))
    return documents.unknown(services, call.companies, number, types)


def _explain(services: Services, call: Call) -> Reply | None:
    """Explain a pasted error text, when a problem is recognised."""
    if len(call.words) < _SHORT:
        return None
    found = explaining.recognise(services, call.text)
    if not found.known:
        return None
    return almost.told(call, explaining.answer(services, call, call.text, found))


def _did_you_mean(said: str, call: Call) -> Reply:
    names = company_names(call)
    guesses = near(call.text, names, 1) if call.text else []
    command = meaning.closest(call.text)
    likely = [*(f"/qb {name}" for name in guesses), *([command] if command else [])]
    first = f"{said} Did you mean {listed(likely, 'or')}?" if likely else said
    company = names[-1] if names else "<company>"
    return Reply(
        (
            line(first),
            line("Examples:"),
            bullets(
                "/qb sync now – post what waits",
                "/qb status – how each company stands",
                "/qb what is broken – the open problems",
                f"/qb reconnect {company} – a private link",
                "/qb invoice 1042 – where a document stands",
                "/qb jane doe – what waits and what is wrong for a customer",
                "/qb fix jane doe – the preview of her alert's fix",
                "/qb snooze jane doe until friday – put her alert off",
                "/qb undo – what can be taken back",
                "/qb import csv – the window for a file",
            ),
        ),
        private=True,
    )


COMMAND = SlashCommand(
    name="/qb",
    help="Understands plain words: sync now, what is broken, invoice 1042, jane doe.",
    usage="<words>",
    role=Role.VIEWER,
    run=run,
    examples=("/qb sync now", "/qb what is broken", "/qb invoice 1042", "/qb jane doe"),
    means=means,
)
