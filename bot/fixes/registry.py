"""The fixes that exist: one line each. A forgotten line fails a house test."""

from collections.abc import Iterable, Mapping

from bot.errors import BotError
from bot.fixes import (
    create_separate,
    post_filed,
    reactivate,
    recheck,
    reconnect,
    retry,
    use_existing,
)
from bot.fixes.model import Fix
from bot.services import FixButton

ALL_FIXES: tuple[Fix, ...] = (
    create_separate.FIX,
    post_filed.FIX,
    reactivate.FIX,
    recheck.FIX,
    reconnect.FIX,
    retry.FIX,
    use_existing.FIX,
)


def by_name(fixes: Iterable[Fix] = ALL_FIXES) -> Mapping[str, Fix]:
    """Index the fixes; raises BotError when two share a name."""
    found: dict[str, Fix] = {}
    for fix in fixes:
        if fix.name in found:
            msg = f"Two fixes are named {fix.name}."
            raise BotError(msg)
        found[fix.name] = fix
    return found


_BY_NAME = by_name()


def fix_named(name: str) -> Fix:
    """Find a fix. Raises BotError naming what is not known."""
    try:
        return _BY_NAME[name]
    except KeyError:
        msg = f"There is no fix named {name}."
        raise BotError(msg) from None


def buttons() -> Mapping[str, FixButton]:
    """What messages need to know of the fixes."""
    return {fix.name: FixButton(fix.name, fix.label, fix.agreed) for fix in ALL_FIXES}
