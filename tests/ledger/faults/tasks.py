"""What a child process does to a ledger. Each task is given plain values, tells what was acknowledged, and returns."""

import ctypes
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.errors import LedgerError
from sim.experiment import EachRun, prepare, record, repair, workers
from sim.experiment import record as recording  # noqa: F401 - loaded before the fork
from sim.ledger import Ensemble, Ledger, verify
from sim.ledger.collect import CollectionRule, collect
from sim.model.event_table import table_of
from tests.ledger.logs import log

Tell = Callable[[Any], None]
SPEC = {"model": "ceasefire", "seed": 7}
RUNS = 12
LOGS = [log(4 + run % 3, run / 3) for run in range(RUNS)]


def write(tell: Tell, ledger: str, pieces: list[list[int]], spec: dict[str, Any] | None = None) -> str:
    """Create an ensemble, and publish and seal what of its runs is missing, piece by piece; return the root."""
    ensemble = Ledger(Path(ledger)).create(SPEC if spec is None else spec)
    for first, stop in pieces:
        if any(set(gap) & set(range(first, stop)) for gap in ensemble.missing(stop)):
            manifest = ensemble.seal([ensemble.publish(table_of(first, LOGS[first:stop]))], {"made": time.time()})
            tell([[run.start, run.stop] for run in manifest.runs])
    manifest = ensemble.manifest()
    assert manifest is not None
    return manifest.root


def run(tell: Tell, ledger: str, model: str, runs: int, chunk: int) -> str:
    """Run a model file as `sim run` does, sealing after every chunk; return the root."""
    workers.CHUNK = chunk
    import sim.experiment.record as shell

    shell.SECONDS_BETWEEN_SEALS = 0.0  # type: ignore[attr-defined]
    ensemble, _ = record(prepare(Path(model), Path(ledger)), runs, EachRun(number_of), workers=1)
    manifest = ensemble.manifest()
    assert manifest is not None
    return manifest.root


def number_of(program: object, scenario: object, run: int, log: object) -> int:
    return run


def mend(tell: Tell, ledger: str) -> list[str]:
    """Repair every ensemble; return what is left."""
    shelf = Ledger(Path(ledger))
    return [str(error) for one in shelf.remains() for error in repair(one, shelf, workers=1).left]


def tidy(tell: Tell, ledger: str) -> int:
    """Collect all that is needless, however young; return how many files went."""
    return sum(len(list(collect(one, CollectionRule(time.time() + 1)))) for one in Ledger(Path(ledger)).remains())


def fill(tell: Tell, ledger: str, ballast: str) -> dict[str, Any]:
    """Write into a full disk until it refuses, make room, and go on; return what was wrong in between."""
    codes, problems = [], []
    pieces = [[start, start + 1] for start in range(RUNS)]
    room = Path(ballast)
    size = room.stat().st_size
    while True:
        try:
            root = write(tell, ledger, pieces)
            return {"root": root, "codes": codes, "problems": problems}
        except LedgerError as error:
            codes.append(error.code)
            for ensemble in Ledger(Path(ledger)).remains():
                problems += [str(problem) for problem in verify(Ensemble(ensemble.folder))]
        size = max(0, size - 4096)
        with room.open("r+b") as file:
            file.truncate(size)


TASKS: dict[str, Callable[..., Any]] = {"write": write, "run": run, "mend": mend, "tidy": tidy, "fill": fill}


def arm(
    ledger: str, calls: int, first: int = 1, error: int = 0, for_good: bool = False, though_done: bool = False,
    most: int = -1, room: int = -1, unknown: int = 0,
) -> None:  # fmt: skip
    """Tell the shim, which must be loaded, what to do from now on."""
    library = ctypes.CDLL(None)
    library.shim_arm(
        ledger.encode(), calls, first, error, int(for_good), int(though_done),
        ctypes.c_long(most), ctypes.c_long(room), unknown,
    )  # fmt: skip


def armed() -> tuple[int, int]:
    """Say how many of the calls were counted, and how many failed."""
    library = ctypes.CDLL(None)
    return library.shim_counted(), library.shim_hits()
