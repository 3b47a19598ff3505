"""users.*, usergroups.*, bots.info, team.info, auth.test, api.test."""

from sandbox.slack import shapes
from sandbox.slack.api.call import Call, page, require_scope
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Usergroup


def api_test(call: Call) -> Json:
    """api.test: says back what it was given; `error` makes it fail."""
    args = {key: value for key, value in call.args.items() if key != "token"}
    if call.given("error"):
        raise SlackError(call.text("error"), extra={"args": args})
    return {"args": args} if args else {}


def auth_test(call: Call) -> Json:
    """auth.test: who this token is."""
    world = call.world
    base = {"url": f"{world.base_url}/", "team": world.team_name, "team_id": world.team_id}
    if call.token is not None and call.token.kind == "app":
        return {"app_name": world.install.name, "app_id": world.app_id}
    return {
        **base,
        "user": world.users[world.bot_user_id].name,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """apps.connections.open: a WebSocket address for one connection."""
    world = call.world
    if not world.install.socket_mode:
        raise SlackError("forbidden_team")
    base = world.base_url.replace("http://", "ws://")
    ticket = world.hub.new_ticket()
    return {"url": f"{base}/socket?ticket={ticket}&app_id={world.app_id}"}


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


def usergroups_list(call: Call) -> Json:
    """usergroups.list."""
    rows = [_group(call, group) for group in call.world.usergroups.values()]
    return {"usergroups": rows}


def _group(call: Call, group: Usergroup) -> Json:
    body: Json = {
        "id": group.id,
        "team_id": call.world.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 1732233600,
        "date_update": 1732233600,
        "date_delete": 0,
        "auto_type": None,
        "user_count": len(group.users),
        "prefs": {"channels": [], "groups": []},
    }
    if call.flag("include_users"):
        body["users"] = group.users
    return body


def usergroup_users(call: Call) -> Json:
    """usergroups.users.list."""
    group = call.world.usergroups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": group.users}


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
