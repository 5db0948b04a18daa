"""Numbers that are written as about(median, factor): what they are called, drawn from, rest on, and are set by."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from sim.build.model import load_model, loads_model
from sim.build.scenario import load_scenario
from sim.build.words.assumptions import assumptions
from sim.engines.reference import ReferenceEngine
from sim.errors import UsageError
from sim.language.diagnostics import LanguageError
from sim.model.branching import branch_from_run
from sim.model.canonical import canonical_model
from sim.model.differences.model_differences import model_differences
from sim.model.model import Model
from sim.model.program import compile_model
from sim.model.random_streams import RandomStreams
from sim.model.scenario import Scenario
from sim.numerics.normal import normal_quantile
from sim.report.differing.difference_words import sentences
from sim.report.timeline import row, steps
from sim.study.api import run
from sim.testing.counterexamples import read_back
from sim.testing.session import try_checks
from sim.testing.strategies import quantile
from tests.engines.kernel.alike import check_alike

HEAD = """
model: quarrel
title: A quarrel of two houses
time: {unit: day, origin: 2030-01-01}
horizon: 60 days
factions: {north: {title: The north}}
"""
MODEL = HEAD + """
state:
  trust: {type: real, range: [0, 1], initial: 0.5, at_bounds: saturate}
  up: {for: i in 1..3, type: bool, initial: true}
events:
  shots_fired: {by: north, marks: {deaths: int}, effects: {trust: "trust - about(0.1, 2) + about(0.05, 1.5)"}}
  worn: {for: i in 1..3, by: north, effects: {"up[i]": "trust > about(0.2, 1.5)"}}
  talks_opened: {by: north}
derived: {heat: {title: The heat, value: "1 - trust * min(about(0.5, 1.5), 1)"}}
parameters: {zeal: {value: 1, basis: {judgement: as ever}}}
rules:
  north_probes:
    faction: north
    title: The north probes
    when: heat > 0.1
    clock: {rate: "about(0.07 per week, 2) * zeal + about(0.02 per day, 3) * heat"}
    emits: {event: shots_fired, deaths: "poisson(about(0.4, 3))"}
    basis: {judgement: it did}
  north_calls:
    faction: north
    on: [shots_fired]
    clock: about(30 %, 2) within about(14 days, 1.2)
    choose:
      - {event: talks_opened, weight: "about(2, 2)"}
      - {event: shots_fired, weight: 1, deaths: 2}
      - {event: shots_fired, weight: "about(0.5, 2)", deaths: 9}
    basis: {judgement: it may}
  wears:
    for: i in 1..3
    faction: north
    when: "up[i]"
    clock: {gamma: {shape: "about(2, 2)", mean: "i * about(3 days, 2)"}}
    emits: "worn[i]"
    basis: {judgement: all do}
"""  # fmt: skip

RATES = ("0.1 per day", "about(0.1 per day, 2)")


def rule(clock: str, **more: str) -> str:
    added = "".join(f"{key}: {text}\n" for key, text in more.items())
    return (
        HEAD + f"{added}state: {{shots: {{type: int, initial: 0}}}}\n"
        "events: {shot: {by: north, effects: {shots: shots + 1}}}\n"
        f"rules: {{shoots: {{faction: north, clock: {clock}, emits: shot, basis: {{judgement: so}}}}}}\n"
    )


def drawn(model: Model, run: int, seed: int = 7, *, central: bool = False) -> dict[str, float]:
    scenario = Scenario.of(model)
    values = RandomStreams(compile_model(model), seed).parameters(scenario, run, central=central)
    return dict(zip(model.parameters, values, strict=True))


def test_each_is_a_parameter_called_after_its_place_behind_those_that_have_a_name() -> None:
    model = loads_model(MODEL)

    assert list(model.parameters) == [
        "zeal", "heat.value", "north_calls.chance", "north_calls.choose.shots_fired.2.weight",
        "north_calls.choose.talks_opened.weight", "north_calls.within", "north_probes.emits.deaths",
        "north_probes.rate", "north_probes.rate.2", "shots_fired.effects.trust", "shots_fired.effects.trust.2",
        "wears.gamma.mean", "wears.gamma.shape", "worn.effects.up[i]",
    ]  # fmt: skip
    assert [name for name, one in model.parameters.items() if not one.unnamed] == ["zeal"]


def test_it_has_its_median_in_the_models_unit_and_ninety_percent_within_its_factor() -> None:
    found = loads_model(MODEL).parameters["north_probes.rate"]

    assert (found.value, found.unit, found.prior) == (0.07 / 7, "1/week", "lognormal")
    assert found.quantile(0.5) == pytest.approx(0.01, rel=1e-12)
    assert found.quantile(0.05) == pytest.approx(0.005, rel=1e-12)
    assert found.quantile(0.95) == pytest.approx(0.02, rel=1e-12)
    assert found.arguments[1] * 1.6448536269514722 == pytest.approx(math.log(2), rel=1e-15)
    assert normal_quantile(0.95) == pytest.approx(1.6448536269514722, rel=1e-15)


@pytest.mark.parametrize(
    ("name", "title", "bases"),
    [
        ("north_probes.rate.2", "the rate of the rule 'The north probes', number 2", ["it did"]),
        (
            "north_calls.choose.talks_opened.weight",
            "the weight of 'talks_opened' of the rule 'north calls'",
            ["it may"],
        ),
        ("wears.gamma.mean", "the mean of the gamma clock of the rule 'wears'", ["all do"]),
        ("heat.value", "the value of the derived quantity 'The heat'", ["it did"]),
        ("shots_fired.effects.trust", "the effect on 'trust' of the event 'shots fired'", ["it may", "it did"]),
    ],
)
def test_its_title_says_where_it_stands_and_its_basis_is_that_of_the_rules_that_rest_on_it(
    name: str, title: str, bases: list[str]
) -> None:
    found = loads_model(MODEL).parameters[name]

    assert found.title == title
    assert sorted(basis.judgement for basis in found.basis) == sorted(bases)


def test_it_is_drawn_once_a_run_and_is_its_median_at_central_values() -> None:
    model = loads_model(MODEL)
    scenario = Scenario.of(model)
    log = ReferenceEngine(compile_model(model), scenario, 7).run(3)

    assert log[0].marks == tuple(drawn(model, 3).values())
    assert drawn(model, 3) != drawn(model, 4)
    assert drawn(model, 3, central=True) == {name: one.value for name, one in model.parameters.items()}


def test_it_has_the_same_bits_on_every_machine() -> None:
    model = loads_model(rule('{rate: "about(0.2 per day, 3)"}'))

    assert model.parameters["shoots.rate"].arguments == (0.2, 0.667908846518002)
    assert [drawn(model, run)["shoots.rate"].hex() for run in (0, 1)] == [
        "0x1.46dc772f2172fp-3",
        "0x1.b106e5eff11d0p-3",
    ]


def test_draws_lie_within_the_factor_in_nine_runs_of_ten() -> None:
    model = loads_model(rule('{rate: "about(0.2 per day, 3)"}'))
    found = np.array([drawn(model, run)["shoots.rate"] for run in range(4000)])

    inside = np.mean((found > 0.2 / 3) & (found < 0.6))
    assert abs(inside - 0.9) < 4 * math.sqrt(0.09 / 4000)
    assert abs(np.mean(found < 0.2) - 0.5) < 4 * math.sqrt(0.25 / 4000)


def test_another_one_elsewhere_moves_no_draw() -> None:
    one = loads_model(MODEL.replace('weight: "about(0.5, 2)"', "weight: 0.5"))
    other = loads_model(MODEL.replace("deaths: 9", 'deaths: "poisson(about(9, 2))"'))

    added = drawn(other, 5)
    assert len(added) == len(drawn(one, 5)) + 2
    assert all(added[name] == value for name, value in drawn(one, 5).items())


def test_all_members_of_a_family_share_it() -> None:
    model = loads_model(MODEL)

    readers = {rule.name for rule in model.rules.values() if "wears.gamma.mean" in str(rule.clock)}
    assert readers == {"wears[1]", "wears[2]", "wears[3]"}


def test_both_engines_make_the_same_runs_of_it() -> None:
    scenario = Scenario.of(loads_model(MODEL))

    logs = check_alike(compile_model(scenario.model), scenario, 3, range(50))
    assert sum(event.kind == "fired" for log in logs for event in log) > 100


def test_a_chance_that_comes_out_above_what_can_be_fails_no_run() -> None:
    model = loads_model(rule('"about(45 %, 2.2) within 14 days"'))
    high = [run for run in range(3000) if drawn(model, run)["shoots.chance"] >= 1]
    scenario = Scenario.of(model)

    assert high
    logs = check_alike(compile_model(model), scenario, 7, range(high[0], high[0] + 1))
    assert {log[-1].kind for log in logs} == {"ended"}


def test_a_model_without_one_means_what_it_did() -> None:
    model = loads_model(rule("{rate: 0.2 per day}"))

    assert model.parameters == {}
    assert canonical_model(model)["parameters"] == {}


def test_a_name_of_the_model_may_be_that_of_the_function() -> None:
    model = loads_model(rule('{rate: "about * about(0.2 per day, 2)"}', derived='{about: {value: "2"}}'))

    assert list(model.parameters) == ["shoots.rate"]


# Scenarios


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.yaml").write_text(MODEL, encoding="utf-8")
    (tmp_path / "status-quo.yaml").write_text("scenario: status-quo\nmodel: model.yaml\n", encoding="utf-8")
    return tmp_path


def scenario_in(folder: Path, text: str, name: str = "other") -> Scenario:
    path = folder / f"{name}.yaml"
    path.write_text(f"scenario: {name}\nextends: status-quo.yaml\n{text}", encoding="utf-8")
    return load_scenario(path).scenario


def test_a_scenario_knows_it_otherwise_by_its_name(folder: Path) -> None:
    found = scenario_in(folder, """
parameters:
  north_probes.rate: 0.7 per week
  "worn.effects.up[i]": {prior: {lognormal: [0.3, 0.2]}}
changes:
  - {from: 20 days, parameters: {north_calls.within: 2 * zeal * 1 day}}
""")  # fmt: skip

    assert found.model.parameters["north_probes.rate"].value == pytest.approx(0.1)
    assert found.model.parameters["north_probes.rate"].prior == ""
    assert found.model.parameters["worn.effects.up[i]"].arguments == (0.3, 0.2)
    assert list(found.models_own) == ["north_probes.rate", "worn.effects.up[i]"]
    check_alike(compile_model(found.model), found, 3, range(20))


def test_a_scenario_may_know_it_better_or_worse(folder: Path) -> None:
    found = scenario_in(folder, """
parameters: {north_probes.rate: "about(0.1 per day, 5)"}
changes: [{from: 20 days, parameters: {north_calls.within: "about(2 weeks, 3)"}}]
""")  # fmt: skip

    assert [one.words for one in assumptions(found)] == [
        "north_probes.rate is about(0.1, 5) 1/day instead of about(0.07, 2) 1/week",
        "north_calls.within is about(2, 3) weeks instead of about(14, 1.2) days",
    ]
    assert found.model.parameters["north_probes.rate"].quantile(0.95) == pytest.approx(0.5)
    check_alike(compile_model(found.model), found, 3, range(20))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("about(0.1 per day, 0.5)", "E354: the factor of about() must be above 1"),
        ("about(0.1, 2)", "E303: expected a rate per time"),
        ("about(0.1 per day, 2) * 2", "E311: 'north_probes.rate' is about(median, factor)"),
        ("about(zeal, 2)", "E301: unknown name 'zeal'"),
    ],
)
def test_what_cannot_be_about_in_a_scenario_is_refused(folder: Path, value: str, message: str) -> None:
    with pytest.raises(LanguageError, match=re.escape(message)):
        scenario_in(folder, f'parameters: {{north_probes.rate: "{value}"}}\n')


def test_a_parameter_with_a_name_has_a_prior_instead(folder: Path) -> None:
    with pytest.raises(LanguageError, match="E354"):
        scenario_in(folder, 'parameters: {zeal: "about(1, 2)"}\n')


def test_a_rate_that_a_scenario_gives_is_never_negative(folder: Path) -> None:
    with pytest.raises(LanguageError, match=r"'north_probes.rate' cannot be -0.7 1/week: it is never negative"):
        scenario_in(folder, "parameters: {north_probes.rate: -0.7 per week}\n")


def test_a_name_that_the_model_has_not_is_refused_with_the_one_that_is_meant(folder: Path) -> None:
    with pytest.raises(LanguageError, match=r"no parameter 'north_probe.rate'(.|\n)*did you mean|close names"):
        scenario_in(folder, "parameters: {north_probe.rate: 0.7 per week}\n")


OWN = """
event_types: {bribe_paid: {by: north, effects: {trust: "trust + about(0.2, 2)"}}}
rules: {pays: {faction: north, clock: {rate: "about(0.3 per day, 2)"}, emits: bribe_paid, basis: {judgement: it may}}}
events: [{after: 1 day, title: A flood, set: {trust: "trust * about(0.5, 1.2)"}}]
"""


def test_rules_and_events_of_a_scenarios_own_have_them_and_move_no_draw(folder: Path) -> None:
    before, found = load_scenario(folder / "status-quo.yaml").scenario, scenario_in(folder, OWN)

    added = [name for name in found.model.parameters if name not in before.model.parameters]
    assert added == ["a_flood.effects.trust", "bribe_paid.effects.trust", "pays.rate"]
    one, other = ([*drawn(each.model, 5).items()] for each in (before, found))
    assert other[: len(one)] == one
    assert [basis.judgement for basis in found.model.parameters["pays.rate"].basis] == ["it may"]
    check_alike(compile_model(found.model), found, 3, range(20))


def test_a_scenario_that_extends_it_knows_those_otherwise(folder: Path) -> None:
    scenario_in(folder, OWN, "bribes")
    text = "scenario: more\nextends: bribes.yaml\nparameters: {pays.rate: 1 per day}\n"
    (folder / "more.yaml").write_text(text, encoding="utf-8")
    case = load_scenario(folder / "more.yaml")

    assert case.scenario.model.parameters["pays.rate"].value == 1.0
    assert not case.warnings
    check_alike(compile_model(case.scenario.model), case.scenario, 3, range(20))


def test_a_run_goes_on_under_the_scenario_that_drew_them_and_under_no_other(folder: Path) -> None:
    before, found = load_scenario(folder / "status-quo.yaml").scenario, scenario_in(folder, OWN)
    runs = {one.name: ReferenceEngine(compile_model(one.model), one, 3).run(0) for one in (before, found)}

    def gone_on(under: Scenario, of: Scenario) -> Scenario:
        return branch_from_run(under, of, runs[of.name], ensemble="e" * 64, run=0, event=1, seed=3, streams="keep")

    branch = gone_on(found, found)
    (log,) = check_alike(compile_model(branch.model), branch, 3, range(1))
    assert [event.time for event in log[1:]] == [event.time for event in runs["other"][2:]]
    with pytest.raises(UsageError, match=r"has drawn no 'a_flood.effects.trust', which 'other' adds"):
        gone_on(found, before)


# Models of several files


PART = """
part: probing
title: One side probes
needs: {prober: {is: faction}}
events: {probed: {by: prober}}
rules: {probes: {faction: prober, clock: {rate: "about(0.2 per day, 2)"}, emits: probed, basis: {judgement: so}}}
"""


def test_the_names_of_a_part_go_with_its_prefix(tmp_path: Path) -> None:
    (tmp_path / "probing.yaml").write_text(PART, encoding="utf-8")
    (tmp_path / "model.yaml").write_text(
        HEAD + "state: {calm: {type: bool, initial: true}}\nevents: {}\n"
        "use:\n  - {part: probing.yaml, with: {prober: north}, as: first}\n"
        "  - {part: probing.yaml, with: {prober: north}, as: second}\n",
        encoding="utf-8",
    )
    model = load_model(tmp_path / "model.yaml")

    assert list(model.parameters) == ["first_probes.rate", "second_probes.rate"]
    assert len(set(drawn(model, 0).values())) == 2


def test_a_model_that_extends_another_has_its_names(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(MODEL, encoding="utf-8")
    text = "model: other\nextends: base.yaml\ntitle: Another\nrules: {more: {faction: north, clock: {fixed: 'about(3 days, 2)'}, emits: talks_opened}}\n"  # noqa: E501
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    one, other = load_model(tmp_path / "base.yaml"), load_model(tmp_path / "model.yaml")

    assert {*other.parameters} == {*one.parameters, "more.fixed"}
    assert {name: drawn(other, 2)[name] for name in one.parameters} == drawn(one, 2)


# What readers are told


def test_another_median_is_told_as_what_the_author_writes_and_once() -> None:
    one, other = (
        Scenario.of(loads_model(rule(f'{{rate: "about({median} per week, 2) * 1"}}'))) for median in (0.7, 1.4)
    )
    found = model_differences(one, other)

    assert sentences(found, one, other, "runs") == [
        "Parameter 'shoots.rate' is about(1.4, 2) 1/week instead of about(0.7, 2) 1/week."
    ]
    assert sentences(found, one, other, "nothing") == []


def test_a_number_that_becomes_uncertain_is_told_with_its_rule() -> None:
    one, other = (Scenario.of(loads_model(rule(f'{{rate: "{text}"}}'))) for text in RATES)

    assert sentences(model_differences(one, other), one, other, "runs") == [
        "Parameter 'shoots.rate' is added: about(0.1, 2) 1/day.",
        "The clock of rule 'shoots' is rate: `about(0.1 per day, 2)` (model.yaml:9) instead of rate: `0.1 per day` "
        "(model.yaml:9).",
    ]


def test_what_a_scenario_assumes_instead_is_told_without_a_sigma(folder: Path) -> None:
    found = scenario_in(folder, "parameters: {north_probes.rate: 0.7 per week}\n")

    assert [one.words for one in assumptions(found)] == [
        "north_probes.rate is 0.7 1/week instead of about(0.07, 2) 1/week"
    ]


def test_a_scenario_may_let_one_depend_on_a_parameter(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(MODEL.replace("{value: 1, ", "{prior: {beta: [2, 3]}, "), encoding="utf-8")
    prior = 'north_probes.rate: {prior: {lognormal: ["0.2 per week * zeal", 0.01]}}, zeal: {prior: {beta: [5, 1]}}'
    text = f"scenario: s\nmodel: model.yaml\nbranch: {{at: 2030-01-11}}\nhorizon: 30 days\nparameters: {{{prior}}}\n"
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    found = load_scenario(tmp_path / "s.yaml").scenario
    program = compile_model(found.model)
    names, own = [*found.model.parameters], sorted(found.own)

    for log in check_alike(program, found, 3, range(20)):
        values = dict(zip(names, log[0].marks, strict=False))
        before = dict(zip(own, log[0].marks[len(names) :], strict=True))
        assert values["north_probes.rate"] == pytest.approx(0.2 / 7 * values["zeal"], rel=0.05)
        assert before["north_probes.rate"] != values["north_probes.rate"]
    assert "north_probes.rate is drawn from lognormal(0.2 per week * zeal, 0.01) 1/week instead of about(0.07, 2)" in (
        next(one.words for one in assumptions(found))
    )


def test_the_start_of_a_run_counts_them_apart() -> None:
    model = loads_model(MODEL)
    scenario, program = Scenario.of(model), compile_model(model)
    first = next(iter(steps(program, scenario, ReferenceEngine(program, scenario, 7).run(0))))

    assert "1 parameter and 13 uncertain numbers drawn or fixed" in row(model, first, {}, None)


def test_what_is_not_known_of_them_stands_apart_from_chance(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text(
        rule('{rate: "about(0.02 per day, 20)"}', outcomes="{shot_at_all: {when: shots > 0}}"), encoding="utf-8"
    )
    found = run(tmp_path / "model.yaml", runs=20, draws=100, ledger=tmp_path / "ledger")
    parts = found.split(found.counted[0])

    assert parts is not None
    assert parts.parameters_share.low > 0.2
    assert list(found.to_frame("parameters")) == ["run", "shoots.rate"]


# Checks


def test_a_history_is_composed_with_numbers_that_can_be_drawn(tmp_path: Path) -> None:
    text = rule('{gamma: {shape: "about(2, 2)", mean: "about(3 days, 2)"}}')
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    report = try_checks(tmp_path / "model.yaml", budget="quick", workers=1)

    assert [(verdict.check.name, verdict.status) for verdict in report.verdicts] == [("no_run_fails", "held")]


def test_a_history_that_breaks_a_check_keeps_its_numbers_by_their_places(tmp_path: Path) -> None:
    claim = "checks: {slow: {never: shots > 1, because: so}}"
    (tmp_path / "model.yaml").write_text(rule("{fixed: 'about(3 days, 2)'}") + claim, encoding="utf-8")
    value = quantile(load_model(tmp_path / "model.yaml").parameters, "shoots.fixed", 0.0)
    kept = "counterexample: it\ncheck: slow\nbecause: so\nscenario: model.yaml\nbegins: beginning\n"
    step = "- {time: %r, rule: shoots, event: shot}"
    text = f"{kept}parameters: {{shoots.fixed: {value!r}}}\nevents:\n" + "\n".join(step % (n * value) for n in (1, 2))
    (tmp_path / "it.yaml").write_text(text + "\n", encoding="utf-8")

    assert value > 0.0
    assert read_back(tmp_path / "it.yaml").shape.parameters == {"shoots.fixed": value}
