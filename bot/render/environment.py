"""The one Jinja environment: strict, sandboxed, and every fact marked on its way out."""

from collections.abc import Callable, Mapping
from functools import partial

from jinja2 import StrictUndefined, TemplateAssertionError, nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain import JsonValue
from bot.render.marks import mark, shorten
from bot.render.source import Folder
from bot.render.sums import invoiced, not_posted, sales, waiting_amounts
from bot.render.words import (
    apart,
    article,
    counted,
    day,
    field,
    holder,
    listed,
    moment,
    money,
    month,
    plural,
    record_title,
    refused,
    said,
    sentence,
    spaced,
    span,
    spoken,
    stopped,
    tail,
    the_record,
    tidy,
    upfirst,
)

# Filters that would let data through as markup, or print it unmarked.
_BANNED_FILTERS = ("safe", "urlize", "xmlattr", "tojson", "escape", "e", "forceescape", "pprint")


def make_environment(loader: Folder) -> ImmutableSandboxedEnvironment:
    """Make the environment for a folder of templates."""
    env = ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        finalize=printed,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
    )
    for name in _BANNED_FILTERS:
        env.filters.pop(name, None)
    env.filters |= FILTERS
    env.globals |= FUNCTIONS
    return env


def _of_facts(function: Callable[[Mapping[str, JsonValue]], str]) -> Callable[[Context], str]:
    """Give templates `{{ not_posted() }}`: a function over all facts of the render."""

    @pass_context
    def inner(context: Context) -> str:
        return function(context.get_all())

    return inner


@pass_context
def _record_title(context: Context, first: str = "upper") -> str:
    """Give templates `{{ record_title() }}`, with "" to begin with a small letter."""
    return record_title(context.get_all(), first)


@pass_context
def _fact(context: Context, name: str, otherwise: JsonValue = "") -> JsonValue:
    """Give templates `{{ fact("element") }}`: a fact that may be missing or empty."""
    value = context.get(name)
    return otherwise if value is None or value == "" else value


def printed(value: object) -> object:
    """Mark what an expression yields as a fact (see bot/render/marks.py)."""
    if hasattr(value, "__html__"):
        return value
    if value is None:
        return mark("not known")
    if isinstance(value, (dict, list, tuple, set)):
        msg = "a list or a table of facts cannot be printed whole"
        raise TypeError(msg)
    return mark(str(value))


# What templates may use beyond Jinja's own, here and in the files of a firm (bot/render/firm.py).
FILTERS: Mapping[str, Callable[..., JsonValue]] = {
    "money": money,
    "invoiced": invoiced,
    "sales": sales,
    "day": day,
    "moment": moment,
    "month": month,
    "plural": plural,
    "a": article,
    "field": field,
    "holder": holder,
    "sentence": sentence,
    "spoken": spoken,
    "stopped": stopped,
    "listed": listed,
    "names": listed,
    "short": shorten,
    "spaced": spaced,
    "apart": apart,
    "tidy": tidy,
    "upfirst": upfirst,
}
FUNCTIONS: Mapping[str, Callable[..., JsonValue]] = {
    "span": span,
    "counted": _of_facts(counted),
    "waiting": _of_facts(waiting_amounts),
    "waiting_taxed": _of_facts(partial(waiting_amounts, taxed=True)),
    "not_posted": _of_facts(not_posted),
    "tail": _of_facts(tail),
    "the_record": _of_facts(the_record),
    "record_title": _record_title,
    "said": _of_facts(said),
    "refused": _of_facts(refused),
    "fact": _fact,
}


def check(env: ImmutableSandboxedEnvironment, name: str, source: str) -> None:
    """Raise TemplateError where a template could not be compiled; that itself takes longer."""
    for node in env.parse(source, name).find_all((nodes.Filter, nodes.Test)):
        known = env.filters if isinstance(node, nodes.Filter) else env.tests
        if node.name not in known:
            kind = type(node).__name__.lower()
            raise TemplateAssertionError(f"No {kind} named {node.name!r}.", node.lineno, name)
