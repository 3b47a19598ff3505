"""users.*, bots.info, team.info, dnd.*, emoji.list, api.test."""

from sandbox.slack import shapes
from sandbox.slack.api.call import Call, page, require_scope
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json


def api_test(call: Call) -> Json:
    """api.test: says back what it was given; `error` makes it fail."""
    args = {key: value for key, value in call.args.items() if key != "token"}
    if call.given("error"):
        raise SlackError(call.text("error"), extra={"args": args})
    return {"args": args} if args else {}


def users_info(call: Call) -> Json:
    """users.info."""
    user = call.world.users.get(call.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": shapes.api_user(call.world, user)}


def users_list(call: Call) -> Json:
    """users.list."""
    rows = [shapes.api_user(call.world, user) for user in call.world.users.values()]
    limit = call.number("limit", 0) or len(rows)
    found, cursor = page(rows, call.text("cursor"), limit)
    return {
        "members": found,
        "cache_ts": 1732233600,
        "response_metadata": {"next_cursor": cursor},
    }


def users_by_email(call: Call) -> Json:
    """users.lookupByEmail."""
    wanted = call.text("email").strip().lower()
    for user in call.world.users.values():
        if user.email and user.email.lower() == wanted and not user.deleted:
            return {"user": shapes.api_user(call.world, user)}
    raise SlackError("users_not_found")


def users_conversations(call: Call) -> Json:
    """users.conversations: the channels a person (or the app) is in."""
    require_scope(call, "channels:read,groups:read,im:read,mpim:read")
    user = call.text("user") or call.world.bot_user_id
    rows = [
        shapes.api_channel(call.world, channel)
        for channel in call.world.channels.values()
        if user in channel.members and not channel.im_user
    ]
    found, cursor = page(rows, call.text("cursor"), call.number("limit", 100) or 100)
    return {"channels": found, "response_metadata": {"next_cursor": cursor}}


def bots_info(call: Call) -> Json:
    """bots.info."""
    world = call.world
    wanted = call.text("bot")
    if wanted and wanted != world.bot_id:
        raise SlackError("bot_not_found")
    return {
        "bot": {
            "id": world.bot_id,
            "deleted": False,
            "name": world.install.bot_name,
            "updated": 1732233600,
            "app_id": world.app_id,
            "user_id": world.bot_user_id,
            "icons": {},
        }
    }


def team_info(call: Call) -> Json:
    """team.info."""
    world = call.world
    return {
        "team": {
            "id": world.team_id,
            "name": world.team_name,
            "url": f"{world.base_url}/",
            "domain": world.team_domain,
            "email_domain": "",
            "icon": {"image_default": True},
            "is_verified": False,
        }
    }


def profile(call: Call) -> Json:
    """users.profile.get; without a user the app's own."""
    user = call.world.users.get(call.text("user") or call.world.bot_user_id)
    if user is None:
        raise SlackError("user_not_found")
    shown: Json = shapes.api_user(call.world, user)["profile"]
    return {"profile": shown}


def presence(call: Call) -> Json:
    """users.getPresence: everybody who is not deactivated is here."""
    user = call.world.users.get(call.text("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"presence": "away" if user.deleted else "active"}


def set_presence(call: Call) -> Json:
    """users.setPresence."""
    if call.text("presence") not in {"auto", "away"}:
        raise SlackError("invalid_presence")
    return {}


def quiet_hours(call: Call) -> Json:
    """dnd.info: nobody here has quiet hours."""
    if call.given("user") and call.text("user") not in call.world.users:
        raise SlackError("user_not_found")
    return {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}


def quiet_hours_of(call: Call) -> Json:
    """dnd.teamInfo, for several people."""
    users = call.listed("users")
    if not users:
        raise SlackError("missing_users")
    if len(users) > 50:
        raise SlackError("too_many_users")
    row = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    return {"users": {user: row for user in users if user in call.world.users}}


def emoji(_call: Call) -> Json:
    """emoji.list: none of its own."""
    return {"emoji": {}, "cache_ts": "1732233600.000000"}
