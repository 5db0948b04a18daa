"""Writers killed at random moments: no fault afterwards, nothing acknowledged is gone, the same command goes on."""

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

from sim.ledger import Ensemble, Ledger, verify
from tests.dice import DICE
from tests.ledger.faults.farm import Child, Farm, kill
from tests.ledger.faults.tasks import RUNS
from tests.ledger.faults.trial import Trial

PIECES = [[first, first + 1] for first in range(RUNS)]


def writers(farm: Farm, folder: Path, kills: int, seed: int = 1) -> Trial:
    """Kill a process that publishes and seals a few runs at a time."""

    def start(ledger: Path) -> Child:
        return farm.start("write", ledger=str(ledger), pieces=PIECES)

    return _killed(farm, folder, kills, "kill -9 of a writer that publishes and seals", start, seed)


def runners(farm: Farm, folder: Path, kills: int, seed: int = 2) -> Trial:
    """Kill a process that simulates and seals as `sim run` does."""
    model = folder / "dice.yaml"
    model.write_text(DICE, encoding="utf-8")

    def start(ledger: Path) -> Child:
        return farm.start("run", ledger=str(ledger), model=str(model), runs=40, chunk=4)

    return _killed(farm, folder, kills, "kill -9 of a process that simulates as `sim run` does", start, seed)


def menders(farm: Farm, folder: Path, kills: int, seed: int = 3) -> Trial:
    """Kill a repair of an ensemble whose segments, newest manifest and spec are damaged."""
    model, sound = folder / "mend.yaml", folder / "sound"
    model.write_text(DICE, encoding="utf-8")
    root = farm.do("run", ledger=str(sound), model=str(model), runs=40, chunk=10).done["value"]

    def damaged(ledger: Path) -> None:
        shutil.rmtree(ledger, ignore_errors=True)
        shutil.copytree(sound, ledger)
        (ensemble,) = Ledger(ledger).ensembles()
        for path in (ensemble.folder / "spec.json", *ensemble.folder.glob("segments/*.parquet")):
            path.write_bytes(path.read_bytes()[:-1])
        newest = max(ensemble.manifests.glob("*.json"))
        newest.write_bytes(b"")

    def start(ledger: Path) -> Child:
        return farm.start("mend", ledger=str(ledger))

    trial = Trial("kill -9 of a repair")
    _, span = _undisturbed(farm, start, damaged, folder / "mended")
    dice = random.Random(seed)  # noqa: S311
    ledger = folder / "mending"
    while trial.tried < kills:
        damaged(ledger)
        if not _kill(farm, start(ledger), dice.uniform(0, span)):
            continue
        left = farm.do("mend", ledger=str(ledger))
        (ensemble,) = Ledger(ledger).ensembles()
        wrong = [str(problem) for problem in verify(ensemble)] + list(left.done.get("value", [str(left.done)]))
        manifest = ensemble.manifest()
        if manifest is None or manifest.root != root:
            wrong.append("another root after the repair")
        trial.note("mended by the next repair", *wrong)
    return trial


def collectors(farm: Farm, folder: Path, kills: int, seed: int = 4) -> Trial:
    """Kill a gc of an ensemble with many manifests, segments that were never sealed, and files of killed writers."""
    sound = folder / "littered"
    root = farm.do("write", ledger=str(sound), pieces=PIECES).done["value"]
    (ensemble,) = Ledger(sound).ensembles()
    for number in range(30):
        (ensemble.folder / "segments" / f".x.parquet.{number}-0123abcd.tmp").write_bytes(b"half")

    def littered(ledger: Path) -> None:
        shutil.rmtree(ledger, ignore_errors=True)
        shutil.copytree(sound, ledger)

    def start(ledger: Path) -> Child:
        return farm.start("tidy", ledger=str(ledger))

    trial = Trial("kill -9 of a gc")
    _, span = _undisturbed(farm, start, littered, folder / "tidied")
    dice = random.Random(seed)  # noqa: S311
    ledger = folder / "tidying"
    while trial.tried < kills:
        littered(ledger)
        if not _kill(farm, start(ledger), dice.uniform(0, span)):
            continue
        wrong = _faults(ledger)
        farm.do("tidy", ledger=str(ledger))
        wrong += _faults(ledger)
        (ensemble,) = Ledger(ledger).ensembles()
        manifest = ensemble.manifest()
        if manifest is None or manifest.root != root or len(list(ensemble.logs())) != RUNS:
            wrong.append("another root, or runs that are gone")
        trial.note("all there, and the next gc goes on", *wrong)
    return trial


def _killed(
    farm: Farm, folder: Path, kills: int, what: str, start: Callable[[Path], Child], seed: int
) -> Trial:  # fmt: skip
    trial = Trial(what)
    root, span = _undisturbed(farm, start, lambda ledger: None, folder / "undisturbed")
    dice = random.Random(seed)  # noqa: S311
    ledger, number = folder / "0", 0
    while trial.tried < kills:
        child = start(ledger)
        killed = _kill(farm, child, dice.uniform(0, span))
        wrong = _faults(ledger)
        wrong += _missing(ledger, child)
        if not killed:
            if child.done.get("value") != root:
                wrong.append(f"went on to another end: {child.done}")
            trial.wrong += wrong
            shutil.rmtree(ledger)
            number += 1
            ledger = folder / str(number)
            continue
        trial.note("no fault, and the same command goes on", *wrong)
    end = start(ledger)
    farm.wait()
    trial.wrong += [] if end.done.get("value") == root else [f"went on to another end: {end.done}"]
    return trial


def _undisturbed(
    farm: Farm, start: Callable[[Path], Child], ready: Callable[[Path], None], ledger: Path
) -> tuple[str, float]:
    """Do all once without a kill; return what comes of it, and how many seconds it takes."""
    spans = []
    for number in range(2):
        place = ledger.with_name(f"{ledger.name}-{number}")
        ready(place)
        began = time.monotonic()
        child = start(place)
        farm.wait()
        spans.append(time.monotonic() - began)
    assert "value" in child.done, child.done
    return child.done["value"], min(spans)


def _kill(farm: Farm, child: Child, seconds: float) -> bool:
    """Kill a child after so long; say whether it was still at work."""
    time.sleep(seconds)
    kill(child)
    farm.wait()
    return child.killed and not child.done


def _faults(ledger: Path) -> list[str]:
    return [str(problem) for ensemble in Ledger(ledger).remains() for problem in verify(Ensemble(ensemble.folder))]


def _missing(ledger: Path, child: Child) -> list[str]:
    """Say which runs were acknowledged as sealed and are not there."""
    acknowledged = {run for sealed in child.told for first, stop in sealed for run in range(first, stop)}
    if not acknowledged:
        return []
    (ensemble,) = Ledger(ledger).ensembles()
    there = {run for run, _ in ensemble.logs()}
    return [f"acknowledged and gone: {sorted(acknowledged - there)}"] if acknowledged - there else []
