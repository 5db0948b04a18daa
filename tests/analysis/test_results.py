"""Results of runs, and the runs in columns that they are made from."""

import json
import math
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.analysis.frames import frame
from sim.analysis.goals import Goal
from sim.analysis.labels import unit_of
from sim.analysis.results import Source, results
from sim.build.model import loads_model
from sim.build.scenario import load_scenario
from sim.errors import UsageError
from sim.experiment import RunSettings
from sim.model.event import Event
from sim.report import forms
from sim.report.result_tables import measures_table, outcomes_table
from sim.statistics.estimates import percent, proportion, spread
from sim.statistics.sequence import METHOD, proportion_sequence
from sim.statistics.uncertainty import over_draws, proportion_over_draws, variance_components
from sim.study.api import compare, run
from tests.analysis.crises import write
from tests.summaries import Summary, columns, summarise

MODEL = """
model: coin
title: A coin
time: {unit: abstract}
horizon: 1
factions: {fate: {title: Fate}}
state: {side: {type: enum, values: [up, heads, tails], initial: up}}
parameters: {bias: {prior: {uniform: [0, 1]}, basis: {judgement: a guess}}}
events: {fell_heads: {by: fate, effects: {side: heads}}, fell_tails: {by: fate, effects: {side: tails}}}
rules:
  coin_falls:
    faction: fate
    when: side == up
    choose: [{event: fell_heads, weight: 1}, {event: fell_tails, weight: 1}]
outcomes:
  tails: {when: side == tails, ends_run: true}
  heads: {when: side == heads, ends_run: true}
  fallen: {when: side != up}
measures: {n: {count: [fell_heads]}, never: {time_until: side == up and side == heads}}
"""


@pytest.fixture
def scenario(tmp_path: Path):
    file = tmp_path / "coin.yaml"
    file.write_text(MODEL, encoding="utf-8")
    return load_scenario(file).scenario


def run_of(number: int, outcome: str, time: float = 0.0) -> Summary:
    reached = {outcome: time, "fallen": time}
    return Summary(
        number, 4, reached, {"n": float(outcome == "heads"), "never": None}, (0.25 * number,), ended=outcome
    )  # fmt: skip


def failed_run(number: int, what: str = "E604 in rule 'x'") -> Summary:
    return Summary(number, 2, {}, {}, (0.5,), what[:4], what, followed=0.5)


def made(scenario, summaries, *, goals=(), **settings):
    runs = columns(scenario.model, summaries)
    return results(scenario, runs, Source("e" * 64, "r", RunSettings(**settings)), goals)


HEADS_AND_TAILS = [run_of(0, "heads", 0.5), run_of(1, "tails", 0.25), run_of(2, "heads", 0.75)]


def test_outcomes_are_counted_once_a_run_and_shown_in_the_authors_order(scenario):
    found = made(scenario, HEADS_AND_TAILS)

    assert found.outcomes == {"tails": proportion(1, 3), "heads": proportion(2, 3), "fallen": proportion(3, 3)}
    assert list(found.outcomes) == ["tails", "heads", "fallen"]
    assert found.ending == ("tails", "heads")
    assert found.runs.events == 12


def test_failed_runs_are_counted_and_unknown_in_every_estimate(scenario):
    failed = [failed_run(7), failed_run(3), failed_run(5, "E602")]
    found = made(scenario, [run_of(0, "heads"), *failed], despite_failures=True)

    assert (found.count, found.failed, len(found.runs)) == (4, 3, 4)
    assert found.runs.failed == {"E604 in rule 'x'": (3, 7), "E602": (5,)}
    assert list(found.as_data()["failures"]) == ["E604 in rule 'x'", "E602"]
    assert found.as_data()["failures"]["E604 in rule 'x'"] == {"runs": 2, "first": 3}
    assert found.outcomes["heads"] == proportion(1, 4, unknown=3)
    assert found.outcomes["tails"] == proportion(0, 4, unknown=3)
    assert found.measures["n"].runs == 1


def test_runs_stand_in_columns_in_order_of_their_numbers(scenario):
    runs = columns(scenario.model, [*HEADS_AND_TAILS, failed_run(3)])

    assert len(runs) == 4
    assert runs.numbers.tolist() == [0, 1, 2, 3]
    assert runs.times["heads"].tolist()[:3] == [0.5, math.inf, 0.75]
    assert runs.measures["n"].tolist()[:3] == [1.0, 0.0, 1.0]
    assert math.isnan(runs.times["heads"][3])
    assert math.isnan(runs.measures["n"][3])
    assert np.isnan(runs.measures["never"]).all()
    assert runs.parameters["bias"].tolist() == [0.0, 0.25, 0.5, 0.5]
    assert runs.ended.tolist() == ["heads", "tails", "heads", "E604"]
    assert runs.followed.tolist() == [math.inf, math.inf, math.inf, 0.5]
    assert runs.reached("heads").tolist() == [True, False, True, False]
    assert runs.reached("heads", 0.5).tolist() == [True, False, False, False]
    assert runs.unknown("heads").tolist() == [False, False, False, True]
    assert runs.unknown("heads", 0.4).tolist() == [False, False, False, False]


def test_the_first_runs_are_those_whose_numbers_are_below_whether_they_failed_or_not(scenario):
    runs = columns(scenario.model, [run_of(0, "heads"), failed_run(1), run_of(2, "tails"), failed_run(3)])

    first = runs.first(3)

    assert first.numbers.tolist() == [0, 1, 2]
    assert first.ended.tolist() == ["heads", "E604", "tails"]
    assert first.failed == {"E604 in rule 'x'": (1,)}
    assert runs.first(0).failed == {}


def test_a_measure_is_spread_over_the_runs_that_have_it(scenario):
    found = made(scenario, HEADS_AND_TAILS)

    assert found.measures["n"] == spread([1.0, 0.0, 1.0], natural=(0.0, math.inf))
    assert found.measures["n"].mean.low == 0.0
    assert (found.measures["never"].runs, found.measures["never"].missing) == (0, 3)


def test_what_the_intervals_cover_is_always_said(scenario):
    def covers(**source):
        return made(scenario, HEADS_AND_TAILS, **source).covers

    for said in (covers(), covers(central=True), covers(runs_per_draw=2)):
        assert "95 %" in said
        assert "finite number of runs" in said
        assert "do not cover whether the model is right" in said
    assert "drawn from their priors in every run" in covers()
    assert "at their central values" in covers(central=True)
    assert "once for every 2 runs" in covers(runs_per_draw=2)
    assert "and of draws" in covers(runs_per_draw=2)
    goal = made(scenario, HEADS_AND_TAILS, goals=[Goal("heads", 0.5)]).covers
    assert METHOD in goal
    assert "however often one looks" in goal


def test_with_a_goal_the_intervals_are_those_of_a_confidence_sequence(scenario):
    goals = [Goal("heads", 0.7), Goal("tails", 0.001)]

    found = made(scenario, HEADS_AND_TAILS, goals=goals)

    expected = proportion_sequence(2, 3)
    assert (found.outcomes["heads"].low, found.outcomes["heads"].high) == (expected.low, expected.high)
    assert found.goals == ((goals[0], True), (goals[1], False))
    assert found.as_data()["goals"] == [
        {"goal": "±70pp on heads", "met": True}, {"goal": "±0.1pp on tails", "met": False},
    ]  # fmt: skip


NESTED = [run_of(number, "heads" if number % 3 else "tails") for number in range(24)]


def test_in_a_nested_design_outcomes_and_means_go_by_the_draws(scenario):
    found = made(scenario, NESTED, runs_per_draw=4)

    draws = np.repeat(np.arange(6), 4)
    heads = found.runs.reached("heads")
    assert found.draws.tolist() == draws.tolist()
    assert found.outcomes["heads"] == proportion_over_draws(heads, draws)
    assert found.splits["heads"] == variance_components(heads.astype(float), draws, 4)
    assert found.measures["n"].mean == over_draws(heads.astype(float), draws)
    row = next(row for row in outcomes_table(found).rows if row[0] == "heads")
    chance = found.splits["heads"].aleatory
    assert row[-2] == f"±{(chance.high - chance.value) * 100:.1f}"


def test_where_every_run_has_its_own_draw_nothing_is_split(scenario):
    found = made(scenario, NESTED)

    assert (found.draws, found.splits) == (None, {})


def test_the_incidence_and_the_milestones_of_results_are_those_of_their_runs(scenario):
    found = made(scenario, HEADS_AND_TAILS)

    assert found.incidence("heads", [0.5, 1.0]).shares == (proportion(1, 3), proportion(2, 3))
    assert found.milestone("heads").restricted_mean.value == pytest.approx((0.5 + 1 + 0.75) / 3)
    assert found.length == 1.0


def test_a_failed_log_is_summed_up_by_its_code_and_rule(scenario):
    log = (Event(0, 0.0, "started", "run_started"), Event(1, 0.0, "failed", "E604", "coin_falls", note="x"))

    assert summarise(None, scenario, 0, log).failed == "E604 in rule 'coin_falls'"
    assert summarise(None, scenario, 0, (log[0], Event(1, 0.0, "failed", "E605"))).failed == "E605"


EDGES = {
    "none": [],
    "one": [run_of(0, "heads")],
    "two": [run_of(0, "heads"), run_of(1, "tails")],
    "all failed": [failed_run(0), failed_run(1)],
    "some failed": [run_of(0, "heads"), run_of(1, "tails"), failed_run(2), failed_run(3)],
    "one in a hundred failed": [*[run_of(number, "heads") for number in range(99)], failed_run(99)],
    "one stopped": [
        run_of(0, "heads"),
        Summary(1, 9, {}, {"n": math.inf, "never": None}, (0.5,), "limit of events", followed=0.2),
    ],
    "no hits": [run_of(number, "tails") for number in range(5)],
    "many": NESTED,
}


@pytest.mark.parametrize("runs_per_draw", [1, 2, 4])
@pytest.mark.parametrize("goals", [(), (Goal("heads", 0.1),)], ids=["", "goal"])
@pytest.mark.parametrize("despite", [False, True], ids=["", "despite failures"])
@pytest.mark.parametrize("kind", EDGES)
def test_every_kind_of_results_can_be_written_down_and_shown(scenario, kind, goals, runs_per_draw, despite):
    if goals and runs_per_draw > 1:
        goals = ()  # such runs are not independent, and goals for them are refused
    found = made(scenario, EDGES[kind], goals=goals, runs_per_draw=runs_per_draw, despite_failures=despite)

    data = json.loads(json.dumps(found.as_data(), allow_nan=False))

    assert data["runs"] == len(EDGES[kind])
    assert set(data["outcomes"]) == {"heads", "tails", "fallen"}
    tables, paragraphs = forms.parts(found)
    assert len(tables) == 2
    first = "\n".join(forms.first(found))
    assert repr(found) == "\n\n".join([*([first] if first else []), *map(str, tables), *map("\n".join, paragraphs)])
    assert bool(first) == (not found.runs.whole.all())
    assert found.covers in repr(found)
    assert " nan" not in repr(found)
    assert found._repr_html_().startswith("<p>" if first else "<table>")
    for text in ("P(n <= 0.5)", "n / never", "variance(n)", "histogram(n)", "histogram(never)"):
        asked = found.ask(text)
        assert json.dumps(asked.as_data(), allow_nan=False)
        assert repr(asked).startswith("\n".join(asked.unfinished))
        assert bool(asked.unfinished) == bool(first)
        assert " nan" not in repr(asked)
    for what in ("outcomes", "measures", "runs"):
        assert len(found.to_frame(what)) == {"outcomes": 3, "measures": 2, "runs": len(found.runs)}[what]


def test_the_data_have_every_number(scenario):
    found = made(scenario, HEADS_AND_TAILS)

    data = found.as_data()

    heads = found.outcomes["heads"]
    assert (data["ensemble"], data["root"], data["seed"], data["parameters"]) == ("e" * 64, "r", 1, "drawn")
    assert {key: data["outcomes"]["heads"][key] for key in ("hits", "runs", "share", "low", "high", "ends_run")} == {
        "hits": 2, "runs": 3, "share": 2 / 3, "low": heads.low, "high": heads.high, "ends_run": True,
    }  # fmt: skip
    assert data["outcomes"]["fallen"]["share"] is None
    assert data["measures"]["n"]["mean"]["value"] == found.measures["n"].mean.value
    assert data["measures"]["n"]["quantiles"]["0.5"]["value"] == 1.0


def test_the_frames_have_the_same_numbers(scenario):
    found = made(scenario, NESTED)

    outcomes = found.to_frame().set_index("outcome")
    measures = found.to_frame("measures").set_index("measure")
    runs = found.to_frame("runs")

    for name, one in found.outcomes.items():
        assert (outcomes.loc[name, "hits"], outcomes.loc[name, "runs"]) == (one.hits, one.runs)
        assert (outcomes.loc[name, "low"], outcomes.loc[name, "high"]) == (one.low, one.high)
    assert outcomes.loc["heads", "share"] == runs["heads_at"].map(math.isfinite).mean()
    assert measures.loc["n", "mean"] == pytest.approx(runs["n"].mean())
    assert measures.loc["n", "q0.5"] == runs["n"].median()
    assert runs["ended"].tolist() == found.runs.ended.tolist()
    assert runs["bias"].tolist() == [0.25 * number for number in range(24)]
    with pytest.raises(UsageError, match="what is 'nonsense'"):
        found.to_frame("nonsense")


def test_without_pandas_a_frame_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(UsageError) as error:
        frame({"a": [1]})

    assert error.value.code == "E010"


def test_the_table_of_outcomes_has_their_shares_and_says_which_end_a_run(scenario):
    rows = outcomes_table(made(scenario, NESTED)).rows

    assert [row[:2] for row in rows] == [
        ("tails", "ends the run"),
        ("heads", "ends the run"),
        ("fallen", "before the run ended"),
    ]
    found = proportion(16, 24)
    assert rows[1][2:] == (percent(16 / 24), f"{percent(found.low)} to {percent(found.high)}")


def test_a_measure_has_the_unit_of_what_it_measures():
    model = loads_model("""
model: watch
title: A watch of men
time: {unit: day}
units: [man]
horizon: 9 days
factions: {a: {title: A}}
state: {men: {type: real, unit: man, initial: 3 man}, done: {type: bool, initial: false}}
parameters: {pace: {value: 2, unit: man/day, basis: {judgement: a guess}}}
events: {e: {by: a, effects: {done: true}}}
measures:
  until: {time_until: done}
  share: {value: men / (men + 1 man)}
  men: {value: men}
  watched: {integral: men}
  pace: {max: pace}
  came: {integral: pace}
  each: {formula: until / came}
  often: {count: e}
""")

    units = {name: unit_of(model, name) for name in model.measures}

    assert units == {
        "until": " days", "share": "", "men": " man", "watched": " man*day", "pace": " man/day", "came": " man",
        "each": " day/man", "often": "",
    }  # fmt: skip


def test_an_index_of_a_member_has_no_mean(tmp_path):
    file = tmp_path / "coin.yaml"
    index = "measures: {leader: {value: argmax(force)}, most: {value: max(force)}, "
    forces = "state:\n  force: {for: i in 1..3, type: real, initial: i}\n  side: {type"
    text = MODEL.replace("measures: {", index).replace("state: {side: {type", forces)
    file.write_text(text.replace("initial: up}}", "initial: up}"), encoding="utf-8")

    table = measures_table(run(file, runs=20, ledger=tmp_path / "ledger", workers=1))

    means = {row[0]: row[2] for row in table.rows}
    assert means["leader"] == "-"
    assert means["most"].startswith("3 (")
    assert "--histogram" in table.caption
    (tmp_path / "other.yaml").write_text("scenario: other\nmodel: coin.yaml\nparameters: {bias: 1}\n", encoding="utf-8")
    compared = str(compare(file, tmp_path / "other.yaml", runs=20, ledger=tmp_path / "ledger", workers=1))
    assert "most" in compared
    assert "leader" not in compared


def test_a_measure_that_is_a_length_of_time_has_its_unit(tmp_path):
    folder = write(
        tmp_path,
        ("time: {unit: abstract}", "time: {unit: day, origin: 2030-01-01}"), ("horizon: 10", "horizon: 10 days"),
        ("{rate: 0.3}", "{rate: 0.3 per day}"), ("within: 1}", "within: 1 day}"),
    )  # fmt: skip

    found = run(folder / "coin.yaml", runs=50, ledger=folder / "ledger", workers=1)

    assert (unit_of(found.model, "until_it_falls"), unit_of(found.model, "pushes")) == (" days", "")
    assert " days" in measures_table(found).rows[0][1]
