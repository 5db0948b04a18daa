from datetime import UTC
from itertools import pairwise

import pytest

from sim.errors import LedgerError, UsageError
from sim.experiment import Origin
from sim.ledger.ledger import Ledger
from sim.report.pictures import plot, timeline
from sim.study.plan import Plan, open_target, results_of
from tests.report.conftest import CASE, RUNS, milliseconds, panels, rows_with


def marks(picture):
    (panel,) = panels(picture)
    return rows_with(panel, "part")


def test_every_event_of_the_run_is_in_its_time_and_the_documented_ones_lie_before_the_branch(status_quo, ledger):
    log = Ledger(ledger).find(status_quo.source.ensemble).log(3)
    calendar = status_quo.model.calendar

    drawn = marks(timeline(CASE / "status-quo.yaml", 3, ledger=ledger))

    branch = calendar.date_of(status_quo.scenario.start).replace(tzinfo=UTC).timestamp() * 1000
    documented = [row for row in drawn if row["part"] == "documented"]
    simulated = [row for row in drawn if row["part"] == "simulated"]
    assert len(documented) >= 5
    assert all(row["time"] <= branch and row["shape"] == "square" for row in documented)
    assert all(row["time"] >= branch and row["shape"] == "circle" for row in simulated)
    fired = sorted((event.type, round(event.time * 86400)) for event in log if event.kind == "fired")
    origin = calendar.origin.replace(tzinfo=UTC).timestamp()
    assert sorted((row["event"], round(row["time"] / 1000 - origin)) for row in simulated) == fired
    outcomes = [event.type for event in log if event.kind == "outcome"]
    assert sorted(row["event"] for row in drawn if row["part"] == "outcome") == sorted(outcomes)


def test_the_two_are_told_apart_by_shape_colour_and_words(status_quo, ledger):
    picture = timeline(status_quo.source.ensemble[:10], 0, ledger=ledger)

    looks = {(row["part"], row["shape"], row["colour"], row["fill"]) for row in marks(picture)}
    documented, simulated = (
        next(look for look in looks if look[0] == part) for part in ("documented", "simulated")
    )  # fmt: skip
    assert all(one != other for one, other in zip(documented, simulated, strict=True))
    svg = picture.svg()
    assert "■ documented" in svg
    assert "○ simulated: one possible future from 10 Sep 2014 12:00 on" in svg
    assert "not a forecast of that event" in svg


def test_what_a_scenario_assumes_is_a_triangle(talks_hold, ledger):
    assumed = [row for row in marks(timeline(CASE / "talks-hold.yaml", 0, ledger=ledger)) if row["part"] == "assumed"]

    assert [(row["event"], row["shape"], row["text"]) for row in assumed] == [
        ("date_announced", "triangle-up", "12 Sep")
    ]


def test_factions_stand_in_the_author_s_order_and_outcomes_last(status_quo, ledger):
    (panel,) = panels(timeline(CASE / "status-quo.yaml", 3, ledger=ledger))

    groups = [row["text"] for row in rows_with(panel, "edge")]

    known = [status_quo.model.factions[name] for name in status_quo.model.shown_order["factions"]]
    places = [known.index(group) for group in groups if group in known]
    assert places == sorted(places)
    assert groups[-1] == "Outcomes"


def test_texts_beside_marks_do_not_run_into_each_other(status_quo, ledger):
    from sim.report.pictures.one_run import PLOT, SMALL
    from sim.report.pictures.text_width import width

    for run in range(5):
        (panel,) = panels(timeline(CASE / "status-quo.yaml", run, ledger=ledger))
        scales = [layer["encoding"]["x"]["scale"] for layer in panel["layer"] if "scale" in layer["encoding"]["x"]]
        first, last = scales[0]["domain"]
        taken: dict[float, list[tuple[float, float]]] = {}
        for row in rows_with(panel, "part"):
            if row["text"]:
                place = (row["time"] - first) / (last - first) * PLOT
                size = width(row["text"], SMALL - 1.5)
                span = (place - 7 - size, place - 7) if row["left"] else (place + 7, place + 7 + size)
                taken.setdefault(row["row"], []).append(span)
        for spans in taken.values():
            spans.sort()
            assert all(end <= begin for (_, end), (begin, _) in pairwise(spans))


def test_a_run_that_is_not_there_is_refused(status_quo, ledger):
    with pytest.raises(UsageError, match=f"run {RUNS} is not in") as error:
        timeline(CASE / "status-quo.yaml", RUNS, ledger=ledger)
    assert error.value.code == "E708"
    with pytest.raises(LedgerError) as lost:
        timeline("ffff", 0, ledger=ledger)
    assert lost.value.code == "E701"


def test_a_branch_from_a_simulated_run_shows_where_the_documented_past_ends(status_quo, ledger):
    plan = Plan(ledger, 6, origin=Origin(status_quo.source.ensemble, 3, 8), workers=1)
    experiment = open_target(CASE / "status-quo.yaml", plan)
    found = results_of(experiment, 6, workers=1)

    picture, curves = timeline(found.source.ensemble, 2, ledger=ledger), plot(found, "incidence")

    drawn = marks(picture)
    branch = milliseconds(found, found.scenario.start)
    begun = milliseconds(found, found.scenario.lineage.begun)
    assert begun < branch
    assert all(row["time"] <= begun for row in drawn if row["part"] == "documented")
    assert any(begun < row["time"] <= branch for row in drawn if row["part"] == "simulated")
    assert "branched anew on" in picture.svg()
    foot = " ".join(curves.spec["vconcat"][0]["title"]["text"])
    assert f"event 8 of run 3 of ensemble {status_quo.source.ensemble[:12]}" in foot
