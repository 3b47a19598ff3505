"""The fixes that exist: one line each. A forgotten line fails a house test."""

from collections.abc import Iterable, Mapping

from bot.errors import BotError
from bot.fixes import (
    accept_theirs,
    adopt,
    clean,
    complete,
    consolidate,
    create_account,
    create_again,
    create_item,
    create_missing,
    create_separate,
    credit_difference,
    entered_by_hand,
    link_document,
    map_account,
    map_item,
    map_value,
    merge_guide,
    move_day,
    post_another,
    post_filed,
    push_again,
    reactivate,
    recheck,
    reconnect,
    redate,
    relink,
    rename_ours,
    renumber,
    retry,
    return_inactive,
    rounding_line,
    settle_conflict,
    settled_elsewhere,
    shorten,
    skip,
    tell_again,
    undo,
    use_another,
    use_existing,
)
from bot.fixes.model import Fix
from bot.services import FixButton

ALL_FIXES: tuple[Fix, ...] = (
    accept_theirs.FIX,
    adopt.FIX,
    clean.FIX,
    complete.FIX,
    consolidate.FIX,
    create_account.FIX,
    create_again.FIX,
    create_item.FIX,
    create_missing.FIX,
    create_separate.FIX,
    credit_difference.FIX,
    entered_by_hand.FIX,
    link_document.FIX,
    map_account.FIX,
    map_item.FIX,
    map_value.FIX,
    merge_guide.FIX,
    move_day.FIX,
    post_another.FIX,
    post_filed.FIX,
    push_again.FIX,
    reactivate.FIX,
    recheck.FIX,
    reconnect.FIX,
    redate.FIX,
    relink.FIX,
    rename_ours.FIX,
    renumber.FIX,
    retry.FIX,
    return_inactive.FIX,
    rounding_line.FIX,
    settle_conflict.FIX,
    settled_elsewhere.FIX,
    shorten.FIX,
    skip.FIX,
    tell_again.FIX,
    undo.FIX,
    use_another.FIX,
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
    return {fix.name: FixButton(fix.name, fix.label, fix.agreed, fix.offered) for fix in ALL_FIXES}
