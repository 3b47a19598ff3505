"""Errors that another tool met and forwarded."""

from tests.matrix.place import Place, Scene, Situation


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


SITUATIONS = (Situation("settled_elsewhere", "closed_period", reported, stale="same"),)
