"""log, exp and their kin against mpmath, in units of the last place, over all floats and where it is hard."""

import math
import random
import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.numerics.elementary import _atanh_rest, exp, exp_rest, expm1, log, log1p, logistic
from tests.model.exact import any_float, between, exact, ulps

Points = Callable[[random.Random], float]
EXACT = {log: exact.log, exp: exact.exp, log1p: exact.log1p, expm1: exact.expm1,
         logistic: lambda x: 1 / (1 + exact.exp(-x))}  # fmt: skip
# What the docstrings say, and what a caller may count on.
BOUNDS = {log: 0.60, exp: 0.70, log1p: 1.05, expm1: 1.25, logistic: 2.8}
SUBNORMAL_EXP = 0.80


def error(function: Callable[[float], float], x: float) -> float:
    return ulps(function(x), EXACT[function](exact.mpf(x)))


@example(5e-324)
@example(2.2250738585072014e-308)
@example(1.0)
@example(math.nextafter(1.0, 0.0))
@example(math.nextafter(1.0, 2.0))
@example(1.7976931348623157e308)
@given(st.floats(0.0, exclude_min=True, allow_infinity=False))
def test_a_logarithm_is_right_to_an_ulp_at_every_float(x):
    assert error(log, x) <= BOUNDS[log]


@example(709.782712893384)
@example(-708.3964185322641)
@given(st.floats(-708.39, 709.782712893384))
def test_an_exponential_is_right_to_an_ulp_up_to_the_largest(x):
    assert error(exp, x) <= BOUNDS[exp]


@example(-745.1332191019411)
@given(st.floats(-745.1332191019411, -708.39))
def test_an_exponential_too_small_for_all_digits_has_the_right_ones(x):
    assert error(exp, x) <= SUBNORMAL_EXP


@given(st.floats(-1.0, exclude_min=True, allow_infinity=False))
def test_log1p_keeps_the_digits_of_its_argument(x):
    assert error(log1p, x) <= BOUNDS[log1p]


@given(st.floats(-800.0, 709.782712893384))
def test_expm1_keeps_the_digits_that_exp_loses(x):
    assert error(expm1, x) <= BOUNDS[expm1]


def test_the_polynomials_are_as_near_as_they_are_said_to_be():
    """Without rounding: what is off is the polynomial, and its coefficients, which are floats."""
    half = math.log(2.0) / 2.0
    exps = [abs(exp_rest(r) - (exact.exp(r) - 1 - r) / (r * r)) for r in between(-half, half)]
    atanhs = [
        abs(_atanh_rest(z) + 2 - whole) / whole
        for z in between(0.0, 0.02945)
        for whole in [2 * exact.atanh(exact.sqrt(z)) / exact.sqrt(z)]
    ]

    assert exact.ldexp(1, -58) < max(exps) <= exact.ldexp(1, -57)
    assert exact.ldexp(1, -58) < max(atanhs) <= exact.ldexp(1, -57)


@given(st.floats(-1.0, 1.0))
def test_expm1_and_log1p_are_inverses_of_each_other_near_nought(x):
    assert log1p(expm1(x)) == pytest.approx(x, rel=1e-15, abs=0.0)


@given(st.floats(allow_nan=False))
def test_a_logistic_and_that_of_the_opposite_make_one(x):
    assert 0.0 <= logistic(x) <= 1.0
    assert logistic(x) + logistic(-x) == pytest.approx(1.0, abs=1e-15)


@example(-3.4392051903787255)
@given(st.floats(-700.0, 700.0))
def test_a_logistic_is_mpmaths(x):
    assert error(logistic, x) <= BOUNDS[logistic]


@given(st.floats(-745.0, 709.0), st.floats(0.0, 1.0))
def test_exp_never_falls(x, step):
    assert exp(x) <= exp(min(x + step, 709.0))


def test_the_ends_are_the_ends():
    assert log(math.inf) == math.inf
    assert log(1.0) == 0.0
    assert math.copysign(1.0, log(1.0)) == 1.0
    assert (exp(math.inf), exp(-math.inf), exp(0.0), exp(-800.0)) == (math.inf, 0.0, 1.0, 0.0)
    assert exp(-745.1332191019411) == 5e-324
    assert (log1p(math.inf), log1p(0.0)) == (math.inf, 0.0)
    assert (expm1(math.inf), expm1(-math.inf), expm1(0.0)) == (math.inf, -1.0, 0.0)
    assert (logistic(math.inf), logistic(-math.inf), logistic(0.0)) == (1.0, 0.0, 0.5)
    for function in (log, exp, log1p, expm1, logistic):
        assert math.isnan(function(math.nan))
    assert math.copysign(1.0, log1p(-0.0)) == -1.0


@pytest.mark.parametrize(
    ("function", "x"),
    [(log, 0.0), (log, -0.0), (log, -1.0), (log, -math.inf), (log1p, -1.0), (log1p, -math.inf),
     (exp, 709.7827128933841), (exp, 1e300), (expm1, 709.7827128933841)],
)  # fmt: skip
def test_what_is_no_float_is_refused_with_its_value(function, x):
    with pytest.raises(ValueError, match=re.escape(f"but got {x}")):
        function(x)


def near_nought(streams: random.Random) -> float:
    return streams.choice((-1.0, 1.0)) * 2.0 ** streams.uniform(-60.0, 0.0)


# function, its bound, and where it is asked: everywhere, and where a reduction turns or digits cancel
REGIONS: list[tuple[Callable[[float], float], float, Points]] = [
    (log, BOUNDS[log], any_float),
    (log, BOUNDS[log], lambda streams: streams.uniform(0.5, 2.0)),
    (log, BOUNDS[log], lambda streams: streams.choice((1.0, 2.0)) * streams.uniform(0.7, 0.72)),
    (log, BOUNDS[log], lambda streams: 1.0 + near_nought(streams) / 4.0),
    (log, BOUNDS[log], lambda streams: streams.randrange(1, 2**52) * 5e-324),
    (exp, BOUNDS[exp], lambda streams: streams.uniform(-708.39, 709.78)),
    (exp, BOUNDS[exp], lambda streams: streams.uniform(-0.4, 0.4)),
    (
        exp,
        BOUNDS[exp],
        lambda streams: streams.randrange(-1000, 1000) * 0.34657359027997264 + near_nought(streams) / 1e3,
    ),
    (exp, SUBNORMAL_EXP, lambda streams: streams.uniform(-745.13, -708.39)),
    (log1p, BOUNDS[log1p], near_nought),
    (log1p, BOUNDS[log1p], lambda streams: streams.uniform(-0.5, 0.6)),
    (log1p, BOUNDS[log1p], lambda streams: math.nextafter(streams.uniform(-1.0, 0.0), 0.0)),
    (log1p, BOUNDS[log1p], lambda streams: 2.0 ** streams.uniform(0.0, 70.0)),
    (expm1, BOUNDS[expm1], near_nought),
    (expm1, BOUNDS[expm1], lambda streams: streams.uniform(-1.2, 1.2)),
    (expm1, BOUNDS[expm1], lambda streams: streams.uniform(-40.0, 45.0)),
    (logistic, BOUNDS[logistic], lambda streams: streams.uniform(-4.0, 1.0)),
    (logistic, BOUNDS[logistic], lambda streams: streams.uniform(-700.0, 40.0)),
]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(REGIONS)))
def test_over_hundreds_of_thousands_of_floats_no_error_is_larger_than_said(number):
    function, bound, points = REGIONS[number]
    streams = random.Random(number)  # noqa: S311 - points, not secrets
    worst = max((error(function, x), x) for x in (points(streams) for _ in range(200_000)))

    print(function.__name__, "is off by", *worst)  # noqa: T201 - shown by -s, for the docstrings
    assert worst[0] <= bound
