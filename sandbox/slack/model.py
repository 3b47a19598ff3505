"""What a workspace holds: people, channels, messages, views, files."""

from dataclasses import dataclass, field

from sandbox.slack.jsontypes import Json


@dataclass(slots=True)
class User:
    """A member of the workspace; `role_hint` is only for the page and the ready line."""

    id: str
    name: str
    real_name: str
    display_name: str = ""
    title: str = ""
    email: str = ""
    role_hint: str = ""
    color: str = "4a154b"
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    team_id: str = ""
    tz: str = "America/New_York"


@dataclass(slots=True)
class Message:
    """One message; `blocks` is what Slack stored, with the ids it gave."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    files: list[str] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    username: str = ""
    by_app: bool = False
    edited: Json | None = None
    deleted: bool = False
    updates: int = 0
    history: list[Json] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinned: bool = False
    replies: list[str] = field(default_factory=list)
    repliers: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, Json] = field(default_factory=dict)
    icons: Json | None = None


@dataclass(slots=True)
class Ephemeral:
    """A message only one person sees; it lives in this process, as in a client."""

    id: str
    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    author: str = ""
    response_to: Json | None = None
    replaced: int = 0
    deleted: bool = False
    inputs: dict[str, Json] = field(default_factory=dict)


@dataclass(slots=True)
class Channel:
    """A channel, a direct message (`im_user` set) or a group's direct message (`is_mpim`)."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    topic: str = ""
    purpose: str = ""
    creator: str = ""
    is_mpim: bool = False
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    previous_names: list[str] = field(default_factory=list)
    closed: bool = False
    created: int = 0
    members: list[str] = field(default_factory=list)
    im_user: str = ""
    messages: dict[str, Message] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The word the scopes use: channels, groups, im or mpim."""
        if self.im_user:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "groups" if self.is_private else "channels"


@dataclass(slots=True)
class View:
    """A modal or the Home tab of one person."""

    id: str
    user: str
    payload: Json
    hash: str
    root_id: str
    previous_id: str = ""
    inputs: dict[str, Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    open: bool = True
    closed_reason: str = ""
    channel: str = ""

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.payload.get("type", "modal"))


@dataclass(slots=True)
class StoredFile:
    """An uploaded file; `shared` lists the channels it was posted in."""

    id: str
    name: str
    user: str
    created: int
    title: str = ""
    content: bytes = b""
    mimetype: str = "application/octet-stream"
    shared: list[str] = field(default_factory=list)
    upload_key: str = ""
    length: int = 0
    complete: bool = False
    uploaded: bool = False
    deleted: bool = False
    by_app: bool = False


@dataclass(slots=True)
class Trigger:
    """A trigger_id: one use within its lifetime."""

    id: str
    user: str
    made: float
    used: bool = False
    view_id: str = ""
    channel: str = ""


@dataclass(slots=True)
class ResponseUrl:
    """A response_url: five uses within thirty minutes."""

    id: str
    user: str
    channel: str
    made: float
    uses: int = 0
    message_ts: str = ""
    ephemeral_id: str = ""
    thread_ts: str = ""
    response_to: Json | None = None


@dataclass(slots=True)
class Usergroup:
    """A user group and its members."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    description: str = ""
    disabled_at: int = 0


@dataclass(slots=True)
class Scheduled:
    """A message that waits for its time."""

    id: str
    channel: str
    post_at: int
    made: int
    text: str
    lost: bool = False


@dataclass(slots=True)
class Token:
    """A credential the workspace issued; `refusal` is what calls hear once it is revoked."""

    value: str
    kind: str
    scopes: tuple[str, ...]
    revoked: bool = False
    refusal: str = "token_revoked"
