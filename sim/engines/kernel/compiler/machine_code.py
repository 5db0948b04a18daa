"""LLVM on this machine: text to machine code, kept on disk by `cache`, loaded into this process.

What the code depends on names it: its text, LLVM's version, the processor and its features.
"""

import ctypes
import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Any

import llvmlite
import llvmlite.binding as llvm

from sim.engines.kernel import cache

WEIGHTS = '!0 = !{!"branch_weights", i32 1, i32 1000000}\n!1 = !{!"branch_weights", i32 1000000, i32 1}\n'
# Quickly made code is made in a fifteenth of the time and runs a fifth slower.
QUICK, THOROUGH = 0, 2


@lru_cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


@lru_cache
def _target(level: int) -> Any:
    _initialize()
    return _new_target(level)


def _new_target(level: int) -> Any:
    features = llvm.get_host_cpu_features().flatten()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=level, reloc="pic", codemodel="default", jit=True
    )


def kept(name: str, text: Callable[[], str], level: int) -> bytes:
    """Return the object code of a module, from the cache if it is there, else compiled from its text.

    `name` is a digest of all that the text depends on; what the machine adds to it is added here.
    """
    file = _file(name, level)
    with cache.opened() as folder:
        found = folder.read(file) if folder else None
    if found is None:
        found = _compile(text(), level)
        with cache.opened(make=True) as folder:
            if folder:
                folder.keep(file, found)
    return found


def is_kept(name: str, level: int) -> bool:
    """Return whether the cache has a module's code."""
    with cache.opened() as folder:
        return folder is not None and folder.has(_file(name, level))


def _compile(text: str, level: int) -> bytes:
    target = _target(level)
    primitives = files("sim.engines.kernel.compiler").joinpath("primitives.ll").read_text(encoding="utf-8")
    module = llvm.parse_assembly(f"{text}\n{primitives}\n{WEIGHTS}")
    module.triple = target.triple
    if level > QUICK:
        builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=level))
        builder.getModulePassManager().run(module, builder)
    return bytes(target.emit_object(module))


def machine() -> tuple[str, ...]:
    """Return what machine code depends on beside its text: versions, the system, the processor and its features."""
    return (llvmlite.__version__, str(llvm.llvm_version_info), llvm.get_default_triple(), llvm.get_host_cpu_name(),
            llvm.get_host_cpu_features().flatten())  # fmt: skip


def _file(name: str, level: int) -> str:
    """Name the file that a module's code is kept in on this machine."""
    return f"{hashlib.sha256(chr(0).join((name, str(level), *machine())).encode()).hexdigest()}.o"


class LoadedCode:
    """Object code linked into this process. `function` finds one of the functions that it `exports` by its symbol.

    It is linked by LLVM's JITLink, which maps all of an object in one block. The older linker may map code and the
    constants that it addresses by 32 bits more than 2 GB apart, where other libraries have mapped much memory, and
    then ends the process.
    """

    def __init__(self, objects: Iterable[bytes], exports: Iterable[str]) -> None:
        library = llvm.JITLibraryBuilder().add_current_process()
        for code in objects:
            library.add_object_img(code)
        for symbol in exports:
            library.export_symbol(symbol)
        _initialize()
        self._linker = llvm.create_lljit_compiler(_new_target(THOROUGH), use_jit_link=True, suppress_errors=True)
        self._linked = library.link(self._linker, "kernel")

    def function(self, symbol: str, result: Any, *arguments: Any) -> Any:
        """Return a function that ctypes calls; it holds no lock of Python's while it runs."""
        return ctypes.CFUNCTYPE(result, *arguments)(self._linked[symbol])
