from sim.ledger.segments.laying_out import GROUP, row_groups
from sim.model.event_table import table_of
from tests.ledger.logs import log


def test_groups_hold_whole_runs_and_end_when_they_are_large() -> None:
    logs = [log(2), log(GROUP - 2), log(2), log(GROUP + 5), log(3)]
    assert row_groups(table_of(10, logs)) == (range(10, 12), range(12, 14), range(14, 15))
