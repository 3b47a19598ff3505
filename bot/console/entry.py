"""The way in: words are read, misuse is one clear line, and the exit code is told."""

import os
import sys
from collections.abc import Sequence

import typer
from typer.exceptions import Abort, TyperException

from bot.console.output import ANSWERED, MISUSED, note

PROGRAM = "python app.py"
STOPPED = 130  # what a shell expects of a program that Ctrl-C ended
# Commands of the plan that a later version brings, so that nobody looks for a typing mistake.
LATER = {
    "duplicates": "the sync itself asks before it makes a second customer of one name",
}


def answer(app: typer.Typer, words: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 answered, 1 wrong, 2 used wrongly.

    Nothing ends in a traceback that a person caused: a wrong word, Ctrl-C, a closed pipe.
    """
    if words and words[0] in LATER:
        note(f"`{words[0]}` is not part of this version; {LATER[words[0]]}.")
        return MISUSED
    try:
        ended = typer.main.get_command(app).main(
            list(words), prog_name=PROGRAM, standalone_mode=False
        )
        code = ended if isinstance(ended, int) else ANSWERED
    except TyperException as error:
        note(_one_line(error, words))
        return MISUSED
    except Abort:
        note("Nothing was changed.")
        return MISUSED
    except (BrokenPipeError, SystemExit):
        # Whoever read the answer has enough; SystemExit is Typer's way of saying the same.
        _forget_output()
        return ANSWERED
    if code == STOPPED:
        begun = words[:1] == ["sync"]
        note("Stopped." + (" The next `sync`, or the bot, finishes what was begun." * begun))
    return code


def _one_line(error: TyperException, words: Sequence[str]) -> str:
    """What was wrong with the words, and where to read on, in one line."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else f"{PROGRAM} {words[0]}"
    said = " ".join(error.format_message().replace("Value error, ", "").split())
    below = ", ".join(getattr(context.command, "commands", ())) if context is not None else ""
    if said == "Missing command." and below:
        return f"Which one? `{path}` is followed by one of: {below}."
    end = "" if said.endswith(("?", ".")) else "."
    return f"{said}{end} `{path} --help` says more."


def _forget_output() -> None:
    """Keep the interpreter from complaining about the closed pipe when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
