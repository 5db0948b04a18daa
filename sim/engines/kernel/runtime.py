"""What is compiled once for a machine: the loop, the clocks, and the draws, laws, priors and arithmetic of all models.

They are the very functions that the reference engine calls, or are held against its own by the tests.
"""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from sim.engines.kernel import arithmetic, clockwork, loop, machine, parts, rows
from sim.engines.kernel.subset import Function, function_of, raising, reachable
from sim.engines.kernel.translate import PRIMITIVE, translate
from sim.model import numerics
from sim.model.draws import DRAWS
from sim.model.laws import LAWS
from sim.model.streams import philox_uniform, unit_exponential

PARTS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        parts.initial, parts.modest, parts.start, parts.rates, parts.follow, parts.renew, parts.watch, parts.look,
        parts.happen, parts.happened, parts.fire, parts.horizon, parts.measured,
    )
}  # fmt: skip

# What a model's text may call, by the names that it uses.
NAMED: dict[str, Callable[..., Any]] = {
    "philox_uniform": philox_uniform,
    **{f"draw_{name}": draw.quantile for name, draw in DRAWS.items()},
    **{
        f"{name}_form_{place}": form.canonical
        for name, law in LAWS.items()
        for place, form in enumerate(law.forms)
    },
    **{function.__name__: function for function in arithmetic.FUNCTIONS},
    **{
        function.__name__: function
        for function in (
            clockwork.start_clock,
            clockwork.start_rate,
            clockwork.aim,
            clockwork.renew_law,
            clockwork.resume_clock,
            clockwork.change_rate,
            clockwork.stop_clock,
            clockwork.pause_keeping,
            clockwork.pause_repeating,
            rows.row,
            rows.marks_for,
            rows.begin_event,
            rows.refuse,
            rows.come_true,
            rows.nan,
        )
    },
}  # fmt: skip

SIMULATE = loop.simulate

# What `primitives.ll` has a text of its own for.
BY_HAND = (numerics.leading,)

# What is on every event's way, small enough to stand where it is called.
INLINED: dict[object, Literal["alwaysinline", "noinline"]] = dict.fromkeys(
    (
        clockwork.stream_threshold,
        clockwork.aim_rate,
        clockwork.draw,
        loop.earliest,
        numerics.log,
        philox_uniform,
        unit_exponential,
    ),
    "alwaysinline",
)  # fmt: skip


class Runtime:
    """The runtime's functions by their keys, which of them may raise, and its text in LLVM's language."""

    def __init__(self) -> None:
        roots = [function_of(function) for function in (SIMULATE, *NAMED.values())]
        parts: dict[object, Function] = {function: function_of(function) for function in PARTS.values()}
        promised = parts | {function: replace(function_of(function), symbol=f"{PRIMITIVE}{function.__name__}")
                            for function in BY_HAND}  # fmt: skip
        functions = sorted(reachable(roots, promised), key=lambda function: function.symbol)
        own = {function.key: function for function in functions}
        self.text = translate(functions, own, promised, parts, INLINED)
        self.functions = {**own, **promised}
        self.raising = raising(functions, parts)


@cache
def runtime() -> Runtime:
    """Return the runtime's functions. Needed only where something is compiled anew."""
    return Runtime()


@cache  # a process has the functions that it has loaded, whatever is written to their files meanwhile
def sources() -> str:
    """Return a digest of the texts that compiled code comes from: the kernel's and the model's functions."""
    found = hashlib.sha256()
    for package in ("sim.engines.kernel", "sim.model"):
        for file in sorted(files(package).iterdir(), key=lambda file: file.name):
            if file.name.endswith((".py", ".ll")):
                found.update(f"{package}/{file.name}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()


def runtime_code() -> bytes:
    """Return the runtime's object code."""
    return machine.kept(f"runtime {sources()}", lambda: runtime().text, 2)
