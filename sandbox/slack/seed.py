"""The workspace a fresh sandbox starts with."""

import secrets
import time

from sandbox.slack.manifest import Install, default_install
from sandbox.slack.model import Channel, Token, User, Usergroup
from sandbox.slack.world import World

TEAM_ID = "T0NWBOOKS1"
BOT_USER = "U0QBSYNC01"
SLACKBOT = "USLACKBOT"
PEOPLE = {
    "operator": "U0DANA0001",
    "approver": "U0PRIYA001",
    "approver2": "U0SAM00001",
    "admin": "U0ALEX0001",
    "guest": "U0GUEST001",
}
_ROWS = (
    ("operator", "dana", "Dana Reyes", "Bookkeeper", "2f6f9f", False, False),
    ("approver", "priya", "Priya Shah", "Controller", "8b5fbf", False, False),
    ("approver2", "sam", "Sam Okafor", "Accountant", "b5651d", False, False),
    ("admin", "alex", "Alex Kim", "Operations, workspace admin", "1b7f5c", True, False),
    ("guest", "gus", "Gus Guest", "Guest from Harbor Foods", "8a8d91", False, True),
)
CHANNELS = (
    ("C0GENERAL1", "general", "Company-wide words"),
    ("C0HARBOR01", "books-harbor-foods", "QuickBooks of Harbor Foods"),
    ("C0BLUERDG1", "books-blue-ridge", "QuickBooks of Blue Ridge"),
)


def new_world(install: Install | None = None) -> World:
    """A workspace with five people, three channels and the app installed."""
    world = World(
        team_id=TEAM_ID,
        team_name="Northwind Bookkeeping",
        team_domain="northwind-books",
        app_id="A0QBSYNC01",
        bot_user_id=BOT_USER,
        bot_id="B0QBSYNC01",
        install=install or default_install(),
    )
    _add_people(world)
    _add_channels(world)
    world.usergroups["S0APPROVE1"] = Usergroup(
        "S0APPROVE1", "approvers", "Approvers", [PEOPLE["approver"], PEOPLE["approver2"]]
    )
    issue_tokens(world)
    return world


def issue_tokens(world: World) -> None:
    """Give the app a bot token and an app-level token with the installed scopes."""
    bot = f"xoxb-{secrets.randbelow(10**12):012d}-{secrets.token_hex(12)}"
    app = f"xapp-1-{world.app_id}-{secrets.randbelow(10**12):012d}-{secrets.token_hex(16)}"
    config = f"xoxe.xoxp-1-{secrets.token_urlsafe(80)}"
    world.tokens = {
        bot: Token(bot, "bot", world.install.scopes),
        app: Token(app, "app", ("connections:write", "authorizations:read")),
        config: Token(config, "config", ()),
    }


def _add_people(world: World) -> None:
    for role, name, real, title, color, admin, guest in _ROWS:
        world.users[PEOPLE[role]] = User(
            id=PEOPLE[role],
            name=name,
            real_name=real,
            display_name=real.split()[0],
            title=title,
            email=f"{name}@northwind-books.example",
            role_hint=role,
            color=color,
            is_admin=admin,
            is_restricted=guest,
            team_id=world.team_id,
        )
    world.users[BOT_USER] = User(
        id=BOT_USER,
        name=world.install.bot_name.lower().replace(" ", "_")[:80] or "qb_sync",
        real_name=world.install.bot_name,
        display_name=world.install.bot_name,
        role_hint="bot",
        color="1f7a1f",
        is_bot=True,
        team_id=world.team_id,
    )
    world.users[SLACKBOT] = User(
        id=SLACKBOT,
        name="slackbot",
        real_name="Slackbot",
        display_name="Slackbot",
        role_hint="slackbot",
        color="757575",
        team_id=world.team_id,
    )


def _add_channels(world: World) -> None:
    everyone = list(PEOPLE.values())
    inside = [user for user in everyone if user != PEOPLE["guest"]]
    members = {
        "general": [*inside, BOT_USER],
        "books-harbor-foods": [*everyone, BOT_USER],
        "books-blue-ridge": [*inside, BOT_USER],
    }
    for channel_id, name, topic in CHANNELS:
        world.channels[channel_id] = Channel(
            id=channel_id,
            name=name,
            topic=topic,
            created=int(time.time()),
            members=members[name],
        )
