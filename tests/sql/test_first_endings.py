"""Both figures of an ending after which runs go on come out of the ledger: as the first to come true, and at all."""

import pytest

import sim
from sim.analysis.labels import FIRST, Counted
from sim.ledger.ledger import Ledger
from sim.sql.answer import query
from tests.sql.test_answer import MODEL, SCENARIOS, answer

ENDINGS = ("peace", "war")


@pytest.fixture(scope="module", params=["all go on", "one ends the run"])
def case(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("strait")
    text = MODEL.replace("ends_run: true", "ending: true", 2 if request.param == "all go on" else 1)
    (folder / "model.yaml").write_text(text, encoding="utf-8")
    for name, more in SCENARIOS.items():
        (folder / f"{name}.yaml").write_text(f"scenario: {name}\nmodel: model.yaml\n{more}", encoding="utf-8")
    return folder


def counted(row):
    return Counted(row["outcome"], first=row["counted"] in (FIRST, "at the horizon"))


def check_all(rows, results):
    """Assert that rows are of all that is counted, in its order."""
    assert list(dict.fromkeys(map(counted, rows))) == list(results.counted)
    assert "as_first" not in rows[0]


@pytest.mark.parametrize("how", [{"runs": 120}, {"runs": 8, "draws": 12}, {"until": "±14pp on peace"}])
def test_how_likely_each_is(case, how):
    found = sim.run(case / "as-it-is.yaml", **how, ledger=case / "ledger", workers=1)
    rows = answer(case, found.queries[0]).as_data()

    check_all(rows, found)
    for row in rows:
        known = found.share(counted(row))
        assert (row["hits"], row["runs"], row["low"], row["high"]) == (known.hits, known.runs, known.low, known.high)
    firsts = [row["hits"] for row in rows if counted(row).first]
    assert sum(firsts) == found.count, "one ending is the first in every run"
    assert sum(row["hits"] for row in rows if row["outcome"] in ENDINGS) > sum(firsts)


def test_what_its_variance_is_made_of(case):
    found = sim.run(case / "as-it-is.yaml", runs=8, draws=12, ledger=case / "ledger", workers=1)
    rows = answer(case, found.queries[1]).as_data()

    for row in rows:
        known = found.split(counted(row))
        assert (row["chance_alone"] is None) == (known is None)
        if known is not None:
            assert (row["ignorance_low"], row["ignorance_high"]) == known.epistemic
    assert {counted(row).first for row in rows} == {True, False}


@pytest.mark.parametrize("draws", [None, 10])
def test_when_each_comes(case, draws):
    runs = 120 if draws is None else 12
    found = sim.run(case / "as-it-is.yaml", runs=runs, draws=draws, ledger=case / "ledger", workers=1)
    incidence, times = (
        query(f"@{name}", Ledger(case / "ledger"), [found.source.ensemble], first=120).as_data()
        for name in ("incidence", "times")
    )

    for row in incidence:
        one = counted(row)
        share = found.incidence(one.outcome, [row["time"]], first=one.first).shares[0]
        assert (row["hits"], row["low"], row["high"]) == (share.hits, share.low, share.high)
    for row in times:
        if row["statistic"].startswith("mean"):
            one = counted(row)
            assert row["value"] == found.milestone(one.outcome, first=one.first).restricted_mean.value
    check_all(times, found)


@pytest.mark.parametrize("draws", [None, 10])
def test_what_scenarios_change(case, draws):
    targets = [case / f"{name}.yaml" for name in SCENARIOS]
    found = sim.compare(*targets, runs=100 if draws is None else 10, draws=draws, ledger=case / "ledger", workers=1)
    answers = {line.split()[2]: answer(case, line).as_data() for line in found.queries}
    others = {one.other.scenario.name: one for one in found.versus}

    check_all(answers["@changes"], found.baseline)
    for row in answers["@changes"]:
        known = others[row["scenario"]].change(counted(row))
        cells = (row["both_have_it"], row["lost"], row["gained"], row["neither"])
        assert cells == (known.both, known.lost, known.gained, known.neither)
        assert row["simultaneous_low"] == known.difference.low
    for row in answers["@ranks"]:
        assert row["counted"] in (FIRST, "at the horizon")
        places = {ensemble[:12]: place for ensemble, place in found.rankings[row["outcome"]].ranks.items()}
        assert (row["rank"], row["from"], row["to"]) == places[row["ensemble"]]
    for row in answers.get("@variance", []):
        assert all(row[part] == known.value for part, known in found.parts[row["outcome"]].items())
    for row in answers["@turning"]:
        assert row["out_of"] == others[row["scenario"]].ended_otherwise


def test_what_differs_though_the_runs_are_no_pairs(case):
    one, other = (
        sim.run(case / f"{name}.yaml", runs=80, seed=seed, ledger=case / "ledger", workers=1)
        for name, seed in (("as-it-is", 1), ("quick-envoy", 2))
    )
    ids = [found.source.ensemble for found in (one, other)]
    found = sim.compare(*ids, runs=80, unpaired=True, ledger=case / "ledger", workers=1)
    rows = query("@unpaired", Ledger(case / "ledger"), ids, first=80).as_data()

    check_all(rows, found.baseline)
    for row in rows:
        known = found.versus[0].change(counted(row)).difference
        assert (row["low"], row["high"]) == (known.low, known.high)


def test_each_run_tells_its_first_ending(case):
    found = sim.run(case / "as-it-is.yaml", runs=60, ledger=case / "ledger", workers=1)
    rows = query(
        "SELECT first_ending FROM runs ORDER BY run", Ledger(case / "ledger"), [found.source.ensemble], first=60
    )

    assert [row["first_ending"] for row in rows.as_data()] == found.runs.first_ending.tolist()
    assert set(found.runs.first_ending) == {*ENDINGS, "neither"}
