"""Try every fault, and print what came of it as a table: `python -m tests.ledger.faults [--many]`."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.ledger.faults import damage, kills, refusals, rivals
from tests.ledger.faults.farm import Farm, built_shim, has_compiler
from tests.ledger.faults.trial import HEADING, PLACE, Trial


def trials(folder: Path, *, many: bool) -> Iterator[Trial]:
    """Try the faults a few times, or many."""
    times = 10 if many else 1
    with Farm() as farm:
        for number, (trial, count) in enumerate(
            ((kills.writers, 60), (kills.runners, 40), (kills.menders, 15), (kills.collectors, 15))
        ):
            yield trial(farm, _new(folder, f"kills-{number}"), count * times)
        yield rivals.rivals(farm, _new(folder, "two"), 20 * times)
        yield rivals.rivals(farm, _new(folder, "three"), 10 * times, writers=3)
    if has_compiler():
        with Farm(built_shim(folder)) as farm:
            bench = refusals.Bench(farm, _new(folder, "bench"))
            yield from refusals.every_call(bench, errors=9 if many else 2)
            yield refusals.short_writes(bench)
            yield refusals.full_disks(bench, 97 if many else 499)
            yield refusals.read_only(bench)
            yield refusals.poor_file_systems(bench)
            yield rivals.rivals(farm, _new(folder, "no-links"), 10 * times, unknown=("link",))
    if refusals.may_mount():
        yield refusals.real_full_disk(_new(folder, "mounted"))
    yield from damage.flipped_bits(_new(folder, "bits"), 8 if many else 1)
    yield damage.wrong_lengths(_new(folder, "lengths"))
    yield damage.unknown_files(_new(folder, "strangers"))
    yield damage.lost_files(_new(folder, "lost"))


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def main() -> int:
    print(HEADING, flush=True)  # noqa: T201
    wrong = 0
    with tempfile.TemporaryDirectory(dir=PLACE) as folder:
        for trial in trials(Path(folder), many="--many" in sys.argv):
            print(trial.line(), flush=True)  # noqa: T201
            wrong += len(trial.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
