"""The table of methods. Scopes and tiers: https://docs.slack.dev/reference/methods."""

from sandbox.slack.api import (
    account,
    channels,
    chat,
    conversations,
    files,
    groups,
    marks,
    people,
    scheduled,
    unfurl,
    validate,
    views,
)
from sandbox.slack.api.registry import Method

_READ = conversations.READ
_HISTORY = conversations.HISTORY
_MANAGE = ("channels:manage", "groups:write", "im:write", "mpim:write")
_INVITE = (*_MANAGE, "channels:write.invites", "groups:write.invites")
_TOPIC = (*_MANAGE, "channels:write.topic", "groups:write.topic")

_WRITE = ("chat:write",)
_GROUPS = ("usergroups:read",)
_GROUPS_WRITE = ("usergroups:write",)
_ONE = ("channel",)

METHODS = (
    Method("api.test", people.api_test, 4, token="none"),
    # Documented as tier 1 and, elsewhere, as tier 3; the wider one keeps reconnects alive.
    Method("apps.connections.open", account.connections_open, 3, ("connections:write",), "app"),
    Method(
        "apps.event.authorizations.list",
        account.authorizations,
        4,
        ("authorizations:read",),
        "app",
        ("event_context",),
    ),
    Method("apps.manifest.export", account.manifest_export, 3, token="config"),
    Method(
        "apps.manifest.validate",
        account.manifest_validate,
        3,
        token="config",
        required=("manifest",),
    ),
    Method("auth.revoke", account.auth_revoke, 3, token="any"),
    Method("auth.test", account.auth_test, 5, token="any"),
    Method("blocks.validate", validate.validate, 3, token="none"),
    Method("bots.info", people.bots_info, 3, ("users:read",)),
    Method("chat.delete", chat.delete, 3, _WRITE, required=("channel", "ts")),
    Method(
        "chat.deleteScheduledMessage",
        scheduled.delete,
        3,
        _WRITE,
        required=("channel", "scheduled_message_id"),
    ),
    Method("chat.getPermalink", chat.permalink, 5, required=("channel", "message_ts")),
    Method("chat.meMessage", chat.me_message, 3, _WRITE, required=("channel", "text")),
    Method("chat.postEphemeral", chat.post_ephemeral, 4, _WRITE, required=("channel", "user")),
    Method("chat.postMessage", chat.post, 5, _WRITE, required=_ONE),
    Method("chat.scheduleMessage", scheduled.schedule, 3, _WRITE, required=("channel", "post_at")),
    Method("chat.scheduledMessages.list", scheduled.listing, 3, _WRITE),
    Method("chat.unfurl", unfurl.unfurl, 3, ("links:write",)),
    Method("chat.update", chat.update, 3, _WRITE, required=("channel", "ts")),
    # The scopes of these depend on the kind of channel; each function asks for its own.
    Method("conversations.archive", channels.archive, 2, _MANAGE, required=_ONE),
    Method("conversations.close", channels.close, 2, _MANAGE, required=_ONE),
    Method("conversations.create", channels.create, 2, _MANAGE),
    Method("conversations.history", conversations.history, 3, _HISTORY, required=_ONE),
    Method("conversations.info", conversations.info, 3, _READ, required=_ONE),
    Method("conversations.invite", channels.invite, 3, _INVITE, required=_ONE),
    Method("conversations.join", conversations.join, 3, ("channels:join",), required=_ONE),
    Method("conversations.kick", channels.kick, 3, _MANAGE, required=("channel", "user")),
    Method("conversations.leave", channels.leave, 3, _MANAGE, required=_ONE),
    Method("conversations.list", conversations.list_channels, 2, _READ),
    Method("conversations.mark", channels.mark, 3, _MANAGE, required=("channel", "ts")),
    Method("conversations.members", conversations.members, 4, _READ, required=_ONE),
    Method("conversations.open", conversations.open_im, 3, _MANAGE),
    Method("conversations.rename", channels.rename, 2, _MANAGE, required=("channel", "name")),
    Method("conversations.replies", conversations.replies, 3, _HISTORY, required=("channel", "ts")),
    Method("conversations.setPurpose", channels.set_purpose, 2, _TOPIC, required=_ONE),
    Method("conversations.setTopic", channels.set_topic, 2, _TOPIC, required=_ONE),
    Method("conversations.unarchive", channels.unarchive, 2, _MANAGE, required=_ONE),
    Method("dnd.info", people.quiet_hours, 3, ("dnd:read",)),
    Method("dnd.teamInfo", people.quiet_hours_of, 2, ("dnd:read",)),
    Method("emoji.list", people.emoji, 2, ("emoji:read",)),
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
    Method("pins.add", marks.pins_add, 2, ("pins:write",), required=_ONE),
    Method("pins.list", marks.pins_list, 2, ("pins:read",), required=_ONE),
    Method("pins.remove", marks.pins_remove, 2, ("pins:write",), required=_ONE),
    Method("reactions.add", marks.reactions_add, 3, ("reactions:write",), required=("name",)),
    Method("reactions.get", marks.reactions_get, 3, ("reactions:read",)),
    Method("reactions.list", marks.reactions_list, 2, ("reactions:read",)),
    Method("reactions.remove", marks.reactions_remove, 2, ("reactions:write",), required=("name",)),
    Method("team.info", people.team_info, 3, ("team:read",)),
    Method("usergroups.create", groups.create, 2, _GROUPS_WRITE, required=("name",)),
    Method("usergroups.disable", groups.disable, 2, _GROUPS_WRITE, required=("usergroup",)),
    Method("usergroups.enable", groups.enable, 2, _GROUPS_WRITE, required=("usergroup",)),
    Method("usergroups.list", groups.listing, 2, _GROUPS),
    Method("usergroups.update", groups.update, 2, _GROUPS_WRITE, required=("usergroup",)),
    Method("usergroups.users.list", groups.users, 2, _GROUPS, required=("usergroup",)),
    Method(
        "usergroups.users.update", groups.update_users, 2, _GROUPS_WRITE, required=("usergroup",)
    ),
    Method("users.conversations", people.users_conversations, 3),
    Method("users.getPresence", people.presence, 3, ("users:read",), required=("user",)),
    Method("users.info", people.users_info, 4, ("users:read",), required=("user",)),
    Method("users.list", people.users_list, 2, ("users:read",)),
    Method(
        "users.lookupByEmail", people.users_by_email, 3, ("users:read.email",), required=("email",)
    ),
    Method("users.profile.get", people.profile, 4, ("users.profile:read",)),
    Method("users.setPresence", people.set_presence, 2, ("users:write",), required=("presence",)),
    Method("views.open", views.open_view, 4, required=("trigger_id", "view")),
    Method("views.publish", views.publish, 4, required=("user_id", "view")),
    Method("views.push", views.push, 4, required=("trigger_id", "view")),
    Method("views.update", views.update, 4, required=("view",)),
)
BY_NAME = {method.name: method for method in METHODS}
# Methods Slack has retired: they answer, but only to say so.
DEPRECATED = frozenset(
    {"channels.list", "dialog.open", "files.upload", "groups.list", "im.open", "rtm.start"}
)
# Methods that work only with a person's token, which this workspace does not issue.
FOR_PEOPLE = frozenset(
    {
        "dnd.endDnd",
        "dnd.setSnooze",
        "files.revokePublicURL",
        "files.sharedPublicURL",
        "reminders.add",
        "reminders.complete",
        "reminders.delete",
        "reminders.info",
        "reminders.list",
        "search.all",
        "search.files",
        "search.messages",
        "stars.add",
        "stars.list",
        "stars.remove",
        "users.deletePhoto",
        "users.identity",
        "users.profile.set",
        "users.setPhoto",
    }
)
