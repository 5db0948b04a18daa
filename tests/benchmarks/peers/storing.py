"""How fast, how small and how safe: stores find a bit flipped, and write and read the same logs in turn.

Time is the clock on the wall here: waiting for the disk is what a durable write is about.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from sim.model.event import Log
from tests.benchmarks.peers.rows import logs_of_table, table_of
from tests.benchmarks.peers.stores import COLUMNS, EVENTS, STORES, Store
from tests.benchmarks.peers.timing import timed

ROUNDS = 5
FLIPS = 20


class Flips(NamedTuple):
    """What became of reading after one bit was flipped: noticed, of no effect, or other events than were written."""

    noticed: int
    harmless: int
    missed: int


@dataclass
class Kept:
    """A store's result: what became of flipped bits; seconds by form, a round each; bytes on disk."""

    store: Store
    flips: Flips
    written: dict[str, list[float]] = field(default_factory=dict)
    read: dict[str, list[float]] = field(default_factory=dict)
    size: int = 0


def present() -> tuple[list[Store], dict[str, str]]:
    """Return the stores that are there, and why others are not."""
    absent = {store.name: f"No module named '{store.package}'" for store in STORES if not find_spec(store.package)}
    return [store for store in STORES if store.name not in absent], absent


def keep(logs: Sequence[Log], few: Sequence[Log], rounds: int = ROUNDS) -> tuple[list[Kept], dict[str, str]]:
    """Flip bits in what the stores make of `few`, time them on `logs`; return what came out, and what was absent."""
    stores, absent = present()
    results = [Kept(store, flip(store, few)) for store in stores]
    given = {EVENTS: logs, COLUMNS: table_of(logs)}
    for _ in range(rounds):
        for result in results:
            one_round(result, given)
    return results, absent


def one_round(result: Kept, given: dict[str, object]) -> None:
    """Write each form anew, then read each from the last folder. What is read must be what was written."""
    with TemporaryDirectory() as top:
        for form, write in result.store.write.items():
            folder = Path(top, form)
            folder.mkdir()
            seconds, _ = timed(write, given[form], folder, clock=perf_counter)
            result.written.setdefault(form, []).append(seconds)
        result.size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        for form, read in result.store.read.items():
            seconds, found = timed(read, folder, clock=perf_counter)
            result.read.setdefault(form, []).append(seconds)
            if len(result.read[form]) == 1:
                logs = logs_of_table(found) if form == COLUMNS else found
                assert logs == given[EVENTS], f"{result.store.name} gives other {form} back than it was given"


def flip(store: Store, logs: Sequence[Log], flips: int = FLIPS) -> Flips:
    """Flip one bit of the largest file, read, and put it right again; so for bits all over the file."""
    draw = random.Random(1)  # noqa: S311 - any bits will do
    noticed = harmless = 0
    with TemporaryDirectory() as top:
        store.write[EVENTS](logs, Path(top))
        path = max((path for path in Path(top).rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
        whole = path.read_bytes()
        for _ in range(flips):
            harmed = bytearray(whole)
            harmed[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
            path.write_bytes(harmed)
            try:
                harmless += store.read[EVENTS](Path(top)) == logs
            except Exception:  # noqa: BLE001 - whatever a store says of damage, it has noticed it
                noticed += 1
            path.write_bytes(whole)
    return Flips(noticed, harmless, flips - noticed - harmless)
