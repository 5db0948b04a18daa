"""Compiled code in a process whose address space other libraries have taken, as DuckDB and pyarrow do."""

import subprocess
import sys

import pytest

PROGRAM = """
import ctypes
from pathlib import Path
from sim.engines.kernel import code
from sim.build.model import load_model
from sim.model.program import compile_model

libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
NOTHING, PRIVATE_ANONYMOUS_UNRESERVED, GIGABYTE = 0, 0x4022, 1 << 30

program = compile_model(load_model(Path("tests/specimens/birth_death.yaml")))
loaded = []
for place in range(40):
    code._loaded.cache_clear()  # each is linked anew
    loaded.append(code.Code(program))
    # Three gigabytes with a hole in the middle, so small that not all of what is loaded next fits in it.
    start = libc.mmap(None, 3 * GIGABYTE, NOTHING, PRIVATE_ANONYMOUS_UNRESERVED, -1, 0)
    libc.munmap(start + GIGABYTE, 4096 << place % 7)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="maps memory with Linux's own flags")
def test_code_is_loaded_wherever_other_libraries_have_mapped_memory() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
