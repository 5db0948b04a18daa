"""How fast is the kernel beside C written by hand, and beside the reference engine?

    python -m tests.benchmarks.kernel_engine

The specimen is a ring of stations: whoever is at one moves on at a rate that grows with how many are there. It has one
rule a station, and one event changes two of them. The C does the same work with the same draws: it must give the same
log, bit for bit, and is compiled by gcc -O3 -march=native -ffp-contract=off. All are timed in turn in one process, in
CPU time; what counts is the ratio, which holds on a slow machine as on a fast one. At the end: how long from a model's
text to the first event, and whether two processes are twice as fast as one.
"""

import ctypes
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.resources import files
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.numerics.log_table import LOG_TABLE

LESOTHO = Path("scenarios/lesotho-2014/status-quo.yaml")
RUNS, ROUNDS = 30, 40
C = files("tests.benchmarks").joinpath("ring.c")


def ring_text(stations: int, first: int = 2) -> str:
    """Return the model of a ring of so many stations, with `first` at each to begin with."""
    lines = [
        f"model: ring\ntitle: A ring\ntime: {{unit: abstract}}\nhorizon: {2400.0 / stations}",
        "factions: {a: {title: A}}",
    ]
    lines += [
        "state:",
        *(f"  x{i:02}: {{type: int, range: [0, {first * stations}], initial: {first}}}" for i in range(stations)),
    ]
    lines += ["events:"]
    for i in range(stations):
        after = (i + 1) % stations
        lines += [f"  e{i:02}: {{by: a, effects: {{x{i:02}: x{i:02} - 1, x{after:02}: x{after:02} + 1}}}}"]
    lines += ["rules:"]
    for i in range(stations):
        rate = f"{0.3 + 0.01 * i:.2f} + {0.05 + 0.002 * i:.3f} * x{i:02}"
        lines += [f"  r{i:02}: {{faction: a, when: x{i:02} > 0, clock: {{rate: {rate}}}, emits: e{i:02}}}"]
    return "\n".join(lines)


def ring(stations: int) -> Scenario:
    """Return the scenario of a ring."""
    model = loads_model(ring_text(stations))
    assert model.horizon is not None, "the ring has a horizon"
    return Scenario("ring", "", "", model, (), 0.0, model.horizon, (), (), "ring.yaml")


def by_hand(stations: int, keys: tuple[int, ...], horizon: float) -> Callable[[int], tuple[Any, Any, Any]]:
    """Return the function that makes RUNS runs from run n on in C: their times, codes and occurrences."""
    folder = Path(tempfile.mkdtemp())
    own = ",".join(repr(round(0.3 + 0.01 * i, 2)) for i in range(stations))
    each = ",".join(repr(round(0.05 + 0.002 * i, 3)) for i in range(stations))
    text = C.read_text(encoding="utf-8")
    for name, value in (
        ("@K@", str(stations)), ("@H@", repr(horizon)), ("@A@", own), ("@B@", each),
        ("@L@", ",".join(map(repr, LOG_TABLE))),
    ):  # fmt: skip
        text = text.replace(name, value)
    (folder / "ring.c").write_text(text, encoding="utf-8")
    flags = ["-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, "ring.c", "-o", "ring.so", "-lm"], cwd=folder, check=True)
    simulate = ctypes.CDLL(str(folder / "ring.so")).simulate
    simulate.restype = ctypes.c_int64
    room = 4_000 * RUNS
    given = np.array(keys, dtype=np.uint64)
    times, codes, occurrences = np.empty(room), np.empty(room, np.int32), np.empty(room, np.int32)
    where = [array.ctypes.data_as(ctypes.c_void_p) for array in (given, times, codes, occurrences)]

    def run(first: int) -> tuple[Any, Any, Any]:
        rows = simulate(where[0], ctypes.c_int64(first), ctypes.c_int64(RUNS), *where[1:])
        return times[:rows], codes[:rows], occurrences[:rows]

    return run


def seconds(act: Callable[[], Any]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


def beside_c(stations: int) -> str:
    """Time the ring in C and in the kernel, in turn."""
    scenario = ring(stations)
    kernel = KernelEngine(compile_model(scenario.model), scenario, 1, thorough=True)
    c = by_hand(stations, kernel.streams.keys, scenario.horizon)
    check_alike(kernel, c)
    events = len(c(0)[0])
    pairs = []
    for number in range(ROUNDS):
        first = number * RUNS
        ours, theirs = (seconds(lambda: kernel.make(range(first, first + RUNS))), seconds(lambda: c(first)))  # noqa: B023
        pairs.append((ours / events * 1e9, theirs / events * 1e9))
    ratios = [theirs / ours for ours, theirs in pairs]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
    return f"{stations:>3} rules: C {theirs:6.1f} ns an event, kernel {ours:6.1f}; C's speed times {spread}"


def check_alike(kernel: KernelEngine, c: Callable[[int], tuple[Any, Any, Any]]) -> None:
    """Assert that both make the same rows, bit for bit."""
    made, (times, _, occurrences) = kernel.make(range(RUNS)), c(0)
    assert made.times.tobytes() == times.tobytes(), "the times are the same"
    assert made.occurrences.tobytes() == occurrences.tobytes(), "the occurrences are the same"


def beside_the_reference(path: Path = LESOTHO) -> str:
    """Time a scenario on the reference engine and on the kernel, in turn."""
    scenario = load_scenario(path).scenario
    program = compile_model(scenario.model)
    reference, kernel = ReferenceEngine(program, scenario, 1), KernelEngine(program, scenario, 1, thorough=True)
    reference.run(0)
    pairs = []
    for number in range(9):
        theirs = seconds(lambda: [reference.run(number * 50 + run) for run in range(50)]) / 50  # noqa: B023
        ours = seconds(lambda: kernel.make(range(number * 10_000, number * 10_000 + 10_000))) / 10_000  # noqa: B023
        pairs.append((theirs * 1e6, ours * 1e6))
    theirs, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratios = [slow / fast for slow, fast in pairs]
    spread = f"{statistics.median(ratios):.0f} ({min(ratios):.0f} to {max(ratios):.0f})"
    return f"{path.stem}: reference {theirs:,.0f} µs a run, kernel {ours:.1f} µs; times {spread}"


def first_event(text: str, cache: str) -> float:
    """Return the seconds on the wall from a model's text to its first run, imports included, in a process of its own.

    `cache` is the folder of compiled code.
    """
    code = (
        "import sys, time; start = time.perf_counter()\n"
        "from sim.build.model import loads_model\nfrom sim.model.program import compile_model\n"
        "from sim.model.scenario import Scenario\nfrom sim.engines.kernel.engine import KernelEngine\n"
        "model = loads_model(sys.stdin.read())\n"
        "s = Scenario('m', '', '', model, (), 0.0, model.horizon, model.timetable, (), 'm.yaml')\n"
        "KernelEngine(compile_model(model), s, 1).run(0); print(time.perf_counter() - start)"
    )
    where = {**os.environ, "SIM_CACHE": cache}
    made = subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True, env=where
    )
    return float(made.stdout)


def from_text() -> str:
    """Time how long a ring of 48 rules takes from its text: on a new machine, as a new model, and once more."""
    with tempfile.TemporaryDirectory() as cache:
        times = [first_event(ring_text(48, first), cache) for first in (1, 2, 2)]
    first, new, again = (f"{time:.2f} s" for time in times)
    return f"from text to first event, 48 rules: {first} the very first time, {new} a new model, {again} again"


def share(first: int) -> float:
    """Make runs of Lesotho in a process of its own and return the seconds on the wall."""
    scenario = load_scenario(LESOTHO).scenario
    kernel = KernelEngine(compile_model(scenario.model), scenario, 1, thorough=True)
    start = time.perf_counter()
    for number in range(60):
        kernel.make(range(first + number * 1000, first + number * 1000 + 1000))
    return time.perf_counter() - start


def two_cores() -> str:
    """Compare one process by itself with two at the same time; each makes as many runs."""
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        list(pool.map(share, (0, 0)))
        alone = [pool.submit(share, 0).result() for _ in range(3)]
        both = [max(pool.map(share, (0, 100_000))) for _ in range(3)]
    gain = 2 * statistics.median(alone) / statistics.median(both)
    return f"two processes: {gain:.2f} times one (alone {min(alone):.2f} s, at the same time {min(both):.2f} s)"


def main() -> None:
    for stations in (12, 48):
        print(beside_c(stations))  # noqa: T201
    print(beside_the_reference())  # noqa: T201
    print(from_text())  # noqa: T201
    print(two_cores())  # noqa: T201


if __name__ == "__main__":
    main()
