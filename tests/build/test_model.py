# ruff: noqa: E501 - the tables have one case a line
import math
from pathlib import Path

import pytest

from sim.build.model import load_model, loads_model
from sim.language.diagnostics import MOST_KEPT, LanguageError
from sim.language.expressions.tree import Literal, reads
from tests.effort import effort
from tests.model.quarrel import HEAD, built, events, parameter, rule, said, state, text

GOOD = Path(__file__).parents[1] / "language" / "good" / "model.yaml"
ABSTRACT = "model: m\ntitle: M\ntime: {unit: abstract}\n"
NO_DATES = "model: m\ntitle: M\ntime: {unit: day}\n"


def test_a_good_model_is_built_with_its_families_written_out() -> None:
    model = load_model(GOOD)

    assert [name for name in model.variables if name.startswith("up")] == ["up[1]", "up[2]", "up[3]"]
    assert [name for name in model.rules if name.startswith("fails")] == ["fails[1]", "fails[2]", "fails[3]"]
    assert model.rules["fails[2]"].emissions[0].event == "bridge_fell[2]"
    assert reads(model.rules["fails[2]"].guard.tree, "state") == {"up[2]"}
    assert list(model.events["bridge_fell[3]"].effects) == ["up[3]"]
    assert {name: source.title for name, source in model.sources.items()} == {
        "letter-3": "The third letter",
        "ledger-of-tolls": "The tolls of the year",
    }
    assert model.horizon == 180.0


def test_the_order_of_keys_in_a_file_has_no_meaning() -> None:
    calm, trust = "calm: {type: bool, initial: true}", "trust: {type: real, range: [0, 1], initial: 0.5}"
    one, other = (built(state="{" + ", ".join(order) + "}") for order in ([calm, trust], [trust, calm]))

    assert list(one.variables) == list(other.variables) == ["calm", "trust"]
    assert one.shown_order["state"] == ("calm", "trust")
    assert other.shown_order["state"] == ("trust", "calm")


def test_derived_quantities_may_stand_in_any_order() -> None:
    model = built(derived="{c: {value: b + 1}, a: {value: trust}, b: {value: a * 2}}", rules=rule(when="c > 1"))

    assert reads(model.rules["one"].guard.tree, "state") == {"trust"}


@pytest.mark.parametrize(
    ("change", "value", "read"),
    [
        ({}, "2 * pi", None),
        ({"state": state("pi: {type: real, initial: 3}")}, "2 * pi", ("state", "pi")),
        ({"parameters": "{pi: {value: 3, basis: {judgement: x}}}"}, "2 * pi", ("parameter", "pi")),
        ({"derived": "{pi: {value: trust}}"}, "2 * pi", ("state", "trust")),
        ({"state": state("sin: {type: real, initial: 3}")}, "cos(sin) + sin(1)", ("state", "sin")),
        ({"state": state("mood: {type: enum, values: [pi, cos], initial: cos}")}, "1 if mood == pi else 0", ("state", "mood")),
    ],
)  # fmt: skip
def test_a_name_of_the_model_is_meant_before_a_word_of_the_language(change, value: str, read) -> None:
    tree = built(measures=f"{{m: {{value: {value}}}}}", **change).measures["m"].expression.tree

    assert all(
        reads(tree, scope) == ({read[1]} if read and read[0] == scope else set()) for scope in ("state", "parameter")
    )


def test_pi_is_no_name_where_the_models_own_may_not_be_read_or_was_removed() -> None:
    change = {"parameters": "{pi: {value: 3, basis: {judgement: x}}, two: {value: 2 * pi, basis: {judgement: x}}}"}

    assert said(**change) == ["E301 'pi' may not be read here"]


@pytest.mark.parametrize(
    ("derived", "ring"),
    [
        ("{a: {value: a + 1}}", "E313 'a' is derived from itself"),
        ("{a: {value: b}, b: {value: c}, c: {value: a}}", "E313 'a' is derived from itself"),
        ("{a: {value: b}, b: {value: b}}", "E313 'b' is derived from itself"),
        ("{a: {for: i in 1..2, value: count(b) > 1}, b: {for: i in 1..2, value: 'a[i]'}}", "E313 'a' is derived from itself"),
    ],
)  # fmt: skip
def test_a_ring_of_derived_quantities_is_one_complaint(derived: str, ring: str) -> None:
    assert said(derived=derived, rules=rule(when="a > 1")) == [ring]


def test_a_long_chain_of_derived_quantities_is_refused_soon() -> None:
    chain = (
        "{"
        + ", ".join(f"d{number}: {{value: d{number + 1} + 1}}" for number in range(3000))
        + ", d3000: {value: trust}}"
    )
    complaints: list[str] = []

    work = effort(lambda: complaints.extend(said(derived=chain)))

    assert complaints[0] == "E204 'd100' is derived from over 100 others in a row"
    assert work < 3000 * 1500


def test_derived_quantities_that_double_each_other_are_refused_soon() -> None:
    doubling = (
        "{"
        + ", ".join(f"d{number}: {{value: d{number + 1} + d{number + 1}}}" for number in range(60))
        + ", d60: {value: trust}}"
    )
    complaints: list[str] = []

    work = effort(lambda: complaints.extend(said(derived=doubling)))

    assert complaints == ["E204 with the derived quantities in it this has over 5000 parts"]
    assert work < 200_000


def test_a_family_of_a_thousand_can_be_summed() -> None:
    model = built(
        state=state("n: {for: i in 1..1000, type: int, initial: 1}"),
        measures="{all: {value: sum(n)}}",
        rules=rule(when="sum(n) > 3"),
    )

    assert len(reads(model.rules["one"].guard.tree, "state")) == 1000


@pytest.mark.parametrize(
    "members", ["3..1", "1..1001", "1..99999999", "north, north", "North", "1, 2", ",", "1..", "a b"]
)
def test_a_family_without_members_is_one_complaint_wherever_it_is_used(members: str) -> None:
    up = f"up: {{for: 'i in {members}', type: bool, initial: true}}"
    uses = rule(when="'any(up) or up[1] or sum(up) > 1'")

    assert said(state=state(up), rules=uses, events=events("fell: {by: north, effects: {'up[1]': false}}")) == [
        f"E312 '{members}' names no members".replace("',' ", "',' ")
    ]


def test_members_of_a_family_may_have_numbers_below_zero() -> None:
    assert (
        said(
            state=state("up: {for: i in -1..1, type: bool, initial: i != -1}"),
            rules=rule(when="'up[-1] or up[-1 + 1]'"),
        )
        == []
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"parameters": parameter("value: 3, unit: 1/dya"), "rules": rule(clock="{rate: p}")}, "E303 'dya' is not a unit"),
        ({"parameters": parameter("value: 3, unit: dya"), "state": state("x: {type: real, initial: p}")}, "E303 'dya' is not a unit"),
        ({"state": state("x: {type: real, unit: dya, initial: 3 days}"), "rules": rule(when="x > 3 days")}, "E303 'dya' is not a unit"),
        ({"state": state("x: {type: enum, initial: a}"), "rules": rule(when="x == a")}, "E306 an enum needs its values, each once"),
        ({"derived": "{d: {value: lost}}", "rules": rule(when="d > 1")}, "E301 unknown name 'lost'"),
        ({"derived": "{d: {value: lost}, e: {value: d + 1}}", "rules": rule(when="e > d")}, "E301 unknown name 'lost'"),
        ({"state": state("x: {type: int, initial: 0.5}"), "events": events("a: {by: north, effects: {x: x + 1}}")},
         "E302 expected a whole number, but this may be a fraction"),
        ({"events": events("a: {by: north, for: i in 3..1}"), "rules": rule(emits="a")}, "E312 '3..1' names no members"),
        ({"events": events("a: {by: north, for: i in 3..1}"), "rules": rule(emits="'a[1]'", on="a")}, "E312 '3..1' names no members"),
        ({"rules": rule(when="lost")[:-1] + ", two: {faction: north, emits: peace_made, restarts: one}}"}, "E301 unknown name 'lost'"),
        ({"rules": rule(emits="")[:-1] + ", two: {faction: north, emits: peace_made, restarts: one}}"},
         "E318 the rule 'one' needs `emits` or `choose`, and not both"),
        ({"head": HEAD.replace("2030-01-01", "soon"), "horizon": "2030-05-01"},
         "E317 'soon' is not a date: expected 2014-09-12 or 2014-09-12T14:30"),
        ({"state": state("open: {type: bool, initial: true}, x: {type: enum, values: [open], initial: open}"), "rules": rule(when="open")},
         "E304 the value 'open' has the name of something else"),
    ],
)  # fmt: skip
def test_what_failed_where_it_is_declared_is_not_complained_of_again(change: dict[str, str], complaint: str) -> None:
    assert said(**change) == [complaint]


def test_every_complaint_of_a_model_comes_in_one_pass() -> None:
    complaints = said(
        state=state("x: {type: real, range: [2, 1], initial: 0}"),
        parameters=parameter("value: 3, prior: {uniform: [0, 1]}"),
        derived="{d: {value: lost}}",
        events=events("a: {by: nobody, effects: {nothing: 1}}"),
        rules="{one: {faction: nobody, when: lost, clock: soon, emits: nothing}}",
        timetable="[{event: shots_fired, at: 5}]",
        outcomes="{o: {}}",
        measures="{m: {}}",
        horizon="5",
    )

    assert sorted(line.partition(" ")[0] for line in complaints) == [
        "E301", "E301", "E301", "E303", "E303", "E306", "E307", "E307", "E307", "E311", "E314", "E316", "E316",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"parameters": parameter("type: int, value: 2.5")}, "E302 expected a whole number, but this may be a fraction"),
        ({"parameters": parameter("type: bool, value: 1")}, "E302 expected a condition, but this is a whole number"),
        ({"parameters": parameter("value: 3 days")}, "E303 expected a number, but this is a length of time"),
        ({"parameters": parameter("value: trust")}, "E301 'trust' may not be read here"),
        ({"parameters": parameter("value: 1 / 0")}, "E319 this has no value: 1.0 is divided by zero"),
        ({"parameters": parameter("value: 1e308 * 10")}, "E319 this has no value: it passes all bounds"),
        ({"parameters": parameter("unit: day")}, "E311 the parameter 'p' needs a value or a prior, and not both"),
        ({"parameters": parameter("prior: {}")}, "E311 expected one prior"),
        ({"parameters": parameter("prior: {pert: []}")}, "E311 pert takes [low, mode, high] but got 0 numbers"),
        ({"parameters": "{p: {value: 1, basis: {source: s}}}"}, "E315 's' is cited, but the file names no sources"),
        ({"state": state("x: {type: real, initial: trust}")}, "E301 unknown name 'trust'"),
        ({"state": state("x: {type: int, unit: day, range: [0, 1.5], initial: 0}")}, "E302 expected a whole number in time, but this may be a fraction"),
        ({"state": state("x: {type: real, unit: week, initial: 0}")}, "E303 a state variable is kept in the model's own time unit, the day"),
        ({"state": state("i: {for: calm in 1..2, type: bool, initial: true}")}, "E304 the index 'calm' has the name of something else"),
        ({"events": events("a: {effects: {}}")}, "E105 'a' needs the faction whose act it is"),
        ({"events": events("a: {by: north, marks: {in: int}}")}, "E304 the mark 'in' has the name of something else"),
        ({"events": events("a: {by: north, effects: {trust: deaths}}")}, "E301 unknown name 'deaths'"),
        ({"events": events("a: {by: north, effects: {trust: poisson(1)}}")}, "E309 poisson() draws at random, and may stand only in a mark of a rule's event"),
        ({"rules": rule(clock="{}")}, "E314 a clock has exactly one key, with its value"),
        ({"rules": rule(clock="{gamma: }")}, "E314 a clock has exactly one key, with its value"),
        ({"rules": rule(clock="{gamma: {}}")}, "E314 gamma cannot be given by {}"),
        ({"rules": rule(clock="30 % within -5 days")}, "E314 the time of a chance must be above 0"),
        ({"rules": rule(clock="100 % within 5 days")}, "E314 a chance lies between 0 % and 100 %, which no rate gives"),
        ({"rules": rule(clock="{rate: time - 2030-01-01}")}, "E303 expected a rate per time, but this is a length of time"),
        ({"rules": rule(emits="", choose="[{event: peace_made}]")}, "E105 the key 'weight' is missing in a choice"),
        ({"rules": rule(emits="{weight: 1}")}, "E105 the key 'event' is missing here"),
        ({"rules": rule(emits="{event: peace_made, weight: 1}")}, "E320 'peace_made' has no mark 'weight'"),
        ({"timetable": "[{event: peace_made}]"}, "E105 it does not say when it happens"),
        ({"timetable": "[{event: peace_made, at: -3 days}]"}, "E504 'peace_made' would happen before the model's time 0"),
        ({"timetable": "[{event: shots_fired, at: 3 days, deaths: poisson(2)}]"}, "E320 the mark 'deaths' of a scheduled event must be a plain number"),
        ({"outcomes": "{o: {when: trust}}"}, "E302 expected a condition, but this is a number"),
        ({"outcomes": "{o: {otherwise: true, ends_run: true}}"}, "E316 `otherwise` stands alone: it comes true at the horizon"),
        ({"outcomes": "{o: {when: calm, within: 3}}"}, "E303 expected a length of time, but this is a whole number"),
        ({"measures": "{m: {sum: deaths, on: [shots_fired, peace_made]}}"}, "E301 unknown name 'deaths'"),
        ({"measures": "{m: {count: shot_fired}}"}, "E307 unknown event type 'shot_fired'"),
        ({"horizon": "true"}, "E302 expected a date or a length of time, but this is a condition"),
        ({"horizon": "-3 days"}, "E502 the horizon does not lie after the model's time 0, so no run would have any time"),
        ({"head": NO_DATES, "horizon": "2030-05-01"}, "E317 this model has no dates: its time has no origin"),
        ({"head": ABSTRACT, "rules": rule(clock="{rate: 1 per day}")}, "E303 'day' is not a unit"),
    ],
)  # fmt: skip
def test_a_wrong_model_is_complained_of(change: dict[str, str], complaint: str) -> None:
    assert said(**change) == [complaint]


def test_a_comment_within_an_expression_is_refused_and_drops_no_condition() -> None:
    rules = "\n  one:\n    faction: south\n    emits: peace_made\n    when: |\n      calm  # at first\n      and trust > 2\n"

    assert said(rules=rules) == ["E202 '#' is not part of this language"]


def test_units_that_contain_the_letters_per_are_units() -> None:
    head = HEAD + "units: [person, paper]\n"
    model = built(head=head, parameters=parameter("value: 3, unit: paper per person per day"), rules=rule())

    assert model.parameters["p"].type.unit == (("paper", 1), ("person", -1), ("time", -1))


def test_a_unit_beyond_all_bounds_is_none() -> None:
    unit = "*".join(["week^9"] * 100)
    head = HEAD.replace("unit: day", "unit: second")

    assert said(head=head, parameters=parameter(f"value: 3, unit: {unit}"))[0].endswith("is not a unit")


def test_a_parameter_is_brought_to_the_models_unit() -> None:
    values = {
        "value: 3, unit: week": 21.0, "value: 3 days, unit: week": 3.0, "value: 12, unit: 1/hour": 288.0,
        "value: 0.5 per day, unit: 1/hour": 0.5, "type: bool, value: true": True, "type: int, value: 7": 7,
    }  # fmt: skip
    for inner, value in values.items():
        found = built(parameters=parameter(inner)).parameters["p"].value

        assert (found, type(found)) == (value, type(value)), inner


def test_soldiers_are_counted_in_whole_numbers() -> None:
    head = HEAD + "units: [soldier]\n"
    army = state("army: {type: int, unit: soldier, range: [0, 100], initial: 10 soldier}")
    model = built(head=head, state=army, events=events("left: {by: north, effects: {army: army - 1 soldier}}"))

    assert (
        model.variables["army"].initial.tree == Literal(10, model.variables["army"].type)
        or model.variables["army"].high == 100
    )
    assert said(head=head, state=army, events=events("left: {by: north, effects: {army: army - 1}}")) == [
        "E303 cannot mix a whole number in soldier and a whole number"
    ]


def test_a_chance_is_the_rate_that_gives_it() -> None:
    (rate,) = built(rules=rule(clock="30 % within 2 weeks")).rules["one"].clock.arguments

    assert isinstance(rate.tree, Literal)
    assert 1 - math.exp(-14 * float(rate.tree.value)) == pytest.approx(0.3, rel=1e-12)


def test_a_timetable_counts_from_the_origin_and_stands_in_order() -> None:
    model = built(timetable="[{event: peace_made, at: 2030-01-11}, {event: peace_made, at: 3 days}]")

    assert [item.time for item in model.timetable] == [3.0, 10.0]


def test_abstract_time_is_plain_numbers() -> None:
    model = built(
        head=ABSTRACT,
        rules=rule(clock="{weibull: {shape: 2, scale: 3}}"),
        horizon="7",
        timetable="[{event: peace_made, at: 2}]",
    )

    assert model.horizon == 7.0
    assert model.timetable[0].time == 2.0


def test_windows_line_ends_and_a_block_of_lines_keep_the_places() -> None:
    plain = text(
        rules="\n  one:\n    faction: south\n    emits: peace_made\n    when: |\n      calm\n      and lost > 2\n"
    )
    places = []
    for written in (plain, plain.replace("\n", "\r\n")):
        with pytest.raises(LanguageError) as caught:
            loads_model(written)
        places += [item.span.location for item in caught.value.diagnostics if item.span]

    assert places == ["model.yaml:13:11"] * 2


def wrong_rules(size: int) -> dict[str, str]:
    rules = ", ".join(f"r{number}: {{faction: norht, when: clam, emits: shot}}" for number in range(size))
    return {"rules": "{" + rules + "}"}


def wrong_sums(size: int) -> dict[str, str]:
    rule_of_all = f"{{for: i in 1..{size}, faction: south, when: count(up) > 3 days, emits: peace_made}}"
    return {
        "state": state(f"up: {{for: i in 1..{size}, type: bool, initial: true}}"),
        "rules": f"{{one: {rule_of_all}}}",
    }


def wrong_families(size: int) -> dict[str, str]:
    rules = (f"r{n}: {{for: i in 1..1000, faction: south, when: lost, emits: peace_made}}" for n in range(size))
    return {"rules": "{" + ", ".join(rules) + "}"}


def wrong_names(size: int) -> dict[str, str]:
    variables = (f"var_number_{n}: {{type: bool, initial: true}}" for n in range(8 * size))
    rules = (f"r{n}: {{faction: south, when: var_numbr_{n}x, emits: peace_made}}" for n in range(size))
    return {"state": "{" + ", ".join(variables) + "}", "rules": "{" + ", ".join(rules) + "}"}


def wrong_timetable(size: int) -> dict[str, str]:
    return {"timetable": "[" + "{at: -1 day, event: peace_made}, " * size + "]"}


def wrong_list(size: int) -> dict[str, str]:
    return {"rules": "{one: {faction: south, on: [" + "shots_fird, " * size + "], emits: peace_made}}"}


@pytest.mark.parametrize(
    ("change", "size"),
    [(wrong_rules, 500), (wrong_sums, 100), (wrong_families, 10), (wrong_names, 100), (wrong_timetable, 800), (wrong_list, 1500)],
)  # fmt: skip
def test_a_wrong_model_of_twice_the_size_is_little_more_than_twice_the_work(change, size: int) -> None:
    once, twice = (effort(lambda many=many: said(**change(many))) for many in (size, 2 * size))

    assert twice < 2.6 * once


def test_thousands_of_wrong_rules_are_refused_with_the_first_complaints() -> None:
    assert len(said(**wrong_rules(5000))) == MOST_KEPT


def test_families_together_have_a_limit_of_members() -> None:
    many = "{" + ", ".join(f"r{n}: {{for: i in 1..1000, faction: south, emits: peace_made}}" for n in range(21)) + "}"

    assert said(rules=many) == ["E312 more than 20,000 members of all families together"]
