"""What is compiled gives the very bits that CPython gives, for everything that the subset has."""

import ast
import ctypes
import math
import struct
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engines.kernel.compiler import machine_code
from sim.engines.kernel.compiler.subset import NotInSubset, function_of, functions_in, reachable
from sim.engines.kernel.compiler.translate import translate
from tests.engines.kernel import samples

FLOAT = st.one_of(st.floats(-1e6, 1e6), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0.0, -0.0]))
SMALL = st.integers(-1000, 1000)
TYPES = {"f": ctypes.c_double, "i": ctypes.c_longlong, "b": ctypes.c_bool, "-": None}
NAMES = [
    name
    for name, value in vars(samples).items()
    if callable(value) and getattr(value, "__module__", "") == samples.__name__
]


@cache
def loaded():
    functions = reachable([function_of(getattr(samples, name)) for name in NAMES])
    text = translate(functions, {function.key for function in functions}, {})
    return machine_code.LoadedCode([machine_code._compile(text, 1)], [function.symbol for function in functions])


def compiled(name):
    """Return the compiled function; it raises as the Python one does."""
    function = function_of(getattr(samples, name))
    may_raise = name in ("refused", "passed_on", "chosen", "named", "with_a_name")
    kinds = [TYPES.get(kind, ctypes.c_void_p) for kind in function.kinds]
    call = loaded().function(function.symbol, TYPES[function.result], *kinds, *([ctypes.c_void_p] if may_raise else []))
    if not may_raise:
        return call

    def guarded(*arguments):
        fault = ctypes.c_longlong(0)
        result = call(*arguments, ctypes.addressof(fault))
        if fault.value:
            raise ValueError("compiled")
        return result

    return guarded


def bits(value):
    return struct.pack("<d", value) if isinstance(value, float) else value


def outcome(function, *arguments):
    try:
        return bits(function(*arguments))
    except ValueError:
        return "refused"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("whole", (st.integers(-(2**31), 2**31), SMALL)),
        ("arithmetic", (FLOAT, FLOAT)),
        ("comparisons", (FLOAT, FLOAT)),
        ("loops", (st.floats(-10, 10), st.integers(0, 40))),
        ("refused", (FLOAT,)),
        ("passed_on", (st.floats(-10, 200), st.floats(-10, 200))),
        ("caught", (st.floats(-10, 200), st.floats(-10, 200))),
        ("chosen", (st.integers(-1, 6), st.floats(-5, 5))),
        ("with_a_name", (FLOAT,)),
    ],
)
def test_every_statement_and_operation_gives_what_cpython_gives(name, arguments):
    one, other = compiled(name), getattr(samples, name)

    @given(st.tuples(*arguments))
    def same(values):
        assert outcome(one, *values) == outcome(other, *values)

    same()


@given(FLOAT.filter(lambda x: abs(x) < 1e300), st.integers(-1100, 1100))
def test_floats_are_taken_apart_and_put_together_as_by_cpython(x, shift):
    exponent = math.frexp(x)[1]
    if exponent - shift > 1024:
        shift = exponent
    assert bits(compiled("apart_and_together")(x, shift)) == bits(samples.apart_and_together(x, shift))


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=6), SMALL, SMALL)
def test_arrays_are_read_and_written_as_lists_are(reals, first, second):
    f, n = list(reals), [len(reals), second]
    g, m = np.array(reals), np.array(n, dtype=np.int64)
    for at in (-1, 0, len(reals) - 1, len(reals), first):
        assert compiled("short_circuit")(g.ctypes.data, m.ctypes.data, at) == samples.short_circuit(f, n, at)
    assert compiled("cells")(g.ctypes.data, m.ctypes.data, len(f)) == samples.cells(f, n, len(f))
    assert (g.tobytes(), m.tolist()) == (np.array(f).tobytes(), n)


@st.composite
def expressions(draw, depth=4):
    """Draw an expression of floats x, y and whole numbers i, j, as (text, type)."""

    def real(depth):
        if depth == 0:
            return draw(st.sampled_from(["x", "y", "0.5", "(-2.25)", "float(i)", "1e-300"]))
        kind = draw(st.integers(0, 8))
        if kind < 4:
            return (
                f"({real(depth - 1)} {'+-*/'[kind]} {real(depth - 1)})"
                if kind < 3
                else f"({real(depth - 1)} / (1.0 + abs({real(depth - 1)})))"
            )
        if kind == 4:
            return f"({real(depth - 1)} if {truth(depth - 1)} else {real(depth - 1)})"
        if kind == 5:
            return f"{draw(st.sampled_from(['min', 'max']))}({real(depth - 1)}, {real(depth - 1)})"
        if kind == 6:
            return f"(-{real(depth - 1)})"
        return f"float({whole(depth - 1)})" if kind == 7 else f"abs({real(depth - 1)})"

    def whole(depth):
        if depth == 0:
            return draw(st.sampled_from(["i", "j", "3", "(-7)"]))
        kind = draw(st.integers(0, 5))
        if kind < 2:
            return f"({whole(depth - 1)} {'+-'[kind]} {whole(depth - 1)})"
        if kind == 2:
            return f"({whole(depth - 1)} {draw(st.sampled_from(['//', '%']))} (1 + abs({whole(depth - 1)})))"
        if kind == 3:
            return f"int({truth(depth - 1)})"
        if kind == 4:
            return f"({whole(depth - 1)} if {truth(depth - 1)} else {whole(depth - 1)})"
        return f"min({whole(depth - 1)}, {whole(depth - 1)})"

    def truth(depth):
        if depth == 0:
            return draw(st.sampled_from(["x < y", "i == j", "True", "x <= 0.0", "not i > j"]))
        kind = draw(st.integers(0, 4))
        if kind < 2:
            return f"({truth(depth - 1)} {('and', 'or')[kind]} {truth(depth - 1)})"
        if kind == 2:
            return f"(not {truth(depth - 1)})"
        sign = draw(st.sampled_from(["<", "<=", "==", "!=", ">", ">="]))
        return (
            f"({real(depth - 1)} {sign} {real(depth - 1)})"
            if kind == 3
            else f"({whole(depth - 1)} {sign} {whole(depth - 1)})"
        )

    return real(depth)


@settings(max_examples=60)
@given(expressions(), st.lists(st.tuples(FLOAT, FLOAT, SMALL, SMALL), min_size=5, max_size=5))
def test_any_expression_gives_what_cpython_gives(text, values):
    source = f"def f(x: float, y: float, i: int, j: int) -> float:\n    return {text}\n"
    function = functions_in(source, {}, "test")["f"]
    code = machine_code.LoadedCode([machine_code._compile(translate([function], {"f"}, {}), 1)], ["test.f"])
    call = code.function(
        "test.f", ctypes.c_double, ctypes.c_double, ctypes.c_double, ctypes.c_longlong, ctypes.c_longlong
    )
    names = {}
    exec(source, names)  # noqa: S102 - the text is this test's own
    for given_values in values:
        expected = names["f"](*given_values)
        actual = call(*given_values)
        assert bits(actual) == bits(expected) or (math.isnan(actual) and math.isnan(expected))


@pytest.mark.parametrize(
    "body",
    [
        "return x + 1",
        "return x ** 2.0",
        "y = 1\n    y = x\n    return x",
        "return (lambda: x)()",
        "return math.log(x)",
        "return [x][0]",
        "global z\n    return x",
        "return x if x else 0.0",
        "return unknown(x)",
        "return max(x, 1)",
        "return f'{x}'",
        "return x and x",
        "TABLE[0] = x\n    return x",
        "TABLE = x\n    return TABLE[0]",
        "return NOTHING[0]",
        "return MIXED[0]",
    ],
)
def test_what_the_subset_has_not_is_refused(body):
    (node,) = ast.parse(f"def f(x: float) -> float:\n    {body}\n").body
    assert isinstance(node, ast.FunctionDef)
    known = {"math": math, "TABLE": (1.0, 2.0), "NOTHING": (), "MIXED": (1.0, 2)}
    function = functions_in(ast.unparse(node), known, "test")["f"]
    with pytest.raises(NotInSubset):
        translate([function], {"f"}, {})


def test_tables_of_one_name_in_two_modules_are_two_tables():
    text = "def f(x: int) -> float:\n    return TABLE[x]"
    functions = [
        functions_in(text, {"TABLE": numbers}, module)["f"]
        for module, numbers in (("one", (1.5, 2.5)), ("two", (3.5,)))
    ]
    functions = [replace(function, key=function.symbol) for function in functions]
    text = translate(functions, {"one.f", "two.f"}, {})
    module = machine_code.LoadedCode([machine_code._compile(text, 1)], ["one.f", "two.f"])

    one, two = (module.function(symbol, ctypes.c_double, ctypes.c_longlong) for symbol in ("one.f", "two.f"))
    assert (one(0), one(1), two(0)) == (1.5, 2.5, 3.5)


def test_a_function_without_types_is_refused():
    with pytest.raises(NotInSubset, match="annotation"):
        functions_in("def f(x):\n    return x\n", {}, "test")
