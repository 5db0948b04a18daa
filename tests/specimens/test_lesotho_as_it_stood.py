"""The Lesotho case as it stood before its model was revised: it loads as it is, and its runs stay what they are."""

import pytest

from sim.build.scenario import load_scenario
from sim.engines.choice import engine
from sim.ledger.segments.digest import ensemble_root, run_digests
from sim.model.program import compile_model
from tests.specimens.harness import FOLDER

CASE = FOLDER / "lesotho-2014" / "scenarios" / "lesotho-2014"
SCENARIOS = sorted(path.stem for path in CASE.glob("*.yaml") if path.stem != "model")
RUNS = range(50)
DIGESTS = {  # of format 1, in which they were written down
    "status-quo": "8d01f4ea2bf2d944a0dbe6878b2b8cbd72334f809d4e89ca26cb88ae17e2b95a",
    "talks-hold": "da892c90b2928f92f142ae37a1d35f986992b04dfef19680ba7314d310635e13",
    "general-arrest-tried": "a544c61cc7cc9c9bcf11733b067ec4ce3253a4884fbda4d3f458ceb04bda43e9",
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_loads_as_it_is(name):
    case = load_scenario(CASE / f"{name}.yaml")

    assert case.scenario.name == name
    assert all(warning.code in ("W327", "W520", "W521") for warning in case.warnings)


def test_it_is_the_whole_case():
    assert len(SCENARIOS) == 13
    assert set(DIGESTS) <= set(SCENARIOS)


@pytest.mark.parametrize("name", DIGESTS)
@pytest.mark.parametrize("made_by", ["reference", "kernel"])
def test_its_runs_stay_what_they_are(name, made_by):
    scenario = load_scenario(CASE / f"{name}.yaml").scenario
    made = engine(made_by, compile_model(scenario.model), scenario, 1, central=False, runs_per_draw=1)

    assert ensemble_root(run_digests(made.make(RUNS), 1)) == DIGESTS[name]
