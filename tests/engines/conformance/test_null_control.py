"""The control of the controls: red is rare, and as rare as it says.

Under a right engine p-values are spread evenly, neither crowded near 0 nor near 1. They are held against that, and so
is what must not pass: runs counted twice, which look too bad, and runs dealt out evenly, which look too good. Each
wrong model must be found out. And the number of p-values is what the bound allows for.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from sim.engines.reference import ReferenceEngine
from tests.engines.conformance import branches
from tests.engines.conformance.answers import Counts, Times
from tests.engines.conformance.catalogue import FAMILY_ERROR, MAKERS, MOST, RED, known
from tests.engines.conformance.engines import ENGINES
from tests.engines.conformance.known import Known, simulate

BATCH = 250
FEW_RUNS = 1_000

# What is tried is how the answers are tested, whichever engine makes the runs: the quick suite takes the faster one.
every_engine = pytest.mark.parametrize("engine", ["kernel", pytest.param("reference", marks=pytest.mark.slow)])


def p_values(chosen: dict[str, np.ndarray]) -> list[float]:
    """Return one p-value for each model and batch: of its first question, so that all are independent."""
    found = []
    for name, values in chosen.items():
        answer = known(name).questions[0].answer
        found += [next(iter(answer.tests(batch).values())) for batch in values.reshape(-1, BATCH)]
    return found


@pytest.mark.parametrize("batches", [4, pytest.param(100, marks=pytest.mark.slow)])
@every_engine
def test_p_values_are_even_and_not_if_runs_count_twice_or_are_dealt_out(engine, batches):
    seen = {name: simulate(engine, known(name), batches * BATCH)[:, 0] for name in MAKERS}
    twice = {name: np.repeat(values[: len(values) // 2], 2) for name, values in seen.items()}
    dealt = {name: np.sort(values).reshape(-1, batches).T.ravel() for name, values in seen.items()}

    assert stats.kstest(p_values(seen), "uniform").pvalue > FAMILY_ERROR
    assert stats.kstest(p_values(twice), "uniform").pvalue < FAMILY_ERROR
    assert stats.kstest(p_values(dealt), "uniform").pvalue < FAMILY_ERROR


def held(model: Known) -> int:
    """Return how many p-values the questions about a model have."""
    several = {
        Counts: lambda answer: 3 if answer.number and not answer.never else 1,
        Times: lambda answer: 1 if answer.mean is None else 2,
    }
    return sum(several.get(type(question.answer), lambda _: 1)(question.answer) for question in model.questions)


def test_the_bound_allows_for_every_p_value():
    number = len(ENGINES) * sum(held(known(name)) for name in MAKERS)

    assert number <= MOST
    assert number * RED <= FAMILY_ERROR


# Models that are wrong in one place: what is taken from the model, and what stands there instead.
WRONG = [
    ("laws", "lognormal: {median: 4, sigma: 0.8}", "lognormal: {median: 4, sigma: 1}"),
    ("laws", "gamma: {shape: 0.4, scale: 2}", "weibull: {shape: 0.7, scale: 0.6}"),
    ("laws", "loglogistic: {shape: 1.6, scale: 2}", "loglogistic: {shape: 2.2, scale: 2}"),
    ("laws", "30 % within 14", "30 % within 10"),
    ("races", "weibull: {shape: 2.5, scale: 3}", "weibull: {shape: 1.5, scale: 3}"),
    ("races", "weibull: {shape: 1.7, scale: 4}", "weibull: {shape: 2.7, scale: 4}"),
    ("memories", "memory: keep", "memory: fresh"),
    ("memories", "memory: repeat", "memory: keep"),
    ("memories", "memory: fresh", "memory: repeat"),
    ("interrupted_work", "memory: keep", "memory: repeat"),
    ("interrupted_work", "memory: repeat", "memory: keep"),
    ("renewals", "gamma: {shape: 3, mean: 1}", "gamma: {shape: 2, mean: 1}"),
    ("renewals", "weibull: {shape: 2, scale: 1.1}", "rate: 1"),
    ("age_replacement", ", restarts: [part_wears_out]", ""),
    ("machines", "gamma: {shape: 2, mean: 0.8}", "rate: 0.9"),
    ("chain", "weight: 2", "weight: 0.5"),
    ("chain", "while: s != 1", "while: s != 2"),
    ("chain", "within: 1.93", "within: 2.5"),
    ("chain", "integral: s * s", "integral: s"),
    ("balance", "weight: 1 / 0.5", "weight: 0"),
    ("threshold", "2 if alarm else 0.2", "1 if alarm else 0.2"),
    ("threshold", "while: not alarm, ", ""),
    ("birth_death", "0.8 * n", "0.8 * n if n > 1 else 0"),
    ("immigration_death", "0.5 * n", "0.5 * (n - 1)"),
    ("dimerisation", "a * (a - 1) / 2", "a * (a - 1)"),
    ("batches", "geometric(0.6)", "geometric(0.5)"),
    ("sir_fixed", "fixed: 1", "fixed: 1.3"),
    ("sir_exponential", "exponential: {mean: 1}", "fixed: 1"),
    ("sir_gamma", "shape: 0.5, mean: 1", "shape: 4, mean: 1"),
    ("mm1k", "n < 4", "n < 3"),
    ("md1", "fixed: 1", "rate: 1"),
    ("md1_busy_period", "{rate: 0.6}", "{rate: 0.8}"),
    ("loss_fixed", "fixed: 1}", "fixed: 1.5}"),
    ("loss_uniform", "triangular: {low: 0, mode: 0, high: 2}", "uniform: {low: 0, high: 2}"),
    ("repairman", "{rate: 1.2}", "{rate: 1.2 * (3 - count(up))}"),
    ("two_out_of_three", "count(up) >= 2", "count(up) >= 1"),
    ("bridge", "top or bottom or across", "top or bottom and across"),
    ("inspection", "every: 35 days", "every: 49 days"),
    ("letter", "on: [letter_sent], ", ""),
    ("exponential_against_gamma", "shape: 2.5, scale: 2 days", "shape: 5, scale: 1 day"),
    ("gamblers_ruin", "value: 0.45", "value: 0.5"),
    ("timed", "at: 1.37", "at: 1.71"),
    ("timed", "every: 0.77", "every: 1.2"),
    ("timed", "at: deadline", "at: deadline + 0.4"),
    ("timed", "while: pace > 0", "while: pace > -1"),
    ("marks", "bernoulli(0.3)", "bernoulli(0.4)"),
    ("marks", "poisson(45)", "binomial(90, 0.5)"),
    ("marks", "gamma(2, 3)", "gamma(4, 3)"),
    ("marks", "one_of(1: 5, 2: 3, 5: 2)", "one_of(1, 2, 5)"),
    ("marks", "weibull(3, 2)", "weibull(2, 2)"),
    ("marks", "beta(2, 3)", "beta(3, 2)"),
    ("marks", "triangular(0, 1, 3)", "triangular(0, 2, 3)"),
    ("urn", "weight: red}", "weight: 2}"),
    ("knuth_yao_die", "face: 2, weight: 1", "face: 2, weight: 3"),
    ("duel", "priority: 1", "priority: 3"),
    ("unknown_rate", "[2, 1.5]", "[20, 1.5]"),
    ("aged", "shape: 3, scale: 3", "shape: 2, scale: 3"),
    ("branch_while_running", "memory: keep", "memory: repeat"),
    ("branch_while_paused", "memory: repeat", "memory: fresh"),
    ("branch_after_history", "memory: keep", "memory: fresh"),
    ("branch_within_cells", "0.1 * exp(0.5 * time)", "0.25 * exp(0.25 * time)"),
    ("branch_with_speeds", "memory: keep", "memory: repeat"),
    ("moving", "0.1 * exp(0.5 * time)", "0.25 * exp(0.25 * time)"),
    ("moving", "time < 4.1", "time < 3.1"),
    ("moving", "half_life: 2", "half_life: 3"),
    ("moving", "time - floor(time)", "0.5"),
    ("excited", "heat + 0.5", "heat + 0.3"),
    ("excited", "half_life: 1.5", "half_life: 0.5"),
    ("bath", "time * exp(-0.5 * time)", "exp(-0.25 * time)"),
    ("speeds", "0 if time < 6 else 2", "2"),
    ("speeds", "memory: repeat", "memory: keep"),
    ("speeds", "1 if replaced else 0.3", "1"),
    ("speeds", "1 / count(busy)", "1"),
    ("speeds", "speed: strain", "speed: 0.6"),
    ("sharing", "1 / jobs", "1"),
]


def smallest(model: Known, values: np.ndarray) -> list[float]:
    """Return the smallest p-value of each question."""
    return [min(question.answer.tests(seen).values()) for question, seen in zip(model.questions, values.T, strict=True)]


@pytest.mark.parametrize(("name", "right", "wrong"), WRONG, ids=[f"{name}-{wrong}" for name, _, wrong in WRONG])
@every_engine
def test_a_model_that_is_wrong_in_one_place_is_found_out(engine, name, right, wrong):
    model = known(name)
    values = simulate(engine, model.with_text(right, wrong), FEW_RUNS)

    assert min(smallest(model, values)) < RED


def test_every_model_has_a_wrong_twin():
    assert {name for name, _, _ in WRONG} == set(MAKERS)


@pytest.mark.parametrize("name", [make.__name__ for make in branches.KNOWN])
@every_engine
def test_a_branch_that_forgets_what_was_before_is_found_out(engine, name):
    model = known(name)
    values = simulate(engine, replace(model, branch=None), FEW_RUNS)

    assert min(smallest(model, values)) < RED


def one_draw_a_rule(program, scenario, seed):
    """Make a faulty engine, whose clocks have the same draw each time that they start."""
    engine = ReferenceEngine(program, scenario, seed)
    right = engine.streams.thresholds
    engine.streams.thresholds = lambda run: lambda number, occurrence: right(run)(number, 0)
    return engine


def one_draw_for_all(program, scenario, seed):
    """Make a faulty engine, all of whose rules share one stream."""
    engine = ReferenceEngine(program, scenario, seed)
    engine.streams.keys = (engine.streams.keys[0],) * len(engine.streams.keys)
    return engine


def late(program, scenario, seed):
    """Make a faulty engine that fires a little late: after a tenth more of the hazard."""
    engine = ReferenceEngine(program, scenario, seed)
    right = engine.streams.thresholds
    engine.streams.thresholds = lambda run: lambda number, occurrence: 1.1 * right(run)(number, occurrence)
    return engine


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        (one_draw_a_rule, "renewals"),
        (one_draw_a_rule, "machines"),
        (one_draw_for_all, "laws"),
        (one_draw_for_all, "repairman"),
        (late, "laws"),
        (late, "timed"),
    ],
)
def test_a_faulty_engine_is_found_out(fault, name, monkeypatch):
    monkeypatch.setitem(ENGINES, "faulty", fault)
    model = known(name)

    assert min(smallest(model, simulate("faulty", model, (4 if fault is late else 2) * FEW_RUNS))) < RED
