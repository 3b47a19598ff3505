"""`problems`: the files that explain errors, ours and the firm's, and what none explains."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import select

from bot.console.model import AsJson, EnvFile, Parts
from bot.console.output import WRONG, give, note, one_clear_line, say
from bot.domain import Payload
from bot.errors import BadInput
from bot.knowledge import SAMPLE, Knowledge, Overrides, gaps, take
from bot.knowledge.overrides import SUFFIX
from bot.knowledge.previewing import Preview, Stage, of_file, preview
from bot.models import Company
from bot.render import PARTS, Renderer, plural, sentence, to_plain
from bot.services import Services


def add(app: typer.Typer, parts: Parts) -> None:
    """Add these commands."""
    problems = typer.Typer(help="The problem files: ours, your own, and what none explains.")
    app.add_typer(problems, name="problems")
    _add_list(problems, parts)
    _add_preview(problems, parts)
    _add_gaps(problems, parts)


def _add_list(problems: typer.Typer, parts: Parts) -> None:

    @problems.command("list")
    def list_problems(as_json: AsJson = False, env_file: EnvFile = None) -> None:
        """Every problem the bot knows, and the files of your own (PROBLEMS_DIR) among them."""
        with one_clear_line():
            stage = _stage(parts, env_file)
            knowledge = stage.knowledge
            knowledge.validate(parts.fix_names)
            if stage.folder:
                tell_broken(take(stage.folder, knowledge, stage.render, parts.fix_names))
        own = {one.name for one in knowledge.overrides.good}
        rows = [
            {"problem": one.name, "kind": one.kind, "family": str(one.family),
             "fixes": list(one.fixes), "own": one.name in own}
            for one in knowledge.problems.values()
        ]  # fmt: skip
        if as_json:
            give(rows)
            return
        for row in rows:
            said = f"{row['problem']:<28}{row['family']:<12}{row['kind']:<28}"
            said += ", ".join(knowledge.problems[str(row["problem"])].fixes)
            say(f"{said} (your own file)" if row["own"] else said)


def tell_broken(found: Overrides) -> None:
    """Say beside the answer which files of the firm are not used."""
    if found.fault:
        note(f"{sentence(found.fault)} Our own problem files are used.")
    for one in found.broken:
        note(f"{one.name}{SUFFIX} is not used: {one.flaws[0]}")


def _add_preview(problems: typer.Typer, parts: Parts) -> None:
    @problems.command("preview")
    def preview_problem(
        name: Annotated[str, typer.Argument(help="A problem's name, or the path of a file.")],
        facts: Annotated[
            Path | None, typer.Option(help="A JSON file with the facts of a finding.")
        ] = None,
        env_file: EnvFile = None,
    ) -> None:
        """Show a problem's words as its alert would have them, and what is wrong with its file.

        A file of your own (PROBLEMS_DIR) comes before ours of that name. Without --facts a
        made-up case stands in. Exit 1: the file cannot be used as it is.
        """
        with one_clear_line():
            stage = _stage(parts, env_file)
            given = SAMPLE if facts is None else _facts(facts)
            path = Path(name)
            is_path = name.endswith(SUFFIX) or len(path.parts) > 1
            found = of_file(stage, path, given) if is_path else preview(stage, name, given)
        for line in _shown(found):
            say(line)
        if found.flaws or found.fault:
            raise typer.Exit(WRONG)


def _add_gaps(problems: typer.Typer, parts: Parts) -> None:
    @problems.command("gaps")
    def list_gaps(as_json: AsJson = False, env_file: EnvFile = None) -> None:
        """Error texts that came and that no problem file explains, the most frequent first.

        Names, numbers and what stood in quotation marks are left out of them.
        """
        with one_clear_line(), parts.desk(parts.existing(env_file)) as desk:
            found = listed_gaps(desk.services)
        if as_json:
            give(found)
            return
        for one in found:
            near = f"; nearest {one['nearest']} ({one['likeness']:.0%})" if one["nearest"] else ""
            code = f" code {one['code']}" if one["code"] else ""
            often = plural(int(str(one["count"])), "time")
            say(f"{often:>10}  {one['company']}{code}: {one['text']}{near}")
        if not found:
            say("Nothing came that no problem file explains.")


def listed_gaps(services: Services) -> list[Payload]:
    """The error texts that nothing explains, with how often they came and what they are like."""
    with services.sessions.read() as session:
        rows = gaps.still_missing(services.knowledge, gaps.missing(session))
        companies = {one.id: one.name for one in session.exec(select(Company))}
    return [
        {"company": companies.get(row.company_id, ""), "platform": row.platform,
         "code": row.code, "text": row.text, "count": row.count,
         "first": row.first_at.isoformat(), "last": row.last_at.isoformat(),
         "nearest": row.nearest, "likeness": round(row.likeness, 2)}
        for row in rows
    ]  # fmt: skip


def _stage(parts: Parts, env_file: Path | None) -> Stage:
    templates = parts.root / "templates"
    folder = parts.settings(env_file).PROBLEMS_DIR
    return Stage(Knowledge.load(templates), Renderer(templates), parts.fix_names, folder)


def _shown(found: Preview) -> Iterator[str]:
    """The alert in words; what is wrong comes first."""
    if found.fault:
        yield f"{sentence(found.fault)} This is our own file:"
    for flaw in found.flaws:
        yield f"{found.name}{SUFFIX}: {flaw}"
    if found.text is None:
        return
    if found.flaws or found.fault:
        yield ""
    yield found.text.title
    yield found.text.push
    for part in PARTS:
        yield ""
        yield to_plain(getattr(found.text, part))
    if found.problem is not None:
        yield ""
        yield f"buttons: {', '.join(found.problem.fixes).replace('_', ' ') or 'none'}"


def _facts(path: Path) -> Payload:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"The facts in {path} cannot be read: {error.strerror}.") from None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadInput(f"{path} is no JSON object with facts.")
    return found
