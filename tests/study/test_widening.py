"""How much less is known of a parameter once the source of its number is withdrawn."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.build.model import load_model
from sim.numerics.normal import normal_quantile
from sim.study.widening import FACTOR, widened

PARAMETERS = """\
model: m
title: M
time: {unit: day, origin: 2030-01-01}
horizon: 10 days
factions: {f: {title: F}}
state: {x: {type: bool, initial: true}}
events: {stopped: {by: f, effects: {x: false}}}
parameters:
"""
Z = normal_quantile(0.95)


def read(folder, text):
    """Return what becomes of the parameter p, and the parameter, of a model with these parameters."""
    lines = [f"  {line}, basis: {{judgement: so it seems}}}}" for line in text.splitlines()]
    (folder / "model.yaml").write_text(PARAMETERS + "\n".join(lines) + "\n", encoding="utf-8")
    model = load_model(folder / "model.yaml")
    return widened(model.parameters["p"], model.parameters), model.parameters["p"]


def test_where_documents_say_what_it_can_be_it_is_uniform_over_that(tmp_path):
    found, _ = read(tmp_path, "p: {prior: {pert: [1, 4, 10]}, range: [0, 30], unit: day")

    assert (found.law, found.numbers) == ("uniform", (0.0, 30.0))
    assert "over its range" in found.words


def test_the_numbers_are_in_the_unit_of_the_parameters_author(tmp_path):
    found, _ = read(tmp_path, "p: {prior: {pert: [1, 4, 10]}, range: [0, 12], unit: week")

    assert found.numbers == (0.0, 12.0)
    assert read(tmp_path, "p: {value: 3, unit: week")[0].numbers[0] == 3.0


def test_a_share_is_uniform_between_0_and_1(tmp_path):
    found, _ = read(tmp_path, "p: {prior: {beta: [3, 5]}")

    assert (found.law, found.numbers) == ("uniform", (0.0, 1.0))
    assert "all that a number with its prior can be" in found.words


@pytest.mark.parametrize("prior", ["lognormal: [2, 0.3]", "gamma: [3, 7]"])
def test_a_positive_prior_keeps_its_median_and_reaches_three_times_as_far_as_before(tmp_path, prior):
    found, parameter = read(tmp_path, f"p: {{prior: {{{prior}}}")
    a, m, b = (parameter.quantile(chance) for chance in (0.05, 0.5, 0.95))
    median, spread = found.numbers

    assert found.law == "lognormal"
    assert median == pytest.approx(m, rel=1e-5)
    assert math.exp(Z * spread) == pytest.approx(FACTOR * max(b / m, m / a), rel=1e-4)


def test_a_prior_on_both_sides_of_0_is_a_wider_normal(tmp_path):
    found, parameter = read(tmp_path, "p: {prior: {normal: [1, 2]}")

    assert (found.law, *found.numbers) == ("normal", pytest.approx(1.0), pytest.approx(6.0, rel=1e-5))
    assert parameter.quantile(0.95) < 1 + 6 * Z


@given(st.floats(-1e6, 1e6).filter(lambda value: abs(value) > 1e-3))
def test_a_bare_value_is_within_three_times_itself_and_a_third_of_it(tmp_path_factory, value):
    found, _ = read(tmp_path_factory.mktemp("m"), f"p: {{value: {value!r}")
    ends = sorted((value * FACTOR, value / FACTOR))

    if value > 0:
        median, spread = found.numbers
        assert [median * math.exp(-Z * spread), median * math.exp(Z * spread)] == pytest.approx(ends, rel=1e-4)
    else:
        assert found.law == "uniform"
        assert [*found.numbers] == pytest.approx(ends, rel=1e-4)


@given(
    st.sampled_from(["lognormal: [{a}, {b}]", "gamma: [{a}, {b}]", "normal: [{s}, {b}]",
                     "pert: [{a}, {c}, {d}]", "uniform: [{a}, {d}]"]),
    st.floats(0.1, 20), st.floats(0.1, 2), st.floats(-20, 20), st.floats(0.1, 5), st.floats(0.1, 5),
)  # fmt: skip
def test_a_wider_prior_holds_the_range_that_the_prior_had(tmp_path_factory, law, a, b, s, more, most):
    prior = law.format(a=a, b=b, s=s, c=a + more, d=a + more + most)
    found, parameter = read(tmp_path_factory.mktemp("m"), f"p: {{prior: {{{prior}}}")
    _, wider = read(
        tmp_path_factory.mktemp("w"), f"p: {{prior: {{{found.law}: [{found.numbers[0]}, {found.numbers[1]}]}}"
    )

    assert wider.quantile(0.05) < parameter.quantile(0.05)
    assert wider.quantile(0.95) > parameter.quantile(0.95)


def test_a_prior_that_reads_others_is_widened_about_what_it_is_at_their_central_values(tmp_path):
    text = "q: {prior: {lognormal: [2, 0.3]}\np: {prior: {lognormal: [3 * q, 0.5]}"
    found, _ = read(tmp_path, text)

    assert found.numbers[0] == pytest.approx(6.0, rel=0.1)
    assert math.exp(Z * found.numbers[1]) == pytest.approx(FACTOR * math.exp(Z * 0.5), rel=1e-4)


@pytest.mark.parametrize("text", ["p: {value: 0", "p: {type: bool, value: true", "p: {type: int, value: 3"])
def test_what_no_prior_can_be_wider_of_is_left_as_it_is(tmp_path, text):
    assert read(tmp_path, text)[0] is None
