"""Characters and lengths that QuickBooks does not take, and those that it does."""

from collections.abc import Callable
from random import Random

from sandbox.drill.books import Books
from sandbox.drill.story import Alert, Case, Story

FAMILY = "characters"
STRICT = "strict"
_LONGEST_NUMBER = 21
_LONGEST_NAME = 500
_ODD = ("{0} & Sons", "#1 {0}", "{0} / {1}", "“{0}” {1}", "Crème {0} Brûlée", "{0} ☕ {1}")


def _long_number(books: Books, rng: Random) -> Case:
    """A document number of 22 characters, one more than QuickBooks takes."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    number = _number(books, rng, _LONGEST_NUMBER + 1)
    order = books.order(rng, buyer, [goods], number)

    def right() -> str:
        found = [
            row
            for row in books.all("Invoice")
            if not row["_deleted"] and row["CustomerRef"]["name"] == buyer["name"]
        ]
        if len(found) != 1:
            return f"{len(found)} invoices of {buyer['name']}, not one"
        if not 0 < len(str(found[0].get("DocNumber") or "")) <= _LONGEST_NUMBER:
            return f"its number is {found[0].get('DocNumber')!r}"
        if f"{found[0]['TotalAmt']:.2f}" != order["total"]:
            return f"its total is {found[0]['TotalAmt']}, not {order['total']}"
        return ""

    return Case(
        lambda: books.hand_in(order), right, Alert("too_long", number[-10:], 1), (buyer, goods)
    )


def _just_fits(books: Books, rng: Random) -> Case:
    """A document number of exactly 21 characters is posted as it is."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    order = books.order(rng, buyer, [goods], _number(books, rng, _LONGEST_NUMBER))
    return Case(lambda: books.hand_in(order), lambda: books.posted(order), before=(buyer, goods))


def _number(books: Books, rng: Random, length: int) -> str:
    start = f"WEB-{books.names.number(rng)}-"
    return start + "".join(rng.choice("0123456789") for _ in range(length - len(start)))


def _odd_names(books: Books, rng: Random) -> Case:
    """Ampersands, number signs, slashes, quotes, accents and emoji are posted as they are."""
    names = [
        form.format(books.names.word(rng), rng.choice(("Cafe", "Books", "Studio")))
        for form in rng.sample(_ODD, 3)
    ]
    buyers, goods = [books.buyer(rng, name) for name in names], books.goods(rng)
    orders = [books.order(rng, buyer, [goods]) for buyer in buyers]

    def right() -> str:
        missing = books.missing(buyers)
        return f"not posted as it is: {missing[0]}" if missing else books.posted(*orders)

    return Case(lambda: books.hand_in(*buyers, *orders), right, before=(goods,))


def _marks_in_a_name(mark: str) -> Callable[[Books, Random], Case]:
    """A customer's name with a character QuickBooks does not take; an order waits on it."""

    def make(books: Books, rng: Random) -> Case:
        word, goods = books.names.word(rng), books.goods(rng)
        buyer = books.buyer(rng, f"{word}{mark}{rng.choice(('East', 'West', 'North'))}")
        order = books.order(rng, buyer, [goods])

        def right() -> str:
            names = [str(row["DisplayName"]) for row in books.like("Customer", word)]
            if len(names) != 1 or any(bad in names[0] for bad in ":\t\n"):
                return f"the customers of {word} are {names}"
            return books.posted(order)

        return Case(
            lambda: books.hand_in(buyer, order),
            right,
            Alert("invalid_characters", word, 1),
            (goods,),
        )

    return make


def _inches(books: Books, rng: Random) -> Case:
    """A double quote in a product's name."""
    word, buyer = books.names.word(rng), books.buyer(rng)
    goods = books.goods(rng, f'{word} Pipe {rng.randint(2, 9)}"')
    order = books.order(rng, buyer, [goods])
    return Case(
        lambda: books.hand_in(goods, order),
        lambda: books.posted(order),
        Alert("invalid_characters", word, 1),
        (buyer,),
    )


def _long_name(books: Books, rng: Random) -> Case:
    """A customer's name that is longer than QuickBooks takes; an order waits on it."""
    word, goods = books.names.word(rng), books.goods(rng)
    more = " ".join(books.names.city(rng) for _ in range(_LONGEST_NAME // 5 + 10))
    buyer = {**books.buyer(rng), "name": f"{word} {more}"}
    order = books.order(rng, buyer, [goods])

    def right() -> str:
        names = [str(row["DisplayName"]) for row in books.like("Customer", word)]
        if len(names) != 1 or len(names[0]) > _LONGEST_NAME:
            return f"the customers of {word} are {names}"
        return books.posted(order)

    return Case(lambda: books.hand_in(buyer, order), right, Alert("too_long", word, 1), (goods,))


def _long_texts(books: Books, rng: Random) -> Case:
    """A memo of more than 4,000 characters, and a description."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    order = books.order(rng, buyer, [goods])
    order["memo"] = "please ring twice " * rng.randint(230, 300)
    order["lines"][0]["description"] = "hand made " * rng.randint(410, 500)

    def right() -> str:
        found = books.find("Invoice", order["number"])
        if "[sync:" not in str(found.get("PrivateNote")):
            return "the mark is not in the memo"
        return books.posted(order)

    alert = Alert("too_long", order["number"], 1)
    return Case(lambda: books.hand_in(order), right, alert, (buyer, goods))


_KIN = "mark in a name"


def _strict_source(books: Books, rng: Random) -> Case:
    """A source that says itself which characters its names may not hold."""
    books.open_shop(STRICT, "--refuses", "&#/")
    word, mark = books.names.word(rng), rng.choice("&#/")
    buyer, goods = books.buyer(rng, f"{word} {mark} Sons"), books.goods(rng)
    order = books.order(rng, buyer, [goods])

    def right() -> str:
        names = [str(row["DisplayName"]) for row in books.like("Customer", word)]
        if len(names) != 1 or mark in names[0]:
            return f"the customers of {word} are {names}"
        return books.posted(order)

    return Case(
        lambda: books.hand_in(buyer, goods, order, shop=STRICT),
        right,
        Alert("invalid_characters", word, 1),
    )


STORIES: tuple[Story, ...] = (
    Story(24, FAMILY, "a colon in a customer's name", _marks_in_a_name(": "), kin=_KIN),
    Story(24, FAMILY, "a tab in a customer's name", _marks_in_a_name("\t"), kin=_KIN),
    Story(24, FAMILY, "a new line in a customer's name", _marks_in_a_name("\n"), kin=_KIN),
    Story(24, FAMILY, "a double quote in a product's name", _inches),
    Story(25, FAMILY, "a document number of 22 characters", _long_number),
    Story(25, FAMILY, "a document number of exactly 21", _just_fits, noise=True),
    Story(27, FAMILY, "a customer's name over the limit", _long_name),
    Story(27, FAMILY, "a memo and a description over 4,000", _long_texts),
    Story(26, FAMILY, "a name its strict source refuses", _strict_source),
    Story(26, FAMILY, "ampersands, accents and emoji in names", _odd_names, noise=True),
)
