"""Scenarios given in Python: the same runs as the file that says the same, and located complaints."""

from datetime import UTC, date, datetime
from inspect import signature

import numpy as np
import pytest

from sim.errors import UsageError
from sim.language.diagnostics import LanguageError
from sim.language.shapes.documents import ScenarioShape
from sim.study.api import compare, run
from sim.study.variants import ASSUMED, assume
from tests.analysis.crises import write


@pytest.fixture
def coin(tmp_path):
    return write(tmp_path)


def ran(coin, target, **options):
    return run(target, runs=40, ledger=coin / "ledger", workers=1, **options)


def test_a_parameter_given_in_python_is_the_one_given_in_a_file(coin):
    (coin / "given.yaml").write_text("scenario: given\nextends: as-it-is.yaml\nparameters: {bias: 0.9}\n")

    by_file = ran(coin, coin / "given.yaml")
    by_argument = ran(coin, coin / "as-it-is.yaml", parameters={"bias": 0.9})
    by_variant = ran(coin, assume(coin / "as-it-is.yaml", name="given", parameters={"bias": np.float32(0.9).round(1)}))

    assert by_file.outcomes == by_argument.outcomes
    assert {one.source.root for one in (by_file, by_argument)} == {by_file.source.root}
    assert by_variant.scenario.name == "given"


def test_a_prior_and_a_horizon_can_be_given(coin):
    wider = assume(coin / "as-it-is.yaml", parameters={"bias": {"prior": {"uniform": [0.1, 0.2]}}}, horizon=3)

    found = ran(coin, wider)

    assert all(0.1 <= bias <= 0.2 for bias in found.runs.parameters["bias"])
    assert found.scenario.horizon == 3


def test_what_was_given_is_kept_with_the_ensemble_and_read_back_from_there(coin):
    made = ran(coin, assume(coin / "as-it-is.yaml", title="Loaded", parameters={"bias": 0.9}))

    again = ran(coin, made.source.ensemble)

    assert again.scenario.title == "Loaded"
    assert again.source == made.source or again.source.root == made.source.root


IN_FILES = {"scenario", "model", "history", "extends", "note"}  # which file it is, and what it stands on


def test_all_that_a_scenario_file_may_assume_can_be_given():
    assert {*signature(assume).parameters} - {"base", "name"} == {*ScenarioShape.model_fields} - IN_FILES


def test_changes_and_parts_of_its_own_are_those_that_a_file_gives(coin):
    (coin / "given.yaml").write_text(
        "scenario: given\nextends: as-it-is.yaml\nevents: [{at: 0.1, title: A gust, set: {pushes: 2}}]\n"
        "changes: [{from: 2, parameters: {bias: bias / 2}}]\nfactions: {wind: {title: The wind}}\n"
        "event_types: {blew: {by: wind, effects: {pushes: 3}}}\n"
        "rules: {blows: {faction: wind, clock: {rate: 0.1}, emits: blew}}\n"
    )
    variant = assume(
        coin / "as-it-is.yaml", name="given", events=[{"at": 0.1, "title": "A gust", "set": {"pushes": 2}}],
        changes=[{"from": 2, "parameters": {"bias": "bias / 2"}}], factions={"wind": {"title": "The wind"}},
        event_types={"blew": {"by": "wind", "effects": {"pushes": 3}}},
        rules={"blows": {"faction": "wind", "clock": {"rate": 0.1}, "emits": "blew"}},
    )  # fmt: skip

    by_file, given = ran(coin, coin / "given.yaml"), ran(coin, variant)

    assert given.source.root == by_file.source.root
    assert given.source.root != ran(coin, coin / "as-it-is.yaml").source.root


def test_it_is_compared_like_any_other(coin):
    loaded = assume(coin / "as-it-is.yaml", name="loaded-more", parameters={"bias": 0.95})

    found = compare(coin / "as-it-is.yaml", loaded, runs=40, ledger=coin / "ledger", workers=1)

    assert found.versus[0].other.scenario.name == "loaded-more"
    assert found.versus[0].paired


def test_a_wrong_name_is_located_in_what_was_given(coin):
    with pytest.raises(LanguageError) as error:
        ran(coin, coin / "as-it-is.yaml", parameters={"bais": 0.9})

    text = str(error.value)
    assert text.startswith(f"{ASSUMED}:4:14: error E505")
    assert "did you mean 'bias'?" in text
    assert not (coin / "ledger").exists()


@pytest.mark.parametrize(
    ("value", "line"),
    [
        (np.float64(0.25), "horizon: 0.25"),
        (np.int64(3), "horizon: 3"),
        (date(2014, 9, 1), 'horizon: "2014-09-01"'),
        (datetime(2014, 9, 1, 12, 30), 'horizon: "2014-09-01T12:30:00"'),  # noqa: DTZ001 - the language's dates are local
        ("90 days", 'horizon: "90 days"'),
    ],
)
def test_values_of_python_and_numpy_are_written_as_yaml(value, line):
    assert assume("a.yaml", horizon=value).lines == (line,)


@pytest.mark.parametrize("value", [object(), {"x": object()}, [b"1"], 1j])
def test_what_has_no_form_in_yaml_is_refused(value):
    with pytest.raises(UsageError, match=r"for 'parameters\.bias") as error:
        assume("a.yaml", parameters={"bias": value})
    assert error.value.code == "E024"


def test_changes_of_a_changed_scenario_are_refused(coin):
    loaded = assume(coin / "as-it-is.yaml", parameters={"bias": 0.9})

    with pytest.raises(UsageError) as twice:
        assume(loaded, horizon=3)
    with pytest.raises(UsageError) as beside:
        run(loaded, parameters={"bias": 0.8}, ledger=coin / "ledger")

    assert (twice.value.code, beside.value.code) == ("E024", "E013")


def test_the_title_says_what_is_changed(coin):
    found = ran(coin, coin / "as-it-is.yaml", parameters={"bias": 0.9})

    assert found.scenario.title.endswith(", bias = 0.9")
    assert found.scenario.name == "as-it-is"  # the argument changes no name


@pytest.mark.parametrize("name", ["x\nhorizon: 99", "x # y", "a: b", "{a", "null", "Großer Name", ""])
def test_an_odd_name_is_a_name_or_refused_and_never_a_key(coin, name):
    variant = assume(coin / "as-it-is.yaml", name=name, horizon=3)

    if name == "null" or not name:
        found = ran(coin, variant)
        assert found.scenario.name == name or not name
        assert found.scenario.horizon == 3
        return
    with pytest.raises(LanguageError) as error:
        ran(coin, variant)
    assert f"{ASSUMED}:1:11: error" in str(error.value)


def test_a_date_with_a_zone_or_parts_of_a_second_is_refused():
    for date_ in (datetime(2014, 9, 1, tzinfo=UTC), datetime(2014, 9, 1, 0, 0, 0, 5)):  # noqa: DTZ001
        with pytest.raises(UsageError, match="expected a local date, to the second"):
            assume("a.yaml", horizon=date_)


@pytest.mark.parametrize("given", [{"horizon": 3}, {"branch": {"at": 2}}])
def test_a_changed_baseline_is_made_at_the_moment_of_the_other(coin, given):
    baseline = assume(coin / "as-it-is.yaml", name="moved", **given)

    found = compare(baseline, coin / "loaded.yaml", runs=40, ledger=coin / "ledger", workers=1)

    (one,) = found.versus
    assert one.moved
    assert one.baseline.scenario.horizon == one.other.scenario.horizon


@pytest.mark.parametrize("base", [5, None, b"a.yaml"])
def test_what_is_not_a_file_is_not_a_base(base):
    with pytest.raises(UsageError, match="expected a scenario file as base"):
        assume(base)


def test_a_folder_and_a_text_of_parameters_are_refused(coin):
    for refused in (lambda: assume(coin), lambda: assume(coin / "as-it-is.yaml", parameters="bias")):
        with pytest.raises(UsageError, match="expected a") as error:
            refused()
        assert error.value.code == "E024"


def test_an_ensemble_has_parameters_and_a_past_of_its_own(coin):
    made = ran(coin, coin / "as-it-is.yaml").source.ensemble[:10]

    for given in ({"parameters": {"bias": 0.9}}, {"origin": f"{made}:3:0"}):
        with pytest.raises(UsageError) as error:
            ran(coin, made, **given)
        assert error.value.code == "E013"


def test_what_is_omitted_can_be_one_event_or_several(coin):
    base = coin / "as-it-is.yaml"

    assert assume(base, omit="flood").lines == assume(base, omit=["flood"]).lines == ('omit: ["flood"]',)
    assert assume(base, omit=["flood", "call"]).changed == "without flood, without call"
