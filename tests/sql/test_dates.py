"""Dates that SQL computes are those of the model's clock, the end of a day included."""

import pytest

from sim.experiment import Origin
from sim.language.expressions.types import SECONDS
from sim.ledger.ledger import Ledger
from sim.sql.answer import query
from sim.study.api import run
from sim.study.plan import Plan, open_target, results_of

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
    calendar, start = found.model.calendar, found.scenario.start
    ledger, ensemble = Ledger(tmp_path / "ledger"), [found.source.ensemble]

    for table in ("events", "outcomes", "runs"):
        rows = query(f"SELECT time, date FROM {table}", ledger, ensemble).rows  # noqa: S608
        assert rows
        assert all(date == calendar.date_of(start + time) for time, date in rows)
    ((horizon,),) = query("SELECT DISTINCT horizon_date FROM ensembles", ledger, ensemble).rows
    ended = query("SELECT DISTINCT date FROM outcomes WHERE outcome = 'left'", ledger, ensemble).rows
    assert str(horizon) == "2030-01-05 23:59:59"
    assert ended == ((horizon,),)


BRANCHED = """
model: branched
title: Branched
time: {unit: day, origin: 2030-01-01}
horizon: 30 days
factions: {fate: {title: Fate}}
state: {n: {type: int, initial: 0}}
parameters: {p: {value: 1, unit: 1/day, basis: {judgement: j}}}
events: {counted: {by: fate, effects: {n: n + 1}}}
rules: {counts: {faction: fate, clock: {rate: p}, emits: counted}}
outcomes: {one: {when: n > 0}}
"""


def test_what_came_true_before_a_branch_has_its_time_and_date_to_the_last_bit(tmp_path):
    (tmp_path / "m.yaml").write_text(BRANCHED, encoding="utf-8")
    first = run(tmp_path / "m.yaml", runs=1, ledger=tmp_path / "ledger", workers=1)
    plan = Plan(tmp_path / "ledger", 2, origin=Origin(first.source.ensemble, 0, 5), workers=1)
    found = results_of(open_target(tmp_path / "m.yaml", plan), 2, workers=1)
    (before,) = (event for event in found.scenario.past if event.kind == "outcome")

    rows = query("SELECT time, date FROM outcomes", Ledger(tmp_path / "ledger"), [found.source.ensemble]).rows

    assert len(repr(before.time)) >= 16, "the time of a drawn event has all its digits"
    expected = before.time - found.scenario.start, found.model.calendar.date_of(before.time)
    assert rows == (expected, expected)
    times = query("SELECT DISTINCT time FROM outcomes", Ledger(tmp_path / "ledger"), [first.source.ensemble]).rows
    assert times == ((before.time,),)
