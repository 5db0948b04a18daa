"""Divergences in columns beside the walk of each pair: the same, whatever two scenarios of a model assume."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.differences.divergences import Divergences
from sim.analysis.differences.diverging_tables import DivergeTables
from sim.analysis.divergence import Diverge
from sim.build.scenario import load_scenario
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.model.model import Scheduled
from sim.model.program import compile_model
from sim.testing.models import model_data, scenario_of
from tests.analysis.tales import assumed, load, tale
from tests.effort import effort
from tests.engines.kernel.alike import changing, pasts, replacing
from tests.examples import fewer

SEEDS = st.integers(0, 2**63 - 1)
RUNS = 4
LESOTHO = "scenarios/lesotho-2014"


def beside(one, other, seed=1, runs=RUNS, engine=ReferenceEngine):
    """Return the divergences of runs in columns, having held them against those of the walk, pair by pair."""
    sides = []
    for scenario in (one, other):
        program = compile_model(scenario.model)
        sides.append((program, scenario, engine(program, scenario, seed).make(range(runs))))
    found = DivergeTables()(*sides)
    walk = Diverge()
    pairs = zip(*(side[2].logs() for side in sides), strict=True)
    wanted = [walk((*sides[0][:2], log), (*sides[1][:2], its), run) for run, (log, its) in enumerate(pairs)]
    assert list(found) == wanted
    assert list(Divergences.of(wanted)) == wanted
    check_counts(found, wanted)
    return found


def check_counts(found, wanted):
    firsts = [item.first for item in wanted if item.first is not None]
    assert found.parted == len(firsts)
    kinds = [(one.how, one.rule, one.one, one.other, one.causes) for one in firsts]
    assert {tuple(kind): many for kind, many, _ in found.by_kind()} == Counter(kinds)
    runs = [item.run for item in wanted if item.first is not None]
    assert all(run == runs[kinds.index(tuple(kind))] for kind, _, run in found.by_kind())
    fired = Counter(name for item in wanted for name in item.fired)
    assert {name: many for name, many in found.fired_in().items() if many} == fired


@st.composite
def others(draw, scenario):
    """Draw a scenario that assumes something else than another of the same generated model, or several things."""
    rules = sorted(scenario.model.rules)
    ways = draw(st.sets(st.sampled_from(["parameters", "rules", "events", "changes"]), min_size=1))
    if "parameters" in ways:
        scenario = draw(replacing(scenario))
    if "rules" in ways:
        scenario = replace(scenario, disabled=tuple(sorted(draw(st.sets(st.sampled_from(rules), max_size=2)))))
    if "events" in ways:
        scenario = replace(scenario, timetable=draw(timetables(scenario)))
    return draw(changing(scenario)) if "changes" in ways else scenario


@st.composite
def timetables(draw, scenario):
    """Draw a timetable: some events of a scenario's own in any order, and others, also twice and at their times."""
    kept = [item for item in scenario.timetable if draw(st.booleans())]
    plain = sorted(name for name, kind in scenario.model.events.items() if not kind.marks)
    times = [item.time for item in scenario.timetable]
    moments = st.sampled_from([scenario.start, scenario.start + 1.5, scenario.horizon, *times])
    more = st.builds(Scheduled, moments, st.sampled_from(plain), st.just(()), st.just("")) if plain else st.nothing()
    added = draw(st.lists(more, max_size=3)) if plain else []
    return tuple(sorted(draw(st.permutations([*kept, *added])), key=lambda item: item.time))


@fewer
@given(model_data(), SEEDS, st.data())
def test_columns_tell_of_each_pair_of_a_random_model_what_the_walk_tells(data, seed, more):
    scenario = scenario_of(data)
    if more.draw(st.booleans()):
        log = ReferenceEngine(compile_model(scenario.model), scenario, seed).run(0)
        scenario = more.draw(pasts(scenario, log))
    one, other = more.draw(others(scenario)), more.draw(others(scenario))
    assert one.horizon == other.horizon

    beside(one, other, seed)


TIES = """
state: {a: {type: bool, initial: false}, n: {type: int, range: [0, 99], initial: 0}}
events:
  a_comes: {exogenous: true, effects: {a: true}}
  up: {by: f, marks: {much: real}, effects: {n: n + 1}}
  down: {by: f, effects: {n: n - 1 if n > 0 else n}}
rules:
  counts: {faction: f, clock: {every: 2}, emits: {event: up, much: "2 * odds if a else odds"}}
  goes:
    faction: f
    clock: {every: 4}
    choose: [{event: down, weight: "1 if a else 0"}, {event: up, much: "1", weight: "0 if a else 1"}]
  stops: {faction: f, when: a and n > 4, clock: immediately, emits: down}
outcomes: {done: {when: n > 6, ends_run: true}}
"""


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("", "parameters: {odds: 0.7}", "other marks"),
        ("", assumed((1, "a_comes")), "other marks"),
        ("disable: [counts]", "disable: [counts]\n" + assumed((3, "a_comes")), "other choice"),
        ("disable: [goes]", "", "only in other"),
        ("", "disable: [counts]", "only in one"),
        (assumed((3, "a_comes"), (3, "a_comes")), assumed((3, "a_comes")), None),
        ("", assumed((9, "a_comes")) + "\nparameters: {idle: 2}", "only in other"),
    ],
)
def test_events_of_one_time_and_other_marks_and_choices_are_told_as_by_the_walk(tmp_path, one, other, how):
    found = beside(*load(tmp_path, TIES, one, other))

    assert {item.first.how if item.first else None for item in found} == {how}


def test_rules_that_fired_while_the_other_scenario_disables_them_are_named(tmp_path):
    body = tale(["end"], {"end_comes": "when: not end, clock: {rate: 0.05}"}, over="end: false")

    found = beside(*load(tmp_path, body, "", "disable: [end_comes_rule]"), runs=30)

    assert 0 < found.fired_in()["end_comes_rule"] < 30
    assert found.ended_otherwise.sum() == found.parted == found.fired_in()["end_comes_rule"]


def test_columns_that_are_joined_are_those_of_all(tmp_path):
    one, other = load(tmp_path, TIES, "", "parameters: {odds: 0.7}")
    whole, nothing = beside(one, other), beside(one, one)

    joined = Divergences.joined([whole, nothing, whole])

    assert list(joined) == [*whole, *nothing, *whole]
    assert list(Divergences.joined([])) == []
    assert joined[-1] == joined[len(joined) - 1] == whole[-1]
    with pytest.raises(IndexError):
        joined[len(joined)]


def test_pairs_of_which_the_tables_tell_all_cost_no_work_each(tmp_path):
    sides = []
    for scenario in load(tmp_path, TIES, "", "parameters: {odds: 0.7}"):
        program = compile_model(scenario.model)
        sides.append((program, scenario, KernelEngine(program, scenario, 1)))
    diverge = DivergeTables()

    def work(runs):
        one, other = ((program, scenario, engine.make(range(runs))) for program, scenario, engine in sides)
        return effort(lambda: diverge(one, other))

    assert work(2000) < 1.1 * work(100)


def scenarios_of_lesotho():
    names = sorted(path.stem for path in Path(LESOTHO).glob("*.yaml") if path.stem != "model")
    base = load_scenario(f"{LESOTHO}/status-quo.yaml").scenario
    found = {name: load_scenario(f"{LESOTHO}/{name}.yaml").scenario for name in names}
    return base, {name: one for name, one in found.items() if (one.start, one.horizon) == (base.start, base.horizon)}


@pytest.mark.parametrize("runs", [30, pytest.param(2000, marks=pytest.mark.slow)])
def test_columns_tell_of_each_pair_of_lesotho_what_the_walk_tells(runs):
    base, scenarios = scenarios_of_lesotho()

    for name, other in scenarios.items():
        found = beside(base, other, runs=runs, engine=KernelEngine)
        assert (found.parted > 0) == (name != "status-quo")
