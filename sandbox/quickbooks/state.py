"""Everything a simulator holds, in a file: a restart goes on where the last one stopped.

The file is this program's own (a pickle). What is read back is limited to this package's records
and a few types of the standard library, so that a foreign file can do nothing.
"""

import fcntl
import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from types import MethodType
from typing import IO, Any
from zoneinfo import ZoneInfo

from sandbox.quickbooks.clock import Clock
from sandbox.quickbooks.company import touch
from sandbox.quickbooks.model import Entity
from sandbox.quickbooks.webhooks import Webhooks
from sandbox.quickbooks.world import World

FORM = 2
"""Counts up when older files cannot be read any more."""
OWN = "sandbox.quickbooks."
KNOWN = frozenset(
    {
        ("builtins", "dict"),
        ("builtins", "frozenset"),
        ("builtins", "int"),
        ("builtins", "list"),
        ("builtins", "set"),
        ("collections", "defaultdict"),
        ("collections", "deque"),
        ("collections", "OrderedDict"),
        ("copyreg", "__newobj__"),
        ("copyreg", "_reconstructor"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "timedelta"),
        ("sandbox.quickbooks.company", "_holders_by_name"),  # makes the empty entry of an index
        ("datetime", "timezone"),
        ("random", "Random"),
    }
)
KEPT = ("rng", "seed", "connections", "companies", "faults", "switches", "latency_ms")
LOGS = ("writes", "requests", "write_seq", "request_seq")
QUOTA = ("real", "read_quota", "reads", "reads_month")
NOTICES = ("verifier", "url", "shape", "waiting", "unsent", "deliveries", "count")


class _Writer(pickle.Pickler):
    """Declarations, the clock, time zones and callbacks are named, not written."""

    def persistent_id(self, obj: Any) -> str | None:
        """The name of what the next start has anyway."""
        if isinstance(obj, Entity):
            return f"entity:{obj.name}"
        if isinstance(obj, Clock):
            return "clock"
        if isinstance(obj, ZoneInfo):
            return f"zone:{obj.key}"
        is_callback = isinstance(obj, MethodType) and isinstance(obj.__self__, Webhooks)
        return "announce" if is_callback else None


class _Reader(pickle.Unpickler):
    """Reads only what a `_Writer` writes."""

    def __init__(self, file: io.BufferedIOBase, named: Mapping[str, Any]) -> None:
        super().__init__(file)
        self._named = named

    def persistent_load(self, pid: Any) -> Any:
        """What a name stands for here."""
        if str(pid).startswith("zone:"):
            return ZoneInfo(pid.removeprefix("zone:"))
        if pid not in self._named:
            msg = f"this program knows no {pid}"
            raise pickle.UnpicklingError(msg)
        return self._named[pid]

    def find_class(self, module: str, name: str) -> Any:
        """A class this package itself defines, or one of the few that records are made of.

        A dotted name would reach what a module has imported, such as `io.open`.
        """
        if (module, name) in KNOWN:
            return super().find_class(module, name)
        if module.startswith(OWN) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        msg = f"a state has no {module}.{name}"
        raise pickle.UnpicklingError(msg)


def save(world: World, path: Path) -> int:
    """Write the file at once or not at all; returns its size in bytes."""
    for company in world.companies.values():
        for table in company.tables.values():
            table.orders.clear()
            for record in table.rows.values():
                touch(record)
    body = {name: getattr(world, name) for name in (*KEPT, *LOGS)}
    body["limits"] = {name: getattr(world.limits, name) for name in QUOTA}
    body["webhooks"] = {name: getattr(world.webhooks, name) for name in NOTICES}
    body["clock"] = world.clock.offset
    body["form"] = FORM
    buffer = io.BytesIO()
    _Writer(buffer, protocol=pickle.HIGHEST_PROTOCOL).dump(body)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(buffer.getvalue())
    part.replace(path)
    return len(buffer.getvalue())


def hold(path: Path) -> IO[bytes]:
    """Keep the file for this process until it ends. Raises ValueError while another one has it."""
    lock = path.with_name(f"{path.name}.lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        msg = f"{path.name} is in use by another sandbox; end that one first, or name another file."
        raise ValueError(msg) from None
    return lock


def load(path: Path, entities: Mapping[str, Entity]) -> World:
    """The simulator of a file. Raises ValueError with one sentence for any other file."""
    clock = Clock()
    named = {"clock": clock, "announce": None} | {
        f"entity:{name}": entity for name, entity in entities.items()
    }
    try:
        with path.open("rb") as file:
            body = _Reader(file, named).load()
        form = body["form"]
        made = _world(body, clock, entities) if form == FORM else None
    except pickle.UnpicklingError as problem:
        msg = f"{path.name} is not a state of this simulator: {problem}"
        raise ValueError(msg) from None
    except (LookupError, ValueError, EOFError, AttributeError, TypeError, ImportError):
        msg = f"{path.name} is not a state of this simulator."
        raise ValueError(msg) from None
    if made is None:
        msg = f"{path.name} was written by another version of this simulator (form {form})."
        raise ValueError(msg)
    return made


def _world(body: Mapping[str, Any], clock: Clock, entities: Mapping[str, Entity]) -> World:
    clock.offset = body["clock"]
    world = World(clock, body["rng"], entities, body["connections"], seed=body["seed"])
    for name in (*KEPT, *LOGS):
        setattr(world, name, body[name])
    for part, names in ((world.limits, QUOTA), (world.webhooks, NOTICES)):
        kept = body["limits"] if part is world.limits else body["webhooks"]
        for name in names:
            setattr(part, name, kept[name])
    for company in world.companies.values():
        company.announce = world.webhooks.note
    return world
