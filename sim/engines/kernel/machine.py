"""LLVM on this machine: text to machine code, kept on disk, loaded into this process.

What the code depends on names it: its text, LLVM's version, the processor and its features. A file in the cache is
held against its own digest before it is loaded; a damaged one is made anew.
"""

import ctypes
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import llvmlite
import llvmlite.binding as llvm
from platformdirs import user_cache_path

WEIGHTS = '!0 = !{!"branch_weights", i32 1, i32 1000000}\n!1 = !{!"branch_weights", i32 1000000, i32 1}\n'
# Quickly made code is made in a fifteenth of the time and runs a fifth slower.
QUICK, THOROUGH = 0, 2
CACHE = "SIM_CACHE"  # an environment variable: another folder for compiled code
MOST_KEPT = 400  # modules, some 50 MB
_SIZE = 32  # bytes of the digest that a cached file begins with


@cache
def _target(level: int) -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
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
    path = _path(name, level)
    found = _read(path)
    if found is None:
        found = _compile(text(), level)
        _keep(path, found)
    return found


def is_kept(name: str, level: int) -> bool:
    """Say whether the cache has a module's code."""
    try:
        return _path(name, level).is_file()
    except OSError:
        return False


def _compile(text: str, level: int) -> bytes:
    target = _target(level)
    primitives = files("sim.engines.kernel").joinpath("primitives.ll").read_text(encoding="utf-8")
    module = llvm.parse_assembly(f"{text}\n{primitives}\n{WEIGHTS}")
    module.triple = target.triple
    if level > QUICK:
        builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=level))
        builder.getModulePassManager().run(module, builder)
    return bytes(target.emit_object(module))


def _path(name: str, level: int) -> Path:
    parts = (name, str(level), llvmlite.__version__, str(llvm.llvm_version_info), llvm.get_default_triple(),
             llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())  # fmt: skip
    return _folder() / f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}.o"


def _folder() -> Path:
    given = os.environ.get(CACHE)
    return Path(given) if given else user_cache_path("sim") / "kernels"


def _read(path: Path) -> bytes | None:
    with suppress(OSError):
        data = path.read_bytes()
        if hashlib.sha256(data[_SIZE:]).digest() == data[:_SIZE]:
            os.utime(path)  # what is used stays longest
            return data[_SIZE:]
    return None


def _keep(path: Path, code: bytes) -> None:
    """Keep code for the next time; where the disk refuses, there is just no next time."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(hashlib.sha256(code).digest() + code)
        temporary.replace(path)
        kept = sorted(path.parent.glob("*.o"), key=lambda one: one.stat().st_mtime)
        for old in kept[:-MOST_KEPT]:
            old.unlink()


class Loaded:
    """Object code linked into this process. Functions are asked for by their symbols."""

    def __init__(self, objects: Iterable[bytes]) -> None:
        empty = llvm.parse_assembly("")
        empty.triple = _target(THOROUGH).triple
        self._engine = llvm.create_mcjit_compiler(empty, _new_target(THOROUGH))
        for code in objects:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def function(self, symbol: str, result: Any, *arguments: Any) -> Any:
        """Return a function that ctypes calls; it holds no lock of Python's while it runs."""
        address = self._engine.get_function_address(symbol)
        assert address, f"there is no {symbol} in the compiled code"
        return ctypes.CFUNCTYPE(result, *arguments)(address)
