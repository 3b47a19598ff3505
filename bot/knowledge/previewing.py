"""A problem's words as its alert would have them, and what is wrong with its file."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import process

from bot.domain import JsonValue
from bot.errors import BadInput, TemplateFault
from bot.knowledge.firm_rules import Ours
from bot.knowledge.knowledge import Knowledge
from bot.knowledge.overrides import SUFFIX, FirmFile, folder_fault, read_file, read_folder
from bot.knowledge.problem import Problem
from bot.knowledge.samples import SAMPLE
from bot.render import Flaw, ProblemText, Renderer, listed, sentence

_NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")


@dataclass(frozen=True)
class Preview:
    """What was tried. `text` is None where nothing can be rendered; `own`: it is the firm's.

    `fault`: why the firm's folder could not be read, so that ours was tried.
    """

    name: str
    own: bool
    problem: Problem | None
    text: ProblemText | None
    flaws: tuple[Flaw, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Stage:
    """What a preview needs: our problems and words, the fixes there are, the firm's folder."""

    knowledge: Knowledge
    render: Renderer
    fixes: Collection[str]
    folder: str = ""


def preview(stage: Stage, name: str, facts: Mapping[str, JsonValue] = SAMPLE) -> Preview:
    """Try the firm's file of this name, else ours. Raises BadInput when there is neither."""
    wanted = name.strip().lower().removesuffix(SUFFIX)
    fault = folder_fault(Path(stage.folder)) if stage.folder else ""
    if stage.folder and not fault and _NAME.fullmatch(wanted):
        path = Path(stage.folder) / f"{wanted}{SUFFIX}"
        if path.exists() or path.is_symlink():
            return of_file(stage, path, facts)
    if wanted not in stage.knowledge.ours:
        raise BadInput(f"{sentence(fault)} {_not_there(stage, name)}".strip())
    found = Preview(wanted, False, stage.knowledge.ours[wanted], None, fault=fault)
    try:
        return replace(found, text=stage.render.problem_of_ours(wanted, facts))
    except TemplateFault as failed:
        return replace(found, flaws=(Flaw(failed.line, failed.message),))


def of_file(stage: Stage, path: Path, facts: Mapping[str, JsonValue] = SAMPLE) -> Preview:
    """Try a file as if it stood in the firm's folder."""
    found = _found(stage, path)
    if facts is SAMPLE or found.wording is None:
        return _of(found, found.sample)
    try:
        return _of(found, found.wording.render(facts))
    except TemplateFault as fault:
        return _of(found, None, Flaw(fault.line, fault.message))


def _found(stage: Stage, path: Path) -> FirmFile:
    """The file as it is read among the others of its folder: two of them may claim the same."""
    ours = Ours(stage.knowledge.ours, frozenset(stage.fixes))
    if stage.folder and path.parent.absolute() == Path(stage.folder).absolute():
        name = path.name.removesuffix(SUFFIX)
        if (among := read_folder(path.parent, ours).files.get(name)) is not None:
            return among
    return read_file(path, ours)


def names(stage: Stage) -> list[str]:
    """All names that can be previewed, those of the firm's folder first."""
    return [*stage.knowledge.overrides.files, *sorted(stage.knowledge.ours)]


def _of(found: FirmFile, text: ProblemText | None, *more: Flaw) -> Preview:
    return Preview(found.name, True, found.problem, text, (*found.flaws, *more))


def _not_there(stage: Stage, name: str) -> str:
    near = process.extract(name[:80], names(stage), limit=3, score_cutoff=60)
    said = f"There is no problem file named {name[:80]}."
    if not near:
        return f"{said} All are named by: python app.py problems list"
    return f"{said} Did you mean {listed([one[0] for one in near], 'or')}?"
