"""Which engine makes runs: the reference, which is there at once, or the kernel, which must be compiled or loaded.

`auto` takes the one that finishes first. Measured on Lesotho, of 49 rules, on one core: the reference makes 300 runs a
second from the start; the kernel makes 90,000 and more, 0.1 s after the start if this machine has compiled the model
before, else after 0.5 s, and the very first time, when its runtime is compiled too, after 1.5 s. In large models both
take longer, each in its own way. So where few runs are wanted one is timed, or its first events if it has very many.

The kernel cannot be used where llvmlite is missing, damaged, or of a version that refuses the code. There `auto` warns
and takes the reference; for the kernel by name it is an error. Each process finds out for itself, and the runs are the
same on both.
"""

import time
import warnings
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Literal, TypeAlias, TypeVar

from sim.engines.protocol import Engine, Name
from sim.errors import SimWarning, UsageError, lacks_memory, out_of_memory
from sim.model.model import Model
from sim.model.program import Program, compile_model
from sim.model.scenario import Scenario

Wanted: TypeAlias = Literal["auto", "reference", "kernel"]
T = TypeVar("T")

FEW = 30  # runs that the reference makes while the kernel is loaded
FEW_UNCOMPILED = 150  # and while it is compiled
LARGE = 200  # rules and event types past which two runs may take longer than loading the kernel
TRIED = 20_000  # events, which take the reference some 0.3 s
LOADING = 0.5  # seconds that the kernel takes at most for a model of a few rules, its runtime not included
HUGE = 4000  # of them past which compiling may take so long, and 0.5 GB, that a run is timed however many are wanted
# Seconds that the kernel's code takes for each of them: as measured, from 0.0003 for members of large families, which
# share their code, to 0.002 for rules no two of which are alike.
COMPILING = 0.002
# What llvmlite raises where it is missing, where LLVM cannot be loaded, and where it refuses the code.
UNUSABLE = (ImportError, OSError, RuntimeError)
MANY = 200_000  # runs for which it is worth a second to compile the model thoroughly


def chosen(wanted: Wanted, model: Model, runs: int, trial: Callable[[], bool] | None) -> Name:
    """Return the name of the engine that is to make so many runs of a model.

    `trial` makes a run on the reference engine, or its first TRIED events, and says whether it has more. It is made and
    timed where the number of runs does not decide. None says that it is not worth it: the runs are there, and are
    likely to be read only.
    """
    if wanted != "auto":
        return wanted
    size = len(model.rules) + len(model.events)
    if runs < 2:
        return "reference"
    if runs >= FEW_UNCOMPILED and size <= HUGE:
        return "kernel"
    if runs >= (2 if size > LARGE else FEW) and _is_compiled(model):
        return "kernel"
    if trial is None:
        return "reference"
    import_module("sim.engines.reference")  # which is not to be timed
    start = time.perf_counter()
    goes_on = trial()
    left = (time.perf_counter() - start) * (runs - 1)
    return "kernel" if goes_on or left > LOADING + COMPILING * size else "reference"


def _is_compiled(model: Model) -> bool:
    try:
        from sim.engines.kernel.code import is_compiled

        return is_compiled(model)
    except UNUSABLE:
        return False


def ready(name: Name, model: Model, *, thorough: bool, strict: bool) -> Name:
    """Make the kernel's code for a model, unless this machine has it, and return the engine that can be used.

    Where the kernel cannot be used: raise UsageError E021, or warn and return `reference` if that is not `strict`.
    """

    def compiled() -> Name:
        from sim.engines.kernel.code import Code

        Code(compile_model(model), thorough=thorough)
        return "kernel"

    return name if name == "reference" else tried(compiled, lambda: "reference", strict=strict)


def engine(
    name: Name, program: Program, scenario: Scenario, seed: int, *, central: bool, runs_per_draw: int,
    thorough: bool = False, strict: bool = True,
) -> Engine:  # fmt: skip
    """Return the engine of that name for a scenario. `thorough` asks the kernel for its fastest code.

    Where the kernel cannot be used: raise UsageError E021, or warn and return the reference if that is not `strict`.
    """

    def reference() -> Engine:
        from sim.engines.reference import ReferenceEngine  # and with it SimPy, which the kernel does without

        return ReferenceEngine(program, scenario, seed, central=central, runs_per_draw=runs_per_draw)

    def kernel() -> Engine:
        from sim.engines.kernel.engine import KernelEngine

        return KernelEngine(program, scenario, seed, central=central, runs_per_draw=runs_per_draw, thorough=thorough)

    return reference() if name == "reference" else tried(kernel, reference, strict=strict)


def tried(kernel: Callable[[], T], reference: Callable[[], T], *, strict: bool) -> T:
    """Return what `kernel` gives; where the kernel cannot be used, raise or warn as `engine`, and take `reference`."""
    try:
        return kernel()
    except UNUSABLE as error:
        if strict and lacks_memory(error):
            raise out_of_memory("the kernel") from None
        why = (str(error).strip() or type(error).__name__).splitlines()[0]
    if strict:
        raise UsageError(
            "E021", f"the kernel cannot be used here: {why}", "install sim anew, or say `--engine reference`"
        )
    _warn(why)
    return reference()


@cache  # once for a process, not for every experiment
def _warn(why: str) -> None:
    what = "the reference engine makes the same runs, and takes longer"
    warnings.warn(SimWarning("W021", f"the kernel cannot be used here: {why}; {what}"), stacklevel=3)
