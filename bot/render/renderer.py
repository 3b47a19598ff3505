"""Renders problems, previews and pages; a failing template is a TemplateFault, never silence."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from jinja2 import Template, TemplateError  # noqa: TID251  this is bot.render
from jinja2.runtime import Context

from bot.domain import JsonValue
from bot.errors import ConfigError, TemplateFault
from bot.render.environment import make_environment
from bot.render.marks import clean, fitted, shorten, unmarked
from bot.render.plain import ProblemText, built_in
from bot.render.source import Folder, front_matter, text_of
from bot.render.text import Text, parse, words

log = structlog.get_logger(__name__)

# A header has 60 characters, of which "🔴 OPEN · " takes 9.
TITLE = 51
LINE = 400
OUTPUT_LIMIT = 20_000
PARTS = ("what", "why", "fix", "prevent")
_RENDER_ERRORS = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)


@dataclass(frozen=True)
class _Problem:
    lines: Mapping[str, Template]
    body: Template


class Renderer:
    """The one place that knows Jinja. Templates are compiled once, strict and sandboxed."""

    def __init__(self, folder: Path) -> None:
        self._loader = Folder(folder)
        self._env = make_environment(self._loader)
        self._problems = {
            _stem(name): self._compile_problem(name)
            for name in self._loader.list_templates()
            if name.startswith("problems/") and not name.startswith("problems/_")
        }
        for name in self._loader.list_templates():
            self._compiled(name)

    @property
    def problem_names(self) -> frozenset[str]:
        """The problems that have a file."""
        return frozenset(self._problems)

    def problem(self, name: str, facts: Mapping[str, JsonValue]) -> ProblemText:
        """Render a problem with its facts; raises TemplateFault naming the template and why."""
        return self._problem(name, facts, _strict)

    def problem_or_plain(self, name: str, facts: Mapping[str, JsonValue]) -> ProblemText:
        """Render a problem; each part that fails is replaced by a plain built-in one, and logged.

        A broken template must never hide an accounting error.
        """
        if name not in self._problems:
            log.error("problem has no template", problem=name)
            return built_in(name, facts)
        plain = built_in(name, facts)

        def careful(part: str, render: Callable[[], str | Text]) -> str | Text:
            try:
                return render()
            except TemplateFault as fault:
                log.error("template failed", problem=name, part=part, reason=fault.message)
                found: str | Text = getattr(plain, part)
                return found

        return self._problem(name, facts, careful)

    def many(self, name: str, count: int) -> str:
        """Say in few words that there are `count` of a problem: "41 SKUs without an item".

        Never fails: words that cannot be rendered are logged and replaced.
        """
        problem = self._problems.get(name)
        template = problem.lines.get("many") if problem else None
        if template is None:
            return f"{count:,} alerts of one kind"
        try:
            return unmarked(self._run(template, template.root_render_func, {"count": count}))
        except TemplateFault as fault:
            log.error("template failed", problem=name, part="many", reason=fault.message)
            return f"{count:,} alerts of one kind"

    def text(self, template_name: str, facts: Mapping[str, JsonValue]) -> Text:
        """Render a template below templates/ ("fixes/reactivate" or its whole file name)."""
        template = self._compiled(_full(template_name, ".md.j2"))
        return parse(self._run(template, template.root_render_func, facts))

    def page(self, name: str, facts: Mapping[str, JsonValue]) -> str:
        """Render a web page (templates/web/<name>.html.j2); facts are HTML-escaped."""
        template = self._compiled("web/" + _full(name.removeprefix("web/"), ".html.j2"))
        return _without_marks(self._run(template, template.root_render_func, facts))

    def _problem(
        self,
        name: str,
        facts: Mapping[str, JsonValue],
        around: Callable[[str, Callable[[], str | Text]], str | Text],
    ) -> ProblemText:
        problem = self._problems.get(name)
        if problem is None:
            msg = f"There is no problem file named {name}."
            raise TemplateFault(msg)

        def line(key: str) -> str:
            template = problem.lines[key]
            render = template.root_render_func
            longest = TITLE if key == "title" else LINE
            return str(around(key, lambda: fitted(self._run(template, render, facts), longest)))

        def part(key: str) -> Text:
            block = problem.body.blocks.get(key)
            if block is None:
                return Text()
            found = around(key, lambda: parse(self._run(problem.body, block, facts)))
            return found if isinstance(found, Text) else words(found)

        title = line("title")
        texts = {key: part(key) for key in PARTS}
        fixed = line("fixed") if "fixed" in problem.lines else title.split(" · ")[0]
        return ProblemText(title=title, push=line("push"), fixed=fixed, **texts)

    def _run(
        self,
        template: Template,
        render: Callable[[Context], Iterator[str]],
        facts: Mapping[str, JsonValue],
    ) -> str:
        parts: list[str] = []
        length = 0
        try:
            for piece in render(template.new_context(dict(facts))):
                parts.append(piece)
                length += len(piece)
                if length > OUTPUT_LIMIT:
                    msg = f"{template.name}: the text is longer than {OUTPUT_LIMIT:,} characters"
                    raise TemplateFault(msg)
        except _RENDER_ERRORS as error:
            msg = f"{template.name}: {shorten(clean(str(error)), 300)}"
            raise TemplateFault(msg) from error
        return "".join(parts)

    def _compiled(self, name: str) -> Template:
        try:
            return self._env.get_template(name)
        except TemplateError as error:
            msg = f"Template {name} cannot be used: {error}"
            raise TemplateFault(msg) from None

    def _compile_problem(self, name: str) -> _Problem:
        front = front_matter(self._loader.folder / name)
        lines: dict[str, Template] = {}
        for key in ("title", "push", "fixed", "many"):
            source = text_of(front, key)
            if not source and key in ("fixed", "many"):
                continue
            try:
                lines[key] = self._env.from_string(source)
            except TemplateError as error:
                msg = f"{name}: {key} cannot be used: {error}"
                raise ConfigError(msg) from None
            lines[key].name = f"{name} ({key})"
        return _Problem(lines, self._compiled(name))


def _strict(part: str, render: Callable[[], str | Text]) -> str | Text:
    del part
    return render()


def _without_marks(output: str) -> str:
    return output.translate({0xE000: None, 0xE001: None, 0xE002: None})


def _stem(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".md.j2")


def _full(name: str, suffix: str) -> str:
    return name if name.endswith(".j2") else name + suffix
