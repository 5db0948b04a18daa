"""From files and ids to results and comparisons, on a coin and a ledger of its own."""

import json

import pytest

from sim.analysis.added_questions import asking
from sim.analysis.baselines import why_unpaired
from sim.analysis.goals import Goal
from sim.errors import LedgerError, SimError, UsageError
from sim.ledger.ledger import Ledger
from sim.statistics.differences import paired_difference
from sim.statistics.estimates import proportion
from sim.statistics.sequence import difference_sequence
from sim.statistics.unknown_pairs import independent_difference
from sim.study.api import compare, run
from sim.study.plan import Plan, open_target, results_of, sealed
from sim.study.use_cases import compare_experiments
from tests.analysis.crises import experiment, write
from tests.experiment.recorded import record
from tests.summaries import summarise


@pytest.fixture
def coin(tmp_path):
    return write(tmp_path)


def compared(coin, *names, runs=60, **options):
    return compare(*(coin / f"{name}.yaml" for name in names), runs=runs, ledger=coin / "ledger", workers=1, **options)


def ids(comparison):
    return [one.source.ensemble for one in comparison.everyone]


def test_running_a_scenario_gives_the_results_of_its_ensemble(coin):
    found = run(coin / "loaded.yaml", runs=40, seed=3, ledger=coin / "ledger", workers=1)

    _, summaries = record(experiment(coin, "loaded", seed=3), 40, summarise, workers=1)
    assert found.count == 40
    assert found.outcomes["heads"].hits == sum("heads" in summary.outcomes for summary in summaries)
    assert found.source.ensemble == Ledger(coin / "ledger").ensembles()[0].id
    assert (found.source.settings.seed, found.parameters) == (3, "drawn")


def test_an_ensemble_is_a_target_by_the_beginning_of_its_id_and_is_not_simulated_again(coin, no_simulation):
    first = run(coin / "as-it-is.yaml", runs=40, ledger=coin / "ledger", workers=1)
    no_simulation()

    again = run(first.source.ensemble[:10], runs=40, ledger=coin / "ledger", workers=1)

    assert again.outcomes == first.outcomes
    assert again.measures == first.measures


def test_what_is_neither_a_file_nor_an_id_is_refused(coin):
    with pytest.raises(LedgerError) as error:
        run("abc123", ledger=coin / "ledger")
    assert error.value.code == "E701"
    with pytest.raises(SimError):
        run(coin / "missing.yaml", ledger=coin / "ledger")


def test_with_draws_each_draw_has_the_runs_that_are_asked_for(coin):
    found = run(coin / "as-it-is.yaml", runs=5, draws=8, ledger=coin / "ledger", workers=1)

    assert found.count == 40
    assert len(set(found.runs.parameters["bias"].tolist())) == 8
    assert found.splits["heads"].draws == 8


def test_goals_and_nested_draws_exclude_each_other(coin):
    with pytest.raises(UsageError) as error:
        run(coin / "as-it-is.yaml", draws=5, until="±5pp on heads", ledger=coin / "ledger")
    assert error.value.code == "E013"


def test_a_nested_ensemble_named_by_its_id_cannot_be_run_for_a_goal_either(coin):
    made = run(coin / "as-it-is.yaml", runs=4, draws=3, ledger=coin / "ledger", workers=1)

    with pytest.raises(UsageError) as error:
        run(made.source.ensemble, until="±5pp on heads", ledger=coin / "ledger")
    assert error.value.code == "E013"


@pytest.mark.parametrize(
    "wrong", [{"runs": 0}, {"runs": -5}, {"seed": -1}, {"draws": 1}, {"draws": 3, "central": True}]
)
def test_numbers_that_make_no_sense_are_refused(coin, wrong):
    with pytest.raises(UsageError) as error:
        run(coin / "as-it-is.yaml", ledger=coin / "ledger", **wrong)
    assert error.value.code == "E013"


def test_an_ensemble_has_its_own_seed_and_parameters(coin):
    made = run(coin / "as-it-is.yaml", runs=4, ledger=coin / "ledger", workers=1)

    for option in ({"seed": 2}, {"central": True}, {"draws": 3}):
        with pytest.raises(UsageError) as error:
            run(made.source.ensemble, ledger=coin / "ledger", **option)
        assert error.value.code == "E013"


def test_the_digest_is_of_the_runs_that_the_results_are_of(coin):
    few = run(coin / "as-it-is.yaml", runs=6, ledger=coin / "ledger", workers=1).source.root
    run(coin / "as-it-is.yaml", runs=20, ledger=coin / "ledger", workers=1)

    assert run(coin / "as-it-is.yaml", runs=6, ledger=coin / "ledger", workers=1).source.root == few


def test_runs_are_made_until_a_goal_given_in_words_is_met(coin):
    found = run(coin / "as-it-is.yaml", until=["±15pp on heads", "±15pp on hangs"], ledger=coin / "ledger", workers=1)

    assert [met for _, met in found.goals] == [True, True]
    assert found.count % 100 == 0
    assert all(found.outcomes[name].high - found.outcomes[name].low <= 0.3 for name in ("heads", "hangs"))


def test_the_runs_of_the_ledger_are_counted_whatever_was_asked_of_them(coin):
    plain = experiment(coin)
    record(plain, 30, summarise, workers=1)
    added_questions = open_target(
        coin / "as-it-is.yaml", Plan(coin / "ledger", added_questions=asking(["pushed_once: pushes == 1"], []))
    )

    assert sealed(added_questions) == 30
    assert sealed(experiment(coin, "loaded")) == 0
    assert sealed(experiment(coin, seed=2)) == 0


def test_a_damaged_neighbour_in_the_ledger_is_no_reason_not_to_compare(coin):
    compared(coin, "as-it-is", "loaded", runs=20)
    neighbour, _ = record(experiment(coin, "glued"), 3, summarise, workers=1)
    (neighbour.folder / "spec.json").write_text("damaged")

    found = compared(coin, "as-it-is", "loaded", runs=None)

    assert found.baseline.count == 1000


def test_a_comparison_has_as_many_runs_as_are_asked_for_or_of_ensembles_as_the_ledger_has_of_all(coin, no_simulation):
    found = compared(coin, "as-it-is", "loaded", runs=50)
    run(coin / "as-it-is.yaml", runs=70, ledger=coin / "ledger", workers=1)
    no_simulation()

    ids = [one.source.ensemble for one in found.everyone]
    assert compare(*ids, ledger=coin / "ledger", workers=1).baseline.count == 50
    assert compared(coin, "as-it-is", "loaded", runs=30).versus[0].pairs == 30


def test_a_comparison_of_scenarios_has_a_thousand_runs_or_more_if_the_ledger_has_more_of_all(coin):
    compared(coin, "as-it-is", "loaded", runs=3)
    assert compared(coin, "as-it-is", "loaded", runs=None).baseline.count == 1000

    compared(coin, "as-it-is", "loaded", runs=1100)
    assert compared(coin, "as-it-is", "loaded", runs=None).baseline.count == 1100


def test_fewer_than_two_scenarios_are_nothing_to_compare(coin):
    with pytest.raises(UsageError) as error:
        compared(coin, "as-it-is")
    assert error.value.code == "E011"


def test_a_scenario_that_assumes_the_same_as_another_is_not_compared_with_it(coin):
    with pytest.raises(UsageError) as error:
        compared(coin, "as-it-is", "same")
    assert error.value.code == "E011"
    assert "the same" in " ".join(error.value.notes)


def pair_of(coin, kind):
    """Return two experiments that are no pair for one reason, and words of that reason."""
    base = experiment(coin)
    (coin / "other").mkdir()
    other = write(coin / "other", ("{rate: 0.3}", "{rate: 0.4}"))
    return {
        "seed": (base, experiment(coin, "loaded", seed=2), "seeds differ: 1 and 2"),
        "central": (base, experiment(coin, "loaded", central=True), "different ways: drawn and central"),
        "draws": (base, experiment(coin, "loaded", runs=5, draws=4), "different ways: drawn and drawn every 5 runs"),
        "branch": (base, experiment(coin, "later"), "different moments"),
        "horizon": (base, experiment(coin, "longer"), "different horizons"),
        "model": (base, experiment(other, "loaded"), "different models: their rules differ"),
    }[kind]


KINDS = ("seed", "central", "draws", "branch", "horizon", "model")


@pytest.mark.parametrize("kind", ["seed", "central", "draws", "model"])
def test_what_is_no_pair_at_any_moment_is_refused_with_the_reason(coin, kind):
    one, other, reason = pair_of(coin, kind)

    with pytest.raises(SimError) as error:
        compare_experiments([one, other], Plan(coin / "ledger", 20, workers=1))

    assert error.value.code == "E510"
    assert reason in error.value.notes[0]
    assert other.scenario.name in error.value.notes[0]
    assert "--unpaired" in error.value.notes[-1]
    assert why_unpaired(other, one) != ""


def test_scenarios_with_one_name_are_refused_with_their_files(tmp_path, coin):
    (tmp_path / "other").mkdir()
    other = write(tmp_path / "other", ("{rate: 0.3}", "{rate: 0.4}"))

    with pytest.raises(SimError) as error:
        compare_experiments([experiment(coin), experiment(other)], Plan(coin / "ledger", 20, workers=1))

    assert error.value.message == f"not every scenario can be paired with 'as-it-is' ({coin / 'as-it-is.yaml'})"
    assert error.value.notes[0].startswith(f"'as-it-is' ({other / 'as-it-is.yaml'}): ")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_pair_is_compared_if_that_is_asked_for_with_an_interval_and_no_word_on_causes(coin, kind):
    one, other, reason = pair_of(coin, kind)

    found = compare_experiments([one, other], Plan(coin / "ledger", 40, workers=1), unpaired="compare")

    (versus,) = found.versus
    assert reason in versus.reason
    assert (versus.paired, versus.turning, versus.first, versus.shifts) == (False, (), (), {})
    for name, change in versus.changes.items():
        hits = [int(results.runs.reached(name).sum()) for results in found.everyone]
        assert change.difference.value == pytest.approx(hits[1] / 40 - hits[0] / 40)
        assert change.difference.low < change.difference.value < change.difference.high
        if kind == "seed":
            assert change.difference == independent_difference(*(proportion(hit, 40) for hit in hits))
        elif kind != "draws":
            a, b = (results.runs.reached(name) for results in found.everyone)
            assert change.difference == paired_difference(int((b & ~a).sum()), int((a & ~b).sum()), 40)


def test_what_is_no_pair_is_reported_and_the_pairs_are_paired_all_the_same(coin):
    experiments = [experiment(coin), experiment(coin, "loaded"), experiment(coin, "longer")]

    found = compare_experiments(experiments, Plan(coin / "ledger", 30, workers=1), unpaired="compare")

    assert [versus.paired for versus in found.versus] == [True, False]
    assert len(found.versus[0].divergences) == 30


def test_scenarios_that_differ_in_what_they_assume_alone_are_pairs(coin):
    base = experiment(coin)

    assert [why_unpaired(base, experiment(coin, name)) for name in ("loaded", "pushed", "glued")] == ["", "", ""]


def test_run_i_of_the_one_has_the_luck_of_run_i_of_the_other(coin):
    found = compared(coin, "as-it-is", "pushed")

    (versus,) = found.versus
    assert all(change.changed == 0 for change in versus.changes.values())
    assert versus.shifts["until_it_falls"].difference.value == 0.0
    assert versus.shifts["pushes"].difference.value > 0.0
    assert all(item == type(item)(item.run, None) for item in versus.divergences)


def test_ensembles_are_compared_by_their_ids_as_their_scenarios_are(coin, no_simulation):
    first = compared(coin, "as-it-is", "loaded")
    no_simulation()

    again = compare(*(name[:12] for name in ids(first)), ledger=coin / "ledger", workers=1)

    assert again.as_data() == first.as_data()


def test_the_number_of_workers_changes_nothing(coin):
    first = compared(coin, "as-it-is", "loaded", runs=600)

    again = compare(*ids(first), runs=600, ledger=coin / "ledger", workers=2)

    assert again.as_data() == first.as_data()
    assert list(again.versus[0].divergences) == list(first.versus[0].divergences)


def test_one_looks_at_a_difference_every_hundred_pairs_until_it_is_known_as_well_as_asked(coin):
    goal = "±12pp on difference in heads"
    whole = compared(coin, "as-it-is", "loaded", runs=1000)

    found = compared(coin, "as-it-is", "loaded", until=goal, runs=None)

    one, other = (results.runs.reached("heads") for results in whole.everyone)

    def sequence(look):
        a, b = one[:look], other[:look]
        return difference_sequence(int((b & ~a).sum()), int((a & ~b).sum()), look)

    expected = next(look for look in range(100, 1001, 100) if Goal("heads", 0.12).met(sequence(look)))
    assert found.baseline.count == expected
    assert 100 < expected < 1000
    assert found.versus[0].changes["heads"].difference == sequence(expected)
    assert (found.goal, found.goal_met) == (Goal("heads", 0.12, difference=True), True)


def test_the_answer_about_a_difference_is_the_same_whatever_the_ledger_held_before(tmp_path):
    found = []
    for before in (0, 130):
        (tmp_path / str(before)).mkdir()
        coin = write(tmp_path / str(before))
        if before:
            record(experiment(coin), 1300, summarise, workers=1)
            record(experiment(coin, "loaded"), before, summarise, workers=1)
        answer = compared(coin, "as-it-is", "loaded", until="±12pp on difference in heads", runs=None)
        found.append((answer.baseline.count, answer.versus[0].changes, answer.versus[0].turning))

    assert found[0] == found[1]


def test_a_difference_that_is_not_known_well_enough_is_said_not_to_be(coin):
    found = compared(coin, "as-it-is", "loaded", until="±1pp on difference in heads", max_runs=250, runs=None)

    assert (found.baseline.count, found.goal_met) == (250, False)


def test_a_difference_can_be_a_goal_only_for_two_pairs_drawn_in_every_run(coin):
    goal = "±9pp on difference in heads"
    for names, options, code in (
        (("as-it-is", "loaded", "glued"), {"until": goal}, "E009"),
        (("as-it-is", "longer"), {"until": goal, "unpaired": True}, "E009"),
        (("as-it-is", "loaded"), {"until": [goal, goal]}, "E009"),
        (("as-it-is", "loaded"), {"until": goal, "draws": 5}, "E013"),
        (("as-it-is", "loaded"), {"until": goal, "runs": 20}, "E013"),
    ):
        with pytest.raises(UsageError) as error:
            compared(coin, *names, **{"runs": None, **options})
        assert error.value.code == code


def test_a_measure_asked_later_is_asked_of_both_and_nothing_is_simulated(coin, no_simulation):
    first = compared(coin, "as-it-is", "loaded")
    no_simulation()
    for name in ("as-it-is", "loaded"):
        file = coin / f"{name}.yaml"
        file.write_text(file.read_text() + "outcomes: {up_at_first: {when: pushes == 0}}\n" * (name == "as-it-is"))

    again = compared(coin, "as-it-is", "loaded")

    assert again.versus[0].changes["up_at_first"].both == 60
    assert again.versus[0].changes["heads"] == first.versus[0].changes["heads"]


def test_every_scenario_hears_of_its_own_progress(coin):
    heard = []

    def progresses(what):
        return lambda done, of, events: heard.append((what, done, of))

    experiments = [experiment(coin), experiment(coin, "loaded")]
    compare_experiments(experiments, Plan(coin / "ledger", 20, workers=1), progresses=progresses)

    last = {what: (done, of) for what, done, of in heard}
    turned = last.pop("what turned them")
    assert turned[0] == turned[1] > 0
    assert last == {"as-it-is": (20, 20), "loaded": (20, 20), "where runs part": (20, 20)}


def test_results_of_fewer_runs_than_the_ledger_has_are_those_of_the_first_ones(coin):
    whole = results_of(experiment(coin), 50, workers=1)

    part = results_of(experiment(coin), 20, workers=1)

    assert part.count == 20
    assert part.runs.ended.tolist() == whole.runs.ended[:20].tolist()
    assert json.dumps(part.as_data(), allow_nan=False)
