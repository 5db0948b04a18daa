"""What it means that the state chooses a member of a family, or that an effect sets many, claim by claim.

At time 1 an event has the effects under test; at time 2 a rule tells the value of the expression under test.
"""

import re

import pytest

from sim.build.model import loads_model
from sim.engines.kernel.generator.layout import Layout
from sim.engines.kernel.generator.model_text import ModelText
from sim.errors import RunError
from sim.model.event import Event
from sim.model.evolve import evolve, initial
from sim.model.program import compile_model
from sim.testing.models import alone
from tests.engines.conformance.engines import ENGINES

MODEL = """
model: bench
title: A bench
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state:
  n:     {{type: int, range: [-9, 99], initial: 2}}
  m:     {{type: int, range: [-9, 99], initial: 3}}
  side:  {{type: enum, values: [west, north, south], initial: south}}
  t:     {{for: i in 1..3, type: real, range: [-100, 100], initial: i * 10}}
  s:     {{for: i in -1..1, type: int, range: [0, 9], at_bounds: saturate, initial: i + 1}}
  up:    {{for: i in 1..3, type: bool, initial: i == 2}}
  grain: {{for: "p in north, south", type: int, initial: "5"}}
  edge:  {{for: [i in 1..3, j in 1..3 if i != j], type: int, initial: 10 * i + j}}
derived:
  half:  {{for: i in 1..3, value: "t[i] / 2"}}
  ratio: {{for: i in 1..3, value: "1 / (t[i] - 20)"}}
events:
  moved: {{by: a, effects: {{{effects}}}}}
  told:  {{by: a, marks: {{k: real}}}}
rules:
  tells: {{faction: a, clock: {{at: 2}}, emits: {{event: told, k: "{told}"}}}}
timetable: [{{at: 1, event: moved}}]
outcomes: {{}}
"""


@pytest.fixture(params=ENGINES)
def last(request):
    """Return the function from an expression and effects to the last event but the end of a run, or its failure."""

    def run(told: str, effects: str = "") -> Event:
        scenario = alone(loads_model(MODEL.format(told=told, effects=effects)))
        log = ENGINES[request.param](compile_model(scenario.model), scenario, 1).run(0)
        return log[-1] if log[-1].kind == "failed" else log[-2]

    return run


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("t[n]", 20),
        ("t[(n + 1) % 3 + 1]", 10),
        ("t[n] + t[m - n]", 30),
        ("s[n - m]", 0),
        ("s[m - n] * 1", 2),
        ("half[m]", 15),
        ("1 if up[n] else 0", 1),
        ("1 if up[m] else 0", 0),
        ("grain[side]", 5),
        ("edge[n, m]", 23),
        ("edge[m, 1] + edge[1, n]", 43),
        ("t[floor(t[1] / 5)]", 20),
        ("ratio[m]", 0.1),
        ("t[4 // 2]", 20),
        ("0 if true else t[n * 50]", 0),
    ],
)
def test_a_member_may_be_chosen_by_the_state(last, told: str, value: float) -> None:
    assert last(told).marks == (value,)


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ("sum(edge[2, j] for j in 1..3 if j != 2)", 44),
        ("sum(edge[i, j] for i in 1..3 for j in 1..3 if i < j)", 48),
        ("sum(t[j] * j for j in 1..2)", 50),
        ("max(grain[p] if side == p else 0 for p in {north, south})", 5),
        ("count(t[j] > t[n] for j in 1..3)", 1),
        ("1 if any(up[j] and j == n for j in 1..3) else 0", 1),
        ("1 if all(t[j] > 5 * j for j in 1..3) else 0", 1),
        ("first(up)", 2),
        ("first(t[j] > 10 for j in 2..3)", 2),
        ("first((t[j] > 99 for j in 1..3), n + 5)", 7),
        ("argmin(t)", 1),
        ("argmax(t)", 3),
        ("argmax(abs(t[j] - 20) for j in 1..3)", 1),  # the first of two that are equal
        ("argmin(abs(t[j] - 20) for j in 1..3 if j != 2)", 1),
        ("argmin(edge[n, j] for j in 1..3 if j != 2)", 1),
        ("t[argmax(t)] + t[first(up)]", 50),
        ("first(t[j] > 4 * (3 - j) / (2 - j) for j in 1..2)", 1),
    ],
)
def test_a_function_goes_over_members(last, told: str, value: float) -> None:
    assert last(told).marks == (value,)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("first(t[j] > 99 for j in 1..3)", "no condition holds of which it is the first"),
        ("first(t[j] > 5 * (3 - j) / (2 - j) for j in 2..3)", "is divided by zero"),
        ("argmin(1 / (j - n) for j in 1..3)", "is divided by zero"),
        ("argmin(1 / (j - n) for j in 2..2)", "is divided by zero"),
    ],
)
def test_a_function_over_members_may_have_no_value(last, told: str, why: str) -> None:
    assert why in last(told).note


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("t[n + m]", "an index is 5, where it may be 1 to 3"),
        ("t[n - m]", "an index is -1, where it may be 1 to 3"),
        ("edge[n, n]", "its family has no member [2, 2]"),
        ("edge[3, n + 1]", "its family has no member [3, 3]"),
        ("edge[n, m + 1]", "an index is 4, where it may be 1 to 3"),
        ("ratio[n]", "1.0 is divided by zero"),
    ],
)
def test_an_index_that_no_member_has_ends_the_run(last, told: str, why: str) -> None:
    failed = last(told)

    assert failed.time == 2
    assert failed.rule == "tells"
    assert failed.type == "E604"
    assert why in failed.note


def test_a_word_that_is_no_member_ends_the_run(last) -> None:
    assert "its family has no member [west]" in last("grain[side]", "side: west").note


@pytest.mark.parametrize(
    ("effects", "told", "value"),
    [
        ("'t[n]': 7", "100 * t[1] + 10 * t[2] + t[3]", 1000 + 70 + 30),
        ("'t[n]': 7, n: 1", "t[1] + 10 * t[2]", 80),  # chosen on the state before
        ("'t[n]': 't[m]', 't[m]': 't[n]'", "t[2] + 10 * t[3]", 230),
        ("'t[n]': 7, 't[1]': 5", "t[1] + 10 * t[2]", 75),
        ("'s[m - 2]': 20", "10 * s[1] + s[0]", 91),  # stays at its bound
        ("'up[n]': 'false', 'up[m]': 'true'", "(1 if up[2] else 0) + (10 if up[3] else 0)", 10),
        ("'grain[side]': 8", "10 * grain[north] + grain[south]", 58),
        ("'edge[n, m]': 1, 'edge[m, n]': 2", "10 * edge[2, 3] + edge[3, 2]", 12),
        ("'edge[n, 1]': 'edge[1, n] + 1'", "edge[2, 1]", 13),
        ("'t[j] for j in 1..3': 't[j] + j'", "t[1] + t[2] + t[3]", 66),
        ("'t[j] for j in 2..3': 't[j - 1]'", "100 * t[1] + 10 * t[2] + t[3]", 1000 + 100 + 20),
        ("'t[j] for j in 1..3 if j != 2': 0", "t[1] + t[2] + t[3]", 20),
        ("'edge[i, j] for i in 1..2, j in 2..3 if i != j': i - j", "edge[1, 2] + 10 * edge[1, 3] + edge[2, 3]", -22),
        ("'t[n + j] for j in 0..1': 0", "t[1] + t[2] + t[3]", 10),
        ("'grain[p] for p in north, south': 'grain[p] + 1'", "grain[north] + grain[south]", 12),
    ],
)
def test_an_effect_may_set_a_member_that_the_state_chooses_or_many(last, effects: str, told: str, value: float) -> None:
    assert last(told, effects).marks == (value,)


@pytest.mark.parametrize(
    ("effects", "why"),
    [
        ("'t[n + m]': 0", "an index is 5, where it may be 1 to 3"),
        ("'edge[n, n]': 0", "its family has no member [2, 2]"),
        ("'t[n]': 0, 't[m - 1]': 1", "two effects of the event set it"),
        ("'t[n]': 0, 't[2]': 1", "two effects of the event set it"),
        ("'t[n * j] for j in 1..1': 0, 't[m - j] for j in 1..2': 1", "two effects of the event set it"),
        ("'t[n]': '1 / (n - 2)'", "1.0 is divided by zero"),
        ("'grain[side]': 1, 'grain[north if side == south else south]': '1 // 0 if side == south else 3'", "by zero"),
    ],
)
def test_an_effect_without_a_member_of_its_own_ends_the_run(last, effects: str, why: str) -> None:
    failed = last("0", effects)

    assert failed.time == 1
    assert failed.type == "E604"
    assert why in failed.note


@pytest.mark.parametrize("changes", ["n: 3", "'t[2]': 30", "'t[n]': 30", "'t[j] for j in 2..2': 30"])
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("rule", "fires"),
    [
        ("{faction: a, when: 't[n] > 25', clock: {fixed: 1}, emits: {event: told, k: 0}}", 2),
        (
            "{faction: a, when: 'first(t[j] > 25 for j in 2..3) == n', clock: immediately, emits: {event: told, k: 0}}",
            1,
        ),
        ("{faction: a, clock: {rate: '1000 if t[n] > 25 else 0'}, emits: {event: told, k: 0}}", 1),
    ],
)
def test_a_rule_follows_the_index_and_each_member(engine: str, rule: str, fires: int, changes: str) -> None:
    text = MODEL.format(told="0", effects=changes)
    head, _, rest = text.partition("  tells: ")
    model = loads_model(f"{head}  tells: {rule}\n{rest.partition(chr(10))[2]}")
    log = ENGINES[engine](compile_model(model), alone(model), 1).run(0)
    first = next(event.time for event in log if event.rule)

    assert first == pytest.approx(fires, abs=0.1)


def test_the_complaint_has_the_text_and_its_place() -> None:
    program = compile_model(loads_model(MODEL.format(told="0", effects="'t[n + m]': m")))
    with pytest.raises(RunError) as caught:
        evolve(program, initial(program, []), "moved", (), 1.0)

    assert "m (as t[n + m]) at model.yaml:20:" in str(caught.value)


def test_an_item_of_a_choice_with_an_index_is_one_event_for_each_of_its_values() -> None:
    text = (
        MODEL.format(told="0", effects="")
        .replace(
            "timetable:",
            """  moves:
    for: i in 1..2
    faction: a
    clock: {every: 1}
    choose:
      - {for: "j in 1..3 if j != i", event: "gone[i,j]", weight: "t[j] if j == 3 else 0"}
      - {event: moved, weight: 0}
timetable:""",
        )
        .replace("  told: ", "  gone: {for: [i in 1..2, j in 1..3], by: a}\n  told: ")
    )
    model = loads_model(text)
    emissions = [one.event for one in model.rules["moves[2]"].emissions]
    scenario = alone(model)
    logs = [make(compile_model(model), scenario, 1).run(0) for make in ENGINES.values()]

    assert emissions == ["gone[2,1]", "gone[2,3]", "moved"]
    assert {event.type for event in logs[0] if event.rule == "moves[2]"} == {"gone[2,3]"}
    assert logs[0] == logs[1]


@pytest.mark.parametrize("rules", [1, 20])
def test_members_that_are_chosen_have_one_function_in_the_kernel_however_often(rules: int) -> None:
    clock = "{{rate: 't[(n + {}) % 3 + 1]'}}"
    rule = f"  r{{}}: {{{{faction: a, when: 't[n] > {{}}', clock: {clock}, emits: {{{{event: told, k: 0}}}}}}}}\n"
    text = MODEL.format(told="0", effects="").replace(
        "timetable:", "".join(rule.format(number, number, number) for number in range(rules)) + "timetable:"
    )
    source = ModelText(Layout(compile_model(loads_model(text)))).source

    assert len(re.findall(r"^def member_", source, re.MULTILINE)) == 1
