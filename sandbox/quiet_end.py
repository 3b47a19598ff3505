"""How a program of the command line ends when its reader has enough of it, or a person stops it."""

import os
import sys
from collections.abc import Callable

# What a shell shows for a program that a closed pipe, or Ctrl-C, has ended.
NO_READER, STOPPED = 141, 130


def quietly(main: Callable[[list[str]], int]) -> int:
    """Run `main` with the words of the command line; no traceback for what a person caused."""
    try:
        try:
            return main(sys.argv[1:])
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer goes nowhere: the interpreter would complain when it ends.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return NO_READER
    except KeyboardInterrupt:
        return STOPPED
