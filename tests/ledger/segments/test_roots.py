import pytest

from sim.ledger import Ensemble
from sim.ledger.segments.roots import Rooted, with_root
from sim.model.event_table import table_of
from tests.ledger.logs import log

LOGS = [log(4, run) for run in range(9)]


def test_every_number_of_first_runs_is_found_by_its_root(ensemble: Ensemble) -> None:
    ensemble.seal([ensemble.publish(table_of(0, LOGS[:4])), ensemble.publish(table_of(3, LOGS[3:]))], {})
    for runs in range(1, 10):
        root = ensemble.root(runs)
        assert list(with_root(ensemble, root[:8])) == [Rooted(ensemble, runs, root, runs == 9)]
    assert list(with_root(ensemble, "0" * 8)) == []


def test_where_runs_are_missing_the_whole_is_found_and_so_are_the_runs_before_the_gap(ensemble: Ensemble) -> None:
    manifest = ensemble.seal([ensemble.publish(table_of(0, LOGS[:2])), ensemble.publish(table_of(5, LOGS[5:]))], {})
    assert [(one.runs, one.everything) for one in with_root(ensemble, manifest.root)] == [(6, True)]
    assert [(one.runs, one.everything) for one in with_root(ensemble, ensemble.root(2))] == [(2, False)]


@pytest.mark.parametrize("first", [0, 5])
def test_an_ensemble_without_its_first_runs_has_the_root_of_all_alone(ensemble: Ensemble, first: int) -> None:
    assert list(with_root(ensemble, "0" * 8)) == []
    manifest = ensemble.seal([ensemble.publish(table_of(first, LOGS[:1]))], {})
    assert [one.everything for one in with_root(ensemble, manifest.root)] == [True]
