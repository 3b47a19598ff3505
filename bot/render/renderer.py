"""Renders problems, previews and pages; a failing template is a TemplateFault, never silence."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from jinja2 import (
    StrictUndefined,
    Template,  # noqa: TID251  this is bot.render
    TemplateError,
    nodes,
    pass_context,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain import JsonValue
from bot.errors import ConfigError, TemplateFault
from bot.render.marks import clean, mark, shorten, unmarked
from bot.render.source import Folder, front_matter, split, text_of
from bot.render.text import Text, parse, words
from bot.render.words import (
    counted,
    day,
    listed,
    moment,
    money,
    month,
    not_posted,
    plural,
    said,
    spaced,
    span,
    tail,
    the_record,
    tidy,
    upfirst,
    waiting_amounts,
)

log = structlog.get_logger(__name__)

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
# Filters that would let data through as markup, or print it unmarked.
_BANNED_FILTERS = ("safe", "urlize", "xmlattr", "tojson", "escape", "e", "forceescape", "pprint")


@dataclass(frozen=True)
class ProblemText:
    """A problem in words. `title` has no state word; `push` is one sentence for the phone."""

    title: str
    push: str
    what: Text
    why: Text
    fix: Text
    prevent: Text
    fixed: str = ""


@dataclass(frozen=True)
class _Problem:
    lines: Mapping[str, Template]
    body: Template


class Renderer:
    """The one place that knows Jinja. Templates are compiled once, strict and sandboxed."""

    def __init__(self, folder: Path) -> None:
        self._loader = Folder(folder)
        self._env = _environment(self._loader)
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
            return _built_in(name, facts)
        plain = _built_in(name, facts)

        def careful(part: str, render: Callable[[], str | Text]) -> str | Text:
            try:
                return render()
            except TemplateFault as fault:
                log.error("template failed", problem=name, part=part, reason=fault.message)
                found: str | Text = getattr(plain, part)
                return found

        return self._problem(name, facts, careful)

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
            return str(around(key, lambda: unmarked(self._run(template, render, facts))))

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
        for key in ("title", "push", "fixed"):
            source = text_of(front, key)
            if not source and key == "fixed":
                continue
            try:
                lines[key] = self._env.from_string(source)
            except TemplateError as error:
                msg = f"{name}: {key} cannot be used: {error}"
                raise ConfigError(msg) from None
            lines[key].name = f"{name} ({key})"
        return _Problem(lines, self._compiled(name))


def block_names(path: Path) -> frozenset[str]:
    """The names of the Jinja blocks of a file; raises ConfigError when it is not a template."""
    _, body = split(path.read_text(encoding="utf-8"))
    try:
        tree = _environment(Folder(path.parent)).parse(body)
    except TemplateError as error:
        msg = f"{path.name}: {error}"
        raise ConfigError(msg) from None
    return frozenset(block.name for block in tree.find_all(nodes.Block))


def _strict(part: str, render: Callable[[], str | Text]) -> str | Text:
    del part
    return render()


def _environment(loader: Folder) -> ImmutableSandboxedEnvironment:
    env = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        finalize=_finalize,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
    )
    for name in _BANNED_FILTERS:
        env.filters.pop(name, None)
    env.filters |= {
        "money": money,
        "day": day,
        "moment": moment,
        "month": month,
        "plural": plural,
        "listed": listed,
        "names": listed,
        "short": shorten,
        "spaced": spaced,
        "tidy": tidy,
        "upfirst": upfirst,
    }
    env.globals |= {
        "span": span,
        "counted": _of_facts(counted),
        "waiting": _of_facts(waiting_amounts),
        "not_posted": _of_facts(not_posted),
        "tail": _of_facts(tail),
        "the_record": _of_facts(the_record),
        "said": _of_facts(said),
        "fact": _fact,
    }
    return env


def _of_facts(function: Callable[[Mapping[str, JsonValue]], str]) -> Callable[[Context], str]:
    """Give templates `{{ not_posted() }}`: a function over all facts of the render."""

    @pass_context
    def inner(context: Context) -> str:
        return function(context.get_all())

    return inner


@pass_context
def _fact(context: Context, name: str, otherwise: JsonValue = "") -> JsonValue:
    """Give templates `{{ fact("element") }}`: a fact that may be missing or empty."""
    value = context.get(name)
    return otherwise if value is None or value == "" else value


def _finalize(value: object) -> object:
    """Mark what an expression yields as a fact (see bot/render/marks.py)."""
    if hasattr(value, "__html__"):
        return value
    if value is None:
        return mark("not known")
    if isinstance(value, (dict, list, tuple, set)):
        msg = "a list or a table of facts cannot be printed whole"
        raise TypeError(msg)
    return mark(str(value))


def _without_marks(output: str) -> str:
    return output.translate({0xE000: None, 0xE001: None, 0xE002: None})


def _stem(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".md.j2")


def _full(name: str, suffix: str) -> str:
    return name if name.endswith(".j2") else name + suffix


def _built_in(name: str, facts: Mapping[str, JsonValue]) -> ProblemText:
    """The plain text that stands in for a template that failed."""
    company = shorten(clean(str(facts.get("company") or "This company")), 80)
    subject = facts.get("name") or facts.get("party") or facts.get("number") or ""
    label = clean(name.replace("_", " ").strip().capitalize())
    about = f"{label}: {shorten(clean(str(subject)), 80)}" if subject else label
    error = " ".join(
        clean(str(facts[key])) for key in ("code", "fault_message", "detail") if facts.get(key)
    )
    try:
        waits = not_posted(facts)
    except (ValueError, TypeError, ArithmeticError):
        waits = "documents may wait"
    return ProblemText(
        title=about,
        push=f"{company}: {waits}; {about}",
        what=words(f"{about}.", f"At {company}, {waits}."),
        why=words(f"QuickBooks says: {error}" if error else "The reason is under Details."),
        fix=words("Open Details for the documents and the exact error."),
        prevent=Text(),
        fixed=about,
    )
