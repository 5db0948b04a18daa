"""What a target means in Python: one scenario, a folder, several, an ensemble; and what is refused."""

import pytest

from sim.errors import SimError, UsageError
from sim.study.api import compare, run
from tests.analysis.crises import write


@pytest.fixture
def coin(tmp_path):
    return write(tmp_path)


def options(coin, **more):
    return {"runs": 20, "ledger": coin / "ledger", "workers": 1, **more}


def test_a_list_gives_the_results_of_each_scenario_by_its_name(coin):
    found = run([coin / "as-it-is.yaml", str(coin / "loaded.yaml")], **options(coin))

    assert list(found) == ["as-it-is", "loaded"]
    assert found["loaded"].outcomes == run(coin / "loaded.yaml", **options(coin)).outcomes


def test_a_folder_in_a_list_means_all_its_scenarios(coin):
    inside = {path.stem for path in coin.glob("*.yaml")} - {"coin"}

    assert set(run([coin], **options(coin))) == inside


def test_a_folder_of_several_is_refused_where_one_is_expected(coin):
    with pytest.raises(UsageError, match="scenarios, and one was expected") as error:
        run(coin, **options(coin))
    assert error.value.code == "E020"
    assert any("sim.run([" in note for note in error.value.notes)


def test_a_folder_of_one_is_that_one(coin, tmp_path):
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "one.yaml").write_text("scenario: one\nextends: ../as-it-is.yaml\n")

    assert run(tmp_path / "alone", **options(coin)).scenario.name == "one"


def test_two_scenarios_of_one_name_cannot_be_told_apart(coin):
    (coin / "more").mkdir()
    (coin / "more" / "loaded.yaml").write_text("scenario: loaded\nextends: ../loaded.yaml\nhorizon: 30\n")

    with pytest.raises(UsageError, match="2 scenarios here are called 'loaded'") as error:
        run([coin / "loaded.yaml", coin / "more" / "loaded.yaml"], **options(coin))
    assert error.value.code == "E011"


def test_a_scenario_that_is_named_twice_is_run_once(coin):
    assert list(run([coin / "loaded.yaml", str(coin / "loaded.yaml")], **options(coin))) == ["loaded"]


def test_a_folder_is_compared_with_the_baseline_that_is_named(coin):
    (coin / "same.yaml").unlink()

    found = compare(coin, baseline="loaded", **options(coin))

    assert found.baseline.scenario.name == "loaded"
    assert {one.other.scenario.name for one in found.versus} <= {path.stem for path in coin.glob("*.yaml")}


def test_a_wrong_baseline_is_refused_with_the_one_that_was_meant(coin):
    with pytest.raises(UsageError, match="no scenario here is called 'loadde'") as error:
        compare(coin, baseline="loadde", **options(coin))
    assert error.value.notes == ("did you mean 'loaded'?",)


@pytest.mark.parametrize("target", [3, None, b"a.yaml", {}])
def test_what_is_no_target_is_refused(target, coin):
    with pytest.raises(UsageError, match="expected a file, a folder") as error:
        run(target, **options(coin))
    assert error.value.code == "E024"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"keep": "all"}, "E024"),
        ({"origin": "3f9a"}, "E003"),
        ({"luck": "keep"}, "E013"),
        ({"luck": "kept"}, "E024"),
        ({"cluster": "nowhere"}, "E031"),
        ({"wait": True}, "E013"),
        ({"until": "±1pp on heads"}, "E013"),
        ({"until": 5}, "E024"),
        ({"until": [5]}, "E024"),
        ({"max_runs": 200}, "E013"),
    ],
)
def test_every_option_of_the_command_is_checked(coin, given, code):
    with pytest.raises(SimError) as error:
        run(coin / "loaded.yaml", **options(coin, **given))
    assert error.value.code == code


def test_what_is_kept_and_where_a_run_is_branched_from_can_be_said(coin):
    whole = run(coin / "loaded.yaml", **options(coin, keep="outcomes"))
    branched = run(coin / "loaded.yaml", **options(coin, origin=f"{whole.source.ensemble[:8]}:3:0", luck="keep"))

    with pytest.raises(UsageError) as error:
        whole.to_frame("events")
    assert error.value.code == "E710"
    assert branched.count == 1
