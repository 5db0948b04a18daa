"""Dates that SQL computes are those of the model's clock, the end of a day included."""

import pytest

from sim.analysis.query import query
from sim.analysis.study import run
from sim.language.types import SECONDS
from sim.ledger.ledger import Ledger

MODEL = """
model: days
title: Days
time: {{unit: {unit}, origin: {origin}}}
horizon: 2030-01-05
factions: {{fate: {{title: Fate}}}}
state: {{n: {{type: int, initial: 0}}}}
events: {{counted: {{by: fate, effects: {{n: n + 1}}}}}}
rules: {{counts: {{faction: fate, clock: {{rate: 2 per day}}, emits: counted}}}}
timetable: [{{at: 2030-01-03, event: counted}}, {{at: 2030-01-05T23:59:59, event: counted}}]
outcomes: {{left: {{otherwise: true}}, many: {{when: n > 3}}}}
"""


@pytest.mark.parametrize("unit", sorted(SECONDS))
@pytest.mark.parametrize("origin", ["2030-01-01", "2029-12-31T07:13:11"])
def test_dates_in_sql_are_those_of_the_clock(tmp_path, unit, origin):
    (tmp_path / "m.yaml").write_text(MODEL.format(unit=unit, origin=origin), encoding="utf-8")
    found = run(tmp_path / "m.yaml", runs=4, ledger=tmp_path / "ledger", workers=1)
    clockwork, start = found.model.clockwork, found.scenario.start
    ledger, ensemble = Ledger(tmp_path / "ledger"), [found.source.ensemble]

    for table in ("events", "outcomes", "runs"):
        rows = query(f"SELECT time, date FROM {table}", ledger, ensemble).rows  # noqa: S608
        assert rows
        assert all(date == clockwork.date_of(start + time) for time, date in rows)
    ((horizon,),) = query("SELECT DISTINCT horizon_date FROM ensembles", ledger, ensemble).rows
    ended = query("SELECT DISTINCT date FROM outcomes WHERE outcome = 'left'", ledger, ensemble).rows
    assert str(horizon) == "2030-01-05 23:59:59"
    assert ended == ((horizon,),)
