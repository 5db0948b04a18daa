"""Every figure that is printed comes out of the ledger by the query that the output names."""

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

import sim
from sim.analysis.by_date import EXTRA
from sim.errors import UsageError
from sim.ledger.ledger import Ledger
from sim.model.event_table import table_of
from sim.sql.answer import TAKES_TWO, Answer, named_queries, purpose, query, sql_of
from sim.sql.query_tables import TABLES, described

MODEL = """
model: strait
title: A strait between two navies
time: {unit: day, origin: 2030-01-01}
horizon: 2030-03-01
factions: {north: {title: North}, envoy: {title: The envoy}}
state:
  talks: {type: enum, values: [none, open, signed], initial: none}
  anger: {type: int, range: [0, 100], initial: 0}
parameters:
  patience: {prior: {pert: [5, 15, 60]}, unit: day, basis: {judgement: a guess}}
  zeal: {prior: {uniform: [0.02, 0.1]}, unit: 1/day, basis: {judgement: a guess}}
events:
  shots_fired: {by: north, marks: {dead: int}, effects: {anger: anger + 1}}
  talks_opened: {by: envoy, effects: {talks: open}}
  accord_signed: {by: envoy, effects: {talks: signed}}
  war_declared: {by: north, effects: {talks: none}}
rules:
  north_shoots:
    faction: north
    when: talks != signed
    clock: {rate: 0.1 per day}
    emits: {event: shots_fired, dead: poisson(0.7)}
  envoy_calls:
    faction: envoy
    on: [shots_fired]
    when: talks == none
    clock: {gamma: {shape: 2, mean: patience}}
    emits: talks_opened
  parties_sign: {faction: envoy, when: talks == open, clock: {rate: zeal}, emits: accord_signed}
  north_declares: {faction: north, when: anger > 3, clock: {rate: 0.05 per day}, emits: war_declared}
outcomes:
  peace: {when: talks == signed, ends_run: true}
  war: {on: [war_declared], ends_run: true}
  neither: {otherwise: true}
  talked: {on: [talks_opened]}
  never: {when: anger > 99}
measures:
  deaths: {sum: dead, on: [shots_fired]}
  days_until_talks: {time_until: talks == open}
"""
SCENARIOS = {
    "as-it-is": "question: What if all goes on?\n",
    "quick-envoy": "parameters: {patience: 4 days}\n",
    "one-more-shot": "events: [{at: 2030-01-03, event: shots_fired, dead: 2}]\n",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("strait")
    (folder / "model.yaml").write_text(MODEL, encoding="utf-8")
    for name, more in SCENARIOS.items():
        (folder / f"{name}.yaml").write_text(f"scenario: {name}\nmodel: model.yaml\n{more}", encoding="utf-8")
    return folder


def answer(case: Path, line: str) -> Answer:
    """Answer a command that an output names, as the command line does."""
    words = line.split()
    assert words[:2] == ["sim", "query"]
    end = words.index("--first")
    assert words[end + 2 :] == ["--ledger", str(case / "ledger")]
    return query(words[2], Ledger(case / "ledger"), words[3:end], first=int(words[end + 1]), workers=1)


def test_the_outcomes_and_measures_of_a_run_come_out_of_the_ledger(case: Path) -> None:
    found = sim.run(case / "as-it-is.yaml", runs=120, ledger=case / "ledger", workers=1)

    outcomes, measures = (answer(case, line).as_data() for line in found.queries)

    for row in outcomes:
        known = found.outcomes[row["outcome"]]
        assert (row["hits"], row["runs"]) == (known.hits, known.runs)
        assert row["low"] == known.low
        assert row["high"] == known.high
    assert {row["outcome"] for row in outcomes} == set(found.outcomes)
    for row in measures:
        known = found.measures[row["measure"]]
        wanted = known.mean if row["statistic"] == "mean" else known.quantiles[float(row["share"])]
        assert all(row[key] == getattr(wanted, key) for key in ("value", "low", "high"))
        assert row["runs"] == known.runs
    assert len(measures) == 6 * len(found.measures)


def test_a_nested_design_comes_out_of_the_ledger(case: Path) -> None:
    found = sim.run(case / "as-it-is.yaml", runs=8, draws=12, ledger=case / "ledger", workers=1)

    outcomes, splits, measures = (answer(case, line).as_data() for line in found.queries)

    for row in outcomes:
        known = found.outcomes[row["outcome"]]
        assert row["low"] == known.low
        assert row["high"] == known.high
    for row in splits:
        if row["outcome"] not in found.splits:  # all runs have it, or none, and there is nothing to split
            assert row["chance_alone"] is None
            continue
        known = found.splits[row["outcome"]]
        assert row["share"] == known.overall.value
        assert row["ignorance_low"] == known.epistemic[0]
        assert row["ignorance_high"] == known.epistemic[1]
        assert row["held"] == known.held
        assert row["parameters_low"] == known.parameters_share.low
        assert row["parameters_share"] == known.parameters_share.value
    for row in measures:
        known = found.measures[row["measure"]]
        wanted = known.mean if row["statistic"] == "mean" else known.quantiles[float(row["share"])]
        assert all(row[key] == getattr(wanted, key) for key in ("value", "low", "high"))
    assert len(splits) > len(found.splits) > 0


def test_runs_made_for_a_goal_come_out_of_the_ledger(case: Path) -> None:
    found = sim.run(case / "as-it-is.yaml", until="±14pp on peace", ledger=case / "ledger", workers=1)

    rows = answer(case, found.queries[0]).as_data()

    assert found.goals[0][1]
    assert all(row["low"] == found.outcomes[row["outcome"]].low for row in rows)
    assert all(row["high"] == found.outcomes[row["outcome"]].high for row in rows)
    assert {row["runs"] for row in rows} == {found.count}


@pytest.mark.parametrize("draws", [None, 10])
def test_a_comparison_comes_out_of_the_ledger(case: Path, draws: int | None) -> None:
    targets = [case / f"{name}.yaml" for name in SCENARIOS]
    runs = 100 if draws is None else 10
    found = sim.compare(*targets, runs=runs, draws=draws, ledger=case / "ledger", workers=1)
    answers = {line.split()[2]: answer(case, line).as_data() for line in found.queries}

    others = {one.other.scenario.name: one for one in found.versus}
    for row in answers["@changes"]:
        known = others[row["scenario"]].changes[row["outcome"]]
        cells = (row["both_have_it"], row["lost"], row["gained"], row["neither"])
        assert cells == (known.both, known.lost, known.gained, known.neither)
        assert row["difference"] == known.difference.value
        if row["outcome"] in found.ending:
            assert row["simultaneous_low"] == known.difference.low
            assert row["simultaneous_high"] == known.difference.high
        assert row["gain"] == (known.variance_reduction.value if known.variance_reduction else None)
    for row in answers["@shifts"]:
        known = others[row["scenario"]].shifts[row["measure"]]
        assert all(row[key] == getattr(known.difference, key) for key in ("low", "high"))
        assert row["difference"] == known.difference.value
        assert row["gain"] == (known.variance_reduction.value if known.variance_reduction else None)
    for name, one in others.items():
        listed = [row for row in answers["@first"] if row["scenario"] == name]
        known = {(item.how, item.rule, item.one, item.other, item.causes): asdict(item.share) for item in one.first}
        assert len(listed) == len(known)
        for row in listed:
            share = known[row["how"], row["rule"], row["one"], row["other"], tuple(row["causes"])]
            assert (row["pairs"], row["out_of"]) == (share["hits"], share["runs"])
            assert row["low"] == share["low"]
        listed = [row for row in answers["@turning"] if row["scenario"] == name]
        turns = {(item.how, item.rule, item.one, item.other): item for item in one.turning}
        assert len(listed) == len(turns)
        for row in listed:
            item = turns[row["how"], row["rule"], row["one"], row["other"]]
            assert (row["pairs"], row["out_of"], row["low"]) == (item.share.hits, item.share.runs, item.share.low)
            assert (row["undone"], row["third"], row["example"]) == (item.undone, item.third, item.example)
            back = {cause: count for cause, count in zip(row["causes"], row["needed_in"], strict=True) if count}
            assert back == {cause.name: cause.back for cause in item.causes if cause.back}
    for row in answers["@ranks"]:
        places = {ensemble[:12]: place for ensemble, place in found.rankings[row["outcome"]].ranks.items()}
        assert (row["rank"], row["from"], row["to"]) == places[row["ensemble"]]
    for row in answers.get("@variance", []):
        known = found.parts[row["outcome"]]
        assert all(row[part] == known[part].value for part in known)
    assert bool(answers.get("@variance")) == (draws is not None)


def test_two_scenarios_have_intervals_that_hold_by_themselves(case: Path) -> None:
    found = sim.compare(case / "as-it-is.yaml", case / "quick-envoy.yaml", runs=100, ledger=case / "ledger", workers=1)
    ids = [one.source.ensemble for one in found.everyone]

    rows = query("@changes", Ledger(case / "ledger"), ids, first=100, workers=1).as_data()

    for row in rows:
        known = found.versus[0].changes[row["outcome"]].difference
        assert row["low"] == known.low
        assert row["high"] == known.high


def test_other_seeds_are_compared_as_independent_runs(case: Path) -> None:
    one = sim.run(case / "as-it-is.yaml", runs=80, ledger=case / "ledger", workers=1)
    other = sim.run(case / "quick-envoy.yaml", runs=80, seed=2, ledger=case / "ledger", workers=1)
    ids = [found.source.ensemble for found in (one, other)]
    found = sim.compare(*ids, runs=80, unpaired=True, ledger=case / "ledger", workers=1)

    rows = query("@unpaired", Ledger(case / "ledger"), ids, first=80).as_data()

    assert len(rows) == len(found.outcomes)
    for row in rows:
        known = found.versus[0].changes[row["outcome"]].difference
        assert all(row[key] == getattr(known, key) for key in ("low", "high"))


@pytest.mark.parametrize("draws", [None, 10])
def test_incidence_and_first_times_come_out_of_the_ledger(case: Path, draws: int | None) -> None:
    runs = 120 if draws is None else 12
    found = sim.run(case / "as-it-is.yaml", runs=runs, draws=draws, ledger=case / "ledger", workers=1)
    ids = [found.source.ensemble]

    incidence, times = (query(f"@{name}", Ledger(case / "ledger"), ids, first=120).as_data() for name in EXTRA)

    for row in incidence:
        share = found.incidence(row["outcome"], [row["time"]]).shares[0]
        assert (row["hits"], row["runs"]) == (share.hits, share.runs)
        assert row["low"] == share.low
        assert row["high"] == share.high
    for row in times:
        known = found.milestone(row["outcome"])
        wanted = (
            known.restricted_mean
            if row["statistic"].startswith("mean")
            else known.median_if
            if row["statistic"].startswith("median")
            else known.quantiles[float(row["share"])]
        )
        assert all(row[key] == getattr(wanted, key) for key in ("value", "low", "high")), row
    assert incidence
    assert times


def test_the_tables_hold_what_the_logs_hold(case: Path) -> None:
    found = sim.run(case / "one-more-shot.yaml", runs=30, ledger=case / "ledger", workers=1)
    ledger = Ledger(case / "ledger")
    ensemble = ledger.find(found.source.ensemble)
    logs = dict(ensemble.logs(range(30)))

    events = query("SELECT * FROM events ORDER BY run, sequence", ledger, [ensemble.id], first=30)
    parameters = query("SELECT * FROM parameters ORDER BY run, parameter", ledger, [ensemble.id], first=30)
    runs = query("SELECT * FROM runs ORDER BY run", ledger, [ensemble.id], first=30)

    rows = events.as_data()
    assert len(rows) == sum(map(len, logs.values()))
    calendar = found.model.calendar
    for row in rows:
        event = logs[row["run"]][row["sequence"]]
        assert (row["kind"], row["event"], row["rule"]) == (event.kind, event.type, event.rule)
        assert tuple(row["marks"]) == event.marks
        assert row["time"] == event.time - found.scenario.start
        assert row["date"] == calendar.date_of(event.time)
    for row in parameters.as_data():
        place = list(found.model.parameters).index(row["parameter"])
        assert row["value"] == logs[row["run"]][0].marks[place]
    assert [row["ended"] for row in runs.as_data()] == [log[-1].note for log in logs.values()]
    assert query("SELECT count(*) FROM ensembles", ledger).rows[0][0] == len(ledger.ensembles())


def test_every_table_has_the_columns_that_are_documented(case: Path) -> None:
    sim.run(case / "as-it-is.yaml", runs=5, ledger=case / "ledger", workers=1)
    for name, table in TABLES.items():
        text = f"SELECT column_name, column_type FROM (DESCRIBE {name})"  # noqa: S608 - our own names
        found = query(text, Ledger(case / "ledger"), all_ensembles=True, workers=1)

        assert [(row[0], row[1]) for row in found.rows] == [
            (column, known.type) for column, known in table.columns.items()
        ]
        assert name in described()


def test_every_named_query_says_what_it_is_for_and_runs_on_an_empty_ledger(tmp_path: Path) -> None:
    for name, text in named_queries().items():
        assert len(purpose(text)) > 20
        if name in TAKES_TWO:
            with pytest.raises(UsageError, match="takes two ensembles or more"):
                query(f"@{name}", Ledger(tmp_path))
        else:
            assert query(f"@{name}", Ledger(tmp_path)).rows == ()
        assert sql_of(f"@{name}") == text


def test_ensembles_are_mixed_only_where_one_asks_for_it(case: Path) -> None:
    ledger = case / "apart"
    made = [sim.run(case / "as-it-is.yaml", runs=20, seed=seed, ledger=ledger, workers=1) for seed in (1, 2)]
    ids = [found.source.ensemble for found in made]

    with pytest.raises(UsageError, match="mix 2 ensembles") as refused:
        sim.query("SELECT count(*) FROM runs", ledger=ledger)
    assert refused.value.code == "E022"
    assert sim.query("SELECT count(*) FROM runs", ids[0], ledger=ledger).rows == ((20,),)
    together = sim.query("SELECT count(*) FROM runs", ledger=ledger, all_ensembles=True)
    assert together.rows == ((40,),)
    assert {part.ensemble for part in together.covers} == {one[:12] for one in ids}
    assert "1 row, over 2 ensembles" in repr(together)


def test_measures_are_those_of_the_runs_that_are_there_though_some_between_are_not(case: Path) -> None:
    found = sim.run(case / "as-it-is.yaml", runs=30, ledger=case / "whole", workers=1)
    ledger = Ledger(case / "gaps")
    ensemble = ledger.create(Ledger(case / "whole").find(found.source.ensemble).spec)
    whole = Ledger(case / "whole").find(found.source.ensemble)
    shutil.copytree(whole.folder / "documents", ensemble.folder / "documents")
    logs = dict(whole.logs())
    parts = [ensemble.publish(table_of(first, [logs[run] for run in range(first, first + 5)])) for first in (0, 20)]
    manifest = whole.manifest()
    assert manifest
    ensemble.seal(parts, manifest.provenance)

    numbers = "SELECT DISTINCT run FROM runs ORDER BY run", "SELECT DISTINCT run FROM measures ORDER BY run"
    for text in numbers:
        assert [run for (run,) in query(text, ledger, workers=1).rows] == [*range(5), *range(20, 25)], text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT * FROM evnts", "evnts"),
        ("SELEC 1", "syntax error"),
        ("DROP TABLE events", "expected one SELECT"),
        ("SELECT 1; SELECT 2", "expected one SELECT"),
        ("COPY events TO 'x.csv'", "expected one SELECT"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled"),
        ("", "expected one SELECT"),
        ("@outcomez", "there is no query"),
    ],
)
def test_what_is_no_query_is_refused_with_a_reason(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        query(text, Ledger(tmp_path))

    assert refused.value.code == "E008"
    assert says in str(refused.value)
