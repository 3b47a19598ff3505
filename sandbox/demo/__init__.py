"""`demo`: a local QuickBooks, a local Slack and the bot, with troubles to mend. No account."""

import argparse
from pathlib import Path


def main(argv: list[str]) -> int:
    """Run until Ctrl-C. 0 = stopped, 1 = something did not start, 2 = used wrongly."""
    parser = argparse.ArgumentParser(prog="app.py demo", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port of the Slack page; 0 = any")
    parser.add_argument("--no-browser", action="store_true", help="do not open the page")
    parser.add_argument("--folder", type=Path, help="where to keep its files, instead of .demo/")
    options = parser.parse_args(argv)
    from sandbox.demo.run import FOLDER, run

    folder = (options.folder or FOLDER).resolve()
    return run(port=options.port, browser=not options.no_browser, folder=folder)
