"""Text on its way in: escaping, and names of people and channels as ids."""

import re

from sandbox.slack.world import World

# What a client sends for a mention, a channel, a broadcast or a link; all else is plain text.
_MARKED = re.compile(
    r"<(?:@[UW]\w+|#C\w+|!(?:here|channel|everyone)|!subteam\^S\w+|(?:https?|mailto):[^<>\s]+)(?:\|[^<>]*)?>"
)


def as_typed(world: World, text: str) -> str:
    """Text as the client sends it: & < > escaped, @name and #channel as ids."""
    parts: list[str] = []
    end = 0
    for match in _MARKED.finditer(text):
        parts += [_plain(world, text[end : match.start()]), match.group(0)]
        end = match.end()
    return "".join([*parts, _plain(world, text[end:])])


def _plain(world: World, text: str) -> str:
    text = re.sub(r"&(?!amp;|lt;|gt;)", "&amp;", text)
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    return with_ids(world, text, labels=False)


def with_ids(world: World, text: str, *, labels: bool = True) -> str:
    """`@name` and `#channel` as ids: in messages, and in commands with should_escape."""

    def people(match: re.Match[str]) -> str:
        if match.group(1) in {"here", "channel", "everyone"}:
            return f"<!{match.group(1)}>"
        for user in world.users.values():
            if match.group(1).lower() in {user.name.lower(), user.display_name.lower()}:
                return f"<@{user.id}|{user.name}>" if labels else f"<@{user.id}>"
        return match.group(0)

    def channels(match: re.Match[str]) -> str:
        found = world.find_channel(match.group(1))
        return f"<#{found.id}|{found.name}>" if found else match.group(0)

    text = re.sub(r"(?<![\w&])@([\w.\-]+)", people, text)
    return re.sub(r"(?<![\w&])#([\w\-]+)", channels, text)


def parsed_in_full(world: World, text: str) -> str:
    """What `parse=full` makes of an app's text: all markup inert, every name a mention."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return with_ids(world, text, labels=False)
