"""Two runs part at the first row that is not the same, whatever the models have in common."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.differences.first_difference import SAME_EVENTS, FirstDifference
from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.ledger.segments.digest import run_digests
from sim.model.event_table import table_of
from sim.model.program import compile_model
from sim.model.replay import CHANGING
from sim.model.scenario import Change, Scenario
from sim.testing.models import model_data, scenario_of
from tests.analysis.crises import COIN
from tests.engines.test_changes import changing, model, valued
from tests.examples import fewer

SEEDS = st.integers(0, 2**63 - 1)


def side(scenario, seed):
    program = compile_model(scenario.model)
    return program, scenario, ReferenceEngine(program, scenario, seed).run(0)


def parted(one, other):
    """Where the runs of two scenarios part, with those of twenty seeds that differ."""
    pairs = [(side(one, seed), side(other, seed)) for seed in range(20)]
    return [FirstDifference()(*pair, 0) for pair in pairs if digest(pair[0]) != digest(pair[1])]


def digest(side):
    return next(run_digests(table_of(0, [side[2]])))


@fewer
@given(model_data(), model_data(), SEEDS, st.booleans())
def test_runs_differ_just_where_their_digests_do_and_are_the_same_before(data, other, seed, alike):
    one = scenario_of(data)
    rules = sorted(one.model.rules)
    sides = side(one, seed), side(replace(one, disabled=(rules[0],)) if alike else scenario_of(other), seed)

    if digest(sides[0]) == digest(sides[1]):
        assert sides[0][2] == sides[1][2]
        return
    found = FirstDifference()(*sides, 0)

    rows = [[row for row in log if row.kind in CHANGING] for _, _, log in sides]
    before = [[row for row in own if row.sequence < first.sequence]
              for own, first in zip(rows, (found.one, found.other), strict=True)]  # fmt: skip
    if found.how in SAME_EVENTS or (found.how == "other end" and not found.event):
        assert [replace(row, sequence=0) for row in rows[0]] == [replace(row, sequence=0) for row in rows[1]]
    elif found.how != "other choice":
        assert [replace(row, sequence=0) for row in before[0]] == [replace(row, sequence=0) for row in before[1]]
        assert replace(found.one, sequence=0) != replace(found.other, sequence=0)


def coin(*changes):
    text = COIN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Scenario.of(loads_model(text))


# Each change of the coin -> how its runs then part, at which event.
LATER = ("rate: 0.3", "rate: 0.2")
PUSHES = ("outcomes:\n", "timetable: [{at: 0.001, event: pushed}]\noutcomes:\n")
HEADS = ("{event: fell_heads, weight: bias}", "{event: fell_heads, weight: 0}")
WAYS = {
    "another time": ((LATER,), "other time", "fell_"),
    "one more": ((PUSHES,), "only in other", "pushed"),
    "another choice": ((HEADS,), "other choice", "fell_"),
    "another ending": ((("horizon: 10", "horizon: 0.0001"),), "other end", "fell_"),
    "another outcome": ((("within: 1", "within: 9"),), "other outcomes", ""),
    "another parameter": ((("beta: [4, 4]", "beta: [4, 4.0001]"),), "other parameters", ""),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "how", "event"), WAYS.values(), ids=WAYS)
def test_the_way_in_which_runs_part_is_named(changes, how, event):
    apart = parted(coin(), coin(*changes))

    never = {"only in one"} if how == "other time" else set()  # that time is after the horizon
    assert {how} <= {item.how for item in apart} <= {how, *never}
    assert all(item.event.startswith(event) for item in apart if item.event or how != "other end")


def test_the_other_choice_stands_beside_the_choice_of_the_same_clock():
    choices = parted(coin(), coin(HEADS))

    assert choices
    assert {(item.one.type, item.other.type) for item in choices} == {("fell_heads", "fell_tails")}
    assert all(item.one.time == item.other.time for item in choices)


RULE = "  r: {faction: a, clock: {rate: x / 10}, emits: f}"


def scenario_with(known, change, **values):
    return changing(replace(known, parameters={**known.parameters, **valued(known, **values)}), change)


def test_a_change_that_both_scenarios_make_is_no_difference_though_its_row_carries_other_values_on():
    known = model(RULE)
    change = Change(time=4.0, parameters=valued(known, x=5), number=0, location="one.yaml:3:1")

    found = parted(scenario_with(known, change), scenario_with(known, replace(change, location="two.yaml:9:1"), y=7))

    assert len(found) == 20
    assert {item.how for item in found} == {"other parameters"}


def test_of_two_changes_at_one_time_only_what_follows_is_a_difference():
    known = model(RULE)
    one, other = (Change(time=4.0, parameters=valued(known, x=value), number=0) for value in (5, 6))

    found = parted(scenario_with(known, one), scenario_with(known, other))

    assert found
    assert not [item for item in found for event in (item.one, item.other) if event and event.kind == "changed"]
