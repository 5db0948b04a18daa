"""What a timeline says that an event changed: what the event set, and not what moved with time alone."""

from sim.model.program import compile_model
from sim.report.timeline import of_moving, row, steps
from tests.model.moving.relaxing import log_of, relaxing, scenario_of

STATE = "  y: {type: real, initial: 0.8, relaxes: {towards: 0, half_life: 10}}"


def news(model):
    """Return what each event that happened in a run changed, as the timeline writes it."""
    listed = steps(compile_model(model), scenario_of(model), log_of("reference", model))
    return [row(model, step, {})[5] for step in listed if step[1].kind == "scheduled"]


def test_an_event_is_said_to_change_what_it_set_and_from_what():
    model = relaxing(
        state=STATE,
        events="  raised: {by: a, effects: {x: x + 0.6}}\n  kept: {by: a, effects: {x: x}}",
        timetable="{at: 2, event: raised}, {at: 4, event: noted}, {at: 6, event: kept}, {at: 8, event: counted}",
    )

    assert news(model) == ["x: 0.5 -> 1.1", "", "", "n: 1"]
    assert "relax" in of_moving(model)


def test_an_event_after_a_flip_at_the_same_moment_changes_no_more_than_it_sets():
    model = relaxing(
        events="  low: {by: a, effects: {n: n + 2, x: 1}}",
        rules="  r: {faction: a, when: x < 0.5 and n == 0, clock: immediately, emits: low}",
    )
    listed = steps(compile_model(model), scenario_of(model), log_of("reference", model))
    (changed,) = [changed for _, event, changed in listed if event.kind == "fired"]

    assert changed["n"] == (0, 2)
    assert round(changed["x"][0], 12) == 0.5
    assert changed["x"][1] == 1.0
