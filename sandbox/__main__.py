"""Starts one part of the sandbox: `python -m sandbox quickbooks|slack|demo|drill [options]`."""

import argparse
import sys
from importlib import import_module

from sandbox.quiet_end import quietly

PARTS = {
    "quickbooks": "sandbox.quickbooks",
    "slack": "sandbox.slack.main",
    "demo": "sandbox.demo",
    "drill": "sandbox.drill",
}


def main(argv: list[str]) -> int:
    """Hand the remaining words to the chosen part and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("part", choices=sorted(PARTS))
    chosen = parser.parse_args(argv[:1])
    # Imported late: one part must start without paying for the others.
    module = import_module(PARTS[chosen.part])
    code: int = module.main(argv[1:])
    return code


if __name__ == "__main__":
    sys.exit(quietly(main))
