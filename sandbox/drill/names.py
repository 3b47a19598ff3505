"""Names nobody else in the drill has, chosen by the seed: each is its story's mark."""

from difflib import SequenceMatcher
from random import Random
from threading import Lock

_FIRST = (
    "Ada", "Bruno", "Clara", "Dmitri", "Elena", "Farid", "Greta", "Hugo", "Ines", "Jonas",
    "Karim", "Lena", "Marco", "Nadia", "Oskar", "Paula", "Quentin", "Rosa", "Stefan", "Tilda",
    "Umberto", "Vera", "Wanda", "Xavier", "Yusuf", "Zoe",
)  # fmt: skip
_HEAD = (
    "bal", "cor", "dun", "fel", "gar", "hol", "jor", "kel", "lam", "mor", "nol", "par", "quin",
    "ros", "sil", "tor", "ul", "vas", "wil", "yar", "zan", "brem", "crow", "drav", "flin",
    "gris", "plov", "strel", "thorn", "wex",
)  # fmt: skip
_MIDDLE = (
    "a", "be", "ci", "do", "e", "fu", "gi", "ho", "i", "ka", "lu", "me", "no", "pi", "ru", "sa",
    "ti", "vo", "wi", "zu",
)  # fmt: skip
_TAIL = (
    "bury", "castle", "dale", "ford", "gate", "ham", "kirk", "lock", "mond", "nell", "pool",
    "quist", "rick", "shaw", "stead", "tham", "vik", "well", "worth", "zetti",
)  # fmt: skip
_TRADE = ("Bakery", "Books", "Cafe", "Farm", "Garden", "Hotel", "Market", "Outfitters", "Studio")
_THING = ("Basket", "Blanket", "Candle", "Kettle", "Lantern", "Mug", "Notebook", "Teapot", "Vase")
_STREET = ("Alder", "Birch", "Cedar", "Dock", "Elm", "Forge", "Grove", "Harbor", "Iris", "Juniper")
_CITY = ("Augusta", "Bangor", "Bath", "Camden", "Portland", "Rockland", "Saco")
# Two names more alike than this could rightly be asked about.
_TOO_LIKE = 0.68
_TRIES = 400


class Names:
    """Makes names that are unlike each other; safe for threads that share it."""

    def __init__(self) -> None:
        self._made: list[str] = []
        self._numbers: set[int] = set()
        self._lock = Lock()

    def word(self, rng: Random) -> str:
        """A new word that can be a family name, such as 'Corvostead'."""
        with self._lock:
            for _ in range(_TRIES):
                word = rng.choice(_HEAD) + rng.choice(_MIDDLE) + rng.choice(_TAIL)
                if not any(_alike(word, other) for other in self._made):
                    break
            self._made.append(word)
        return word.capitalize()

    def person(self, rng: Random) -> tuple[str, str]:
        """Given name and family name."""
        return rng.choice(_FIRST), self.word(rng)

    def business(self, rng: Random) -> str:
        """A company's name."""
        return f"{self.word(rng)} {rng.choice(_TRADE)}"

    def thing(self, rng: Random) -> str:
        """A product's name."""
        return f"{self.word(rng)} {rng.choice(_THING)}"

    def street(self, rng: Random) -> str:
        """A street with its number."""
        return f"{rng.randint(1, 999)} {rng.choice(_STREET)} {rng.choice(('St', 'Rd', 'Ave'))}"

    def city(self, rng: Random) -> str:
        """A town."""
        return rng.choice(_CITY)

    def number(self, rng: Random) -> int:
        """A number of five digits that no other document of the drill has."""
        with self._lock:
            for _ in range(_TRIES):
                number = rng.randint(20_000, 99_999)
                if number not in self._numbers:
                    break
            self._numbers.add(number)
        return number


def folded(text: str) -> str:
    """Letters and digits alone, in lower case: messages make spaces visible and break lines."""
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def _alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other)
    return matcher.real_quick_ratio() > _TOO_LIKE and matcher.ratio() > _TOO_LIKE
