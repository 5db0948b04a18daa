"""A model's compiled code, with the runtime that it calls, loaded into this process.

What writes and translates code is imported where something is to be compiled: mostly all of it is on the disk.
"""

import ctypes
import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, lru_cache, partial
from importlib.resources import files
from typing import Any
from weakref import ref

from sim.engines.kernel.compiler.machine_code import QUICK, THOROUGH, LoadedCode, is_kept, kept
from sim.engines.kernel.generator.layout import Layout
from sim.engines.sources import digest_of_sources
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
from sim.model.scenario import Scenario

_SYMBOL = "sim.engines.kernel.runtime.loop.simulate"


class Code:
    """The kernel of one model: `simulate` makes runs in two arrays of the layout.

    `thorough` code takes longer to make and runs faster; it is used in any case where the disk has it. `folding` is a
    scenario whose past is to be folded once, but for what depends on parameters; `folds_again` says whether it is.
    `name` says what the model's code depends on, and `objects` are the object codes that are linked.
    """

    def __init__(self, program: Program, *, thorough: bool = False, folding: Scenario | None = None) -> None:
        self.layout = Layout(program)
        self.name = name = structure(program.model)
        level = THOROUGH if thorough or is_kept(name, THOROUGH) else QUICK
        code = kept(name, lambda: translated(self.layout), level)
        past = _past_text(self.layout, folding) if folding else ""
        self.folds_again = bool(past)
        folded = hashlib.sha256(past.encode()).hexdigest()
        refold = kept(f"past {folded} {sources()}", lambda: _translated_past(self.layout, past), level)
        self.objects = runtime_code(), code, refold
        self._loaded = _loaded(*self.objects)
        self._simulate = self._loaded.function(_SYMBOL, ctypes.c_longlong, ctypes.c_void_p, ctypes.c_void_p)

    def simulate(self, f: Any, n: Any) -> int:
        """Make the runs that `n` asks for; see `loop.simulate`. Python's lock is not held meanwhile."""
        return int(self._simulate(f.ctypes.data, n.ctypes.data))


@lru_cache(maxsize=2)
def _loaded(*objects: bytes) -> LoadedCode:
    """Link object code into this process: once where scenarios have the same code, as all of a case mostly do."""
    return LoadedCode(objects, [_SYMBOL])


_structures: dict[int, tuple[ref[Model], str]] = {}  # by the identity of the model


def structure(model: Model) -> str:
    """Return a digest of all that a model's code depends on: its meaning without the values of parameters."""
    known = _structures.get(id(model))
    if known is not None and known[0]() is model:
        return known[1]
    found = _structure(model)
    _structures[id(model)] = ref(model, partial(_forget, id(model))), found
    return found


def _forget(number: int, gone: ref[Model]) -> None:
    """Let go of what was known of a model that is gone, unless another has its place already."""
    if number in _structures and _structures[number][0] is gone:
        del _structures[number]


def _structure(model: Model) -> str:
    canonical = canonical_model(model)
    types = {name: type_meaning(parameter.type) for name, parameter in model.parameters.items()}
    measures = {name: canonical_measure(measure) for name, measure in model.measures.items()}
    return digest({**canonical, "parameters": types, "questions": canonical_questions(model), "measures": measures,
                   **canonical_needs(model), "sources": sources()})  # fmt: skip


@cache  # a process has the functions that it has loaded, whatever is written to their files meanwhile
def sources() -> str:
    """Return a digest of the texts that compiled code comes from: the kernel's, and the functions that it compiles."""
    return digest_of_sources(files("sim"), ("distributions", "engines/kernel", "model", "numerics"))


def runtime_code() -> bytes:
    """Return the runtime's object code."""

    def text() -> str:
        from sim.engines.kernel.runtime.linked import runtime

        return runtime().text

    return kept(f"runtime {sources()}", text, THOROUGH)


def is_compiled(model: Model) -> bool:
    """Return whether this machine has compiled the model's code before."""
    name = structure(model)
    return is_kept(name, QUICK) or is_kept(name, THOROUGH)


def translated(layout: Layout) -> str:
    """Return a model's functions in LLVM's language."""
    from sim.engines.kernel.compiler.subset import function_of, functions_in, reachable
    from sim.engines.kernel.compiler.translate import translate
    from sim.engines.kernel.generator.model_text import ModelText
    from sim.engines.kernel.runtime.linked import PARTS, runtime

    with _garbage_left():
        text = ModelText(layout)
        known = runtime()
        functions = functions_in(text.source, text.names(), "model")
        promised = {name: replace(functions[name], symbol=function_of(part).symbol) for name, part in PARTS.items()}
        functions.update(promised)
        used = [functions.get(str(one.key), one) for one in reachable(promised.values(), known.functions)]
        return translate(used, promised, known.functions, {*known.raising, *promised})


def _past_text(layout: Layout, scenario: Scenario) -> str:
    """Return the text of what is folded again of a scenario's past; empty where all is folded in each run."""
    from sim.engines.kernel.generator.past_text import PastText

    return PastText(layout, scenario).source


def _translated_past(layout: Layout, text: str) -> str:
    """Return in LLVM's language what is folded again of a scenario's past; an empty text folds nothing again."""
    from sim.engines.kernel.compiler.subset import function_of, functions_in, reachable
    from sim.engines.kernel.compiler.translate import translate
    from sim.engines.kernel.generator.lines import function
    from sim.engines.kernel.generator.model_text import ModelText
    from sim.engines.kernel.runtime.linked import REFOLD, runtime

    known = runtime()
    functions = functions_in(text or function("refold", []), ModelText(layout).names(), "past")
    refold = replace(functions["refold"], symbol=function_of(REFOLD).symbol)
    used = reachable([refold], known.functions)
    return translate(used, {refold.key}, known.functions, known.raising)


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
