"""Shows the drill: progress while it runs, then a table, and what went wrong in plain words."""

import itertools
import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from sandbox.demo.children import DemoError
from sandbox.drill.play import Result
from sandbox.drill.run import Order, run
from sandbox.drill.score import Sheet, counted, wrongs
from sandbox.drill.world import remove

_COLUMNS = {
    "injected": "inj.",
    "auto": "auto",
    "detected": "det.",
    "false_alarms": "false",
    "explained": "expl.",
    "offered": "off.",
    "fixed": "fixed",
    "verified": "ver.",
    "seconds_median": "mid s",
    "seconds_max": "max s",
    "click_seconds_max": "click",
    "messages": "posts",
}
_LEGEND = (
    "injected, must heal in silence, detected, false alarms, explained, one-click fixes offered, "
    "fixed, verified; seconds to the message (middle, most), press to green (most); messages"
)


class Stopped(Exception):
    """Ctrl-C or SIGTERM."""


def drill(order: Order, folder: Path, *, limit: float, as_json: bool) -> int:
    """Run the drill and tell what came of it; returns the exit code."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    count = itertools.count(1)
    told = Console(stderr=as_json, highlight=False, soft_wrap=True)
    told.print(f"Drill with seed {order.seed}: everything runs on this machine.", markup=False)
    try:
        sheet = run(
            order,
            folder,
            lambda line: told.print(line, markup=False),
            lambda result: told.print(f"{next(count):>3} {_line(result)}", markup=False),
        )
    except DemoError as error:
        sys.stderr.write(f"The drill could not go on: {error}\nIts folder is {folder}\n")
        return 1
    except Stopped:
        sys.stderr.write("Stopped.\n")
        return 1
    return _tell(sheet, order, folder, told, limit=limit, to_programs=as_json)


def _stop(_number: int, _frame: FrameType | None) -> NoReturn:
    """Once: a second Ctrl-C must not leave processes behind."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _line(result: Result) -> str:
    mark = "✘" if result.wrong else "✔"
    took = [f"message {result.seconds:.1f} s"] if result.seconds is not None else []
    took += [f"green {result.click_seconds:.1f} s"] if result.click_seconds is not None else []
    end = f" · {', '.join(took)}" if took else ""
    story = result.story
    return f"{mark} {story.number:>2} {story.family:<10} {story.title}{end}"


def _tell(
    sheet: Sheet, order: Order, folder: Path, told: Console, *, limit: float, to_programs: bool
) -> int:
    found = wrongs(sheet, limit, whole=not order.numbers)
    answer = counted(sheet)
    if to_programs:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    else:
        told.print(_table(answer["families"]), markup=False)
        told.print(_LEGEND, markup=False)
        for name, row in answer["scenarios"].items():
            state = "not asked for" if not row["ran"] else "as it must be" if row["ok"] else "WRONG"
            told.print(f" {name}: {state}", markup=False)
    if not found:
        remove(folder)
        told.print("All is as it must be.", markup=False)
        return 0
    sys.stderr.write(f"{len(found)} things are not as they must be:\n")
    sys.stderr.writelines(f"  - {line}\n" for line in found)
    sys.stderr.write(f"The logs of the three processes are in {folder}\n")
    return 1


def _table(families: dict[str, dict[str, float]]) -> str:
    """Plain columns that fit 80 characters; rich would cut the heads."""
    lines = [f"{'':<10}" + "".join(f"{head:>6}" for head in _COLUMNS.values())]
    for name, counts in families.items():
        lines.append(f"{name:<10}" + "".join(f"{round(counts[key], 1):>6g}" for key in _COLUMNS))
    return "\n".join(lines)
