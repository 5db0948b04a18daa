"""Figures as data keep the names that users know from tables and from SQL."""

import numpy as np

from sim.analysis.labels import figures
from sim.statistics.differences import outcome_difference
from sim.statistics.uncertainty import variance_components

HITS = np.array([True, False, True, True, False, False, True, False])


def test_figures_are_called_as_in_tables_and_in_sql() -> None:
    difference = figures(outcome_difference("heads", HITS, ~HITS))
    parts = figures(variance_components(HITS.astype(float), np.repeat([0.0, 1.0, 2.0, 3.0], 2), 2))

    assert [*difference] == [
        *("outcome", "one", "other", "difference", "both", "lost", "gained", "neither", "gain"),
        *("unknown", "maybe_gained", "maybe_lost"),
    ]
    assert [*parts] == ["overall", "chance", "ignorance", "held", "parameters_share", "draws", "runs_per_draw"]
