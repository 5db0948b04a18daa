"""The last causes of outcomes, on a case in which each is known, and counted a second way."""

from collections import Counter

import pytest

from sim.experiment import logs_of
from sim.explain.last_causes import ChainedCause, last_causes
from sim.explain.occurrences import MOST_LOOKED_AT, looked_at
from sim.ledger.ledger import Ledger
from tests.explain.siege import stored, write

ASKED, GRANTED, REFUSED, OPENED = (
    ChainedCause("fired", name) for name in ("terms_asked", "terms_granted", "terms_refused", "gate_opened")
)
RING = ChainedCause("past", "surrounded")
RUNS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("causes") / "siege")


def caused(folder, outcome, scenario="status-quo", **how):
    return last_causes(*stored(folder, scenario, **{"runs": RUNS, **how}), outcome)


def test_chains_end_at_the_past_and_have_the_last_cause_first(folder):
    found = caused(folder, "asked")

    assert (found.runs, found.hits) == (RUNS, RUNS)
    assert [chain for chain, _ in found.chains] == [(ASKED, RING)]


def test_a_chain_has_three_causes_at_most_and_stands_in_order_of_its_share(folder):
    found = caused(folder, "fallen")

    assert [chain for chain, _ in found.chains] == [(OPENED, GRANTED, ASKED), (OPENED, REFUSED, ASKED)]


def test_shares_are_of_the_runs_in_which_the_outcome_came_true_counted_from_their_logs(folder):
    found = caused(folder, "fallen")

    ledger = Ledger(folder / "ledger")
    logs = logs_of(stored(folder, runs=RUNS)[0].ensemble, ledger, range(RUNS))
    answers = ({"terms_granted", "terms_refused"} & {event.type for event in log} for _, log in logs)
    kinds = Counter(answer for given in answers for answer in given)
    assert {chain[1].event: share.hits for chain, share in found.chains} == kinds
    assert {share.runs for _, share in found.chains} == {RUNS}
    assert found.hits == sum(kinds.values()) == RUNS


def test_an_outcome_that_came_true_in_some_runs_alone_is_explained_in_these(folder):
    found = caused(folder, "granted")
    fallen = caused(folder, "fallen")

    ((chain, share),) = found.chains
    assert chain == (GRANTED, ASKED, RING)
    assert (share.hits, share.runs) == (found.hits, found.hits)
    assert found.hits == next(share.hits for chain, share in fallen.chains if GRANTED in chain) < RUNS


def test_what_a_scenario_lets_happen_at_its_date_ends_a_chain(folder):
    assert [chain for chain, _ in caused(folder, "saved", "relief").chains] == [
        (ChainedCause("scheduled", "relieved"),)
    ]


def test_what_time_brings_about_rests_on_the_event_whose_age_is_asked(folder):
    assert [chain for chain, _ in caused(folder, "long").chains] == [(RING,)]


def test_an_outcome_that_never_came_true_has_no_chain(folder):
    found = caused(folder, "never")

    assert (found.runs, found.hits, found.chains) == (RUNS, 0, ())


def test_the_runs_of_a_draw_are_not_independent_and_no_interval_is_to_be_shown(folder):
    assert caused(folder, "fallen", runs=10, draws=4).nested
    assert not caused(folder, "fallen").nested


def test_of_many_runs_the_first_are_looked_at(folder):
    _, found = stored(folder, "merciless", runs=MOST_LOOKED_AT + 5)

    assert (found.count, looked_at(found)) == (MOST_LOOKED_AT + 5, MOST_LOOKED_AT)
