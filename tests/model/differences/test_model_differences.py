"""Two scenarios differ in what they mean, wherever that stands and however it is written; nothing is left out."""

import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given

from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.distributions.clock_laws import Form, Law
from sim.language.expressions.tree import Expression
from sim.language.expressions.types import Type
from sim.model.canonical import specification
from sim.model.differences.field_bearing import LEFT_OUT, READ_BY_PEOPLE
from sim.model.differences.model_differences import _At, _walk, model_differences
from sim.model.event import Event
from sim.model.model import Parameter, Rule
from sim.model.scenario import Scenario
from sim.testing.models import model_data, scenario_of
from tests.examples import fewer

CRISIS = """
model: crisis
title: A crisis
time: {unit: day, origin: 2030-01-01}
horizon: 90 days
factions:
  north: {title: The north}
  envoy: {title: The envoy}
state:
  talks: {type: enum, values: [none, open, signed], initial: none, title: Talks}
  shots: {type: int, range: [0, 100], initial: 0}
  trust: {type: real, range: [0, 1], initial: 0.5, at_bounds: saturate}
derived:
  calm: {value: shots < 3}
  hopeful: {value: calm and trust > 0.4}
  unread: {value: shots > 50}
parameters:
  pace: {prior: {pert: [0.02, 0.05, 0.2]}, unit: 1/day, title: Pace, basis: {judgement: one in twenty days}}
  delay: {value: 7, unit: day, range: [0, 30], basis: {judgement: a week}}
events:
  shots_fired: {by: north, title: Shots, marks: {deaths: int}, effects: {shots: shots + 1, trust: trust - 0.1}}
  talks_opened: {by: envoy, effects: {talks: open}}
  accord_signed: {by: envoy, effects: {talks: signed}}
  talks_failed: {by: envoy, effects: {talks: none}}
rules:
  north_probes:
    {faction: north, when: talks != signed, clock: {rate: pace}, emits: {event: shots_fired, deaths: poisson(0.4)},
     basis: {judgement: a guess}}
  envoy_comes:
    {faction: envoy, on: [shots_fired], when: talks == none, clock: {gamma: {shape: 3, mean: delay}},
     emits: talks_opened, basis: {judgement: another guess}}
  parties_decide:
    faction: envoy
    when: talks == open and hopeful
    clock: {fixed: 2 days}
    choose:
      - {event: accord_signed, weight: exp(4 * trust)}
      - {event: talks_failed, weight: 1}
    basis: {judgement: a logit choice}
timetable:
  - {at: 2030-01-05, event: talks_failed}
  - {at: 2030-01-09, event: shots_fired, deaths: 2}
outcomes:
  peace: {title: Peace, when: talks == signed, ends_run: true}
  bloodshed: {title: Many shots, when: shots > 5 and not calm}
measures:
  end: {title: Shots at the end, value: shots}
checks:
  few: {always: shots <= 100, because: there are no more}
base_rates:
  elsewhere: {outcome: peace, within: 60 days, count: 8, of: 37, basis: {judgement: from a list}}
"""


def of(text: str) -> Scenario:
    return Scenario.of(loads_model(text))


def changed(old: str, new: str) -> tuple[Any, ...]:
    """What the crisis differs in if `new` is written in the place of `old`, which stands there once."""
    assert CRISIS.count(old) == 1, old
    return model_differences(of(CRISIS), of(CRISIS.replace(old, new)))


# What is written otherwise -> where that is a difference, and what it bears on.
EDITS = {
    "a guard": ("talks != signed, clock", "talks == none, clock", "rules/north_probes/guard", "runs"),
    "a rate": ("{rate: pace}", "{rate: 2 * pace}", "rules/north_probes/clock", "runs"),
    "a law": ("{gamma: {shape: 3,", "{gamma: {shape: 2,", "rules/envoy_comes/clock", "runs"),
    "a mark": ("poisson(0.4)", "poisson(0.5)", "rules/north_probes/emissions/shots_fired/marks/deaths", "runs"),
    "a weight": ("exp(4 * trust)", "exp(3 * trust)", "rules/parties_decide/emissions/accord_signed/weight", "runs"),
    "an event waited for": ("on: [shots_fired], ", "", "rules/envoy_comes/on", "runs"),
    "a memory": ("when: talks == none,", "when: talks == none, memory: keep,", "rules/envoy_comes/memory", "runs"),
    "a priority": ("when: talks == none,", "when: talks == none, priority: 2,", "rules/envoy_comes/priority", "runs"),
    "a faction": ("faction: north, when", "faction: envoy, when", "rules/north_probes/faction", "runs"),
    "an effect": ("trust - 0.1", "trust - 0.2", "events/shots_fired/effects/trust", "runs"),
    "an effect less": (", trust: trust - 0.1", "", "events/shots_fired/effects/trust", "runs"),
    "a prior": ("[0.02, 0.05, 0.2]", "[0.02, 0.05, 0.3]", "parameters/pace/value", "runs"),
    "a value": ("value: 7,", "value: 8,", "parameters/delay/value", "runs"),
    "an initial value": ("initial: 0.5", "initial: 0.6", "variables/trust/initial", "runs"),
    "a range of state": ("[0, 100]", "[0, 200]", "variables/shots/range", "runs"),
    "a saturation": (", at_bounds: saturate", "", "variables/trust/saturates", "runs"),
    "an enum": ("[none, open, signed]", "[none, signed, open]", "variables/talks/type", "runs"),
    "a time of the timetable": ("2030-01-05", "2030-01-06", "timetable/talks_failed/time", "runs"),
    "a mark of the timetable": ("deaths: 2", "deaths: 3", "timetable/shots_fired/marks/deaths", "runs"),
    "an ending": ("when: talks == signed, ends", "when: talks == open, ends", "outcomes/peace/comes/when", "runs"),
    "an ending less": (", ends_run: true", "", "outcomes/peace/comes/ends_run", "runs"),
    "a horizon": ("90 days", "91 days", "horizon", "runs"),
    "an origin": ("origin: 2030-01-01", "origin: 2030-01-02", "calendar/origin", "runs"),
    "an outcome": ("shots > 5 and", "shots > 6 and", "outcomes/bloodshed/comes/when", "questions"),
    "a measure": ("value: shots}", "max: shots}", "measures/end/quantity", "questions"),
    "a check": ("shots <= 100", "shots <= 99", "checks/few/statement", "questions"),
    "a base rate": ("count: 8, of: 37", "count: 9, of: 37", "base_rates/elsewhere/count", "questions"),
    "an outcome of a base rate": (
        "{outcome: peace, within", "{outcome: bloodshed, within", "base_rates/elsewhere/outcome", "questions",
    ),
    "a basis of a base rate": ("from a list}", "from another list}", "base_rates/elsewhere/basis", "nothing"),
    "a title": ("title: Shots,", "title: Gunfire,", "events/shots_fired/title", "nothing"),
    "a basis": ("another guess", "a third guess", "rules/envoy_comes/basis", "nothing"),
    "a reason": ("there are no more", "so it is", "checks/few/because", "nothing"),
    "a range of what may be said": ("[0, 30]", "[0, 40]", "parameters/delay/domain", "nothing"),
    "a spelling": ("talks == open and", "(talks == open) and", "rules/parties_decide/guard", "nothing"),
    "a name of the model": ("model: crisis", "model: emergency", "name", "nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "bears"), EDITS.values(), ids=EDITS)
def test_what_is_written_otherwise_is_told_where_it_stands_and_what_it_bears_on(old, new, path, bears):
    told = {("/".join(item.path), item.bears) for item in changed(old, new)}

    assert (path, bears) in told
    assert max((bears for _, bears in told), key=["nothing", "questions", "runs"].index) == bears


@pytest.mark.parametrize(("old", "new", "path", "bears"), EDITS.values(), ids=EDITS)
def test_runs_may_change_just_where_the_id_of_the_ensemble_does(old, new, path, bears):
    specs = [specification(of(text), 1, central=False) for text in (CRISIS, CRISIS.replace(old, new))]
    differ = {part for part in specs[0] if specs[0][part] != specs[1][part]}

    assert (bears == "runs") == bool(differ - {"questions"})
    if path.startswith("outcomes/bloodshed"):
        assert differ == {"questions"}


def test_an_order_of_keys_a_comment_and_a_line_break_are_no_difference():
    lines = "  talks: {type: enum, values: [none, open, signed], initial: none, title: Talks}\n"
    moved = CRISIS.replace(lines, "").replace("derived:\n", f"{lines}derived:  # what is read\n")
    moved = moved.replace("when: talks == open and hopeful", "when: >-\n      talks == open\n      and hopeful")

    assert model_differences(of(CRISIS), of(moved)) == ()


def test_a_derived_quantity_bears_on_what_reads_it_and_the_readers_are_known_by_their_text():
    found = {"/".join(item.path): item for item in changed("calm: {value: shots < 3}", "calm: {value: shots < 4}")}

    assert found["derived/calm"].bears == "runs"
    assert found["rules/parties_decide/guard"].unchanged_text
    assert found["outcomes/bloodshed/comes/when"].bears == "questions"
    assert found["derived/hopeful"].unchanged_text
    assert not found["derived/calm"].unchanged_text


def test_a_derived_quantity_that_nothing_reads_changes_no_run():
    (item,) = changed("unread: {value: shots > 50}", "unread: {value: shots > 60}")

    assert item.bears == "nothing"


def test_what_is_added_and_what_is_removed_is_told_as_such():
    more = "  talks_failed: {by: envoy, effects: {talks: none}}\n"
    longer = CRISIS.replace(more, more + "  shots_heard: {by: envoy}\n")

    (added,) = model_differences(of(CRISIS), of(longer))
    (removed,) = model_differences(of(longer), of(CRISIS))

    assert (added.path, added.how, added.one) == (("events", "shots_heard"), "added", None)
    assert (removed.path, removed.how, removed.other) == (("events", "shots_heard"), "removed", None)


def test_the_order_of_choices_and_of_events_at_one_time_means_something():
    first, second = (
        "      - {event: accord_signed, weight: exp(4 * trust)}\n",
        "      - {event: talks_failed, weight: 1}\n",
    )
    (choices,) = model_differences(of(CRISIS), of(CRISIS.replace(first + second, second + first)))
    together = CRISIS.replace("2030-01-09", "2030-01-05")
    lines = ["  - {at: 2030-01-05, event: talks_failed}\n", "  - {at: 2030-01-05, event: shots_fired, deaths: 2}\n"]
    (events,) = model_differences(of(together), of(together.replace("".join(lines), "".join(reversed(lines)))))

    assert (choices.path, choices.how) == (("rules", "parties_decide", "emissions"), "reordered")
    assert choices.other == ("talks_failed", "accord_signed")
    assert (events.path, events.how, events.other) == (("timetable",), "reordered", ("shots_fired", "talks_failed"))


def test_an_event_that_is_added_before_others_moves_none_of_them():
    more = CRISIS.replace("timetable:\n", "timetable:\n  - {at: 2030-01-02, event: talks_failed}\n")

    (item,) = model_differences(of(CRISIS), of(more))

    assert (item.path, item.how) == (("timetable", "talks_failed"), "added")


@pytest.fixture
def two(tmp_path) -> Callable[..., tuple[Any, ...]]:
    """Compares two scenarios of the crisis, each given by its lines, the second perhaps of a model of its own."""
    (tmp_path / "model.yaml").write_text(CRISIS)

    def compare(one: str, other: str, model: str = CRISIS) -> tuple[Any, ...]:
        (tmp_path / "other-model.yaml").write_text(model)
        sides = []
        for name, lines in (("model", one), ("other-model", other)):
            file = tmp_path / "scenario.yaml"
            file.write_text(f"scenario: same\nmodel: {name}.yaml\nbranch: {{at: 2030-01-03}}\n{lines}")
            sides.append(load_scenario(file).scenario)
        return model_differences(*sides)

    return compare


def test_a_parameter_that_a_scenario_replaces_is_told_once(two):
    (item,) = two("", "parameters: {delay: 9 days}\n")

    assert (item.path, item.owner) == (("parameters", "delay", "value"), Parameter)


def test_a_parameter_of_another_model_is_told_once_where_it_holds_before_the_branch_and_after_it(two):
    (item,) = two("", "", CRISIS.replace("value: 7,", "value: 9,"))

    assert item.path == ("parameters", "delay", "value")


def test_a_parameter_that_differs_before_the_branch_alone_is_told_as_that(two):
    nine = "parameters: {delay: 9 days}\n"
    (item,) = two(nine, nine, CRISIS.replace("value: 7,", "value: 5,"))

    assert item.path == ("before", "delay")


def test_disabled_rules_and_another_branch_are_told(two):
    (disabled,) = two("", "disable: [north_probes]\n")

    assert (disabled.path, disabled.other) == (("disabled",), ("north_probes",))


# Every field of every class: told, or known not to be.


# What is compared as a whole: an expression by its tree, a law by its name, a type by what it allows.
WHOLE = {Expression, Law, Form, *typing.get_args(Type)}


def classes(root: type) -> Iterator[type]:
    """Yield the dataclasses of which a scenario is made."""
    seen: set[Any] = set()
    pending: list[Any] = [root]
    while pending:
        hint = pending.pop()
        if isinstance(hint, types.GenericAlias | types.UnionType) or typing.get_origin(hint) is not None:
            pending += typing.get_args(hint)
        elif isinstance(hint, type) and hint not in seen and is_dataclass(hint):
            seen.add(hint)
            if hint not in WHOLE:
                pending += typing.get_type_hints(hint, localns={"Event": Event}).values()
                yield hint
                pending += hint.__subclasses__()


CLASSES = sorted(set(classes(Scenario)), key=lambda kind: kind.__name__)

# What is given to the fields that are read as what they are.
CRISIS_RULE = of(CRISIS).model.rules["parties_decide"]
GIVEN: dict[tuple[type, str], Any] = {
    (Rule, "emissions"): CRISIS_RULE.emissions[::-1],
    (Rule, "weights"): CRISIS_RULE.weights[::-1],
    (Parameter, "ranged"): False,
    (Scenario, "start"): 3.0,
    (Scenario, "parameters"): (1.0, 2.0),
    (Scenario, "past"): (Event(0, 0.0, "documented", "talks_failed"),),
    (Scenario, "model"): of(CRISIS.replace("value: 7,", "value: 9,")).model,
}
REAL: dict[type, Any] = {Rule: CRISIS_RULE, Parameter: of(CRISIS).model.parameters["delay"], Scenario: of(CRISIS)}


def blank(kind: type) -> Any:
    """An object of a class whose fields hold what tells one from the other, and nothing else."""
    made = object.__new__(kind)
    for field in fields(kind):
        object.__setattr__(made, field.name, f"a {field.name}")
    return made


def with_field(value: Any, name: str, given: Any) -> Any:
    made = object.__new__(type(value))
    for field in fields(value):
        object.__setattr__(made, field.name, given if field.name == name else getattr(value, field.name))
    return made


def test_the_classes_that_a_scenario_is_made_of_are_found():
    names = {kind.__name__ for kind in CLASSES}

    assert names >= {"Scenario", "Model", "Rule", "Outcome", "FirstTime", "Measure", "SumOf", "Parameter", "Variable",
                     "EventType", "Scheduled", "Event", "Check", "LeadsTo", "Rate", "LawClock", "Calendar"}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        pytest.param(kind, field.name, id=f"{kind.__name__}.{field.name}")
        for kind in CLASSES
        for field in fields(kind)
        if field.compare
    ],
)
def test_every_field_of_a_scenario_is_told_or_known_not_to_be(kind, field):
    one = REAL.get(kind) or blank(kind)
    other = with_field(one, field, GIVEN.get((kind, field), "something else"))
    model = of(CRISIS).model

    found = [*_walk(one, other, _At((), Scenario, "runs"), (model, model))]

    assert bool(found) != (field in LEFT_OUT.get(kind, ()))
    if field in READ_BY_PEOPLE.get(kind, ()):
        assert {item.bears for item in found} == {"nothing"}


def test_every_field_that_is_named_as_one_that_is_not_told_is_there():
    for listed in (LEFT_OUT, READ_BY_PEOPLE):
        for kind, names in listed.items():
            assert names <= {field.name for field in fields(kind)}, kind


# Whole random models.


def spec_of(scenario: Scenario) -> dict[str, Any]:
    return specification(scenario, 1, central=False)


def shuffled(data: Any) -> Any:
    """The same with the keys of each mapping in another order."""
    if isinstance(data, dict):
        return {key: shuffled(data[key]) for key in reversed(data)}
    return [shuffled(item) for item in data] if isinstance(data, list) else data


@fewer
@given(model_data())
def test_a_random_model_differs_in_nothing_from_itself_in_another_order(data):
    # Families, and what is chosen from, stand in the order in which they are written.
    again = {key: shuffled(part) if key in ("state", "parameters", "outcomes", "measures") else part
             for key, part in reversed(data.items())}  # fmt: skip

    assert model_differences(scenario_of(data), scenario_of(again)) == ()


@fewer
@given(model_data(), model_data())
def test_two_random_models_may_have_other_runs_just_where_their_ensembles_have_other_ids(data, other):
    one, two = scenario_of(data), scenario_of(other)
    for left, right in ((one, two), (one, replace(one, model=replace(one.model, rules=two.model.rules)))):
        bears = {item.bears for item in model_differences(left, right)}
        differ = {part for part in spec_of(left) if spec_of(left)[part] != spec_of(right)[part]}
        assert ("runs" in bears) == bool(differ - {"questions"})
        assert differ <= {"questions"} or "runs" in bears
