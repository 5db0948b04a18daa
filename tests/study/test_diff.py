"""What two targets differ in, and which of their runs: files, models that cannot be run, ensembles by their ids."""

import shutil
from pathlib import Path

import pytest

import sim
from sim.analysis.differences.first_difference import SAME_EVENTS
from sim.errors import LedgerError, UsageError
from sim.language.diagnostics import LanguageError
from sim.ledger.ledger import Ledger
from sim.report.differing.difference_tables import run_sentences
from sim.study.api import run
from sim.study.diff import diff
from sim.study.variants import assume
from tests.analysis.crises import COIN, write

TOP = Path(sim.__file__).parents[1]


@pytest.fixture
def coin(tmp_path):
    return write(tmp_path)


@pytest.fixture
def compared(coin):
    def call(one, other, **options):
        return diff(coin / one, coin / other, ledger=coin / "ledger", workers=1, **options)

    return call


def changed(coin, *changes, name="other.yaml"):
    text = COIN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (coin / name).write_text(text)
    return name


def test_nothing_is_simulated_where_the_ledger_has_no_run_of_the_first(compared, no_simulation):
    no_simulation()

    found = compared("as-it-is.yaml", "loaded.yaml")

    assert {item.path for item in found.found if item.bears == "runs"} == {("parameters", "bias", "value")}
    assert found.runs is None
    assert "the ledger has none of" in found.why_no_runs


def test_as_many_runs_are_compared_as_the_ledger_has_of_the_first(coin, compared):
    run(coin / "as-it-is.yaml", runs=40, seed=3, ledger=coin / "ledger", workers=1)

    found = compared("as-it-is.yaml", "pushed.yaml", seed=3)

    assert found.runs.count == 40
    assert len(found.runs.parted) + found.runs.same == 40
    assert {item.event for item, _ in found.runs.by_event} == {"pushed"}
    assert compared("as-it-is.yaml", "pushed.yaml").runs is None, "it has none with seed 1"
    assert compared("as-it-is.yaml", "pushed.yaml", seed=3, runs=0).runs is None


def test_runs_that_are_there_are_read_and_not_made_again(coin, compared, no_simulation):
    first = compared("as-it-is.yaml", "pushed.yaml", runs=30)
    no_simulation()

    again = compared("as-it-is.yaml", "pushed.yaml", runs=30)

    assert again.runs == first.runs


def test_runs_with_the_same_digests_have_the_same_logs_in_the_ledger(coin, compared):
    found = compared("as-it-is.yaml", changed(coin, ("rate: 0.3", "rate: 0.3 if pushes == 0 else 1")), runs=30)
    pushed = compared("pushed.yaml", "loaded.yaml", runs=30)

    assert found.runs.same == 30
    for side in (pushed.one, pushed.other):
        logs = dict(Ledger(coin / "ledger").find(side.experiment.ensemble.id).logs(range(30)))
        assert set(logs) == set(range(30))
    apart = {item.run for item in pushed.runs.parted}
    ones, others = (
        dict(Ledger(coin / "ledger").find(side.experiment.ensemble.id).logs(range(30)))
        for side in (pushed.one, pushed.other)
    )
    assert apart == {number for number in range(30) if ones[number] != others[number]}


def test_where_outcomes_that_end_no_run_differ_alone_the_runs_have_the_same_events(coin, compared):
    found = compared("coin.yaml", changed(coin, ("within: 1", "within: 3")), runs=40)

    assert {item.bears for item in found.found} == {"questions"}
    assert found.runs.parted
    assert {item.how for item in found.runs.parted} == {"other outcomes"}


def test_a_parameter_that_differs_leaves_the_events_of_some_runs_as_they_are(coin, compared):
    found = compared("as-it-is.yaml", changed(coin, ("[4, 4]", "[4, 6]")), runs=40)

    assert found.runs.same == 0
    assert 0 < found.runs.with_the_same_events("other parameters") < 40


def test_a_change_from_a_date_on_leaves_the_events_of_runs_in_which_it_decides_nothing_as_they_are(coin, compared):
    (coin / "later-load.yaml").write_text(
        "scenario: later-load\nextends: as-it-is.yaml\nchanges: [{from: 1, parameters: {bias: bias / 2 + 0.5}}]\n"
    )

    found = compared("as-it-is.yaml", "later-load.yaml", runs=40)

    alike = found.runs.with_the_same_events("other assumptions")
    apart = [item for item in found.runs.parted if item.how not in SAME_EVENTS]
    assert (found.runs.same > 0, alike > 0) == (True, True)
    assert {item.how for item in apart} == {"other choice"}
    assert found.runs.same + alike + len(apart) == 40
    said = " ".join(run_sentences(found))
    assert f"{alike} have the same events, and differ in what is assumed from a date on alone." in said
    assert f"{len(apart)} run{'s' if len(apart) > 1 else ''} part" in said


def test_an_ensemble_is_read_back_from_its_documents_and_lends_a_file_its_seed(coin, compared):
    made = run(coin / "as-it-is.yaml", runs=25, seed=7, central=True, ledger=coin / "ledger", workers=1)
    (coin / "coin.yaml").write_text(COIN.replace("rate: 0.3", "rate: 0.2"))

    for pair in ((made.source.ensemble[:10], coin / "as-it-is.yaml"), (coin / "as-it-is.yaml", made.source.ensemble)):
        found = diff(*pair, ledger=coin / "ledger", workers=1, runs=25)
        assert [item.path for item in found.found] == [("rules", "coin_falls", "clock")]
        assert found.one.experiment.settings.seed == found.other.experiment.settings.seed == 7
        assert found.one.experiment.settings.central
        assert found.runs.count == 25
    with pytest.raises(UsageError, match="seed and parameters of its own"):
        diff(made.source.ensemble, coin / "as-it-is.yaml", ledger=coin / "ledger", seed=3)


def test_ensembles_with_other_seeds_differ_in_nothing_and_are_not_held_against_each_other(coin):
    ids = [run(coin / "as-it-is.yaml", runs=5, seed=seed, ledger=coin / "ledger", workers=1).source.ensemble
           for seed in (1, 2)]  # fmt: skip

    found = diff(*ids, ledger=coin / "ledger", workers=1)

    assert found.found == ()
    assert found.runs is None
    assert "seed 1" in found.why_no_runs
    assert "seed 2" in found.why_no_runs


def test_what_means_the_same_is_one_ensemble_and_no_run_is_made(compared, no_simulation):
    no_simulation()

    found = compared("as-it-is.yaml", "same.yaml", runs=20)

    assert found.same_meaning
    assert {item.path for item in found.found} == {("name",), ("title",)}
    assert found.one.digests == found.other.digests
    assert "both are ensemble" in found.why_no_runs


def test_a_model_without_a_horizon_is_compared_and_its_runs_are_asked_for_in_vain(coin, compared):
    endless = changed(coin, ("horizon: 10\n", ""), name="endless.yaml")
    slower = changed(coin, ("horizon: 10\n", ""), ("rate: 0.3", "rate: 0.2"), name="slower.yaml")

    found = compared(endless, slower)

    assert [item.path for item in found.found] == [("rules", "coin_falls", "clock")]
    assert "without a horizon" in found.why_no_runs
    assert ("horizon",) in {item.path for item in compared(endless, "coin.yaml").found}
    with pytest.raises(LanguageError, match="E502"):
        compared(endless, slower, runs=10)


def test_models_with_nothing_in_common_are_compared_with_their_runs(coin, compared):
    (coin / "dice.yaml").write_text(
        "model: dice\ntitle: Dice\ntime: {unit: day, origin: 2030-01-01}\nhorizon: 30 days\n"
        "factions: {fate: {title: Fate}}\n"
        "state: {rolled: {type: bool, initial: false}}\nparameters: {}\n"
        "events: {die_rolled: {by: fate, effects: {rolled: true}}}\n"
        "rules: {roll: {faction: fate, when: not rolled, clock: {fixed: 2 days}, emits: die_rolled,"
        " basis: {judgement: why not}}}\n"
        "outcomes: {six: {when: rolled}}\n"
    )

    found = compared("coin.yaml", "dice.yaml", runs=10)

    told = {item.path for item in found.found}
    assert {("calendar", "unit"), ("rules", "coin_falls"), ("rules", "roll"), ("variables", "side")} <= told
    assert found.runs.same == 0
    assert "die_rolled" in {item.event for item in found.runs.parted} | {item.other.type for item in found.runs.parted}


def test_an_assumption_given_in_python_is_compared(coin):
    found = diff(
        coin / "as-it-is.yaml", assume(coin / "as-it-is.yaml", disable="coin_falls"), ledger=coin / "ledger", runs=8,
        workers=1,
    )  # fmt: skip

    assert ("disabled",) in {item.path for item in found.found}
    assert {item.how for item in found.runs.parted} <= {"only in one", "other end"}


def test_an_unknown_id_is_refused_as_elsewhere(coin):
    with pytest.raises(LedgerError) as error:
        diff("abc123", coin / "as-it-is.yaml", ledger=coin / "ledger")
    assert error.value.code == "E701"


def test_one_guard_of_lesotho_changes_the_runs_in_which_it_decides_and_leaves_the_others_as_they_are(tmp_path):
    guard = "when: defiant and exit_talks == held and not attempt_on\n"
    folders = []
    for name in ("old", "new"):
        shutil.copytree(TOP / "seeds" / "lesotho-2014", tmp_path / name / "seeds" / "lesotho-2014")
        folder = tmp_path / name / "scenarios" / "lesotho-2014"
        shutil.copytree(TOP / "scenarios" / "lesotho-2014", folder)
        folders.append(folder)
    text = (folders[1] / "model.yaml").read_text(encoding="utf-8")
    assert text.count(guard) == 1
    text = text.replace(guard, guard.replace("attempt_on", "attempt_on and troops != entered"))
    (folders[1] / "model.yaml").write_text(text, encoding="utf-8")

    found = diff(*(folder / "status-quo.yaml" for folder in folders), runs=200, ledger=tmp_path / "ledger")

    (item,) = found.found
    assert item.path == ("rules", "general_answers", "guard")
    assert [side.location.rpartition(":")[0].split("/")[-1] for side in (item.one, item.other)] == [
        f"model.yaml:{1 + text.split(guard[:40])[0].count(chr(10))}"
    ] * 2
    logs = [dict(Ledger(tmp_path / "ledger").find(side.experiment.ensemble.id).logs(range(200)))
            for side in (found.one, found.other)]  # fmt: skip
    apart = [number for number in range(200) if logs[0][number] != logs[1][number]]
    assert 0 < len(apart) < 20
    assert [one.run for one in found.runs.parted] == apart
    for run_number in range(200):
        same = found.runs.digest(0, run_number) == found.runs.digest(1, run_number)
        assert same == (run_number not in apart)
    for one in found.runs.parted:
        first = next(place for place, (row, other) in enumerate(
            zip(logs[0][one.run], logs[1][one.run], strict=False)) if row != other)  # fmt: skip
        assert (one.one.sequence, one.one.rule) == (first, "general_answers")
        assert one.event in ("commander_left", "exit_talks_failed")
        assert "troops_entered" in {row.type for row in logs[0][one.run][:first]}
