"""Errors that another tool met and forwarded, and a tool that does not hear what it is told."""

from tests.matrix.place import Place, Scene, Situation
from tests.outgoing.receiver import Receiver


def reported(place: Place) -> Scene:
    """A tool reports a document in a closed month; a person settles it there."""
    tool = f"Tool {place.number()}"
    source = place.world.command_line(
        "sources", "add", tool, "--company", place.company.name, "--errors"
    )
    answer = place.world.http.post(
        f"{source['url']}/errors",
        json={"message": f"6200 Accounting period closed: invoice {place.number()}"},
        headers={"Authorization": f"Bearer {source['token']}"},
    )
    assert answer.status_code == 200, answer.text
    return Scene(
        marker=tool,
        right=lambda: "",  # nothing of it is in these books
        change=lambda: place.create("Customer", DisplayName=place.person()),
    )


def gone(place: Place) -> Scene:
    """A tool's own server says by mistake that it is gone, and takes what comes afterwards."""
    tool = f"Tool {place.number()}"
    server = Receiver().start()
    server.answer = lambda _came: 410 if len(server.got) == 1 else 200
    named = ("--company", place.company.name)
    source = place.world.command_line("sources", "add", tool, *named)
    place.world.command_line("sources", "callback", tool, server.url, *named)
    answer = place.world.http.post(
        f"{source['url']}/records",
        json=[{"type": "customer", "external_id": tool, "name": place.person()}],
        headers={"Authorization": f"Bearer {source['token']}"},
    )
    assert answer.status_code == 200, answer.text
    return Scene(
        marker=tool,
        right=lambda: "" if len(server.got) > 1 else "the tool never heard of its customer",
        change=lambda: place.create("Customer", DisplayName=place.person()),
        after=server.stop,
    )


SITUATIONS = (
    Situation("settled_elsewhere", "closed_period", reported, stale="same"),
    Situation("tell_again", "callback_unreachable", gone, stale="same"),
)
