"""The command `sim`: the group, and the only place where an error becomes text and an exit code.

Commands are imported when they are called, so that `sim --help` need not load what only a run needs.
"""

import atexit
import errno
import gc
import io
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import click

from sim import __version__
from sim.cli.output_streams import guarded
from sim.cli.stopping import Stopping
from sim.cli.terminal import INTERRUPTED, print_lines
from sim.cli.texts import with_texts
from sim.cli.waiting import last_line
from sim.errors import SimError, SimWarning, UsageError, lacks_memory, out_of_memory
from sim.language.suggest import did_you_mean

# What a command makes lasts as a rule until it ends: with Python's own 700, an eighth of the time of a short command
# goes into looking at it again and again.
OBJECTS_BETWEEN_COLLECTIONS = 200_000

# How many threads NumPy's linear algebra starts as it is imported. Nothing here is large enough for them, and they take
# 0.1 s of the processor's time to find nothing to do.
THREADS_OF_NUMPY = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

# folder -> what its commands are for, and for each name one line, as `sim --help` shows it
GROUPS = {
    "writing": ("Write a case", {
        "new": "Make the skeleton of a new case.",
        "check": "Check files, or all files of a case, and say what is wrong.",
        "schema": "Print the JSON Schema of a kind of file, for editors.",
    }),
    "running": ("Run and compare", {
        "run": "Run scenarios and print the outcomes with their intervals.",
        "compare": "Compare scenarios with a baseline, on the same luck.",
        "diff": "Show what two models or scenarios differ in, and which runs change.",
        "outcomes": "Ask runs that are there: when, how likely by a date, and questions thought of later.",
    }),
    "explaining": ("Explain", {
        "explain": "Explain a name of a case, a word of the language, a key, a topic or an error code.",
        "why": "Say why an event of one run happened, back to sources, assumptions and draws.",
        "why-not": "Say why an outcome or an event did not come in one run, or a rule did not fire.",
        "graph": "Draw the model: who reads and who writes what, whole or around a name.",
        "describe": "Describe the model as a document: purpose, entities, rules, parameters, sources.",
        "trace": "Trace a source, a name or a figure: what depends on it, and what is behind it.",
    }),
    "judging": ("Judge a model", {
        "test": "Try to break the checks of a model, and show the shortest history that breaks one.",
    }),
    "showing": ("Show and export", {
        "log": "Show one run, the documented past and the simulated future, or two side by side.",
        "runs": "Find runs worth reading: the typical, the strange, the extreme, the closest calls.",
        "replay": "Replay the documented history of a case.",
        "plot": "Draw outcomes, differences between scenarios, or one run, as a picture.",
        "query": "Answer SQL over the ledger, and repeat the figures that other commands print.",
        "export": "Export ensembles in a format that other programs read.",
    }),
    "ledgers": ("Look after a ledger", {
        "list": "List the ensembles of a ledger.",
        "verify": "Check every file of a ledger, or whether it has the runs of a digest.",
        "repair": "Set damaged files of a ledger aside, and make their runs again.",
        "copy": "Copy a ledger, or some of its ensembles, to another place: a folder, or an object store.",
        "gc": "Remove what nobody needs from a ledger: what stopped processes left, what was superseded.",
    }),
}  # fmt: skip
COMMANDS = {name: line for _, commands in GROUPS.values() for name, line in commands.items()}


class Commands(click.Group):
    """Commands by name, each in the module of the same name, in the folder of its group."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in COMMANDS:
            return None
        return with_texts(module_of(cmd_name).command)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            there = (f"what is to be done with it? For example: sim run {args[0]}",) if Path(args[0]).exists() else ()
            notes = there or did_you_mean(args[0], COMMANDS) or ("see `sim --help` for all of them",)
            raise UsageError("E026", f"there is no command '{args[0]}'", *notes)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        width = max(map(len, COMMANDS))
        for title, commands in GROUPS.values():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), line) for name, line in commands.items()])


def module_of(name: str) -> ModuleType:
    """Return the module of a command."""
    folder = next(folder for folder, (_, commands) in GROUPS.items() if name in commands)
    return import_module(f"sim.cli.commands.{folder}.{name.replace('-', '_')}")


# `color` keeps click from taking sequences out of a text, such as a file's name: `output_streams` writes them out.
SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "color": True}


@click.group(cls=Commands, context_settings=SETTINGS)
@click.version_option(__version__, prog_name="sim")
def group() -> None:
    """Replay a documented political crisis, branch it into futures, and count what happens in them.

    \b
    sim explain first-case              a first case of your own, step by step
    sim explain                         all topics, and the words of the language
    sim run scenarios/lesotho-2014      all scenarios of a case, 1,000 runs each
    sim compare scenarios/lesotho-2014  each scenario against the status quo
    sim log ENSEMBLE --run 17           one of the runs, event by event
    """


@guarded
def main() -> None:
    """Run the command line. Exit with 0 if all is fine, 1 for wrong input or a failed run, 2 for wrong usage.

    A signal that stops it gives 128 and its number: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP.
    """
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # to look for some takes 30 ms, and none is needed
    for threads in THREADS_OF_NUMPY:
        os.environ.setdefault(threads, "1")
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)  # what is left goes with the process: no last look at all of it
    try:
        with _warnings_in_a_line(), last_line(_what()), Stopping():
            code = group(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        code = INTERRUPTED
    except click.exceptions.Exit as wanted:
        code = wanted.exit_code
    except click.ClickException as error:
        said = io.StringIO()
        error.show(file=said)
        print_lines(said.getvalue().rstrip(), err=True)
        code = error.exit_code
    except SimError as error:
        print_lines(str(error), err=True)
        code = 2 if isinstance(error, UsageError) else 1
    except (MemoryError, ImportError, OSError) as error:
        print_lines(str(_refusal(error)), err=True)
        code = 1
    atexit.register(signal.signal, signal.SIGINT, signal.SIG_DFL)  # no traceback of what Python does as it ends
    sys.exit(code if isinstance(code, int) else 0)


def _refusal(error: MemoryError | ImportError | OSError) -> SimError:
    """Return what the system refused as an error of sim's; raise again what is a fault of the program."""
    if lacks_memory(error):
        return out_of_memory("this command")
    if isinstance(error, OSError) and error.errno in (errno.ENAMETOOLONG, errno.EACCES) and error.filename:
        # Each question whether a file is there may end so, wherever it is asked.
        note = "expected the path of a file or folder that may be opened"
        return SimError("E108", f"cannot open '{error.filename}': {error.strerror}", note)
    raise error


def _what() -> str:
    """Return which command is called."""
    return f"sim {next((word for word in sys.argv[1:] if word in COMMANDS), '')}".strip()


@contextmanager
def _warnings_in_a_line() -> Iterator[None]:
    """Let Python write a warning of sim's as its text alone, without the line of code that gave it."""
    before = warnings.formatwarning

    def written(message: Warning | str, category: type[Warning], *where: Any, **line: Any) -> str:
        return f"{message}\n" if issubclass(category, SimWarning) else before(message, category, *where, **line)

    warnings.formatwarning = written
    try:
        yield
    finally:
        warnings.formatwarning = before
