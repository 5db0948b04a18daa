"""The compiled code that traces and walks: once for a machine, and the parts of one model beside its kernel."""

import ctypes
from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from sim.engines.kernel.code import Code, sources
from sim.engines.kernel.compiler.machine_code import QUICK, THOROUGH, LoadedCode, kept
from sim.engines.kernel.compiler.subset import Function, function_of, functions_in, reachable
from sim.engines.kernel.compiler.translate import translate
from sim.engines.kernel.generator.model_text import ModelText
from sim.engines.kernel.runtime.linked import PARTS, runtime
from sim.engines.kernel.runtime.traced_run import trace
from sim.engines.sources import digest_of_sources
from sim.explain.pairs.compiled.part_questions import Questions
from sim.explain.pairs.compiled.part_value import value
from sim.explain.pairs.compiled.way_search import walk

ENTRIES: tuple[Callable[..., int], ...] = (trace, walk)


class WalkCode:
    """The tracing kernel and the walk of one model's structure."""

    def __init__(self, questions: Questions, code: Code) -> None:
        name = code.name
        walking = kept(f"walk {_sources()}", _walk_text, THOROUGH)
        parts = kept(f"parts {_sources()} {name}", lambda: _parts_text(questions), QUICK)
        self._loaded = _loaded(*code.objects, walking, parts)
        self.trace, self.walk = (self._entry(function) for function in ENTRIES)

    def _entry(self, function: Callable[..., int]) -> Callable[[Any, Any, Any, Any], int]:
        pointers = [ctypes.c_void_p] * 4
        found = self._loaded.function(_symbol(function), ctypes.c_longlong, *pointers)

        def call(f: Any, n: Any, g: Any, m: Any) -> int:
            return int(found(f.ctypes.data, n.ctypes.data, g.ctypes.data, m.ctypes.data))

        return call


@lru_cache(maxsize=2)
def _loaded(*objects: bytes) -> LoadedCode:
    return LoadedCode(objects, [_symbol(function) for function in ENTRIES])


def _symbol(function: Callable[..., Any]) -> str:
    return function_of(function).symbol


@cache
def _sources() -> str:
    """Return a digest of the texts that this code comes from."""
    return f"{sources()} {digest_of_sources(files('sim'), ('explain/pairs/compiled',))}"


def _promised() -> dict[object, Function]:
    """Return the functions that a model's text has."""
    return {function: function_of(function) for function in (*PARTS.values(), value)}


def _walk_text() -> str:
    """Return the functions that trace and walk, in LLVM's language."""
    roots = [function_of(function) for function in ENTRIES]
    known = {**runtime().functions, **_promised()}
    functions = sorted(reachable(roots, known), key=lambda function: function.symbol)
    may_raise = {*runtime().raising, *_promised()}
    return translate(functions, {function.key for function in roots}, known, may_raise)


def _parts_text(questions: Questions) -> str:
    """Return the parts of a model, in LLVM's language."""
    known = runtime().functions
    functions = functions_in(questions.text, ModelText(questions.layout).names(), "parts_of_model")
    promised = replace(functions["value"], symbol=_symbol(value))
    functions["value"] = promised
    used = [functions.get(str(one.key), one) for one in reachable([promised], known)]
    return translate(used, {promised.key}, known, {*runtime().raising, promised.key})
