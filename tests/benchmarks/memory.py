"""Peak memory of commands on models of many events, many rules or many values: all processes of a command together.

`python -m tests.benchmarks.memory` prints a table; names of inputs as arguments choose some of them. A command that
takes more than 4 GB or 120 seconds is ended, and its row says so. Memory is what Linux counts as resident,
looked at fifty times a second: what each process has to itself, and once what the one that shares most shares with
others, since workers are copies of the driver.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.figures import Figure, table

MOST_BYTES, MOST_SECONDS = 4_000_000_000, 120.0
LESOTHO = Path("scenarios/lesotho-2014/status-quo.yaml")
BETWEEN = 0.02  # seconds from one look to the next


def _one_rule(clock: str, *, when: str = "true") -> str:
    return f"""
model: big
title: One rule
time: {{unit: abstract}}
horizon: 20
factions: {{a: {{title: A}}}}
state: {{x: {{type: int, range: [0, 9], initial: 0, at_bounds: saturate}}, on: {{type: bool, initial: false}}}}
events: {{e: {{by: a, effects: {{x: x + 1}}}}, on: {{by: a, effects: {{on: true}}}}}}
rules:
  r: {{faction: a, when: {when}, clock: {clock}, emits: e}}
  s: {{faction: a, when: not on, clock: {{rate: 0.001}}, emits: on}}
outcomes: {{o: {{when: x > 3}}, z: {{otherwise: true}}}}
"""


TICKS = """
model: ticks
title: Two thousand ticks a run
time: {unit: abstract}
horizon: 2000
factions: {w: {title: The world}}
state: {n: {type: int, initial: 0}}
events: {hit: {by: w, effects: {n: n + 1}}}
rules: {tick: {faction: w, clock: {rate: 1}, emits: hit}}
measures: {n: {value: n}}
"""

IMMIGRATION = """
model: immigration
title: Five thousand events a run, fifty measures
time: {unit: abstract}
horizon: 50
factions: {nature: {title: Nature}}
state: {x: {type: int, initial: 0}}
events:
  comes: {by: nature, effects: {x: x + 100}}
  dies: {by: nature, effects: {x: x - 1}}
rules:
  coming: {faction: nature, clock: {rate: 1}, emits: comes}
  dying: {faction: nature, clock: {rate: 4 * x}, emits: dies}
measures:
""" + "".join(f"  x_at_{at}: {{value: x, at: {at}}}\n" for at in range(1, 51))

EXPLOSIVE = """
model: explosive
title: A rate that grows with each event
time: {unit: day}
horizon: 100 days
factions: {a: {title: A}}
state: {n: {type: real, range: [0, 1e300], initial: 1}}
events: {e: {by: a, effects: {n: n + 1}}}
rules: {r: {faction: a, clock: {rate: n * n * 1 per day}, emits: e}}
outcomes: {none: {otherwise: true}}
"""

WIDE = """
model: wide
title: One event a run, a hundred measures
time: {unit: abstract}
horizon: 10
factions: {n: {title: n}}
state: {left: {type: bool, initial: false}}
events: {leaves: {by: n, effects: {left: true}}}
rules: {leaving: {faction: n, when: not left, clock: {rate: 0.1}, emits: leaves}}
measures:
""" + "".join(f"  m{place}: {{value: left, at: {(place + 1) / 10}}}\n" for place in range(100))

IMMEDIATE = """
model: ring
title: A ring of immediate rules
time: {unit: abstract}
horizon: 20
factions: {a: {title: A}}
state: {x: {type: bool, initial: false}}
events: {e: {by: a, effects: {x: not x}}}
rules: {r: {faction: a, when: x, emits: e}, q: {faction: a, when: not x, emits: e}}
outcomes: {o: {when: x}, z: {otherwise: true}}
"""

_GUARD = " and ".join(f"f[k] < {900 + more}" for more in range(10))
FAMILIES = """
model: families
title: Nine thousand rules
time: {unit: abstract}
horizon: 20
factions: {a: {title: A}}
state: {f: {for: k in 1..1000, type: int, range: [0, 1000], initial: 0, at_bounds: saturate}}
events:
""" + "".join(f'  e{n}: {{for: k in 1..1000, by: a, effects: {{"f[k]": "f[k] + 1"}}}}\n' for n in range(9)) + """
rules:
""" + "".join(
    f'  r{n}: {{for: k in 1..1000, faction: a, when: "{_GUARD}", clock: {{rate: "0.001 * (1 + f[k])"}}, '
    f'emits: "e{n}[k]"}}\n' for n in range(9)
) + """
outcomes: {o: {when: "f[1] > 3"}, z: {otherwise: true}}
"""  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """A model, or the file of a scenario, and how `sim run` is called on it."""

    text: str | Path
    runs: int
    options: tuple[str, ...] = ()


INPUTS = {
    "huge_rate": Input(_one_rule("{rate: 1e9}"), 1000),
    "hundredk": Input(_one_rule("{rate: 5000}"), 300),
    "hundredk outcomes": Input(_one_rule("{rate: 5000}"), 300, ("--keep", "outcomes")),
    "ticks2000 outcomes": Input(TICKS, 10_000, ("--keep", "outcomes")),
    "ticks2000 outcomes, 2 workers": Input(TICKS, 10_000, ("--keep", "outcomes", "--workers", "2")),
    "ticks2000 full": Input(TICKS, 10_000, ("--keep", "full")),
    "ticks2000 full, 2 workers": Input(TICKS, 10_000, ("--keep", "full", "--workers", "2")),
    "lesotho outcomes, 2 workers": Input(LESOTHO, 1_000_000, ("--keep", "outcomes", "--workers", "2")),
    "immigration": Input(IMMIGRATION, 6000),
    "immigration outcomes": Input(IMMIGRATION, 6000, ("--keep", "outcomes")),
    "immigration reference": Input(IMMIGRATION, 500, ("--engine", "reference")),
    "explosive": Input(EXPLOSIVE, 1000),
    "explosive reference": Input(EXPLOSIVE, 3, ("--engine", "reference")),
    "tiny_every_off": Input(_one_rule('{every: "1e-12"}', when="on"), 1000),
    "immediate_ring": Input(IMMEDIATE, 1000),
    "wide": Input(WIDE, 100_000),
    "families": Input(FAMILIES, 10),
}


GOALS = {  # MB
    **{f"ticks2000 {keep}{more}": 400.0 for keep in ("outcomes", "full") for more in ("", ", 2 workers")},
    "lesotho outcomes, 2 workers": 500.0, "families": 1000.0,
}  # fmt: skip


def family(leader: int) -> Iterator[int]:
    """Yield a process and all that come from it."""
    yield leader
    with suppress(OSError):
        for task in Path(f"/proc/{leader}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def resident(leader: int) -> int:
    """Return the bytes that a process and all that come from it have in memory, what they share counted once."""
    own, shared = 0, 0
    for process in family(leader):
        with suppress(OSError):
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
            kinds = {name: 1024 * int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in lines)}
            own += kinds["Private_Clean"] + kinds["Private_Dirty"]
            shared = max(shared, kinds["Shared_Clean"] + kinds["Shared_Dirty"])
    return own + shared


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took: bytes at the most, seconds on the wall, how it ended, and what it said."""

    peak: int
    seconds: float
    ended: str
    said: str


def measure(command: list[str], *, limit: int, seconds: float) -> Measured:
    """Run a command and look at its memory; end it beyond `limit` bytes or so many seconds."""
    start, peak, ended = time.monotonic(), 0, ""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            passed = time.monotonic() - start
            if peak > limit or passed > seconds:
                ended = "too much" if peak > limit else "too long"
                for one in list(family(process.pid)):
                    with suppress(ProcessLookupError):
                        os.kill(one, 9)
            time.sleep(BETWEEN)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    return Measured(peak, time.monotonic() - start, ended or f"exit {process.returncode}", text)


def sim_run(given: Input, folder: Path, *more: str) -> list[str]:
    """Return the command that runs an input in a folder."""
    file = folder / "model.yaml"
    if isinstance(given.text, Path):
        file = given.text
    else:
        file.write_text(given.text, encoding="utf-8")
    command = [sys.executable, "-m", "sim", "run", str(file), "--runs", str(given.runs)]
    return [*command, "--ledger", str(folder / "ledger"), *given.options, *more]


def figures(names: Sequence[str]) -> Iterator[Figure]:
    """Yield the peak memory of commands on some of the inputs, or on all, and their seconds on the wall."""
    for name in names or INPUTS:
        with tempfile.TemporaryDirectory() as folder:
            command = sim_run(INPUTS[name], Path(folder))
            found = measure(command, limit=MOST_BYTES, seconds=MOST_SECONDS)
        last = [line for line in found.said.splitlines() if line.startswith(("error", "warning"))][-1:]
        what = f"{name}, {INPUTS[name].runs:,} runs, {found.ended}{f': {last[0][:60]}' if last else ''}"
        yield Figure(what, found.peak / 1e6, "MB", GOALS.get(name))
        yield Figure(f"{name}: on the wall", found.seconds, "s")


if __name__ == "__main__":
    table(figures(sys.argv[1:]))
