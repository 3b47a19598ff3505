"""The table of methods. Scopes and tiers: https://docs.slack.dev/reference/methods."""

from sandbox.slack.api import chat, conversations, files, marks, people, validate, views
from sandbox.slack.api.registry import Method

_READ = conversations.READ
_HISTORY = conversations.HISTORY
_OPEN = ("channels:manage", "groups:write", "im:write", "mpim:write")

METHODS = (
    Method("api.test", people.api_test, 4, token="none"),
    Method("auth.test", people.auth_test, 5, token="any"),
    # Documented as tier 1 and, elsewhere, as tier 3; the wider one keeps reconnects alive.
    Method("apps.connections.open", people.connections_open, 3, ("connections:write",), "app"),
    Method("blocks.validate", validate.validate, 3, token="none"),
    Method("bots.info", people.bots_info, 3, ("users:read",)),
    Method("chat.postMessage", chat.post, 5, ("chat:write",), required=("channel",)),
    Method(
        "chat.postEphemeral", chat.post_ephemeral, 4, ("chat:write",), required=("channel", "user")
    ),
    Method("chat.update", chat.update, 3, ("chat:write",), required=("channel", "ts")),
    Method("chat.delete", chat.delete, 3, ("chat:write",), required=("channel", "ts")),
    Method("chat.getPermalink", chat.permalink, 5, required=("channel", "message_ts")),
    Method("conversations.history", conversations.history, 3, _HISTORY, required=("channel",)),
    Method("conversations.info", conversations.info, 3, _READ, required=("channel",)),
    Method("conversations.join", conversations.join, 3, ("channels:join",), required=("channel",)),
    Method("conversations.list", conversations.list_channels, 2, _READ),
    Method("conversations.members", conversations.members, 4, _READ, required=("channel",)),
    Method("conversations.open", conversations.open_im, 3, _OPEN),
    Method("conversations.replies", conversations.replies, 3, _HISTORY, required=("channel", "ts")),
    Method(
        "files.completeUploadExternal",
        files.complete_upload,
        4,
        ("files:write",),
        required=("files",),
    ),
    Method("files.delete", files.delete, 3, ("files:write",), required=("file",)),
    Method(
        "files.getUploadURLExternal",
        files.get_upload_url,
        4,
        ("files:write",),
        required=("filename", "length"),
    ),
    Method("files.info", files.info, 4, ("files:read",), required=("file",)),
    Method("files.list", files.list_files, 3, ("files:read",)),
    Method("pins.add", marks.pins_add, 2, ("pins:write",), required=("channel",)),
    Method("pins.list", marks.pins_list, 2, ("pins:read",), required=("channel",)),
    Method("pins.remove", marks.pins_remove, 2, ("pins:write",), required=("channel",)),
    Method("reactions.add", marks.reactions_add, 3, ("reactions:write",), required=("name",)),
    Method("reactions.get", marks.reactions_get, 3, ("reactions:read",)),
    Method("reactions.remove", marks.reactions_remove, 2, ("reactions:write",), required=("name",)),
    Method("team.info", people.team_info, 3, ("team:read",)),
    Method("usergroups.list", people.usergroups_list, 2, ("usergroups:read",)),
    Method(
        "usergroups.users.list",
        people.usergroup_users,
        2,
        ("usergroups:read",),
        required=("usergroup",),
    ),
    Method("users.conversations", people.users_conversations, 3),
    Method("users.info", people.users_info, 4, ("users:read",), required=("user",)),
    Method("users.list", people.users_list, 2, ("users:read",)),
    Method(
        "users.lookupByEmail", people.users_by_email, 3, ("users:read.email",), required=("email",)
    ),
    Method("views.open", views.open_view, 4, required=("trigger_id", "view")),
    Method("views.publish", views.publish, 4, required=("user_id", "view")),
    Method("views.push", views.push, 4, required=("trigger_id", "view")),
    Method("views.update", views.update, 4, required=("view",)),
)
BY_NAME = {method.name: method for method in METHODS}
# Methods Slack has retired: they answer, but only to say so.
DEPRECATED = frozenset({"files.upload", "channels.list", "im.open", "groups.list", "dialog.open"})
