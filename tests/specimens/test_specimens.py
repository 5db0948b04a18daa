from pathlib import Path

import pytest

from tests.specimens.harness import ANSWERS, BOUND, FOLDER, NAMES, answers_of, deviation, falsified, simulate, summaries
from tests.specimens.recomputed import RECOMPUTED

RUNS = 400
EFFECT = 0.5

# Models that are wrong in one place: what is taken from the specimen, and what stands there instead.
WRONG = [
    ("age_replacement", ", restarts: [part_wears_out]", ""),
    ("all_at_once", "priority: -2", "priority: 2"),
    ("birth_death", "0.8 * n", "0.9 * n"),
    ("bridge", "top or bottom or across", "top or bottom and across"),
    ("competing_weibulls", "scale: 3", "scale: 5"),
    ("dimerisation", "a * (a - 1) / 2", "a * (a - 1)"),
    ("duel", "priority: 1", "priority: 3"),
    ("epidemic_latent", "shape: 2, mean: 4 days", "shape: 20, mean: 4 days"),
    ("inspection", "every: 35 days", "every: 42 days"),
    ("interrupted_work", "memory: keep", "memory: fresh"),
    ("interrupted_work", "memory: repeat", "memory: keep"),
    ("letter", "on: [letter_sent], ", ""),
    ("loss_busy_period_gamma", "0 if busy[1] else 1", "1"),
    ("machine_repair", "    restarts: [machine_wears_out]\n", ""),
    ("md1_busy_period", "{rate: 0.6}", "{rate: 0.8}"),
    ("memory_keep", "memory: keep", "memory: repeat"),
    ("memory_repeat", "memory: repeat", "memory: fresh"),
    ("polya_urn", "event: red_drawn, weight: red", "event: red_drawn, weight: 2"),
    ("promise_put_off", "    restarts: [minister_lets_it_pass]\n", ""),
    ("race_of_laws", "median: 4 minutes", "median: 6 minutes"),
    ("random_marks", "geometric(0.4)", "geometric(0.5)"),
    ("telegraph", "count: called, from: 1, until: 4}", "count: called, from: 1}"),
    ("telegraph", "min: n, from: 1, until: 4, when: on", "min: n, from: 1, until: 4"),
    ("telegraph", "value: n, from: 1, until: 4, when: not on", "value: n, from: 1, until: 4"),
    ("timed_reset", "at: 7.5", "at: 6.5"),
    ("two_fronts", "ending: true", "ends_run: true"),
    ("unknown_rate", "[2, 1.5]", "[20, 1.5]"),
]


def test_there_are_at_least_twelve_specimens_and_each_has_its_answers():
    models = {path.stem for path in FOLDER.glob("*.yaml") if not path.name.endswith(".answer.yaml")}

    assert models == set(NAMES)
    assert len(NAMES) >= 12
    assert all(answer.formula and answer.source for answer in ANSWERS)


def test_no_answer_is_taken_on_trust():
    assert {(answer.specimen, answer.name, answer.statistic) for answer in ANSWERS} == set(RECOMPUTED)


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_is_what_its_formula_gives(answer):
    recomputed = RECOMPUTED[answer.specimen, answer.name, answer.statistic]()

    assert answer.equals == pytest.approx(float(recomputed), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_a_specimen_gives_its_known_answer(answer):
    assert deviation(answer, summaries(answer.specimen, RUNS)) < BOUND


def test_a_loss_system_has_the_same_answers_whatever_its_service_law():
    def given(specimen: str) -> list[tuple[str, str, float]]:
        return [(answer.name, answer.statistic, answer.equals) for answer in answers_of(specimen)]

    for system in ("mgcc", "loss_busy_period"):
        assert given(f"{system}_gamma") == given(f"{system}_fixed")


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_an_answer_off_by_half_a_standard_deviation_is_noticed(answer):
    found = summaries(answer.specimen, RUNS)

    assert deviation(falsified(answer, found, EFFECT), found) > BOUND


@pytest.mark.parametrize(("specimen", "right", "wrong"), WRONG, ids=[f"{name}-{wrong}" for name, _, wrong in WRONG])
def test_a_model_that_is_wrong_in_one_place_misses_an_answer(specimen, right, wrong, tmp_path: Path):
    text = (FOLDER / f"{specimen}.yaml").read_text(encoding="utf-8")
    assert right in text
    file = tmp_path / "wrong.yaml"
    file.write_text(text.replace(right, wrong), encoding="utf-8")

    found = simulate(file, 2 * RUNS)

    assert max(deviation(answer, found) for answer in answers_of(specimen)) > BOUND
