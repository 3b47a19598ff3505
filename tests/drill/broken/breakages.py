"""Ways to break the bot on purpose; a drill that does not notice each one is worth nothing.

A `sitecustomize.py` on PYTHONPATH calls `break_in`, so that every process of the drill has it and
no file of the bot is touched. Simulators import nothing of the bot and stay whole.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from types import ModuleType
from typing import Any

WAYS = (
    "never_posts",
    "posts_twice",
    "green_without_posting",
    "wrong_kind",
    "alerts_on_noise",
    "moves_to_another_month",
    "miscounts_stock",
)
_numbers = count(1)


class _After(importlib.abc.MetaPathFinder):
    """Changes a module right after it was loaded."""

    def __init__(self, changes: dict[str, Callable[[ModuleType], None]]) -> None:
        self._changes = changes

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        change = self._changes.get(name)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target) if change else None
        if spec is None or spec.loader is None or change is None:
            return None
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            change(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def break_in(way: str) -> None:
    """Break the bot of every process that starts from now on."""
    changes: dict[str, dict[str, Callable[[ModuleType], None]]] = {
        "never_posts": {"bot.slack.adapter": _never_posts},
        "posts_twice": {"bot.slack.adapter": _posts_twice},
        "green_without_posting": {
            "bot.slack.adapter": _says_green,
            "bot.quickbooks.books": _posts_no_invoice,
        },
        "wrong_kind": {"bot.slack.adapter": _wrong_kind},
        "alerts_on_noise": {"bot.checkup": _alerts_on_noise},
        "moves_to_another_month": {"bot.quickbooks.books": _re_dates},
        "miscounts_stock": {"bot.quickbooks.books": _miscounts},
    }
    sys.meta_path.insert(0, _After(changes[way]))


def _never_posts(module: ModuleType) -> None:
    def post(self: Any, channel: str, *_: Any, **__: Any) -> Any:
        return module.Posted(f"{next(_numbers)}.000001")

    module.Slack.post = post


def _posts_twice(module: ModuleType) -> None:
    once = module.Slack.post

    def post(self: Any, *words: Any, **more: Any) -> Any:
        once(self, *words, **more)
        return once(self, *words, **more)

    module.Slack.post = post


def _says_green(module: ModuleType) -> None:
    _metadata(module, "edit", state="resolved")


def _wrong_kind(module: ModuleType) -> None:
    _metadata(module, "post", kind="network")
    _metadata(module, "edit", kind="network")


def _metadata(module: ModuleType, name: str, **changed: str) -> None:
    """Change what the metadata of every message says."""
    before = getattr(module.Slack, name)

    def told(self: Any, *words: Any, **more: Any) -> Any:
        for one in (*words, *more.values()):
            if isinstance(one, dict) and "event_payload" in one:
                one["event_payload"].update(changed)
        return before(self, *words, **more)

    setattr(module.Slack, name, told)


def _posts_no_invoice(module: ModuleType) -> None:
    books = _class_that_writes(module)
    write = books.write

    def refuse(self: Any, operation: str, entity: str, *words: Any, **more: Any) -> Any:
        if entity == "Invoice":
            self.read("Invoice", "999999999")  # answered by "object not found"
        return write(self, operation, entity, *words, **more)

    books.write = refuse


def _re_dates(module: ModuleType) -> None:
    """After each invoice the bot posted, that invoice goes over to an earlier month."""
    books = _class_that_writes(module)
    write = books.write

    def re_date(
        self: Any, operation: str, entity: str, payload: dict[str, Any], request_id: str
    ) -> Any:
        reply = write(self, operation, entity, payload, request_id)
        if (operation, entity) == ("create", "Invoice"):
            moved = {"TxnDate": "2026-01-15", "sparse": True}
            ids = {key: reply.payload[key] for key in ("Id", "SyncToken")}
            write(self, "update", "Invoice", {**ids, **moved}, f"{request_id[:40]}-later")
        return reply

    books.write = re_date


def _miscounts(module: ModuleType) -> None:
    """After each invoice the bot posted, a piece more of its item is on the shelf."""
    books = _class_that_writes(module)
    write = books.write

    def count_again(
        self: Any, operation: str, entity: str, payload: dict[str, Any], request_id: str
    ) -> Any:
        reply = write(self, operation, entity, payload, request_id)
        if (operation, entity) == ("create", "Invoice"):
            used = reply.payload["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"]
            item = self.read("Item", used)
            if item["Type"] == "Inventory":
                ids = {key: item[key] for key in ("Id", "SyncToken", "Name")}
                more = {"QtyOnHand": item["QtyOnHand"] + 1, "sparse": True}
                write(self, "update", "Item", {**ids, **more}, f"{request_id[:40]}-count")
        return reply

    books.write = count_again


def _class_that_writes(module: ModuleType) -> Any:
    [books] = [
        one for one in vars(module).values() if isinstance(one, type) and "write" in vars(one)
    ]
    return books


def _alerts_on_noise(module: ModuleType) -> None:
    honest = module.run_check

    def run_check(services: Any, company_id: int, check: Any, *scope: Any, **more: Any) -> Any:
        report = honest(services, company_id, check, *scope, **more)
        if not report.completed or not report.scope.covers("customer:fine"):
            return report
        name = _somebody(services, company_id)
        if check.name != "failed_records" or not name:
            return report
        extra = module_finding("unknown", "customer:fine", {"name": name, "said": name})
        return replace(report, findings=(*report.findings, extra))

    module_finding = module.Finding
    module.run_check = run_check


def _somebody(services: Any, company_id: int) -> str:
    """The name of a customer who was posted without any trouble."""
    from sqlmodel import select

    from bot.models import Record

    with services.sessions.read() as session:
        rows = session.exec(select(Record).where(Record.company_id == company_id)).all()
    names = [row.payload["name"] for row in rows if row.payload.get("type") == "customer"]
    return str(names[0]) if names else ""
