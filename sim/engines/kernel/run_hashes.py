"""SHA-256 of what runs are made of, gathered from an engine's columns by compiled code.

`sim.ledger.segments.digest` says what the bytes are, and makes the same of any table by hashlib, which decides. The
code uses a processor's own instructions for SHA-256 (FIPS 180-4; S. Gulley and others, "Intel SHA Extensions", 2013).
Where it has none, nothing is made here, and hashlib is as quick as anything.
"""

import ctypes
import hashlib
from collections.abc import Iterator
from functools import lru_cache
from math import isqrt
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from numpy.typing import NDArray

from sim.engines.kernel.compiler.machine_code import THOROUGH, LoadedCode, kept
from sim.model.event_table import EventTable

_SYMBOL = "run_hashes"
_TAG = 10  # bytes of the tag
_HEAD = _TAG + 16  # bytes before the events: the tag, the run, how many events it has
_EVENT = 32  # bytes
_BLOCK = 64  # bytes that SHA-256 takes at once


def run_hashes(table: EventTable, tag: bytes, categories: NDArray[np.void]) -> bytes | None:
    """Return the SHA-256 of each run of a table, one after another; None where it is not made here.

    `categories` has for each of the table's the 32 bytes of an event, in which time and occurrence are put.
    """
    function = _compiled()
    if function is None:
        return None
    assert len(tag) == _TAG, f"a tag has {_TAG} bytes"
    assert 0 <= table.codes.min(initial=0) <= table.codes.max(initial=0) < len(categories), "each code has a category"
    assert len(table.marks) == table.mark_starts[-1], "the marks are as many as the categories say"
    starts = np.ascontiguousarray(table.starts, np.int64)
    codes, occurrences = (np.asarray(column, np.int32) for column in (table.codes, table.occurrences))
    if codes.strides != occurrences.strides:
        codes, occurrences = np.ascontiguousarray(codes), np.ascontiguousarray(occurrences)
    times, marks = (np.ascontiguousarray(column, np.float64) for column in (table.times, table.marks))
    longest = int((_EVENT * np.diff(starts) + marks.itemsize * np.diff(table.mark_starts)).max(initial=0))
    room = np.empty(_HEAD + longest + 2 * _BLOCK, np.uint8)
    found = np.empty(32 * len(table.runs), np.uint8)
    arrays = (found, room, np.frombuffer(tag, np.uint8), categories, codes, occurrences, times, marks, starts)
    function(*(array.ctypes.data for array in arrays), codes.strides[0], len(table.runs), table.first)
    return found.tobytes()


@lru_cache
def _compiled() -> Any:
    """Return the compiled function; None where the processor has no instructions for SHA-256."""
    if not llvm.get_host_cpu_features().get("sha") or not llvm.get_default_triple().startswith("x86_64"):
        return None
    text = _text()
    name = f"{_SYMBOL} {hashlib.sha256(text.encode()).hexdigest()}"
    try:
        loaded = LoadedCode([kept(name, lambda: text, THOROUGH)], [_SYMBOL])
    except RuntimeError:  # a version of LLVM that refuses the text
        return None
    function = loaded.function(_SYMBOL, None, *[ctypes.c_void_p] * 9, *[ctypes.c_longlong] * 3)
    function.code = loaded  # which lives as long as the function does
    return function


def _text() -> str:
    """Write the function in LLVM's language."""
    return "\n".join((_GATHERING, *_block(), _CLOSING))


def _vector(numbers: list[int]) -> str:
    return "<" + ", ".join(f"i32 {number}" for number in numbers) + ">"


def _root(number: int, degree: int) -> int:
    """Return the first 32 bits of the fraction of a prime's square root or cube root."""
    if degree == 2:
        return isqrt(number << 64) & 0xFFFFFFFF
    root: int = round((number << 96) ** (1 / 3))
    while root**3 > number << 96:
        root -= 1
    while (root + 1) ** 3 <= number << 96:
        root += 1
    return root & 0xFFFFFFFF


_PRIMES = [number for number in range(2, 312) if all(number % other for other in range(2, isqrt(number) + 1))]
_ROUNDS = [_root(prime, 3) for prime in _PRIMES]
_A, _B, _C, _D, _E, _F, _G, _H = (_root(prime, 2) for prime in _PRIMES[:8])


def _shuffled(name: str, one: str, other: str, lanes: str) -> str:
    picked = ", ".join(f"i32 {lane}" for lane in lanes)
    return f"  %{name} = shufflevector <4 x i32> %{one}, <4 x i32> %{other}, <4 x i32> <{picked}>"


def _block() -> Iterator[str]:
    """Take one block in: 16 times four rounds. The state is in the order of the instructions: FEBA and HGDC."""
    one, other = "feba", "hgdc"
    for step in range(16):
        word = f"w{step}"
        if step < 4:
            yield f"  %p{step} = getelementptr i8, ptr %block, i64 {16 * step}"
            yield f"  %r{step} = load <4 x i32>, ptr %p{step}, align 1"
            yield f"  %{word} = call <4 x i32> @llvm.bswap.v4i32(<4 x i32> %r{step})"
        else:
            yield (f"  %x{step} = call <4 x i32> @llvm.x86.sha256msg1(<4 x i32> %w{step - 4}, <4 x i32> %w{step - 3})")
            yield _shuffled(f"y{step}", f"w{step - 2}", f"w{step - 1}", "1234")
            yield f"  %z{step} = add <4 x i32> %x{step}, %y{step}"
            yield f"  %{word} = call <4 x i32> @llvm.x86.sha256msg2(<4 x i32> %z{step}, <4 x i32> %w{step - 1})"
        yield f"  %k{step} = add <4 x i32> %{word}, {_vector(_ROUNDS[4 * step : 4 * step + 4])}"
        yield _shuffled(f"h{step}", f"k{step}", f"k{step}", "2300")
        rounds = "call <4 x i32> @llvm.x86.sha256rnds2"
        yield f"  %s{step} = {rounds}(<4 x i32> %{other}, <4 x i32> %{one}, <4 x i32> %k{step})"
        yield f"  %t{step} = {rounds}(<4 x i32> %{one}, <4 x i32> %s{step}, <4 x i32> %h{step})"
        one, other = f"t{step}", f"s{step}"
    yield f"  %feba.next = add <4 x i32> %feba, %{one}"
    yield f"  %hgdc.next = add <4 x i32> %hgdc, %{other}"


_GATHERING = f"""\
declare <4 x i32> @llvm.bswap.v4i32(<4 x i32>)
declare i64 @llvm.bswap.i64(i64)
declare <4 x i32> @llvm.x86.sha256msg1(<4 x i32>, <4 x i32>)
declare <4 x i32> @llvm.x86.sha256msg2(<4 x i32>, <4 x i32>)
declare <4 x i32> @llvm.x86.sha256rnds2(<4 x i32>, <4 x i32>, <4 x i32>)
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

define void @{_SYMBOL}(ptr %found, ptr %room, ptr %tag, ptr %kinds, ptr %codes, ptr %occurrences, ptr %times,
                       ptr %marks, ptr %starts, i64 %stride, i64 %runs, i64 %first) {{
entry:
  br label %run
run:
  %index = phi i64 [0, %entry], [%index.next, %closed]
  %mark = phi ptr [%marks, %entry], [%mark.next, %closed]
  %is.run = icmp slt i64 %index, %runs
  br i1 %is.run, label %head, label %exit
head:
  call void @llvm.memcpy.p0.p0.i64(ptr %room, ptr %tag, i64 {_TAG}, i1 false)
  %number = add i64 %first, %index
  %number.at = getelementptr i8, ptr %room, i64 {_TAG}
  store i64 %number, ptr %number.at, align 1
  %start.at = getelementptr i64, ptr %starts, i64 %index
  %end.at = getelementptr i64, ptr %start.at, i64 1
  %start = load i64, ptr %start.at
  %end = load i64, ptr %end.at
  %rows = sub i64 %end, %start
  %rows.at = getelementptr i8, ptr %room, i64 {_TAG + 8}
  store i64 %rows, ptr %rows.at, align 1
  %events = getelementptr i8, ptr %room, i64 {_HEAD}
  br label %row
row:
  %row.index = phi i64 [%start, %head], [%row.next, %event]
  %to = phi ptr [%events, %head], [%to.next, %event]
  %count = phi i64 [0, %head], [%count.next, %event]
  %is.row = icmp slt i64 %row.index, %end
  br i1 %is.row, label %event, label %rest
event:
  %offset = mul i64 %row.index, %stride
  %code.at = getelementptr i8, ptr %codes, i64 %offset
  %code = load i32, ptr %code.at
  %occurrence.at = getelementptr i8, ptr %occurrences, i64 %offset
  %occurrence = load i32, ptr %occurrence.at
  %time.at = getelementptr i64, ptr %times, i64 %row.index
  %time = load i64, ptr %time.at
  %code.long = sext i32 %code to i64
  %kind.offset = mul i64 %code.long, {_EVENT}
  %kind = getelementptr i8, ptr %kinds, i64 %kind.offset
  %key = load <2 x i64>, ptr %kind, align 1
  store <2 x i64> %key, ptr %to, align 1
  %to.time = getelementptr i8, ptr %to, i64 16
  store i64 %time, ptr %to.time, align 1
  %to.occurrence = getelementptr i8, ptr %to, i64 24
  store i32 %occurrence, ptr %to.occurrence, align 1
  %own.at = getelementptr i8, ptr %kind, i64 28
  %own = load i32, ptr %own.at, align 1
  %to.own = getelementptr i8, ptr %to, i64 28
  store i32 %own, ptr %to.own, align 1
  %own.long = sext i32 %own to i64
  %count.next = add i64 %count, %own.long
  %row.next = add i64 %row.index, 1
  %to.next = getelementptr i8, ptr %to, i64 {_EVENT}
  br label %row
rest:
  %size.marks = mul i64 %count, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %mark, i64 %size.marks, i1 false)
  %mark.next = getelementptr i8, ptr %mark, i64 %size.marks
  %size.events = mul i64 %rows, {_EVENT}
  %size.body = add i64 %size.events, %size.marks
  %size = add i64 %size.body, {_HEAD}
  %size.closed = add i64 %size, {8 + _BLOCK}
  %size.blocks = and i64 %size.closed, -{_BLOCK}
  %close = getelementptr i8, ptr %room, i64 %size
  %size.rest = sub i64 %size.blocks, %size
  call void @llvm.memset.p0.i64(ptr %close, i8 0, i64 %size.rest, i1 false)
  store i8 -128, ptr %close
  %bits = mul i64 %size, 8
  %bits.swapped = call i64 @llvm.bswap.i64(i64 %bits)
  %room.end = getelementptr i8, ptr %room, i64 %size.blocks
  %bits.at = getelementptr i8, ptr %room.end, i64 -8
  store i64 %bits.swapped, ptr %bits.at, align 1
  br label %blocks
blocks:
  %block = phi ptr [%room, %rest], [%block.next, %blocks]
  %feba = phi <4 x i32> [{_vector([_F, _E, _B, _A])}, %rest], [%feba.next, %blocks]
  %hgdc = phi <4 x i32> [{_vector([_H, _G, _D, _C])}, %rest], [%hgdc.next, %blocks]"""

_CLOSING = """\
  %block.next = getelementptr i8, ptr %block, i64 64
  %is.last = icmp eq ptr %block.next, %room.end
  br i1 %is.last, label %closed, label %blocks
closed:
  %abcd = shufflevector <4 x i32> %feba.next, <4 x i32> %hgdc.next, <4 x i32> <i32 3, i32 2, i32 7, i32 6>
  %efgh = shufflevector <4 x i32> %feba.next, <4 x i32> %hgdc.next, <4 x i32> <i32 1, i32 0, i32 5, i32 4>
  %abcd.swapped = call <4 x i32> @llvm.bswap.v4i32(<4 x i32> %abcd)
  %efgh.swapped = call <4 x i32> @llvm.bswap.v4i32(<4 x i32> %efgh)
  %found.offset = mul i64 %index, 32
  %found.at = getelementptr i8, ptr %found, i64 %found.offset
  store <4 x i32> %abcd.swapped, ptr %found.at, align 1
  %found.half = getelementptr i8, ptr %found.at, i64 16
  store <4 x i32> %efgh.swapped, ptr %found.half, align 1
  %index.next = add i64 %index, 1
  br label %run
exit:
  ret void
}
"""
