"""A scenario at another moment is compared with the baseline made at that moment, and with nothing else."""

from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.analysis.added_questions import asking
from sim.analysis.baselines import matches, why_unpaired
from sim.errors import SimError, UsageError
from sim.experiment import Origin, RunSettings
from sim.ledger.ledger import Ledger
from sim.report.comparison_tables import legend, tables
from sim.report.comparison_words import paragraph
from sim.report.pictures import plot
from sim.sql.answer import query
from sim.study.api import compare
from sim.study.plan import Plan, open_target
from sim.study.use_cases import compare_experiments
from sim.testing.models import model_data, text_of
from tests.analysis.crises import experiment, write

CASE = Path(__file__).parents[2] / "scenarios" / "lesotho-2014"
PAST = """
history: fights
title: Two fights on one day
sources: sources.yaml
events:
"""
PAST += "".join(
    f"  - {{id: {name}, at: {at}, event: fought, claim: A fight, "
    "status: attested, act: deed, sources: [{source: paper}]}\n"
    for name, at in (("first", "2030-01-03T07:30"), ("second", "2030-01-05"), ("third", "2030-01-05"))
)
SOURCES = """
sources: papers
documents:
  paper: {title: A paper, publisher: A press, date: 2030-02-01, reliability: high}
"""
FIGHTS = """
model: fights
title: Fights
time: {unit: day, origin: 2030-01-01}
factions: {north: {title: North}}
state: {fights: {type: int, range: [0, 900], initial: 0}}
parameters: {zeal: {prior: {uniform: [0.1, 0.5]}, unit: 1/day, basis: {judgement: a guess}}}
events: {fought: {by: north, exogenous: true, effects: {fights: fights + 1}}}
rules:
  north_fights: {faction: north, when: fights < 800, clock: {rate: zeal}, emits: fought, basis: {judgement: a guess}}
outcomes:
  many: {title: Many fights, when: fights >= 9, ends_run: true}
  few: {title: Few fights, otherwise: true}
measures: {at_the_end: {value: fights}}
"""
BRANCHES = (
    "{before: first}", "{after: first}", "{before: second}", "{after: second}", "{before: third}", "{after: third}",
    "{at: 2030-01-01}", "{at: 2030-01-04}", "{at: 2030-01-05}", "{at: 2030-01-07T11:59:59}", "{at: 3.1 days}",
    "{at: 7 days + 1 hour}",
)  # fmt: skip
HORIZONS = ("30 days", "2030-03-01", "0.1 days", "10.7 days + 1 second", "2030-02-01T13:14:15")


def write_fights(folder: Path) -> Path:
    for name, text in (("model", FIGHTS), ("history", PAST), ("sources", SOURCES)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    scenario(folder, "base", "model: model.yaml\nhistory: history.yaml\nhorizon: 2030-02-01\n")
    return folder


def scenario(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(f"scenario: {name}\n{text}", encoding="utf-8")
    return file


def opened(folder: Path, *names: str, central: bool = False, **wanted: object):
    plan = Plan(folder / "ledger", settings=RunSettings(central=central), **wanted)
    return [open_target(folder / f"{name}.yaml", plan) for name in names]


def assert_at_one_moment(one, other) -> None:
    assert one.scenario.past == other.scenario.past
    assert (one.scenario.start, one.scenario.horizon) == (other.scenario.start, other.scenario.horizon)
    assert why_unpaired(one, other) == ""


@pytest.mark.parametrize("horizon", HORIZONS)
@pytest.mark.parametrize("branch", BRANCHES)
def test_the_baseline_is_made_at_every_moment_that_a_file_can_name(tmp_path, branch, horizon):
    folder = write_fights(tmp_path)
    scenario(folder, "elsewhere", f"extends: base.yaml\nbranch: {branch}\nhorizon: {horizon}\n")
    base, other = opened(folder, "base", "elsewhere")

    (match,) = matches(base, [other])

    assert match.reason == ""
    assert_at_one_moment(match.baseline, other)
    assert match.baseline.spec == other.spec  # it assumes nothing, so it is the baseline at its moment


@pytest.mark.parametrize("extended", ["base", "from-the-model"])
def test_a_baseline_without_a_branch_or_a_history_is_made_at_another_moment_too(tmp_path, extended):
    folder = write_fights(tmp_path)
    scenario(folder, "from-the-model", "model: model.yaml\nhorizon: 20 days\n")
    scenario(folder, "elsewhere", "extends: base.yaml\nbranch: {after: first}\nparameters: {zeal: 0.4 per day}\n")
    base, other = opened(folder, extended, "elsewhere")

    (match,) = matches(base, [other])

    assert match.reason == ""
    assert_at_one_moment(match.baseline, other)


@pytest.mark.parametrize(("base", "elsewhere"), [("begins", "later"), ("later", "begins")])
def test_a_baseline_is_not_made_where_it_would_lose_or_gain_an_initial_state(tmp_path, base, elsewhere):
    folder = write_fights(tmp_path)
    more = "parameters: {first: {type: int, value: 3, basis: {judgement: a guess}}, "
    changed = FIGHTS.replace("parameters: {", more).replace("range: [0, 900], initial: 0", "initial: first")
    (folder / "model.yaml").write_text(changed, encoding="utf-8")
    values = {base: 9, elsewhere: 7}
    begins, later = (f"horizon: 30 days\nparameters: {{first: {values[name]}}}\n" for name in ("begins", "later"))
    scenario(folder, "begins", f"model: model.yaml\n{begins}")
    scenario(folder, "later", f"model: model.yaml\nhistory: history.yaml\nbranch: {{after: first}}\n{later}")
    baseline, other = opened(folder, base, elsewhere, runs=20)

    (match,) = matches(baseline, [other])

    assert not match.moved
    assert "it assumes the parameter first, of which the initial state is made" in match.reason


FOLDERS = count()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=model_data(), start=st.floats(0, 14), length=st.floats(0.01, 40), cut=st.booleans())
def test_a_scenario_of_any_model_that_assumes_nothing_differs_from_its_baseline_in_nothing(
    tmp_path, data, start, length, cut
):
    folder = tmp_path / str(next(FOLDERS))
    folder.mkdir()
    unit = " days" if data["time"]["unit"] == "day" else ""
    for outcome in data["outcomes"].values():
        outcome.pop("within", None)  # a run may be shorter
    for measure in data["measures"].values():
        measure.pop("from", None)
        measure.pop("until", None)
    (folder / "model.yaml").write_text(text_of(data), encoding="utf-8")
    assumed = "disable: [settles]\nparameters: {heat0: 0.4}\n"
    scenario(folder, "base", f"model: model.yaml\n{assumed if cut else ''}")
    scenario(folder, "later", f"extends: base.yaml\nbranch: {{at: '{start}{unit}'}}\nhorizon: '{length}{unit}'\n")
    base, other = opened(folder, "base", "later")
    (match,) = matches(base, [other])

    assert match.reason == ""
    assert_at_one_moment(match.baseline, other)
    found = compare_experiments([base, other], Plan(folder / "ledger", 5, workers=1))
    (versus,) = found.versus
    assert versus.parted == 0
    assert all((one.difference.value or 0.0, one.changed) == (0.0, 0) for one in versus.changes.values())
    assert versus.alike or not versus.pairs


def test_each_scenario_has_the_differences_that_it_has_by_itself_against_its_own_baseline(tmp_path):
    folder = write_fights(tmp_path)
    for number, branch in enumerate(("{after: third}", "{before: second}", "{at: 2030-01-04}", "{before: second}")):
        assumed = f"parameters: {{zeal: {0.2 + number / 10} per day}}\n"
        scenario(folder, f"s{number}", f"extends: base.yaml\nbranch: {branch}\n{assumed}")
    scenario(folder, "own", "title: At that moment\nextends: base.yaml\nbranch: {before: second}\n")
    names = ("base", "s0", "s1", "s2", "s3")

    whole = compare_experiments(opened(folder, *names), Plan(folder / "ledger", 60, workers=1))

    groups = [(baseline, [one.other.scenario.name for one in members]) for baseline, members in whole.groups]
    assert [names for _, names in groups] == [["s0"], ["s2"], ["s1", "s3"]]
    made = groups[2][0]
    assert made.scenario.title == "base, from 5 January 2030 (before second)"
    for name in ("s1", "s3"):
        alone = compare_experiments(opened(folder, "own", name), Plan(folder / "ledger", 60, workers=1))
        (expected,) = alone.versus
        found = next(one for one in whole.versus if one.other.scenario.name == name)
        assert found.baseline.source.ensemble == expected.baseline.source.ensemble == made.source.ensemble
        for outcome, change in expected.changes.items():
            counts = (change.both, change.lost, change.gained, change.neither)
            mine = found.changes[outcome]
            assert (mine.both, mine.lost, mine.gained, mine.neither) == counts
        assert found.shifts == expected.shifts
        assert found.turning == expected.turning


def compared(folder, *names, runs=60, **options):
    return compare(
        *(folder / f"{name}.yaml" for name in names), runs=runs, ledger=folder / "ledger", workers=1, **options
    )


def test_every_row_stands_below_its_own_baseline_and_ranks_are_among_those_of_one(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-load", "title: Loaded later\nextends: later.yaml\nparameters: {bias: 0.9}\n")
    scenario(folder, "late-glue", "title: Glued later\nextends: later.yaml\ndisable: [coin_falls]\n")

    found = compared(folder, "as-it-is", "loaded", "late-load", "late-glue", "pushed")

    (table,) = tables(found, ["heads"])
    moved = "As it is, from time 2"
    assert [row[0] for row in table.rows] == [
        "As it is", "  A loaded coin", "  A push", moved, "  Loaded later", "  Glued later",
    ]  # fmt: skip
    baselines = {one.scenario.title: one for one in found.baselines}
    assert set(baselines) == {"As it is", moved}
    for row in table.rows:
        if row[0] in baselines:
            assert row[1].startswith(str(baselines[row[0]].outcomes["heads"]))
    ranks = [int(row[-1].split()[0]) for row in table.rows]
    assert sorted(ranks[:3])[0] == sorted(ranks[3:])[0] == 1
    assert max(ranks) <= 3
    data = found.as_data()
    assert [one["against"]["title"] for one in data["versus"]] == ["As it is", "As it is", moved, moved]
    assert [one["title"] for one in data["baselines"]] == ["As it is", moved]
    assert data["rankings"]["heads"]["late-load"]["among_those_against"] == "as-it-is-from-2"
    frame = found.to_frame()
    assert set(frame["against"][frame["scenario"] == "late-load"]) == {"as-it-is-from-2"}


def test_the_words_and_the_legend_name_the_baseline_that_was_made(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-glue", "title: Glued later\nextends: later.yaml\ndisable: [coin_falls]\n")

    for names in (("as-it-is", "late-glue"), ("as-it-is", "loaded", "late-glue")):
        found = compared(folder, *names)
        words = legend(found)
        assert "So 'As it is' was made anew" in words
        assert "'As it is, from time 2' has the branch and the horizon of 'Glued later'" in words
        assert "- Glued later: against 'As it is, from time 2', '" in paragraph(found)
        assert "Under 'As it is, from time 2' runs end most often with" in paragraph(found)
        foot = " ".join(plot(found).spec["vconcat"][0]["title"]["text"])
        assert "'As it is, from time 2' has the branch" in foot


def named(words):
    """The ensembles that a printed query names."""
    return words[3 : words.index("--first")]


def test_every_figure_of_several_moments_comes_out_of_the_ledger(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-load", "extends: later.yaml\nparameters: {bias: 0.9}\n")
    scenario(folder, "late-glue", "extends: later.yaml\ndisable: [coin_falls]\n")
    found = compared(folder, "as-it-is", "loaded", "late-load", "late-glue", "pushed", runs=100)
    lines = [line.split() for line in found.queries]
    answers = [
        (words[2], query(words[2], Ledger(folder / "ledger"), named(words), first=100, workers=1).as_data())
        for words in lines
    ]

    known = {one.other.source.ensemble[:12]: one for one in found.versus}
    seen = set()
    for name, rows in answers:
        assert rows
        for row in rows:
            one = known.get(row["ensemble"])
            if name in ("@changes", "@turning", "@first", "@shifts"):
                assert row["baseline"] == one.baseline.source.ensemble[:12]
                seen.add((name, row["ensemble"]))
            if name == "@changes":
                change = one.changes[row["outcome"]]
                assert (row["lost"], row["gained"]) == (change.lost, change.gained)
                if row["outcome"] in found.primary:
                    assert row["simultaneous_low"] == pytest.approx(change.difference.low)
            if name == "@ranks":
                places = {key[:12]: place for key, place in found.rankings[row["outcome"]].ranks.items()}
                assert (row["rank"], row["from"], row["to"]) == places[row["ensemble"]]
    assert {ensemble for name, ensemble in seen if name == "@changes"} == set(known)
    (ranks,) = [rows for name, rows in answers if name == "@ranks"]
    assert len(ranks) == 3 * 6  # both baselines, and two scenarios of each, by three outcomes


def test_questions_asked_later_are_asked_of_the_baseline_that_is_made(tmp_path):
    folder = write(tmp_path)
    added_questions = asking(["pushed_once: pushes == 1"], ["twice: 2 * pushes"])
    plan = Plan(folder / "ledger", 30, workers=1, added_questions=added_questions)
    experiments = [open_target(folder / f"{name}.yaml", plan) for name in ("as-it-is", "later")]

    found = compare_experiments(experiments, plan)

    (versus,) = found.versus
    assert "pushed_once" in versus.changes
    assert "twice" in versus.shifts
    assert versus.alike


@pytest.mark.parametrize("options", [{}, {"draws": 6}, {"central": True}])
def test_ensembles_named_by_their_ids_are_compared_as_their_scenarios_are(tmp_path, options):
    folder = write(tmp_path)
    scenario(folder, "late-load", "title: Loaded later\nextends: later.yaml\nparameters: {bias: 0.9}\n")
    one, other = opened(folder, "as-it-is", "late-load", **options, runs=10)
    first = compare_experiments([one, other], Plan(folder / "ledger", 10, draws=options.get("draws"), workers=1))
    compare(folder / "as-it-is.yaml", folder / "loaded.yaml", runs=10, ledger=folder / "ledger", workers=1, **options)
    base = one.ledger.create(one.spec).id
    (folder / "late-load.yaml").unlink()

    again = compare(base, other.ledger.create(other.spec).id, ledger=folder / "ledger", workers=1)

    assert again.as_data() == first.as_data()
    made = compare(
        first.baseline.source.ensemble, first.versus[0].other.source.ensemble, ledger=folder / "ledger", workers=1
    )
    assert made.versus[0].changes == first.versus[0].changes
    assert not made.versus[0].moved


def test_a_difference_at_another_moment_can_be_a_goal(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-load", "extends: later.yaml\nparameters: {bias: 0.9}\n")

    found = compared(folder, "as-it-is", "late-load", runs=None, until="±20pp on difference in heads")

    assert found.goal_met
    assert found.versus[0].moved
    assert found.baseline.scenario.title == "As it is, from time 2"


def test_with_unpaired_the_difference_is_from_the_baseline_as_it_is_and_nothing_is_marked_ranked_or_told(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-glue", "title: Glued later\nextends: later.yaml\ndisable: [coin_falls]\n")

    found = compared(folder, "as-it-is", "late-glue", "loaded", "pushed", unpaired=True, runs=300)

    first = found.versus[0]
    assert not first.paired
    assert first.changes["hangs"].difference.excludes_zero
    row = next(row for row in tables(found, ["hangs"])[0].rows if row[0].startswith("Glued"))
    assert row[0] == "Glued later *"
    assert row[2].endswith("  ")
    assert row[-1] == ""
    line = next(line for line in paragraph(found).splitlines() if line.startswith("- Glued"))
    assert "rises" not in line
    assert "because of" not in line


def test_figures_of_what_is_no_pair_come_out_of_the_ledger_beside_those_of_pairs(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-glue", "extends: later.yaml\ndisable: [coin_falls]\n")
    scenario(folder, "late-load", "extends: later.yaml\nparameters: {bias: 0.9}\n")  # a pair with the one before
    names = ("as-it-is", "late-glue", "late-load", "loaded", "pushed")
    found = compared(folder, *names, unpaired=True, runs=100)
    known = {one.other.source.ensemble[:12]: one for one in found.versus}

    seen = {}
    for line in found.queries:
        words = line.split()
        for row in query(words[2], Ledger(folder / "ledger"), named(words), first=100, workers=1).as_data():
            if words[2] in ("@changes", "@unpaired"):
                change = known[row["ensemble"]].changes[row["outcome"]]
                seen.setdefault(row["ensemble"], []).append(row["outcome"])
                assert row["difference"] == pytest.approx(change.difference.value)
                if row["outcome"] in found.primary:
                    assert row["simultaneous_low"] == pytest.approx(change.difference.low)
                    assert row["simultaneous_high"] == pytest.approx(change.difference.high)
    assert {ensemble: sorted(outcomes) for ensemble, outcomes in seen.items()} == {
        ensemble: sorted(one.changes) for ensemble, one in known.items()
    }


def test_a_baseline_whose_own_assumption_lies_before_the_moment_cannot_be_made_there(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-load", "extends: later.yaml\nparameters: {bias: 0.9}\n")

    with pytest.raises(SimError) as refused:
        compared(folder, "pushed", "late-load")

    assert refused.value.code == "E510"
    assert "'A push' cannot be made from time 2: 'pushed' would happen before the branch" in refused.value.notes[0]
    found = compare_experiments(
        opened(folder, "pushed", "late-load", "as-it-is"), Plan(folder / "ledger", 20, workers=1), unpaired="leave out"
    )
    (left,) = found.left_out
    assert (left.name, [one.other.scenario.name for one in found.versus]) == ("late-load", ["as-it-is"])
    assert "Not compared: 'late load', because they branch at different moments" in legend(found)
    assert found.as_data()["left_out"][0]["name"] == "late-load"


def test_what_a_baseline_assumes_holds_from_the_other_moment_on(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "late-glue", "extends: later.yaml\ndisable: [coin_falls]\n")
    base, other = opened(folder, "loaded", "late-glue")

    (match,) = matches(base, [other])

    assert match.baseline.scenario.model.parameters["bias"].value == 0.9
    assert match.baseline.scenario.start == 2.0


def test_a_branch_from_a_run_is_compared_with_the_baseline_gone_on_from_that_run(tmp_path):
    folder = write(tmp_path, ("{rate: 0.3}", "{rate: 0.01}"))
    parent = compared(folder, "as-it-is", "loaded", runs=5).baseline.source.ensemble
    origin = Origin(parent, 3, 0)
    base = experiment(folder)
    other = open_target(folder / "loaded.yaml", Plan(folder / "ledger", 20, workers=1, origin=origin))

    (match,) = matches(base, [other])

    assert match.reason == ""
    assert_at_one_moment(match.baseline, other)
    assert match.baseline.scenario.title == f"As it is, from event 0 of run 3 of {parent[:12]}"


def test_nothing_but_what_cannot_be_paired_is_refused_even_in_a_folder(tmp_path):
    folder = write(tmp_path)
    pair = [experiment(folder), experiment(folder, "loaded", seed=2)]

    with pytest.raises(SimError) as refused:
        compare_experiments(pair, Plan(folder / "ledger", 20, workers=1), unpaired="leave out")

    assert refused.value.code == "E510"
    assert "their seeds differ: 1 and 2" in refused.value.notes[0]


def test_two_scenarios_with_one_title_are_told_apart(tmp_path):
    folder = write(tmp_path)
    scenario(folder, "other-load", "title: A loaded coin\nextends: as-it-is.yaml\nparameters: {bias: 0.2}\n")

    found = compared(folder, "as-it-is", "loaded", "other-load")

    titles = [one.other.scenario.title for one in found.versus]
    assert titles == ["A loaded coin (loaded)", "A loaded coin (other-load)"]


def test_one_ensemble_named_twice_is_refused_by_both_names(tmp_path):
    folder = write(tmp_path)

    with pytest.raises(UsageError) as refused:
        compared(folder, "as-it-is", "same")

    assert "as-it-is.yaml" in refused.value.notes[0]
    assert "same.yaml" in refused.value.notes[0]


@pytest.mark.slow
def test_the_general_in_his_post_makes_the_talks_collapse_more_often_not_less(tmp_path):
    paths = [CASE / f"{name}.yaml" for name in ("status-quo", "general-not-dismissed")]

    found = compare(*paths, runs=4000, ledger=tmp_path / "ledger", workers=1)

    difference = found.versus[0].changes["talks_collapse"].difference
    assert difference.low < 0.039 < difference.high
    assert difference.low > 0.0


def test_a_scenario_whose_own_rule_has_an_uncertain_number_is_a_pair_with_its_baseline(tmp_path):
    (tmp_path / "model.yaml").write_text(FIGHTS, encoding="utf-8")
    rule = "rules: {south_fights: {faction: north, clock: {rate: 'about(0.1 per day, 2)'}, emits: fought}}"
    texts = {"status-quo": "", "south": rule}
    for name, more in texts.items():
        text = f"scenario: {name}\nmodel: model.yaml\nhorizon: 20 days\n{more}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    found = compare(tmp_path, runs=60, ledger=tmp_path / "ledger")

    (south,) = found.versus
    assert south.paired
    assert south.shifts["at_the_end"].difference.value > 0
    assert {cause for one in south.divergences or () if one.first for cause in one.first.causes} == {
        "rule south_fights"
    }
