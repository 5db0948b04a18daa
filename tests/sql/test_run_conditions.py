"""Conditions on runs in words: the runs that they select, held against the logs, and how they are refused."""

import pytest

from sim.errors import SimError
from sim.experiment import logs_of
from sim.ledger.ledger import Ledger
from sim.sql.run_conditions import runs_where
from sim.study.api import run
from tests.analysis.crises import experiment, write

RUNS = 60


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Return the ledger of a coin's runs, their ensemble, their scenario and their logs."""
    folder = write(tmp_path_factory.mktemp("conditions"))
    made = run(folder / "pushed.yaml", runs=RUNS, ledger=folder / "ledger", workers=1)
    ledger = Ledger(folder / "ledger")
    ensemble = ledger.find(made.source.ensemble)
    return ledger, ensemble.id, experiment(folder, "pushed").scenario, dict(logs_of(ensemble, ledger, range(RUNS)))


def types(log):
    return [event.type for event in log if event.kind in ("fired", "scheduled")]


def first(log, name):
    return next((event.time for event in log if event.type == name), None)


CONDITIONS = {
    "fell_heads": lambda log: "fell_heads" in types(log),
    "not fell_heads": lambda log: "fell_heads" not in types(log),
    "heads": lambda log: first(log, "heads") is not None,
    "ending = tails": lambda log: first(log, "tails") is not None,
    "ending == 'tails' or ended = horizon": lambda log: log[-1].note in ("tails", "horizon"),
    "ended != heads": lambda log: log[-1].note != "heads",
    "until_it_falls > 2.5": lambda log: (log[-1].note != "horizon") and log[-1].time > 2.5,
    "pushes >= 1 and NOT tails": lambda log: "pushed" in types(log) and log[-1].note != "tails",
    "bias < 0.5": lambda log: log[0].marks[0] < 0.5,
    "fell_tails < 3": lambda log: (first(log, "fell_tails") or 99) < 3,
    "not (fell_tails < 3)": lambda log: (first(log, "fell_tails") or 99) >= 3,
    "times(pushed) = 0 or heads": lambda log: "pushed" not in types(log) or log[-1].note == "heads",
    "events > 4": lambda log: len(log) > 4,
    "failed": lambda log: False,
    "heads and until_it_falls < 1 or tails and until_it_falls > 3":
        lambda log: log[-1].time < 1 if log[-1].note == "heads" else log[-1].note == "tails" and log[-1].time > 3,
    "SELECT run FROM runs WHERE ended = 'heads'": lambda log: log[-1].note == "heads",
}  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_selects_the_runs_for_which_it_holds(known, condition):
    ledger, ensemble, scenario, logs = known

    expected = [number for number, log in logs.items() if CONDITIONS[condition](log)]
    assert runs_where(ledger, ensemble, scenario, condition) == expected
    assert condition == "failed" or 0 < len(expected) < RUNS


def test_a_condition_may_be_long_and_nested(known):
    ledger, ensemble, scenario, _ = known
    heads = runs_where(ledger, ensemble, scenario, "heads")

    assert runs_where(ledger, ensemble, scenario, " and ".join(["(heads)"] * 20)) == heads
    assert runs_where(ledger, ensemble, scenario, "(" * 50 + "heads" + ")" * 50) == heads
    assert runs_where(ledger, ensemble, scenario, "not " * 50 + "heads") == heads


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        ("hedas", "did you mean 'heads'?"),
        ("ending = hedas", "did you mean 'heads'?"), ("ending < heads", "by = or !="),
        ("until_it_falls", "must be compared"),
        ("until_it_falls > soon", "'soon' is not a number"),
        ("heads and", "expected a name"),
        ("(heads", "a bracket is not closed"), ("heads tails", "expected 'and' or 'or'"),
        ("times(heds) > 1", "no event type 'heds'"),
        ("heads < soon", "'soon' is not a time"), ("; DROP", "expected a name"),
        ("SELECT count(*) FROM runs", "expected a column 'run'"),
        ("bias >", "a number is missing"),
        ("bias > 1e999", "'1e999' is too great a number"),
        ("heads < 1e999", "'1e999' is not a time"),
        ("(" * 5000 + "heads" + ")" * 5000, "stand around one another"),
        ("not " * 5000 + "heads", "stand around one another"),
        ("SELECT 'first' AS run", "in the column 'run', got 'first'"),
        ("SELECT run + 0.5 AS run FROM runs", "in the column 'run', got"),
    ],
)  # fmt: skip
def test_what_is_not_a_condition_is_refused_with_its_place(known, condition, says):
    ledger, ensemble, scenario, _ = known

    with pytest.raises(SimError) as refused:
        runs_where(ledger, ensemble, scenario, condition)

    assert refused.value.code == "E046"
    assert says in str(refused.value)
    assert "--where:1:" in str(refused.value)
    assert "^" in str(refused.value)
