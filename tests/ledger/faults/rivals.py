"""Two writers at one ensemble at the same time: the same runs or others, cut otherwise; both end at the same root."""

import random
import shutil
from pathlib import Path
from typing import Any

from sim.ledger import Ledger
from tests.ledger.faults.farm import CALLS, Farm
from tests.ledger.faults.refusals import faults
from tests.ledger.faults.tasks import LOGS, RUNS
from tests.ledger.faults.trial import Trial


def rivals(farm: Farm, folder: Path, times: int, *, writers: int = 2, unknown: tuple[str, ...] = ()) -> Trial:
    """Let writers loose on one ensemble, each with its own pieces of all its runs; `unknown` needs the shim."""
    without = f" without {' and '.join(unknown)}" if unknown else ""
    trial = Trial(f"{writers} writers at one ensemble{without}, same and overlapping runs")
    root = farm.do("write", ledger=str(folder / "undisturbed"), pieces=[[0, RUNS]]).done["value"]
    dice = random.Random(5)  # noqa: S311
    for number in range(times):
        ledger = folder / str(number)
        arm: dict[str, Any] | None = None
        if unknown:
            arm = {"ledger": str(ledger), "calls": 0, "unknown": sum(CALLS[call] for call in unknown)}
        pieces = _pieces(dice)
        alike = number % 2 == 0
        started = [
            farm.start("write", ledger=str(ledger), pieces=pieces if alike else _pieces(dice), arm=arm)
            for _ in range(writers)
        ]
        farm.wait()
        wrong = [f"a writer came to {child.done}" for child in started if child.done.get("value") != root]
        wrong += faults(ledger)
        (ensemble,) = Ledger(ledger).ensembles()
        if list(ensemble.logs()) != list(enumerate(LOGS)):
            wrong.append("other runs are there")
        trial.note("same root", *wrong)
        shutil.rmtree(ledger)
    return trial


def _pieces(dice: random.Random) -> list[list[int]]:
    """All runs, in pieces that may overlap, in any order."""
    cuts = sorted(dice.sample(range(1, RUNS), dice.randrange(1, 6)))
    pieces = [[max(0, first - dice.randrange(2)), stop] for first, stop in zip([0, *cuts], [*cuts, RUNS], strict=True)]
    dice.shuffle(pieces)
    return pieces
