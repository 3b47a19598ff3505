"""`drill`: the labelled troubles of the stories, mixed with clean noise, against the whole loop."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

_FOLDER = "qb-drill-"
_LARGEST_SEED = 2**32


def main(argv: list[str]) -> int:
    """Run once. 0 = all is as it must be, 1 = something is not, 2 = used wrongly."""
    parser = argparse.ArgumentParser(prog="app.py drill", description=__doc__)
    parser.add_argument("--seed", type=int, help="order, names, amounts, dates; default: any")
    parser.add_argument("--stories", default="", help="numbers, as in 1,18,43; default: all")
    parser.add_argument("--json", action="store_true", help="one JSON value on standard output")
    parser.add_argument(
        "--limit", type=float, default=10.0, help="seconds a message and a press may take"
    )
    parser.add_argument(
        "--patience", type=float, default=45.0, help="seconds to wait before giving up"
    )
    options = parser.parse_args(argv)
    from sandbox.drill.run import Order
    from sandbox.drill.stories import numbers_of

    try:
        numbers = numbers_of(options.stories)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    seed = options.seed if options.seed is not None else random.randrange(_LARGEST_SEED)
    order = Order(seed, numbers, options.patience)
    from sandbox.drill.report import drill

    folder = Path(tempfile.mkdtemp(prefix=_FOLDER))
    return drill(order, folder, limit=options.limit, as_json=options.json)
