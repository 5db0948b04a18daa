from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sim.analysis.alignment import NOWHERE, Alignment
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer

SEEDS = st.integers(0, 2**63 - 1)


def side(scenario, seed):
    program = compile_model(scenario.model)
    return program, scenario, ReferenceEngine(program, scenario, seed).run(0)


def pair(data, seed, more):
    scenario = scenario_of(data)
    return side(scenario, seed), side(
        replace(scenario, disabled=(more.draw(st.sampled_from(sorted(scenario.model.rules))),)), seed
    )


@fewer
@given(model_data(), SEEDS, st.data())
def test_each_event_is_in_one_step_and_steps_stand_in_the_order_of_both_logs(data, seed, more):
    alignment = Alignment(*pair(data, seed, more))
    alignment.align()

    for number, log in enumerate(alignment.logs):
        places = [places[number] for places in alignment.steps if places[number] != NOWHERE]
        assert places == list(range(len(log)))
        assert [alignment.steps[step][number] for step in alignment.step_of[number]] == places
    times = [alignment.logs[side][place].time for side, place in map(alignment.alone, range(len(alignment.steps)))]
    assert times == sorted(times)
    assert alignment.after[-1:] == ([tuple(map(len, alignment.logs))] if alignment.steps else [])


@fewer
@given(model_data(), SEEDS, st.data())
def test_a_shared_event_is_the_same_in_both_and_one_that_is_not_shared_is_in_the_other_nowhere(data, seed, more):
    alignment = Alignment(*pair(data, seed, more))
    alignment.align()

    for places in alignment.steps:
        events = [log[place] for log, place in zip(alignment.logs, places, strict=True) if place != NOWHERE]
        assert len({replace(event, sequence=0) for event in events}) == 1
    alone = [{replace(log[places[number]], sequence=0) for places in alignment.steps
              if places[1 - number] == NOWHERE} for number, log in enumerate(alignment.logs)]  # fmt: skip
    crossed = {(event.time, event.rule) for event in alone[0] & alone[1]}
    assert all(times_of(alignment, time) > 1 for time, _ in crossed)


def times_of(alignment, time):
    return max(sum(event.time == time for event in log) for log in alignment.logs)


@fewer
@given(model_data(), SEEDS)
def test_a_run_beside_itself_is_all_shared(data, seed):
    one = side(scenario_of(data), seed)
    alignment = Alignment(one, one)

    assert alignment.part() is None
    assert all(NOWHERE not in places for places in alignment.steps)


@fewer
@given(model_data(), SEEDS, st.data())
def test_what_is_aligned_in_part_is_the_beginning_of_what_is_aligned_in_whole(data, seed, more):
    sides = pair(data, seed, more)
    part, whole = Alignment(*sides), Alignment(*sides)
    whole.align()

    step = part.part()

    assert part.steps == whole.steps[: len(part.steps)]
    if step is not None:
        place = part.alone(step)
        part.align(part.logs[place[0]][place[1]].time)
        assert part.steps == whole.steps[: len(part.steps)]
        assert part.steps_of({part.logs[place[0]][place[1]].type}).count(step) == 1
