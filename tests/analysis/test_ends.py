"""Where runs part that had ended, or whose stories had: nothing is reported that a run could not have any more."""

import json
from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from sim.model.branching import branch_from_run
from sim.model.event import is_whole
from sim.testing.models import model_data, scenario_of
from tests.analysis.parting import Parts
from tests.analysis.tales import assumed, load, side
from tests.analysis.test_divergence import RUNS, SEEDS, assert_mirrored
from tests.examples import fewer
from tests.model.test_endings import stopping


@fewer
@given(model_data(), SEEDS, st.sampled_from(["pace", "heat0"]))
def test_turning_points_are_those_of_the_same_model_whose_endings_end_the_run(data, seed, name):
    changed = json.loads(json.dumps(data))
    changed["parameters"][name] = {"value": 0.9, "basis": {"judgement": "assumed"}}
    for run in range(RUNS):
        going_on, stops = (
            [side(scenario_of(make(one)), seed, run) for one in (data, changed)] for make in (dict, stopping)
        )
        assume(all(is_whole(log) for *_, log in going_on))

        assert Parts(seed)(*going_on, run).turning == Parts(seed)(*stops, run).turning


GOES_ON = """
state:
  fought: {type: bool, initial: false}
  tired: {type: bool, initial: false}
events:
  fight_broke_out: {by: f, effects: {fought: true}}
  gates_opened: {by: f}
  army_went_home: {by: f, effects: {tired: true}}
rules:
  opens: {faction: f, clock: {at: 9}, emits: gates_opened}
  goes: {faction: f, when: not tired, clock: {at: 12}, emits: army_went_home}
outcomes:
  peace: {on: [gates_opened], when: not fought, ending: true}
  exhaustion: {when: tired, ending: true}
"""


def test_what_comes_after_the_first_ending_turns_nothing_though_both_runs_have_it(tmp_path):
    one, other = load(tmp_path, GOES_ON, "", assumed((2, "fight_broke_out")))
    found = Parts()(side(one, 1, 0), side(other, 1, 0), 0)

    assert found.first is None, "both have every event, but the one that is assumed"
    assert (found.turning.how, found.turning.time) == ("only in other", 2.0)
    assert (found.turning.other, found.turning.assumed, found.turning.undone) == ("fight_broke_out", True, "other end")
    assert found.turning.causes == ("event fight_broke_out",)


def test_an_ending_before_the_branch_leaves_nothing_to_turn(tmp_path):
    scenario, _ = load(tmp_path, GOES_ON, "", "")
    log = side(scenario, 1, 0)[2]
    number = next(event.sequence for event in log if event.type == "peace")
    one = branch_from_run(scenario, scenario, log, ensemble="e", run=0, event=number, seed=1, streams="keep")
    other = replace(one, disabled=("goes",))
    found = Parts()(side(one, 1, 0), side(other, 1, 0), 0)

    assert (found.first.how, found.first.one) == ("only in one", "army_went_home")
    assert found.turning is None


PATIENCE = """
  patience: {value: 2, basis: {judgement: a guess}}
state: {n: {type: int, range: [0, 99], initial: 0}}
events: {ticked: {by: f, effects: {n: n + 1}}}
rules: {ticks: {faction: f, clock: {every: 2}, emits: ticked}}
outcomes: {enough: {title: "Enough: no more", when: n >= patience, ends_run: true}}
"""


def test_what_one_run_has_after_the_other_had_ended_is_no_difference_but_that_end_is(tmp_path):
    """Both have the same ticks, and end alike; only one goes on to a third tick."""
    one, other = load(tmp_path, PATIENCE, "", "parameters: {patience: 3}")
    found = Parts()(side(one, 1, 0), side(other, 1, 0), 0)

    assert (found.first.how, found.first.time) == ("other end", 4.0)
    assert (found.first.one, found.first.other) == ("enough", "enough")
    assert found.first.causes == ("parameter patience",)
    assert found.turning is None
    assert_mirrored(found, Parts()(side(other, 1, 0), side(one, 1, 0), 0))
