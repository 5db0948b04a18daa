"""Measures on a run whose every event is known: a timetable switches a light on and off and adds to a store."""

from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.build.model import loads_model
from sim.engines.reference import ReferenceEngine
from sim.language.diagnostics import LanguageError
from sim.model.canonical import measured
from sim.model.measures import UNDEFINED, amounts, measure, undefined
from sim.model.program import compile_model
from sim.model.scenario import Scenario
from sim.testing.models import Data, model_data, scenario_of

MODEL = """
model: light
title: A light and a store
time: {{unit: abstract}}
horizon: 10
factions: {{}}
state:
  lit:   {{type: bool, initial: false}}
  store: {{type: real, range: [0, 100], initial: 2}}
events:
  switched_on:  {{effects: {{lit: true}}}}
  switched_off: {{effects: {{lit: false}}}}
  filled:       {{marks: {{amount: real}}, effects: {{store: store + amount}}}}
timetable:
  - {{at: 1, event: switched_on}}
  - {{at: 2, event: filled, amount: 3}}
  - {{at: 4, event: switched_off}}
  - {{at: 4, event: filled, amount: 5}}
  - {{at: 7, event: switched_on}}
outcomes: {{{outcomes}}}
measures:
  m: {{{measure}}}
"""


def value(written: str, outcomes: str = "", start: float = 0.0) -> float | None:
    model = loads_model(MODEL.format(measure=written, outcomes=outcomes))
    timetable = tuple(item for item in model.timetable if item.time >= start)
    scenario = Scenario("light", "", "", model, (), start, 10.0, timetable, (), "light.yaml")
    program = compile_model(model)
    return measure(program, scenario, ReferenceEngine(program, scenario, 1).run(0))["m"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("value: store", 10.0),
        ("value: store, at: 3", 5.0),
        ("value: store, at: 4", 10.0),
        ("value: lit, at: 4", 0.0),
        ("value: time, at: 3", 3.0),
        ("value: time", 10.0),
        ("sum: amount, on: filled", 8.0),
        ("sum: amount * store, on: filled", 3 * 2 + 5 * 5),
        ("sum: time, on: [filled]", 6.0),
        ("count: filled", 2.0),
        ("count: [switched_on, switched_off]", 3.0),
        ("time_while: lit", 3 + 3),
        ("time_while: store > 4", 8.0),
        ("integral: store", 2 * 2 + 2 * 5 + 6 * 10),
        ("time_until: store > 4", 2.0),
        ("time_until: store > 1", 0.0),
        ("time_until: store > 99", None),
        ("max: store", 10.0),
        ("min: store", 2.0),
        ("max: lit", 1.0),
    ],
)
def test_a_measure_is_what_its_definition_says(written: str, expected: float | None) -> None:
    assert value(written) == expected


def test_times_count_from_the_branch_and_nothing_before_it_counts():
    assert value("time_until: lit", start=3.0) == 4.0
    assert value("sum: amount, on: filled", start=3.0) == 5.0
    assert value("time_while: lit", start=3.0) == 3.0
    assert value("value: store, at: 2", start=3.0) == 7.0
    assert value("value: store, at: 0.5", start=3.0) == 2.0


def test_a_run_that_ended_stays_as_it_was():
    ends = "dark: {when: store > 4, ends_run: true}"

    assert value("value: store", ends) == 5.0
    assert value("value: store, at: 9", ends) == 5.0
    assert value("value: time", ends) == 2.0
    assert value("value: time, at: 9", ends) == 2.0
    assert value("value: time, at: 1", ends) == 1.0
    assert value("value: time, at: 11", ends) is None
    assert value("time_while: lit", ends) == 1.0
    assert value("count: filled", ends) == 1.0


def test_a_time_after_the_horizon_has_no_value():
    assert value("value: store, at: 11") is None


# The store is 2 until 2, 5 until 4, then 10. It is lit from 1 to 4, and from 7 on. At 4 it goes dark, then is filled.
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("count: filled, from: 2", 2.0),  # an event at the window's beginning is inside
        ("count: filled, from: 2.001", 1.0),
        ("count: filled, until: 4", 2.0),  # and one at its end
        ("count: filled, until: 3.999", 1.0),
        ("count: filled, from: 2, until: 2", 1.0),
        ("count: filled, from: 5, until: 9", 0.0),
        ("count: filled, when: lit", 1.0),  # before the event: at 4 it is switched off before it is filled
        ("count: filled, when: amount > 3", 1.0),
        ("count: filled, when: amount < 9, from: 3", 1.0),
        ("sum: amount, on: filled, from: 2, until: 4", 8.0),
        ("sum: amount, on: filled, from: 3", 5.0),
        ("sum: amount, on: filled, until: 3", 3.0),
        ("sum: time, on: filled, when: store < 5", 2.0),
        ("time_while: lit, from: 2, until: 8", 2 + 1),
        ("time_while: lit, from: 2, until: 8, when: store > 5", 1.0),
        ("time_while: lit, from: 5, until: 6", 0.0),
        ("time_while: lit, when: store < 10", 3.0),
        ("integral: store, from: 1, until: 3", 2 + 5),
        ("integral: store, from: 1, until: 3, when: lit", 2 + 5),
        ("integral: store, when: lit", 2 + 2 * 5 + 3 * 10),
        ("integral: store, from: 3, until: 3", 0.0),
        ("time_until: store > 4, from: 1", 1.0),  # counted from the window's beginning
        ("time_until: store > 4, from: 3", 0.0),
        ("time_until: lit, from: 4", 0.0),  # the state that an event at the window's beginning ends is inside
        ("time_until: lit, from: 4.001", 7 - 4.001),
        ("time_until: store > 5, until: 4", 4.0),  # and the one that an event at its end makes
        ("time_until: store > 5, until: 3.999", None),
        ("time_until: store > 4, when: not lit", 4.0),
        ("time_until: lit, from: 5, until: 6", None),
        ("max: store, until: 3", 5.0),
        ("max: store, until: 4", 10.0),
        ("min: store, from: 3", 5.0),
        ("min: store, from: 4", 5.0),
        ("min: store, from: 4.001", 10.0),
        ("max: store, from: 3, until: 3", 5.0),
        ("min: store, when: lit", 2.0),
        ("max: store, when: not lit, until: 3", 2.0),
        ("max: store, when: store > 99", None),
        ("value: store, until: 3", 5.0),
        ("value: store, from: 1, until: 3", 5.0),
        ("value: store, when: store < 10", 5.0),  # at the last moment at which it holds
        ("value: time, when: store < 10", 4.0),
        ("value: time, when: lit", 10.0),
        ("value: time, when: lit, until: 6", 4.0),
        ("value: time, when: lit, from: 4, until: 6", 4.0),
        ("value: time, when: lit, from: 4.5, until: 6", None),
        ("value: store, at: 3, when: not lit", 2.0),
        ("value: store, when: store > 99", None),
    ],
)
def test_a_measure_counts_within_its_window_whose_ends_belong_to_it(written: str, expected: float | None) -> None:
    assert value(written) == expected


@pytest.mark.parametrize(
    "kind",
    ["value: store", "sum: amount, on: filled", "count: filled", "time_while: lit", "time_until: lit", "max: store",
     "integral: store", "min: store", "value: time"],
)  # fmt: skip
def test_a_window_from_the_branch_to_the_horizon_is_none(kind: str) -> None:
    for start in (0.0, 1.0, 3.0):
        assert value(f"{kind}, from: 0, until: {10 - start}, when: store >= 2", start=start) == value(kind, start=start)


def test_a_window_counts_from_the_branch():
    assert value("count: filled, from: 1, until: 2", start=3.0) == 1.0
    assert value("time_while: lit, from: 1", start=3.0) == 3.0
    assert value("time_until: lit, from: 2", start=3.0) == 2.0


def test_windows_that_meet_share_only_what_is_at_the_moment_between_them():
    whole = value("integral: store * store")
    assert value("integral: store * store, until: 3") + value("integral: store * store, from: 3") == whole
    assert value("count: filled, until: 3") + value("count: filled, from: 3") == value("count: filled")
    assert value("count: filled, until: 4") + value("count: filled, from: 4") == value("count: filled") + 1


def test_a_run_that_ended_before_a_window_has_no_moment_in_it():
    ends = "dark: {when: store > 4, ends_run: true}"  # at 2

    assert value("count: filled, from: 3", ends) == 0.0
    assert value("integral: store, from: 3", ends) == 0.0
    assert value("integral: store, from: 1", ends) == 2.0
    assert value("max: store, from: 3", ends) is None
    assert value("max: store, from: 2", ends) == 5.0
    assert value("value: store, from: 3", ends) is None
    assert value("value: store, from: 1", ends) == 5.0
    assert value("value: store, until: 9", ends) == 5.0
    assert value("time_until: lit, from: 3", ends) is None


def test_what_has_no_value_outside_of_a_window_spoils_nothing():
    assert value("max: 1 / (store - 5), from: 4.5") == 0.2
    assert value("max: 1 / (store - 5), until: 1") == -1 / 3
    assert value("max: 1 / (store - 5), when: store != 5") == 0.2
    assert value("value: 1 / (store - 5), when: store != 5, until: 3") == -1 / 3
    assert value("value: 1 / (store - 5), from: 1") == 0.2
    assert value("integral: 1 / (store - 5), from: 4, until: 9") == 1.0
    assert value("sum: 1 / (store - 2), on: filled, from: 3") == 1 / 3
    assert value("max: store, when: 1 / (store - 5) > 0") == UNDEFINED
    assert value("max: store, when: 1 / (store - 5) > 0, from: 5") == 10.0
    assert value("time_until: lit, when: 1 / (store - 5) < 0") == 1.0  # known before anything was wrong


def test_whether_a_condition_held_matters_to_a_value_only_at_the_last():
    assert value("value: store, when: 1 / (store - 5) > 0") == 10.0
    assert value("value: store, when: 1 / (store - 5) > 0, until: 3") == UNDEFINED


def test_a_condition_without_a_value_is_named():
    model = loads_model(MODEL.format(measure="count: filled, when: 1 / (store - 2) > 0", outcomes=""))
    program = compile_model(model)
    scenario = Scenario.of(model)
    (error,) = undefined(program, scenario, ReferenceEngine(program, scenario, 1).run(0)).values()

    assert (error.code, error.time) == ("E604", 2.0)
    assert "1 / (store - 2) > 0 at model.yaml" in str(error.notes)


def test_the_amounts_of_a_measure_are_those_within_its_window():
    for written in ("sum: amount, on: filled", "count: filled", "sum: 1 / (store - 2), on: filled"):
        for window in (
            "",
            ", from: 3",
            ", until: 3",
            ", when: lit",
            ", when: amount > 3",
            ", when: 1 / (store - 2) > 0",
        ):
            model = loads_model(MODEL.format(measure=written + window, outcomes=""))
            program, scenario = compile_model(model), Scenario.of(model)
            log = ReferenceEngine(program, scenario, 1).run(0)

            added = [amount for _, amount in amounts(program, scenario, log, "m")]

            assert sum(added) == value(written + window), written + window
            assert len(added) <= 2


def test_a_measure_without_a_value_is_undefined_and_says_why():
    assert value("max: 1 / (store - 5)") == UNDEFINED

    model = loads_model(MODEL.format(measure="max: 1 / (store - 5)", outcomes=""))
    scenario = Scenario("light", "", "", model, (), 0.0, 10.0, model.timetable, (), "light.yaml")
    program = compile_model(model)
    (error,) = undefined(program, scenario, ReferenceEngine(program, scenario, 1).run(0)).values()
    assert "the measure 'm' has no value: 1.0 is divided by zero" in error.message
    assert (error.code, error.time) == ("E604", 2.0)


@pytest.mark.parametrize(
    "written", ["time_until: 1 / (store - 5) > 0", "min: 1 / (store - 5)", "sum: 1 / (store - 2), on: filled"]
)
def test_what_has_no_value_once_has_none_whatever_comes_later(written: str) -> None:
    assert value(written) == UNDEFINED


KINDS = {
    "count": {"count": ["e_one", "e_two", "e_marked"]},
    "sum": {"sum": "size + stock", "on": ["e_marked"]},
    "time_while": {"time_while": "lit"},
    "integral": {"integral": "heat"},
    "time_until": {"time_until": "stock > 5"},
    "max": {"max": "heat"},
    "min": {"min": "stock"},
}


def measured_in(data: Data, seed: int, windows: Mapping[str, Data]) -> dict[str, dict[str, float | None]] | None:
    """Return each kind of measure of one run of a model, by window; None if the run fails."""
    asked = {f"{kind}_{name}": {**one, **window} for kind, one in KINDS.items() for name, window in windows.items()}
    scenario = scenario_of({**data, "measures": asked})
    program = compile_model(scenario.model)
    log = ReferenceEngine(program, scenario, seed).run(0)
    if log[-1].kind == "failed":
        return None
    found = measure(program, scenario, log)
    return {kind: {name: found[f"{kind}_{name}"] for name in windows} for kind in KINDS}


# Moments at which nothing that is fixed beforehand happens: what is at the very moment would be in both windows.
MOMENTS = st.integers(0, 149_000).map(lambda number: number / 10_000 + 0.00001234)


@given(model_data(), st.integers(0, 2**63 - 1), MOMENTS)
def test_what_two_windows_that_meet_come_to_is_what_their_whole_does(data, seed, time):
    unit = " days" if data["time"]["unit"] == "day" else ""
    ends = {"whole": {}, "early": {"until": f"{time}{unit}"}, "late": {"from": f"{time}{unit}"}}
    found = measured_in(data, seed, ends)
    assume(found is not None)
    times = {kind: tuple(one.values()) for kind, one in found.items()}

    for kind in ("count", "sum", "time_while", "integral"):
        whole, early, late = times[kind]
        assert early + late == pytest.approx(whole, rel=1e-9, abs=1e-9), kind
    for kind, better in (("max", max), ("min", min)):
        whole, *parts = times[kind]
        assert better(part for part in parts if part is not None) == whole, kind
    whole, early, late = times["time_until"]
    came = early if early is not None or late is None else time + late
    assert came == (None if whole is None else pytest.approx(whole, rel=1e-9, abs=1e-9))


@given(model_data(), st.integers(0, 2**63 - 1), st.sampled_from(["lit", "heat > 0.4", "stock > 2 and not alert"]))
def test_what_counts_while_a_condition_holds_and_while_it_does_not_makes_the_whole(data, seed, condition):
    found = measured_in(data, seed, {"whole": {}, "so": {"when": condition}, "not_so": {"when": f"not ({condition})"}})
    assume(found is not None)

    for kind in ("count", "sum", "time_while", "integral"):
        whole, so, not_so = found[kind].values()
        assert so + not_so == pytest.approx(whole, rel=1e-9, abs=1e-9), kind
    for kind, better in (("max", max), ("min", min), ("time_until", min)):
        whole, *parts = found[kind].values()
        assert better((part for part in parts if part is not None), default=None) == whole, kind


def values_of(measures: str, outcomes: str = "", most: int = 100) -> dict[str, float | None]:
    model = loads_model(MODEL.format(measure="count: filled", outcomes=outcomes) + measures)
    program, scenario = compile_model(model), Scenario.of(model)
    return measure(program, scenario, ReferenceEngine(program, scenario, 1, most_events=most).run(0))


FORMULAS = """
  shared: {formula: lit_time / all_time}
  a_third: {formula: twice * 1.5 - m}
  twice: {formula: 2 * m}
  lit_time: {time_while: lit}
  all_time: {integral: 1}
  amount: {sum: amount, on: filled, until: 4}
  mean: {formula: amount / m if m > 0 else 0}
  never: {time_until: store > 99}
  of_none: {formula: never + m}
  faulty: {formula: m / (m - 2)}
  of_faulty: {formula: 0 * faulty}
  none_and_faulty: {formula: never * faulty}
  at_end: {value: lit}
  compared: {formula: at_end == 1 and m >= 2}
  kept: {formula: "min(max(m, amount), 3) + abs(m - amount)"}
"""


def test_a_formula_is_worked_out_from_other_measures_in_whatever_order_they_stand():
    found = values_of(FORMULAS)

    assert {name: found[name] for name in ("shared", "twice", "a_third", "mean", "compared", "kept")} == {
        "shared": 0.6, "twice": 4.0, "a_third": 4.0, "mean": 4.0, "compared": 1.0, "kept": 9.0
    }  # fmt: skip
    lines = FORMULAS.strip("\n").split("\n")
    assert values_of("\n".join(["", *reversed(lines), ""])) == found


def test_a_formula_is_missing_where_what_it_reads_is_and_undefined_where_that_is():
    found = values_of(FORMULAS)

    assert (found["of_none"], found["none_and_faulty"]) == (None, None)
    assert (found["faulty"], found["of_faulty"]) == (UNDEFINED, UNDEFINED)


def test_a_formula_of_a_run_that_was_stopped_is_known_if_all_that_it_reads_is():
    formulas = (
        "  early: {sum: amount, on: filled, until: 3}\n  known: {formula: 2 * early}\n  open: {formula: early + m}\n"
    )
    found = values_of(formulas, most=3)  # stopped at 4

    assert (found["known"], found["m"], found["open"]) == (6.0, UNDEFINED, UNDEFINED)


def test_a_formula_without_a_value_says_why():
    model = loads_model(MODEL.format(measure="count: filled", outcomes="") + FORMULAS)
    program, scenario = compile_model(model), Scenario.of(model)
    why = undefined(program, scenario, ReferenceEngine(program, scenario, 1).run(0))

    assert why.keys() == {"faulty", "of_faulty"}
    assert "the measure 'faulty' has no value: 2.0 is divided by zero" in why["faulty"].message
    assert "the measure 'of_faulty' has no value: 'faulty', which it reads, has none" in why["of_faulty"].message
    assert {error.code for error in why.values()} == {"E604"}


@pytest.mark.parametrize(
    ("formula", "fine"),
    [
        ("days + 3 days", True),
        ("days / 3 days", True),
        ("1 / days", True),
        ("men_days / days - men", True),
        ("men_days - men * days", True),
        ("days + many", False),
        ("men + many", False),
        ("men_days + days", False),
        ("last - days", True),
        ("last - first", True),
        ("last + many", False),
        ("first < last", True),
        ("share and many > 0", False),
        ("some > 0 and share < 1", True),
    ],
)
def test_types_and_units_of_a_formula_are_those_of_what_it_reads(formula: str, fine: bool) -> None:
    text = f"""
model: units
title: Units
time: {{unit: day, origin: 2030-01-01}}
units: [soldier]
horizon: 10 days
factions: {{a: {{title: A}}}}
state:
  men: {{type: real, unit: soldier, initial: 2 soldier}}
  seen: {{type: instant, initial: 2030-01-01}}
  lit: {{type: bool, initial: true}}
events: {{e: {{by: a, effects: {{seen: time}}}}}}
measures:
  asked: {{formula: {formula}}}
  days: {{time_while: lit}}
  men: {{max: men}}
  men_days: {{integral: men}}
  many: {{count: e}}
  first: {{min: seen}}
  last: {{value: seen}}
  some: {{value: lit}}
  share: {{formula: days / 10 days}}
"""
    if fine:
        loads_model(text)
        return
    with pytest.raises(LanguageError) as error:
        loads_model(text)
    assert {one.code for one in error.value.diagnostics} <= {"E302", "E303"}


def test_until_alone_is_the_time_until_a_condition_as_it_was_called_before():
    before, now = (loads_model(MODEL.format(measure=f"{kind}: lit", outcomes="")) for kind in ("until", "time_until"))

    assert value("until: lit", start=3.0) == value("time_until: lit", start=3.0) == 4.0
    assert measured(before) == measured(now)


OF_EACH_KIND = """
  a: {value: store}
  b: {value: store, at: 3}
  c: {sum: amount, on: filled}
  d: {count: [switched_on, filled]}
  e: {time_while: lit}
  f: {time_until: lit}
  g: {integral: store}
  h: {max: store}
  i: {min: store}
"""


def test_what_a_ledger_keeps_of_measures_has_the_digest_that_it_always_had():
    """The digest tells columns of kept ledgers apart: it must not move with what a kind is called."""
    text = MODEL.format(measure="max: store", outcomes="").replace("\n  m: {max: store}\n", OF_EACH_KIND)

    assert measured(loads_model(text)) == "23fc3b20389d78502fa7aaa440234eea076dc555e730e83de9effb14f4d41550"
