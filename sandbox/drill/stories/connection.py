"""The connection: permission, throttling, outages and lost replies. A company of their own."""

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.demo.children import DemoError
from sandbox.drill.books import Books
from sandbox.drill.records import payment
from sandbox.drill.story import CONNECTION, Alert, Case, Story

FAMILY = "connection"
KINDS = {
    "permission_ends": "token_expired",
    "demote_user": "permission",
    "remove_app": "permission",
}


def _withdrawn(books: Books) -> None:
    books.act("revoke_app")


def _renewed_elsewhere(books: Books) -> None:
    """Another program renewed with our refresh token: ours is refused at the next renewal."""
    books.fault("unauthorized", 1)
    books.fault("invalid_grant", 1)


def _dead_token(kill: Callable[[Books], None]) -> Callable[[Books, Random], Case]:
    """The permission is gone; a new customer with orders and a payment waits."""

    def make(books: Books, rng: Random) -> Case:
        goods, buyer = books.goods(rng), books.buyer(rng)
        orders = books.orders(rng, buyer, [goods], rng.randint(2, 4))
        paid = payment(f"pay-{orders[0]['number']}", books.today(), orders[0])

        def inject() -> None:
            kill(books)
            books.hand_in(buyer, *orders, paid)

        def right() -> str:
            return books.posted(*orders) or books.paid(paid) or books.unmet()

        alert = Alert("token_expired", documents=len(orders) + 1)
        return Case(inject, right, alert, (goods,), after=books.calm)

    return make


def _dead_by(verb: str, **wanted: Any) -> Callable[[Books, Random], Case]:
    """The permission ended in another way; what waits is posted after somebody reconnects."""

    def make(books: Books, rng: Random) -> Case:
        buyer, goods = books.buyer(rng), books.goods(rng)
        orders = books.orders(rng, buyer, [goods], rng.randint(1, 3))

        def inject() -> None:
            books.act(verb, **wanted)
            books.hand_in(*orders)

        alert = Alert(KINDS[verb], documents=len(orders))
        return Case(inject, lambda: books.posted(*orders), alert, (buyer, goods))

    return make


def _end_near(books: Books, rng: Random) -> Case:
    """The permission works and will end soon: one early warning, green after reconnecting."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], 2)
    days = rng.choice((0.7, 5, 12, 29))

    def inject() -> None:
        books.act("permission_ends", days=days)
        books.hand_in(*orders)

    return Case(inject, lambda: books.posted(*orders), Alert("token_expired"), (buyer, goods))


def _other_company(books: Books, rng: Random) -> Case:
    """Somebody allows access for another company first: refused with both names, nothing there."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], 2)
    name = f"{books.names.word(rng)} Holdings"
    url = f"{books.control_url}/companies"
    other = str(books.http.post(url, {"name": name, "seed": "empty"})["realm_id"])
    said: list[str] = []

    def inject() -> None:
        books.act("revoke_app")
        books.hand_in(*orders)
        link = str(books.app("connect", "--name", books.name, "--channel", books.channel)["link"])
        try:
            books.http.allow_access(link, other)
        except DemoError as refusal:
            said.append(str(refusal))

    def right() -> str:
        if not said or name not in said[0] or books.name not in said[0]:
            return f"the other company was not refused with both names: {said}"
        rows = books.http.get(f"{books.control_url}/records/Invoice", realm=other)["records"]
        return "something was posted in the other company" if rows else books.posted(*orders)

    alert = Alert("token_expired", documents=len(orders))
    return Case(inject, right, alert, (buyer, goods))


def _subscription(books: Books, rng: Random) -> Case:
    """Reads work, writes fail; the owner renews, and everything goes on by itself."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], 2)

    def inject() -> None:
        books.act("end_subscription")
        books.hand_in(*orders)

    def renew() -> None:
        books.act("renew_subscription")

    alert = Alert("company_suspended", press=False)
    return Case(
        inject,
        lambda: books.posted(*orders),
        alert,
        before=(buyer, goods),
        by_hand=renew,
        after=renew,
    )


def passing(fault: str, times: int, **more: Any) -> Callable[[Books, Random], Case]:
    """A trouble that goes away by itself: nothing is said, everything is posted exactly once."""

    def make(books: Books, rng: Random) -> Case:
        buyer, goods = books.buyer(rng), books.goods(rng)
        orders = books.orders(rng, buyer, [goods], 3)

        def inject() -> None:
            books.fault(fault, times, **more)
            books.hand_in(*orders)

        def right() -> str:
            return books.posted(*orders) or books.unmet()

        return Case(inject, right, before=(buyer, goods), after=books.calm)

    return make


def _lasting(
    fault: str, kind: str, documents: int = 0, **more: Any
) -> Callable[[Books, Random], Case]:
    """The trouble does not go away: it is told, and settles by itself when it is over."""

    def make(books: Books, rng: Random) -> Case:
        buyer, goods = books.buyer(rng), books.goods(rng)
        orders = books.orders(rng, buyer, [goods], 2)

        def inject() -> None:
            books.fault(fault, None, **more)
            books.hand_in(*orders)

        return Case(
            inject,
            lambda: books.posted(*orders),
            Alert(kind, press=False, documents=documents),
            before=(buyer, goods),
            by_hand=books.calm,
            after=books.calm,
        )

    return make


_CREATE = {"operation": "create"}

STORIES: tuple[Story, ...] = (
    Story(28, FAMILY, "access token expired in mid-run", passing("unauthorized", 1), CONNECTION),
    Story(29, FAMILY, "permission withdrawn", _dead_token(_withdrawn), CONNECTION),
    # A trouble that comes back within a day reopens its message: this one has its own company.
    Story(29, FAMILY, "renewed elsewhere", _dead_token(_renewed_elsewhere), "renewal"),
    Story(29, FAMILY, "five years are over", _dead_by("permission_ends", days=0), "expiry"),
    Story(29, FAMILY, "its end is near", _end_near, CONNECTION),
    Story(30, FAMILY, "another company was chosen", _other_company, "mistaken"),
    Story(31, FAMILY, "admin rights lost", _dead_by("demote_user"), CONNECTION),
    Story(31, FAMILY, "the app was removed", _dead_by("remove_app"), "removed"),
    Story(32, FAMILY, "throttled for a moment", passing("throttled", 4), CONNECTION),
    Story(32, FAMILY, "throttled for long", _lasting("throttled", "throttled"), CONNECTION),
    Story(
        32, FAMILY, "server errors for long", _lasting("server_error", "server_error"), CONNECTION
    ),
    Story(32, FAMILY, "server errors", passing("server_error", 3), CONNECTION),
    Story(32, FAMILY, "unavailable, an HTML page", passing("unavailable_html", 3), CONNECTION),
    Story(
        32,
        FAMILY,
        "time-out before the write",
        passing("timeout_before", 1, match=_CREATE, seconds=5),
        CONNECTION,
    ),
    Story(
        32,
        FAMILY,
        "time-out after the write",
        passing("timeout_after", 1, match=_CREATE, seconds=5),
        CONNECTION,
    ),
    Story(
        32,
        FAMILY,
        "reset after the write",
        passing("reset_after", 1, match=_CREATE),
        CONNECTION,
    ),
    # A turn of the sync that would hang for ever: each single read of the answer is short.
    Story(
        37,
        FAMILY,
        "answers byte by byte",
        _lasting("trickle_before", "network", 2, seconds=0.5),
        "hanging",
    ),
    Story(
        37,
        FAMILY,
        "answers byte by byte after the write",
        passing("trickle_after", 1, match=_CREATE, seconds=0.5),
        CONNECTION,
    ),
    Story(35, FAMILY, "subscription ended", _subscription, CONNECTION),
)
