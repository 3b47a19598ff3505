"""/qb-help: what can be typed, and what this person may do."""

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, spans, strong
from bot.domain import Role
from bot.render import listed
from bot.services import Services


def run(services: Services, call: Call) -> Reply:
    """List the commands and the person's role at each company."""
    commands = bullets(
        *(
            spans(strong(f"{command.name} {command.usage}".strip()), f" – {command.help}")
            for command in call.known.values()
        )
    )
    return Reply(
        (
            line("I watch what is posted to QuickBooks and help to fix what fails. You can type:"),
            commands,
            line(_role(services, call)),
            line(
                "Answers are only for you; --public shares one in a company's own channel. "
                "Add help to any command for examples. Next: /qb-status."
            ),
        )
    )


def _role(services: Services, call: Call) -> str:
    places: dict[Role, list[str]] = {}
    for company in call.companies:
        role = services.access.role(call.user_id, company.id)
        if role > Role.NONE:
            places.setdefault(role, []).append(company.name)
    if places:
        words = [f"{role.words} at {listed(names)}" for role, names in places.items()]
        return f"You are {', and '.join(words)}."
    who = services.access.who(None, Role.ADMIN)
    ask = f" Ask {' or '.join(who)}." if who else ""
    return f"You have no role here yet, so the other commands will not answer you.{ask}"


COMMAND = SlashCommand(
    name="/qb-help",
    help="Explains the commands, with examples, and says what you may do.",
    usage="",
    role=Role.NONE,
    run=run,
    examples=("/qb-help", "/qb-sync-now help"),
)
