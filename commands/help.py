"""/qb-help: what can be typed, and what this person may do."""

from bot.dispatch.answers import usage
from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, spans, strong
from bot.domain import Role
from bot.render import Text, listed
from bot.services import Services
from commands.parts import meaning
from commands.parts.asked import FILLING, near, plain, quoted, vocabulary

_OWN = FILLING | vocabulary("command commands help manual qb usage")


def run(services: Services, call: Call) -> Reply:
    """List the commands and the person's role at each company, or explain the command named."""
    topic = " ".join(word for word in call.text.split() if (plain(word) or word) not in _OWN)
    if not topic or topic == "?":
        return Reply((*_commands(call), *_last(services, call)))
    name = _named(call, topic)
    if name:
        return usage(call.known[name])
    names = [one.removeprefix("/qb-") for one in call.known]
    guesses = [f"/qb-help {one}" for one in near(topic, names)]
    meant = f" Did you mean {listed(guesses, 'or')}?" if guesses else ""
    said = f"I have no help on {quoted(topic)}.{meant} You can type /qb-help and one of: "
    return Reply((line(f"{said}{listed(names, 'or')}."), *_commands(call)), private=True)


def _named(call: Call, topic: str) -> str:
    """The command that was named, or whose words were used."""
    typed = plain(topic).removeprefix("/")
    for name in call.known:
        if typed in (name.removeprefix("/"), name.removeprefix("/qb-")):
            return name
    found = meaning.means(topic)
    return found.command if found and found.command in call.known else ""


def _commands(call: Call) -> tuple[Text, ...]:
    return (
        line("I watch what is posted to QuickBooks and help to fix what fails. You can type:"),
        bullets(
            *(
                spans(strong(f"{command.name} {command.usage}".strip()), f" – {command.help}")
                for command in call.known.values()
            )
        ),
    )


def _last(services: Services, call: Call) -> tuple[Text, ...]:
    """The person's role and what to do next; what everybody sees names nobody's role."""
    shared = (
        "Answers are only for the person who asks; --public shares one in a company's own channel. "
        "Add help to any command for examples."
    )
    if call.public:
        return (line(f"{shared} Next: /qb-status."),)
    role, after = _role(services, call)
    return line(role), line(f"{shared} Next: {after}")


def _role(services: Services, call: Call) -> tuple[str, str]:
    """What the person may do, and what comes next for them."""
    places: dict[Role, list[str]] = {}
    for company in call.companies:
        role = services.access.role(call.user_id, company.id)
        if role > Role.NONE:
            places.setdefault(role, []).append(company.name)
    if places:
        words = [f"{role.words} at {listed(names)}" for role, names in places.items()]
        return f"You are {', and '.join(words)}.", "/qb-status."
    where = f" at {listed(one.name for one in call.companies)}" if call.in_company_channel else ""
    barred = services.access.barred(call.user_id).replace("cannot.", "cannot have one.")
    said = f"You have no role{where}, so the other commands will not answer you. {barred}"
    return said.strip(), _ask(services, call, barred=bool(barred))


def _ask(services: Services, call: Call, *, barred: bool) -> str:
    """Whom somebody without a role asks."""
    company_id = call.companies[0].id if call.in_company_channel else None
    admins = services.access.who(company_id, Role.ADMIN)
    if not admins:
        return "whoever runs this bot can give you a role in its settings."
    are = "who is an admin" if len(admins) == 1 else "who are admins"
    wish = "to look for you" if barred else "for a role; a viewer may read everything"
    return f"ask {listed(admins, 'or')}, {are} here, {wish}."


COMMAND = SlashCommand(
    name="/qb-help",
    help="Explains the commands, with examples, and says what you may do.",
    usage="[command]",
    role=Role.NONE,
    run=run,
    examples=("/qb-help", "/qb-help sync now", "/qb-sync-now help"),
)
