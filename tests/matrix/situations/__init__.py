"""The situations of the matrix, a module a family; a fix without one fails `make matrix`.

To add one: write a function that makes the trouble in a `Place` and returns a `Scene`, and a
`Situation` in the tuple of the family's module. Keep one write of each kind (one invoice, one
update), so that the lost reply and the kill meet each of them.
"""

from tests.matrix.place import Situation
from tests.matrix.situations import (
    connection,
    documents,
    elsewhere,
    inactive,
    mapping,
    pairs,
    parties,
    two_ways,
    used,
    words,
)

ALL_SITUATIONS: tuple[Situation, ...] = (
    *inactive.SITUATIONS,
    *parties.SITUATIONS,
    *pairs.SITUATIONS,
    *documents.SITUATIONS,
    *used.SITUATIONS,
    *mapping.SITUATIONS,
    *two_ways.SITUATIONS,
    *words.SITUATIONS,
    *connection.SITUATIONS,
    *elsewhere.SITUATIONS,
)
