"""What each step from a model's text to its compiled code takes: CPU seconds, and the peak memory up to then.

`python -m tests.benchmarks.compiling` prints a table: rings of 500 and 2,000 rules that are alike, as many rules of
which no two are, and nine families of a thousand rules. Each model is compiled in a process of its own.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sim.build.model import loads_model
from sim.cli.main import OBJECTS_BETWEEN_COLLECTIONS
from sim.engines.kernel.code import runtime_code, structure
from sim.engines.kernel.compiler.machine_code import QUICK, THOROUGH, LoadedCode, _compile
from sim.engines.kernel.compiler.subset import function_of, functions_in, reachable
from sim.engines.kernel.compiler.translate import translate
from sim.engines.kernel.generator.layout import Layout
from sim.engines.kernel.generator.model_text import ModelText
from sim.engines.kernel.runtime.linked import PARTS, runtime
from sim.model.program import compile_model
from tests.benchmarks.figures import Figure, table
from tests.benchmarks.kernel_engine import ring_text
from tests.benchmarks.memory import FAMILIES


def unlike_text(rules: int) -> str:
    """Return a model of rules no two of which are alike: their rates add and multiply in different orders."""
    places = range(rules)
    rates = ["".join(f" {'+*'[place >> bit & 1]} x{place}" for bit in range(11)) for place in places]
    return "\n".join([
        "model: unlike",
        "title: Rules of which no two are alike",
        "time: {unit: abstract}",
        "horizon: 1",
        "factions: {a: {title: A}}",
        "state:",
        *(f"  x{place}: {{type: int, range: [0, 9], initial: 1, at_bounds: saturate}}" for place in places),
        "events:",
        *(f"  e{place}: {{by: a, effects: {{x{place}: x{place} + 1}}}}" for place in places),
        "rules:",
        *(f"  r{place}: {{faction: a, clock: {{rate: 0.1{rates[place]}}}, emits: e{place}}}" for place in places),
        "outcomes: {none: {otherwise: true}}",
    ])  # fmt: skip


MODELS = {
    "ring, 500 rules": lambda: ring_text(500),
    "ring, 2,000 rules": lambda: ring_text(2000),
    "no two alike, 500 rules": lambda: unlike_text(500),
    "no two alike, 2,000 rules": lambda: unlike_text(2000),
    "nine families of 1,000 rules": lambda: FAMILIES,
}


def peak() -> float:
    """Return the greatest memory that this process has had so far, in MB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def steps(text: str) -> Iterator[tuple[str, float, float]]:
    """Yield each step by its name, its CPU seconds, and the peak memory in MB up to its end."""
    known = runtime()
    started = runtime_code()

    def timed(act: Callable[[], Any]) -> tuple[Any, float, float]:
        begin = time.process_time()
        made = act()
        return made, time.process_time() - begin, peak()

    def translated() -> str:
        functions = functions_in(source, written.names(), "model")
        promised = {name: replace(functions[name], symbol=function_of(part).symbol) for name, part in PARTS.items()}
        functions.update(promised)
        used = [functions.get(str(one.key), one) for one in reachable(promised.values(), known.functions)]
        return translate(used, promised, known.functions, {*known.raising, *promised})

    model, *took = timed(lambda: loads_model(text))
    yield "read, check, build", *took
    program, *took = timed(lambda: compile_model(model))
    yield "program", *took
    layout, *took = timed(lambda: Layout(program))
    yield "layout", *took
    _, *took = timed(lambda: structure(model))
    yield "digest", *took
    written = ModelText(layout)
    source, *took = timed(lambda: written.source)
    yield "generate", *took
    code, *took = timed(translated)
    yield "translate", *took
    quick, *took = timed(lambda: _compile(code, QUICK))
    yield "LLVM, quick", *took
    _, *took = timed(lambda: LoadedCode((started, quick), []))
    yield "load", *took
    _, *took = timed(lambda: _compile(code, THOROUGH))
    yield "LLVM, thorough", *took


def figures(names: Sequence[str]) -> Iterator[Figure]:
    """Yield what each step takes, of some of the models or of all, and all of them together."""
    for name in names or MODELS:
        command = [sys.executable, "-m", "tests.benchmarks.compiling", "steps", name]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        for step, seconds, _ in found:
            yield Figure(f"{name}: {step}", seconds, "s")
        for kind in ("quick", "thorough"):
            left_out = {"quick": "LLVM, thorough", "thorough": "LLVM, quick"}[kind]
            yield Figure(
                f"{name}: from text to {kind} code", sum(took for step, took, _ in found if step != left_out), "s"
            )
        yield Figure(f"{name}: peak memory", max(peak for *_, peak in found), "MB")


def main() -> None:
    if sys.argv[1:2] != ["steps"]:
        table(figures(sys.argv[1:]))
        return
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)  # as the commands do
    for step in steps(MODELS[sys.argv[2]]()):
        print(json.dumps(step), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
