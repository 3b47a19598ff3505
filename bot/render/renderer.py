"""Renders problems, previews and pages; a failing template is a TemplateFault, never silence."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import structlog
from jinja2 import Template, TemplateError  # noqa: TID251  this is bot.render

from bot.domain import JsonValue
from bot.errors import ConfigError, TemplateFault
from bot.render.environment import check, make_environment
from bot.render.plain import ProblemText, built_in
from bot.render.source import Folder, front_matter, read, text_of
from bot.render.text import Text, parse
from bot.render.wording import LINES, Around, Wording, run

log = structlog.get_logger(__name__)

_PROBLEMS, _SUFFIX = "problems/", ".md.j2"


class Renderer:
    """The one place that knows Jinja, strict and sandboxed.

    Every template is checked at start, and compiled when it is needed first.
    """

    def __init__(self, folder: Path) -> None:
        self._loader = Folder(folder)
        self._env = make_environment(self._loader)
        self._firm: Mapping[str, Wording] = {}
        # Files of the firm that failed with real facts since they were read.
        self.failing: Mapping[str, TemplateFault] = {}
        self._names = frozenset(
            _stem(name)
            for name in self._loader.list_templates()
            if name.startswith(_PROBLEMS) and not name.startswith(f"{_PROBLEMS}_")
        )
        self._ours: dict[str, Wording] = {}
        for name in self._loader.list_templates():
            self._check(name)

    @property
    def problem_names(self) -> frozenset[str]:
        """The problems that have a file."""
        return self._names | frozenset(self._firm)

    def adopt(self, firm: Mapping[str, Wording]) -> None:
        """Use these words of the firm before ours, and only these."""
        self._firm = dict(firm)
        self.failing = {}

    def problem(self, name: str, facts: Mapping[str, JsonValue]) -> ProblemText:
        """Render a problem with its facts; raises TemplateFault naming the template and why."""
        return self._firms(name, facts) or self.problem_of_ours(name, facts)

    def problem_of_ours(self, name: str, facts: Mapping[str, JsonValue]) -> ProblemText:
        """Render our own words, whatever a firm has written. Raises TemplateFault."""
        return self._words(name).render(facts)

    def problem_or_plain(self, name: str, facts: Mapping[str, JsonValue]) -> ProblemText:
        """Render a problem; each part that fails is replaced by a plain built-in one, and logged.

        A broken template must never hide an accounting error. A file of the firm that fails with
        these facts gives way to ours as a whole, so that no message is half of each.
        """
        if (theirs := self._firms(name, facts)) is not None:
            return theirs
        if name not in self._names:
            log.error("problem has no template", problem=name)
            return built_in(name, facts)
        return self._words(name).render(facts, _with_plain_words(name, facts))

    def title(self, name: str, facts: Mapping[str, JsonValue]) -> str:
        """Render the title alone, as `problem_or_plain` has it: lists have hundreds of them."""
        if name in self._firm or name not in self._names:
            # Whether words of the firm are used is decided by all of them.
            return self.problem_or_plain(name, facts).title
        return self._words(name).title(facts, _with_plain_words(name, facts))

    def many(self, name: str, count: int) -> str:
        """Say in few words that there are `count` of a problem: "41 SKUs without an item".

        Never fails: words that cannot be rendered are logged and replaced.
        """
        ours = self._words(name) if name in self._names else None
        for found in (self._firm.get(name), ours):
            try:
                said = found.many(count) if found else ""
            except TemplateFault as fault:
                log.error("template failed", problem=name, part="many", reason=fault.message)
                continue
            if said:
                return said
        return f"{count:,} alerts of one kind"

    def text(self, template_name: str, facts: Mapping[str, JsonValue]) -> Text:
        """Render a template below templates/ ("fixes/reactivate" or its whole file name)."""
        template = self._compiled(_full(template_name, ".md.j2"))
        return parse(run(template, template.root_render_func, facts))

    def page(self, name: str, facts: Mapping[str, JsonValue]) -> str:
        """Render a web page (templates/web/<name>.html.j2); facts are HTML-escaped."""
        template = self._compiled("web/" + _full(name.removeprefix("web/"), ".html.j2"))
        return _without_marks(run(template, template.root_render_func, facts))

    def _words(self, name: str) -> Wording:
        if name not in self._names:
            msg = f"There is no problem file named {name}."
            raise TemplateFault(msg)
        if name not in self._ours:
            path = f"{_PROBLEMS}{name}{_SUFFIX}"
            lines = {key: self._env.from_string(text) for key, text in self._lines(path)}
            for key, template in lines.items():
                template.name = f"{path} ({key})"
            self._ours[name] = Wording(lines, self._compiled(path))
        return self._ours[name]

    def _firms(self, name: str, facts: Mapping[str, JsonValue]) -> ProblemText | None:
        """The firm's words; None where it has none, or where they fail: that is noted."""
        theirs = self._firm.get(name)
        if theirs is None:
            return None
        try:
            return theirs.render(facts)
        except TemplateFault as fault:
            if name not in self.failing:
                why = fault.message
                log.error("words of the firm failed, ours are shown", problem=name, why=why)
            self.failing = {**self.failing, name: fault}
            return None

    def _compiled(self, name: str) -> Template:
        try:
            return self._env.get_template(name)
        except TemplateError as error:
            msg = f"Template {name} cannot be used: {error}"
            raise TemplateFault(msg) from None

    def _check(self, name: str) -> None:
        """Refuse a template that could not be compiled. Raises ConfigError or TemplateFault."""
        try:
            check(self._env, name, self._loader.get_source(self._env, name)[0])
        except TemplateError as error:
            msg = f"Template {name} cannot be used: {error}"
            raise TemplateFault(msg) from None
        if _stem(name) not in self._names or not name.startswith(_PROBLEMS):
            return
        for key, source in self._lines(name):
            try:
                check(self._env, name, source)
            except TemplateError as error:
                msg = f"{name}: {key} cannot be used: {error}"
                raise ConfigError(msg) from None

    def _lines(self, name: str) -> Iterator[tuple[str, str]]:
        """The templates in a problem's front matter."""
        path = self._loader.folder / name
        front = front_matter(path.name, read(path))
        for key in LINES:
            source = text_of(front, key)
            if source or key in ("title", "push"):
                yield key, source


def _with_plain_words(name: str, facts: Mapping[str, JsonValue]) -> Around:
    def careful(part: str, write: Callable[[], str | Text]) -> str | Text:
        try:
            return write()
        except TemplateFault as fault:
            log.error("template failed", problem=name, part=part, reason=fault.message)
            found: str | Text = getattr(built_in(name, facts), part)
            return found

    return careful


def _without_marks(output: str) -> str:
    return output.translate({0xE000: None, 0xE001: None, 0xE002: None})


def _stem(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(_SUFFIX)


def _full(name: str, suffix: str) -> str:
    return name if name.endswith(".j2") else name + suffix
