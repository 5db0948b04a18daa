"""What commands say of runs that failed or were stopped, and of measures without a value."""

import json
import re
from functools import partial

import pytest

from sim.engines.reference import ReferenceEngine

SELECTS = """
model: ratio
title: T
factions: {a: {title: A}}
time: {unit: day}
horizon: 10 days
state: {n: {type: int, range: [0, 1000], initial: 0}}
events: {e: {by: a, effects: {n: n + 1}}}
rules:
  q: {faction: a, when: 1 / (3 - n) > 0, clock: {rate: 0.0001 per day}, emits: e}
  r: {faction: a, clock: {rate: 0.6 per day}, emits: e}
outcomes: {some: {when: n > 2}, none: {otherwise: true}}
measures: {cnt: {value: n}}
"""
FEW_FAIL = SELECTS.replace("1 / (3 - n)", "1 / (14 - n)")
ONE_WITHOUT = SELECTS.replace(
    "  q: {faction: a, when: 1 / (3 - n) > 0, clock: {rate: 0.0001 per day}, emits: e}\n", ""
).replace("measures: {", "measures: {ratio: {value: 1 / n}, ")
ENDLESS = """
model: endless
title: Its mean is infinite
time: {unit: abstract}
horizon: 1000000000.0
factions: {w: {title: The world}}
state: {up: {type: bool, initial: true}, done: {type: bool, initial: false}, fails: {type: int, initial: 0}}
events:
  failed: {by: w, effects: {up: 'false', fails: fails + 1}}
  mended: {by: w, effects: {up: 'true'}}
  finished: {by: w, effects: {done: 'true'}}
rules:
  fail: {faction: w, when: up and not done, clock: {rate: 0.8}, emits: failed}
  repair: {faction: w, when: not up, clock: {rate: 1.5}, emits: mended}
  complete:
    faction: w
    when: up and not done
    clock: {weibull: {shape: 0.7, scale: 1.5}}
    memory: repeat
    emits: finished
outcomes: {o: {when: done, ends_run: true}, other: {when: fails > 5}}
measures: {t: {time_until: done}, k: {value: fails}}
"""
SHARE = re.compile(r"\d %")


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "model.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_where_many_runs_fail_no_probability_is_printed_and_what_failed_comes_first(sim, written):
    answer = sim("run", written(SELECTS), "--runs", 100)

    lines = answer.out.strip().splitlines()
    assert answer.code == 1
    assert re.match(r"\d\d of 100 runs of 'ratio' failed with E604 in rule 'q'; first: run \d+, ", lines[0])
    assert "has no value: 1.0 is divided by zero" in lines[1]
    assert "see it: sim log" in lines[3]
    assert lines[4].startswith("error E611: no figures of 'ratio' are given: ")
    assert "no fair sample" in lines[5]
    assert "--despite-failures" in lines[6]
    assert not [line for line in lines[7:] if SHARE.search(line) and "Intervals: 95 %" not in line]
    (data,) = json.loads(sim("run", written(SELECTS), "--runs", 100, "--json").out)
    assert data["withheld"]
    for found in data["outcomes"].values():
        assert (found["share"], found["low"], found["high"]) == (None, 0.0, 1.0)
    assert data["measures"]["cnt"]["mean"]["value"] is None


def test_despite_failures_the_bounds_hold_whatever_the_failed_runs_came_to(sim, written):
    answer = sim("run", written(SELECTS), "--runs", 100, "--despite-failures")
    (data,) = json.loads(sim("run", written(SELECTS), "--runs", 100, "--despite-failures", "--json").out)

    some = data["outcomes"]["some"]
    assert answer.code == 1
    assert (some["hits"], some["unknown"], some["runs"]) == (0, data["failed"], 100)
    assert some["high"] > 0.9
    assert f"0 to {data['failed']} of 100: 95% bound" in answer.out
    assert answer.out.index("counts it both ways") < answer.out.index("95 % interval")


def test_where_few_runs_fail_figures_are_given_with_the_failures_counted_both_ways(sim, written):
    answer = sim("run", written(FEW_FAIL), "--runs", 500)
    (data,) = json.loads(sim("run", written(FEW_FAIL), "--runs", 500, "--json").out)

    some = data["outcomes"]["some"]
    assert answer.code == 1
    assert 0 < data["failed"] <= 5
    assert not data["withheld"]
    assert some["unknown"] == 0, "it had come true in those runs before they failed"
    assert data["outcomes"]["none"]["unknown"] == data["failed"]
    assert some["share"] == some["hits"] / 500


def test_by_when_failed_runs_are_unknown_from_their_failure_on(sim, written):
    answer = sim("outcomes", written(SELECTS), "--runs", 100, "--despite-failures", "--json")
    (data,) = json.loads(answer.out)

    unknown = [item["unknown"] for item in data["outcomes"]["some"]["by"]]
    assert unknown == sorted(unknown)
    assert 0 < unknown[0] < unknown[-1] == data["failed"]
    withheld = sim("outcomes", written(SELECTS), "--runs", 100)
    assert withheld.out.strip().splitlines()[0].startswith(f"{data['failed']} of 100 runs of 'ratio' failed")
    assert "probability" not in withheld.out
    assert "how likely by when" not in withheld.out


def test_runs_that_failed_are_without_every_measure_and_so_are_their_pairs(sim, written, tmp_path):
    model = written(SELECTS)
    (tmp_path / "slower.yaml").write_text("scenario: slower\ntitle: Slower\nmodel: model.yaml\ndisable: [q]\n")
    how = ("--runs", 100, "--despite-failures")
    (data,) = json.loads(sim("outcomes", model, *how, "--json").out)
    shown = sim("outcomes", model, *how).out
    (versus,) = json.loads(sim("compare", tmp_path / "slower.yaml", model, *how, "--json").out)["versus"]
    compared = " ".join(sim("compare", tmp_path / "slower.yaml", model, *how).out.split())

    found, failed = data["measures"]["cnt"], data["failed"]
    assert found["missing"] == found["failed"] == failed == 100 - found["runs"] > 0
    assert f"{failed}.0 % (failed)" in shown
    assert "its mean is not a mean over all runs" in " ".join(shown.split())
    assert versus["shifts"]["cnt"]["without"] == failed
    assert f" {100 - failed} ({failed} without)" in compared
    assert "its difference is not one over all pairs" in compared


def test_a_measure_without_a_value_in_some_runs_hides_nothing_and_is_named(sim, written):
    answer = sim("run", written(ONE_WITHOUT), "--runs", 1000)
    (data,) = json.loads(sim("run", written(ONE_WITHOUT), "--runs", 1000, "--json").out)

    ratio = data["measures"]["ratio"]
    assert answer.code == 0
    assert ratio["undefined"] == ratio["missing"] > 0
    assert ratio["runs"] == 1000 - ratio["undefined"]
    expected = (
        f"'ratio' has no value in {ratio['undefined']:,} of 1,000 runs (first: run {ratio['first_undefined']}, "
        "10 days after time 0: 1.0 is divided by zero; 1 / n at "
    )
    assert expected in " ".join(answer.out.split())
    assert "no value" in answer.out
    assert data["outcomes"]["some"]["share"] > 0.5
    assert data["measures"]["cnt"]["missing"] == 0


@pytest.mark.parametrize("engine", ["kernel", "reference"])
@pytest.mark.parametrize("keep", ["full", "outcomes"])
def test_whatever_is_kept_a_measure_without_a_value_is_told_from_one_that_never_came(sim, written, engine, keep):
    text = ONE_WITHOUT.replace("measures: {", "measures: {late: {time_until: n > 6}, ").replace("1 / n", "1 / (n - 4)")
    how = ("--runs", 300, "--engine", engine, "--keep", keep)
    first = json.loads(sim("run", written(text), *how, "--json").out)[0]
    again = json.loads(sim("run", written(text), *how, "--json").out)[0]

    assert first == again
    assert first["measures"]["ratio"]["undefined"] > 0
    assert first["measures"]["late"]["undefined"] == 0 < first["measures"]["late"]["missing"]
    checked = json.loads(sim("verify", "--against", "reference", 20, "--json").out)
    assert checked["ensembles"][0]["problems"] == []
    added_questions = "SELECT lacks, count(*) AS n FROM measures WHERE lacks IS NOT NULL GROUP BY ALL ORDER BY ALL"
    counts = {row["lacks"]: row["n"] for row in json.loads(sim("query", added_questions, "--json").out)["rows"]}
    assert counts == {
        "never": first["measures"]["late"]["missing"], "undefined": first["measures"]["ratio"]["undefined"],
    }  # fmt: skip


def test_a_run_that_reaches_the_limit_of_events_is_stopped_and_named_and_no_failure(sim, written):
    answer = sim("run", written(ENDLESS), "--runs", 300)
    (data,) = json.loads(sim("run", written(ENDLESS), "--runs", 300, "--json").out)

    stopped = data["stopped"]["runs"]
    assert answer.code == 0
    assert (data["failed"], data["withheld"]) == (0, False)
    assert stopped > 0
    assert data["outcomes"]["o"]["unknown"] == stopped
    assert data["outcomes"]["other"]["unknown"] == 0
    assert f"warning W610: {stopped} of 300 runs was stopped after 1,000,000 events, at the earliest at " in answer.out
    assert answer.out.index("W610") < answer.out.index("95 % interval")
    for name in ("t", "k"):
        assert data["measures"][name]["stopped"] == stopped
        mean = data["measures"][name]["mean"]
        assert mean["low"] == 0.0 < mean["value"] < mean["high"]
        assert "unknown runs counted both ways" in mean["method"]
    # A stopped run may have taken up to the horizon: the mean of all is not known to less than that over the runs.
    assert data["measures"]["t"]["mean"]["high"] > 1e9 / 300
    assert "its mean is not a mean over all runs" in answer.out
    assert "Intervals of measures hold whatever they came to in the runs that were stopped" in answer.out
    rows = json.loads(sim("query", "@measures", data["ensemble"][:12], "--first", 300, "--json").out)["rows"]
    for row in rows:
        found = data["measures"][row["measure"]]
        one = found["mean"] if row["statistic"] == "mean" else found["quantiles"][f"{row['share']:g}"]
        assert [row[key] for key in ("value", "low", "high")] == [one[key] for key in ("value", "low", "high")]
    added_questions = (
        f"SELECT kind, note FROM events WHERE run = {data['stopped']['first']} ORDER BY sequence DESC LIMIT 1"  # noqa: S608 - a number
    )
    (last,) = json.loads(sim("query", added_questions, data["ensemble"][:12], "--json").out)["rows"]
    assert last == {"kind": "ended", "note": "limit of events"}


@pytest.mark.parametrize("kind", ["probabilities", "incidence"])
def test_no_picture_is_made_of_figures_that_are_withheld(sim, written, tmp_path, kind):
    file = written(SELECTS)

    refused = sim("plot", kind, file, "--runs", 100, "-o", tmp_path / "p.json")
    drawn = sim("plot", kind, file, "--runs", 100, "--despite-failures", "-o", tmp_path / "p.json")

    assert "error E611" in refused.err
    assert not refused.out
    assert drawn.code == 1
    assert "count both ways" in (tmp_path / "p.json").read_text(encoding="utf-8")


def test_no_picture_is_made_of_differences_from_figures_that_are_withheld(sim, written, tmp_path):
    model = written(SELECTS)
    (tmp_path / "slower.yaml").write_text("scenario: slower\ntitle: Slower\nmodel: model.yaml\ndisable: [q]\n")

    refused = sim("plot", "differences", tmp_path / "slower.yaml", model, "--runs", 100, "-o", tmp_path / "p.json")

    assert refused.code == 1
    assert "error E611: no figures of 'ratio' are given" in refused.err
    assert not (tmp_path / "p.json").exists()


def test_a_goal_that_no_figure_would_be_given_for_is_not_run_for(sim, written):
    (data,) = json.loads(sim("run", written(SELECTS), "--until", "±1pp on some", "--json").out)

    assert data["runs"] == 1000
    assert data["withheld"]
    assert data["goals"] == [{"goal": "±1pp on some", "met": False}]


def test_a_scenario_whose_runs_all_come_to_the_limit_keeps_the_others_of_its_folder(sim, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.engines.reference.ReferenceEngine", partial(ReferenceEngine, most_events=1000))
    for name, rate in (("calm", 1), ("endless", 1e6), ("zz", 2)):
        (tmp_path / f"{name}.yaml").write_text(f"""
model: {name}
title: The model {name}
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state: {{}}
events: {{e: {{by: a}}}}
rules: {{r: {{faction: a, clock: {{rate: {rate}}}, emits: e}}}}
outcomes: {{never: {{when: "false"}}}}
""")
    files = [tmp_path / f"{name}.yaml" for name in ("calm", "endless", "zz")]
    told = sim("run", *files, "--runs", 12, "--engine", "reference", "--workers", 1, "--json")

    assert told.code == 1
    assert [one["scenario"] for one in json.loads(told.out)] == ["calm", "zz"]
    assert "error E612: the first 12 runs of 'endless' that were made" in told.err


def test_a_named_query_gives_no_figures_that_the_commands_do_not_give(sim, written):
    (data,) = json.loads(sim("run", written(SELECTS), "--runs", 100, "--json").out)
    ensemble = data["ensemble"][:12]
    refused, over_all = sim("query", "@measures", ensemble), sim("query", "@measures")
    asked = sim("query", "@measures", ensemble, "--despite-failures")
    rows = sim("query", "SELECT avg(value) AS mean FROM measures", ensemble)

    assert (refused.code, refused.out, over_all.code) == (1, "", 1)
    assert "error E611: no figures of 'ratio' are given" in refused.err
    assert f"left out, for too many of their runs failed: {ensemble}" in over_all.err
    assert asked.code == rows.code == 0
    for answer in (asked, rows):
        assert f"{data['failed']} of 100 runs of 'ratio' failed: what is made of the others is not a" in answer.err


def test_the_queries_that_outputs_name_give_the_same_figures_despite_failures(sim, written):
    (data,) = json.loads(sim("outcomes", written(SELECTS), "--runs", 100, "--despite-failures", "--json").out)

    assert len(data["queries"]) == 4
    for line in data["queries"]:
        assert line.endswith(" --despite-failures")
        assert sim(*line.split()[1:]).code == 0


def test_nothing_is_asked_of_measures_where_too_many_runs_failed(sim, written):
    asked = ("--runs", 100, "--ask", "P(cnt <= 3)", "--ask", "variance(cnt)", "--histogram", "cnt")
    answer = sim("outcomes", written(SELECTS), *asked)
    (data,) = json.loads(sim("outcomes", written(SELECTS), *asked, "--json").out)
    given = sim("outcomes", written(SELECTS), *asked, "--despite-failures")

    assert answer.code == given.code == 1
    assert "P(cnt" not in answer.out
    assert [one["withheld"] for one in data["asked"]] == [True] * 3
    assert not [one for one in data["asked"] if one.get("value") or one.get("bins") or one.get("share")]
    assert f"{data['failed']}.0 % (failed)" in given.out
    assert "they are not figures of all runs" in " ".join(given.out.split())
