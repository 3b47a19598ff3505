"""Keeps up with the folder of the firm's own problem files while the bot runs."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import structlog

from bot.knowledge.firm_rules import Ours
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.overrides import Overrides, read_folder, stamp_of
from bot.render import Renderer

log = structlog.get_logger(__name__)


def follow(folder: str, knowledge: Knowledge, render: Renderer, fixes: Collection[str]) -> bool:
    """Read the folder if it changed since it was read last; say whether it did.

    Good files are used from now on. A file with flaws, or a folder that cannot be read, leaves
    ours in its place and is logged, and `knowledge.overrides` says what is wrong. Raises nothing.
    """
    if not folder or not _changed(Path(folder), knowledge.overrides):
        return False
    _log(take(folder, knowledge, render, fixes))
    return True


def take(folder: str, knowledge: Knowledge, render: Renderer, fixes: Collection[str]) -> Overrides:
    """Read the folder, use what is good in it, and say nothing to the log. Raises nothing."""
    found = read_folder(Path(folder), Ours(knowledge.ours, frozenset(fixes)))
    if found.fault:
        # What was read before stays in use: a drive that is away for a minute changes no words.
        found = replace(knowledge.overrides, folder=folder, fault=found.fault, stamp=())
    else:
        render.adopt({one.name: one.wording for one in found.good if one.wording is not None})
    knowledge.adopt(found)
    return found


def _changed(folder: Path, known: Overrides) -> bool:
    try:
        stamp = stamp_of(folder)
    except OSError:
        return not known.fault
    return bool(known.fault) or known.folder != str(folder) or stamp != known.stamp


def _log(found: Overrides) -> None:
    if found.fault:
        log.error("problem files of the firm cannot be read", reason=found.fault)
    for one in found.broken:
        flaws = [str(flaw) for flaw in one.flaws]
        log.error("problem file of the firm is not used", problem=one.name, flaws=flaws)
    log.info("problem files of the firm", used=len(found.good), broken=len(found.broken))
