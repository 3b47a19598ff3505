"""A record of the exam, and a way of being wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.preflight.world import World

Json = dict


@dataclass(frozen=True)
class Draft:
    """A record as a source hands it over, and what is changed in its payload afterwards."""

    record: Json
    spoil: Callable[[Json], None] | None = None


Maker = Callable[[World, Random], Draft]


@dataclass(frozen=True)
class Defect:
    """One way of being wrong; `where` says in which companies it can be."""

    name: str
    make: Maker
    where: Callable[[World], bool] = lambda world: True
