"""A model's compiled code, with the runtime that it calls, loaded into this process."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sim.engines.kernel.compiler.machine_code import QUICK, THOROUGH, LoadedCode, is_kept, kept
from sim.engines.kernel.compiler.subset import function_of, functions_in, reachable
from sim.engines.kernel.compiler.translate import translate
from sim.engines.kernel.generator.layout import Layout
from sim.engines.kernel.generator.model_text import ModelText
from sim.engines.kernel.runtime.linked import PARTS, SIMULATE, runtime, runtime_code, sources
from sim.model.canonical import (
    canonical_measure,
    canonical_model,
    canonical_needs,
    canonical_questions,
    digest,
    type_meaning,
)
from sim.model.model import Model
from sim.model.program import Program

_SYMBOL = f"{SIMULATE.__module__}.{SIMULATE.__name__}"


class Code:
    """The kernel of one model: `simulate` makes runs in two arrays of the layout.

    `thorough` code takes longer to make and runs faster; it is used in any case where the disk has it. `name` says what
    the code depends on, and `object` is the object code itself.
    """

    def __init__(self, program: Program, *, thorough: bool = False) -> None:
        self.layout = Layout(program)
        self.name = name = structure(program.model)
        level = THOROUGH if thorough or is_kept(name, THOROUGH) else QUICK
        self.object = kept(name, lambda: translated(self.layout), level)
        self._loaded = _loaded(runtime_code(), self.object)
        self._simulate = self._loaded.function(_SYMBOL, ctypes.c_longlong, ctypes.c_void_p, ctypes.c_void_p)

    def simulate(self, f: Any, n: Any) -> int:
        """Make the runs that `n` asks for; see `loop.simulate`. Python's lock is not held meanwhile."""
        return int(self._simulate(f.ctypes.data, n.ctypes.data))


@lru_cache(maxsize=2)
def _loaded(*objects: bytes) -> LoadedCode:
    """Link object code into this process: once where scenarios have the same code, as all of a case mostly do."""
    return LoadedCode(objects, [_SYMBOL])


def structure(model: Model) -> str:
    """Return a digest of all that a model's code depends on: its meaning without the values of parameters."""
    canonical = canonical_model(model)
    types = {name: type_meaning(parameter.type) for name, parameter in model.parameters.items()}
    measures = {name: canonical_measure(measure) for name, measure in model.measures.items()}
    return digest({**canonical, "parameters": types, "questions": canonical_questions(model), "measures": measures,
                   **canonical_needs(model), "sources": sources()})  # fmt: skip


def is_compiled(model: Model) -> bool:
    """Return whether this machine has compiled the model's code before."""
    name = structure(model)
    return is_kept(name, QUICK) or is_kept(name, THOROUGH)


def translated(layout: Layout) -> str:
    """Return a model's functions in LLVM's language."""
    with _garbage_left():
        text = ModelText(layout)
        known = runtime()
        functions = functions_in(text.source, text.names(), "model")
        promised = {name: replace(functions[name], symbol=function_of(part).symbol) for name, part in PARTS.items()}
        functions.update(promised)
        used = [functions.get(str(one.key), one) for one in reachable(promised.values(), known.functions)]
        return translate(used, promised, known.functions, {*known.raising, *promised})


@contextmanager
def _garbage_left() -> Iterator[None]:
    """Keep Python from looking for cycles in syntax, which has none: of a large model that takes half the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
