from sim.ledger.segments.laying_out import GROUP, grouped
from sim.model.event_table import table_of
from tests.ledger.logs import log


def test_groups_hold_whole_runs_and_end_when_they_are_large() -> None:
    logs = [log(2), log(GROUP - 2), log(2), log(GROUP + 5), log(3)]
    groups = list(grouped(table_of(10, logs)))
    assert [group.runs for group in groups] == [range(10, 12), range(12, 14), range(14, 15)]
    assert [group.rows for group in groups] == [GROUP, GROUP + 7, 3]
