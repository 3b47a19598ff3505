"""usergroups.*: only on paid plans (the switch `paid_plan`)."""

import re
import time

from sandbox.slack import ids
from sandbox.slack.api.call import Call
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Usergroup
from sandbox.slack.realtime.events import emit


def _plan(call: Call) -> None:
    if not call.world.switches["paid_plan"]:
        raise SlackError("plan_upgrade_required")


def _shape(call: Call, group: Usergroup, *, users: bool = False) -> Json:
    body: Json = {
        "id": group.id,
        "team_id": call.world.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": 1732233600,
        "date_update": 1732233600,
        "date_delete": group.disabled_at,
        "auto_type": None,
        "created_by": next(iter(call.world.users)),
        "user_count": len(group.users),
        "prefs": {"channels": [], "groups": []},
    }
    return body | ({"users": group.users} if users else {})


def _group(call: Call) -> Usergroup:
    _plan(call)
    group = call.world.usergroups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def listing(call: Call) -> Json:
    """usergroups.list; disabled ones only on request."""
    _plan(call)
    rows = [
        _shape(call, group, users=call.flag("include_users"))
        for group in call.world.usergroups.values()
        if call.flag("include_disabled") or not group.disabled_at
    ]
    return {"usergroups": rows}


def users(call: Call) -> Json:
    """usergroups.users.list."""
    group = _group(call)
    if group.disabled_at and not call.flag("include_disabled"):
        raise SlackError("no_such_subteam")
    return {"users": group.users}


def create(call: Call) -> Json:
    """usergroups.create."""
    _plan(call)
    name = call.text("name")
    handle = _handle(call) or re.sub(r"[^a-z0-9_.\-]+", "-", name.lower())
    _free(call, name, handle, None)
    group = Usergroup(ids.opaque("S"), handle, name, description=call.text("description"))
    call.world.usergroups[group.id] = group
    _tell(call, group, "subteam_created")
    return {"usergroup": _shape(call, group)}


def update(call: Call) -> Json:
    """usergroups.update: name, handle, description."""
    group = _group(call)
    name, handle = call.text("name") or group.name, _handle(call) or group.handle
    _free(call, name, handle, group)
    group.name, group.handle = name, handle
    if call.args.get("description") is not None:
        group.description = call.text("description")
    _tell(call, group, "subteam_updated")
    return {"usergroup": _shape(call, group)}


def _handle(call: Call) -> str:
    return call.text("handle").removeprefix("@").lower()


def _free(call: Call, name: str, handle: str, own: Usergroup | None) -> None:
    for group in call.world.usergroups.values():
        if group is own:
            continue
        if group.name.lower() == name.lower():
            raise SlackError("name_already_exists")
        if group.handle == handle:
            raise SlackError("handle_already_exists")


def disable(call: Call) -> Json:
    """usergroups.disable."""
    group = _group(call)
    if group.disabled_at:
        raise SlackError("already_disabled")
    group.disabled_at = int(time.time())
    _tell(call, group, "subteam_updated")
    return {"usergroup": _shape(call, group)}


def enable(call: Call) -> Json:
    """usergroups.enable."""
    group = _group(call)
    if not group.disabled_at:
        raise SlackError("already_enabled")
    group.disabled_at = 0
    _tell(call, group, "subteam_updated")
    return {"usergroup": _shape(call, group)}


def update_users(call: Call) -> Json:
    """usergroups.users.update: the whole list of members."""
    group = _group(call)
    wanted = list(dict.fromkeys(call.listed("users")))
    if not wanted:
        raise SlackError("no_users_provided")
    if any(user not in call.world.users for user in wanted):
        raise SlackError("invalid_users")
    group.users = wanted
    _tell(call, group, "subteam_members_changed")
    return {"usergroup": _shape(call, group, users=True)}


def _tell(call: Call, group: Usergroup, kind: str) -> None:
    if kind == "subteam_members_changed":
        told: Json = {"subteam_id": group.id, "team_id": call.world.team_id}
        emit(call.world, kind, {"type": kind, **told, "users_count": len(group.users)})
        return
    emit(call.world, kind, {"type": kind, "subteam": _shape(call, group, users=True)})
