"""What must hold after every round, whatever happened in it."""

import json
import re
from pathlib import Path
from typing import Any

from sim.ledger import verify
from sim.ledger.leftovers import leftovers, unknown_files
from tests.soak.bench import Round
from tests.soak.processes import left

KEPT = (".o", ".built")  # how the names of what is kept in a cache end
GRACE = 5.0  # seconds that processes are given to go
COLLECT = ("gc", "--older-than", "0s", "--quarantine")


def after(round_: Round) -> None:
    """Check everything; what is wrong is added to the round."""
    round_.checked = True
    round_.wrong += left(round_.bench.token, GRACE)
    if round_.damaged:
        round_.finish(round_.sim("repair"), {0, 1})  # 1: documents that are lost come back with the next command
        _same_figures(round_)
        round_.finish(round_.sim("repair"), {0})
    else:
        round_.wrong += round_.watched.look()
        as_stopped(round_)
    if round_.watched.folder.is_dir():  # else whoever was to make it was killed before
        round_.finish(round_.sim("verify"), {0})
    round_.wrong += round_.watched.look()
    if not round_.damaged:
        _same_figures(round_)
    round_.finish(round_.sim(*COLLECT), {0})
    nothing_needless(round_)
    round_.wrong += left(round_.bench.token, GRACE)


def _same_figures(round_: Round) -> None:
    """Run the round's command to its end: its figures must be those of an undisturbed ledger."""
    running = round_.finish(round_.writer(), {0}, what="not to the end: ")
    if running.code == 0:
        wanted = round_.bench.undisturbed(round_.case, round_.size).told
        if without_queries(json.loads(running.stdout)) != without_queries(wanted):
            round_.wrong.append(f"other figures than undisturbed: {running.told()}\n{running.stdout}")
    round_.wrong += round_.watched.look()


def without_queries(told: Any) -> Any:
    """Leave out of what a command told as JSON the queries that it printed: these name the ledger."""
    if isinstance(told, dict):
        return {key: without_queries(value) for key, value in told.items() if key != "queries"}
    return list(map(without_queries, told)) if isinstance(told, list) else told


def as_stopped(round_: Round) -> None:
    """Hold commands to what they said is sealed when they were stopped."""
    there = {identity: len(runs) for identity, runs in round_.watched.sealed.items()}
    for running in round_.finished:
        for sealed, short in re.findall(r"stopped: ([\d,]+) of .* sealed in ensemble (\w{12})", running.stderr):
            found = max((runs for identity, runs in there.items() if identity.startswith(short)), default=0)
            if found < int(sealed.replace(",", "")):
                round_.wrong.append(f"{found:,} runs are sealed, and this was said: {running.told()}")


def nothing_needless(round_: Round) -> None:
    """After a gc that takes all that is old: nothing but ensembles, all whole, and no temporary file anywhere."""
    ledger, bench = round_.watched.ledger, round_.bench
    remaining = list(unknown_files(ledger))
    for ensemble in ledger.remains():
        problems = verify(ensemble)
        round_.wrong += [f"verify after gc: {problem}" for problem in problems]
        remaining += () if problems else leftovers(ensemble, ensemble.manifest())
    round_.wrong += [f"gc leaves {file.path}: {file.kind}" for file in remaining]
    round_.wrong += round_.watched.look()
    round_.wrong += unfinished(bench.folder)


def unfinished(folder: Path) -> list[str]:
    """Say what is left in a temporary folder, and what was not written to the end in a cache, both below `folder`."""
    cached = [path for path in (folder / "cache").iterdir() if path.suffix not in KEPT or path.name[0] == "."]
    return [f"a temporary file is left: {path}" for path in (*(folder / "temporary").iterdir(), *cached)]
