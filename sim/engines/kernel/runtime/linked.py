"""What is compiled once for a machine: the loop, the clocks, and the draws, laws, priors and arithmetic of all models.

They are the very functions that the reference engine calls, or are held against its own by the tests.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from inspect import isfunction
from types import ModuleType
from typing import Any

from sim.distributions.clock_laws import LAWS
from sim.distributions.marks import MARK_LAWS
from sim.distributions.priors import PRIORS
from sim.engines.kernel.compiler.subset import Function, function_of, raising, reachable
from sim.engines.kernel.compiler.translate import PRIMITIVE, translate
from sim.engines.kernel.runtime import arithmetic, clock_steps, log_rows, loop, moving_clocks, parts, past_parts
from sim.numerics import cells, elementary, relaxation, trigonometry
from sim.numerics.powers import power
from sim.numerics.streams import philox_uniform, unit_exponential


def functions_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Return the functions that a module defines, by their names."""
    return {name: one for name, one in vars(module).items() if isfunction(one) and one.__module__ == module.__name__}


PARTS = functions_of(parts)
REFOLD = past_parts.refold

# What a model's text may call, by the names that it uses.
NAMED: dict[str, Callable[..., Any]] = {
    "philox_uniform": philox_uniform,
    **{f"draw_{name}": draw.quantile for name, draw in MARK_LAWS.items()},
    **{f"lay_{name}": prior.lay for name, prior in PRIORS.items()},
    **{f"quantile_{name}": prior.quantile for name, prior in PRIORS.items()},
    **{f"{name}_form_{place}": form.canonical for name, law in LAWS.items() for place, form in enumerate(law.forms)},
    **functions_of(arithmetic),
    **{one.__name__: one for one in (elementary.exp, elementary.log, elementary.logistic, power)},
    **{one.__name__: one for one in (trigonometry.sin, trigonometry.cos)},
    **functions_of(cells),
    **functions_of(relaxation),
    **functions_of(moving_clocks),
    **functions_of(clock_steps),
    **functions_of(log_rows),
}

SIMULATE = loop.simulate

# What `primitives.ll` has a text of its own for.
BY_HAND = (elementary.leading,)

# What is on every event's way, small enough to stand where it is called.
INLINED = (
    clock_steps.stream_threshold, clock_steps.exponential_at, clock_steps.draw_at, clock_steps.aim_rate,
    clock_steps.draw, loop.earliest, elementary.log,
    philox_uniform, unit_exponential,
)  # fmt: skip


class Runtime:
    """The runtime's functions by their keys, which of them may raise, and its text in LLVM's language."""

    def __init__(self) -> None:
        roots = [function_of(function) for function in (SIMULATE, *NAMED.values())]
        parts: dict[object, Function] = {function: function_of(function) for function in (*PARTS.values(), REFOLD)}
        promised = parts | {function: replace(function_of(function), symbol=f"{PRIMITIVE}{function.__name__}")
                            for function in BY_HAND}  # fmt: skip
        functions = sorted(reachable(roots, promised), key=lambda function: function.symbol)
        own = {function.key: function for function in functions}
        self.text = translate(functions, own, promised, parts, INLINED)
        self.functions = {**own, **promised}
        self.raising = raising(functions, parts)


@cache
def runtime() -> Runtime:
    """Return the runtime's functions. Needed only where something is compiled."""
    return Runtime()
