"""How seldom Python looks for memory to free in a bot that has started."""

import gc

# Objects made before the young ones are looked through; Python's own 700 are made by a handful of
# rows, and little of what a posting makes is a cycle.
_YOUNG = 10_000
# So many looks at the younger ones come before one at the older ones.
_OLDER = 20


def keep_what_started() -> None:
    """Leave out what the start made, which stays, and look less often.

    Looked through again and again, it would stop all threads for a fifth of a second each time.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)
