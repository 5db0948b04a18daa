import pytest

from tests.specimens.exact import NUMERIC
from tests.specimens.harness import ANSWERS, BOUND, FOLDER, NAMES, deviation

RUNS = 300


def test_there_are_at_least_twelve_specimens_and_each_has_its_answers():
    models = {path.stem for path in FOLDER.glob("*.yaml") if not path.name.endswith(".answer.yaml")}

    assert models == set(NAMES)
    assert len(NAMES) >= 12
    assert all(answer.formula and answer.source for answer in ANSWERS)


@pytest.mark.parametrize("key", NUMERIC, ids="-".join)
def test_an_answer_without_a_closed_form_is_what_exact_numerics_give(key):
    answer = next(item for item in ANSWERS if (item.specimen, item.name, item.statistic) == key)

    assert answer.equals == pytest.approx(float(NUMERIC[key]()), rel=1e-9)


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_a_specimen_gives_its_known_answer(answer):
    assert deviation(answer, RUNS) < BOUND


def test_an_answer_that_is_off_would_be_noticed():
    off = [answer for answer in ANSWERS if deviation(answer, RUNS, shift=3 * BOUND) < BOUND]

    assert off == []
