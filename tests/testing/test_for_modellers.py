"""What a modeller's own tests are made of: strategies, the state machine, assertions, the pytest plugin."""

import warnings
import xml.etree.ElementTree as ET
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

import sim
from sim import testing
from sim.build.model import loads_model
from sim.distributions.priors import DRAWN, PRIORS
from sim.engines.reference import ReferenceEngine
from sim.language.diagnostics import LanguageError
from sim.model.model import Model
from sim.model.program import compile_model
from sim.testing.session import BUDGETS, Budget
from sim.testing.strategies import quantile
from tests.testing import test_base_rates as rated
from tests.testing.cases import SLIPS, case, written

pytest_plugins = ["pytester"]
BORDER = case(Path(mkdtemp()))
MODEL = BORDER.scenario.model
FEW = settings(max_examples=25, deadline=None)


@given(testing.parameters(MODEL))
def test_parameters_lie_within_their_priors(values: dict[str, float]) -> None:
    for name, value in values.items():
        parameter = MODEL.parameters[name]
        low, high = PRIORS[parameter.prior].support(*parameter.arguments)
        assert low * parameter.factor <= value <= high * parameter.factor


@pytest.mark.parametrize(
    ("prior", "ends"),
    [
        ("prior: {lognormal: [7 days, 0.8]}", (False, False)), ("prior: {gamma: [3, 2 days]}", (False, False)),
        ("elicited: {experts: {anna: {5: 2, 50: 7, 95: 25}}}", (False, False)),
        ("prior: {pert: [0, 1, 4]}", (True, True)), ("prior: {uniform: [0, 4]}", (True, True)),
    ],
)  # fmt: skip
def test_a_value_at_the_edge_of_a_prior_is_one_that_the_prior_can_have(prior: str, ends: tuple[bool, bool]) -> None:
    """0 is the end of what a lognormal can be, and no lognormal is 0: a clock whose mean it is would not start."""
    model = loads_model(f"""
model: slow
title: An envoy whose delay nobody knows well
time: {{unit: day}}
factions: {{a: {{title: A}}}}
state: {{x: {{type: bool, initial: false}}}}
parameters: {{delay: {{{prior}, unit: day, basis: {{judgement: a guess}}}}}}
events: {{e: {{by: a}}}}
""")
    known = model.parameters["delay"]
    low, high = (quantile(model.parameters, "delay", chance) for chance in (0.0, 1.0))
    support = DRAWN[known.prior].support(*known.arguments)

    assert (low == support[0] * known.factor, high == support[1] * known.factor) == ends
    assert low < quantile(model.parameters, "delay", 1e-6) < quantile(model.parameters, "delay", 1 - 1e-6) < high < 1e9


def test_parameters_that_cannot_be_together_are_left_out_without_a_word() -> None:
    """A model as long as most are, whose `late` has no prior where `early` is small."""
    many = "\n".join(
        f"  p{number}: {{prior: {{pert: [1, 2, 5]}}, basis: {{judgement: one of many}}}}" for number in range(200)
    )
    model = loads_model(f"""
model: long
title: A model with many parameters
time: {{unit: abstract}}
factions: {{a: {{title: A}}}}
state: {{x: {{type: bool, initial: false}}}}
parameters:
  early: {{prior: {{uniform: [0, 4]}}, basis: {{judgement: a guess}}}}
  late: {{prior: {{pert: [1, early, 5]}}, basis: {{judgement: a guess}}}}
{many}
events: {{e: {{by: a}}}}
""")
    drawn = 0

    @settings(max_examples=100, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(testing.parameters(model))
    def draw(values: dict[str, float]) -> None:
        nonlocal drawn
        drawn += "late" in values
        assert values.get("early", 2.0) >= 1.0 or "late" not in values

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw()
    assert drawn


def test_parameters_come_to_the_edges_of_their_priors() -> None:
    seen: set[float] = set()

    @settings(max_examples=100, derandomize=True, database=None)
    @given(testing.parameters(MODEL))
    def draw(values: dict[str, float]) -> None:
        seen.update(value for name, value in values.items() if name == "skill")

    draw()
    assert {0.0, 1.0} < seen


@given(testing.states(MODEL))
def test_states_have_a_value_within_its_type_for_every_variable(state: dict[str, object]) -> None:
    assert set(state) == set(MODEL.variables)
    assert state["talks"] in ("none", "open", "signed", "failed")
    assert isinstance(state["armed"], bool)
    assert 0 <= int(str(state["deaths"])) <= 1000
    assert 0.0 <= float(str(state["trust"])) <= 1.0


@FEW
@given(testing.event_sequences(BORDER, longest=16))
def test_event_sequences_are_runs_that_the_checks_admit(log: sim.model.event.Log) -> None:
    assert log[0].kind == "started"
    testing.assert_checks(BORDER, log)


@FEW
@given(testing.runs(BORDER))
def test_runs_are_whole_runs_of_the_engine(log: sim.model.event.Log) -> None:
    assert log[-1].kind == "ended"
    testing.assert_checks(BORDER, log)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(testing.random_models(), st.integers(0, 99))
def test_random_models_are_models_that_can_be_run(model: Model, run: int) -> None:
    from sim.testing.models import alone

    log = ReferenceEngine(compile_model(model), alone(model), 1).run(run)
    assert log[-1].kind in ("ended", "failed")


MACHINE = settings(max_examples=60, stateful_step_count=12, deadline=None, derandomize=True, database=None,
                   suppress_health_check=list(HealthCheck), phases=[Phase.generate])  # fmt: skip


def test_the_state_machine_of_a_right_model_finds_nothing() -> None:
    run_state_machine_as_test(testing.state_machine(BORDER), settings=MACHINE)


def test_the_state_machine_of_a_wrong_model_fails_with_the_check_and_its_reason(tmp_path: Path) -> None:
    machine = testing.state_machine(case(tmp_path, SLIPS["only_shots_kill"][:2]))

    with pytest.raises(AssertionError, match="'only_shots_kill' is broken, because nothing else kills: deaths goes"):
        run_state_machine_as_test(machine, settings=MACHINE)


def test_a_state_machine_shows_its_state_and_log_to_invariants_of_ones_own(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    class Watching(testing.state_machine(case(tmp_path))):  # type: ignore[misc]
        def teardown(self) -> None:
            if self.composer is not None:
                seen.append((self.state["talks"], len(self.log)))

    run_state_machine_as_test(Watching, settings=MACHINE)
    assert {talks for talks, _ in seen} > {"none"}
    assert max(events for _, events in seen) > 5


def one_run(number: int = 0) -> sim.model.event.Log:
    return ReferenceEngine(compile_model(MODEL), BORDER.scenario, 1).run(number)


def test_assertions_over_a_log_hold_or_name_the_event() -> None:
    log = one_run()
    testing.assert_always(BORDER, log, "deaths >= 0")
    testing.assert_never(BORDER, log, "talks == signed and deaths < 0")
    testing.assert_claim(BORDER, log, after="talks_opened", happened="shots_fired")
    testing.assert_claim(BORDER, log, after="shots_fired", holds="since(army_called, 0 days) >= 0 days")
    testing.assert_happened(log, "army_called")
    testing.assert_order(log, "army_called", "shots_fired")

    for wrong, said in (
        (lambda: testing.assert_always(BORDER, log, "not armed"), "'always: not armed' does not hold: at event 1"),
        (lambda: testing.assert_never(BORDER, log, "deaths == 0"), "does not hold: before any event, deaths = 0"),
        (lambda: testing.assert_happened(log, "nothing"), "'nothing' does not happen in this run"),
        (lambda: testing.assert_happened(log, "army_called", times=99), "times in this run, not 99"),
        (lambda: testing.assert_order(log, "shots_fired", "army_called"), "'army_called' (event 1) happens before 's"),
    ):
        with pytest.raises(AssertionError) as error:
            wrong()
        assert said in str(error.value)


def test_an_assertion_with_a_slip_is_a_located_error() -> None:
    with pytest.raises(LanguageError, match="unknown name 'armd'"):
        testing.assert_always(BORDER, one_run(), "not armd")


def test_the_plugin_has_one_test_for_each_check(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    written(pytester.path / "right")
    written(pytester.path / "wrong", SLIPS["only_shots_kill"][:2])
    names = "one_end or only_shots_kill or skill_helps"
    monkeypatch.setitem(BUDGETS, "quick", Budget("quick", 80, 40, 80, 40))

    done = pytester.runpytest_inprocess("--sim-budget", "quick", "-p", "no:cacheprovider", "-k", names, "-v")

    done.assert_outcomes(passed=5, failed=1)
    done.stdout.fnmatch_lines(["*wrong/model.yaml::only_shots_kill FAILED*", "*deaths goes from 0 to 1*"])
    listed = pytester.runpytest_inprocess("--collect-only", "-q", "-p", "no:cacheprovider", "right")
    assert sum("model.yaml::" in line for line in listed.outlines) == 1 + len(MODEL.checks)


def test_the_plugin_has_a_test_for_each_check_that_a_model_takes_over(pytester: pytest.Pytester) -> None:
    written(pytester.path / "right")
    for name, extended in (("louder", "../right"), ("bare", "../nothing")):
        (pytester.path / name).mkdir()
        (pytester.path / name / "model.yaml").write_text(f"model: {name}\nextends: {extended}/model.yaml\n")
    (pytester.path / "nothing").mkdir()
    text = "model: n\ntitle: N\nhorizon: 1 day\ntime: {unit: day}\nfactions: {}\nstate: {}\nevents: {}\n"
    (pytester.path / "nothing" / "model.yaml").write_text(text)

    listed = pytester.runpytest_inprocess("--collect-only", "-q", "-p", "no:cacheprovider")

    for name, checks in (("right", 1 + len(MODEL.checks)), ("louder", 1 + len(MODEL.checks)), ("bare", 0)):
        assert sum(f"{name}/model.yaml::" in line for line in listed.outlines) == checks


def test_only_yaml_files_are_taken_for_scenarios(pytester: pytest.Pytester) -> None:
    text = 'TEXT = """\nscenario: x\nquestion: q\n"""\n\n\ndef test_it():\n    assert TEXT\n'
    pytester.makepyfile(test_text=text)

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "test_text.py").assert_outcomes(passed=1)


@pytest.mark.system
def test_a_scenario_is_tried_where_it_is_named_and_pytest_writes_the_verdicts_for_build_servers(
    pytester: pytest.Pytester,
) -> None:
    written(pytester.path, SLIPS["only_shots_kill"][:2], history=True)
    names, report = "one_end or only_shots_kill", pytester.path / "checks.xml"

    pytester.runpytest_inprocess(
        "--sim-budget", "quick", "-p", "no:cacheprovider", "-k", names, f"--junitxml={report}", "as-it-goes.yaml"
    )

    cases = {case.get("name"): case for case in ET.parse(report).iter("testcase")}  # noqa: S314 - it is our own
    assert set(cases) == {"one_end", "only_shots_kill"}
    assert cases["one_end"].find("failure") is None
    assert "deaths goes from 0 to 1" in (cases["only_shots_kill"].findtext("failure") or "")


def test_the_plugin_says_what_is_wrong_with_a_model(pytester: pytest.Pytester) -> None:
    written(pytester.path, ("because: talks end once", "becaus: talks end once"))

    done = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    done.assert_outcomes(errors=1)
    done.stdout.fnmatch_lines(["*error E104: unknown key 'becaus'*"])


def test_the_plugin_has_one_test_for_each_base_rate(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUDGETS, "quick", Budget("quick", 8, 4, 4, 4, 1000))
    rates = rated.rate("agrees", 8, 37), rated.rate("lower", 30, 37), rated.rate("close", 60, 350)
    (pytester.path / "rated").mkdir()
    rated.written(pytester.path / "rated", *rates)

    done = pytester.runpytest_inprocess("--sim-budget", "quick", "-p", "no:cacheprovider", "-v", "-rs")

    done.assert_outcomes(passed=2, failed=1, skipped=1)
    done.stdout.fnmatch_lines([
        "*rated/model.yaml::agrees PASSED*",
        "*rated/model.yaml::lower FAILED*",
        "*rated/model.yaml::close SKIPPED*",
        "*: the base rate 'lower' is broken",
        "*counted: 30 of 37 within 180 days: 81.1 % (64.8 % to 92.0 %), by judgement: from a list",
        "*'shots' in the model: 22.0 %*of 1,000 runs",
    ])  # fmt: skip
