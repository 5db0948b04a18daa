"""What is said in plain words is what stands in the tables."""

import pytest

from sim.analysis.comparison import Ranked
from sim.analysis.labels import short
from sim.report import forms
from sim.report.comparison_tables import points
from sim.report.comparison_words import because, paragraph, turning_in_words
from sim.report.pictures import plot
from sim.statistics.estimates import percent, proportion
from sim.study.api import compare
from tests.analysis.crises import write


@pytest.fixture
def compared(tmp_path):
    write(tmp_path)

    def run(*names, runs=300, **options):
        paths = [tmp_path / f"{name}.yaml" for name in names]
        return compare(*paths, runs=runs, ledger=tmp_path / "ledger", workers=1, **options)

    return run


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "+0.0"), (-0.0004, "-0.04"), (0.0004, "+0.04"), (-0.0006, "-0.1"), (0.0123, "+1.2")]
)
def test_the_end_of_an_interval_that_is_not_0_is_not_written_as_0(share, text):
    assert points(share) == text


def test_the_paragraph_begins_with_how_most_runs_end_under_the_baseline(compared):
    found = compared("as-it-is", "loaded")

    order = sorted(found.ending, key=lambda name: -found.baseline.outcomes[name].hits)
    known = {name: found.baseline.outcomes[name] for name in order}
    shares = {
        name: f"{percent(share.hits / 300)}, {percent(share.low)} to {percent(share.high)}"
        for name, share in known.items()
    }
    short = {"tails": "Tails", "heads": "Heads", "hangs": "Neither"}
    first, second, third = (f"'{short[name]}' ({shares[name]})" for name in order)
    assert paragraph(found).splitlines()[0] == (
        f"Under 'As it is' runs end most often with {first}, {second} and {third}."
    )


def test_the_paragraph_says_what_changes_by_how_much_and_what_turned_it_with_the_numbers_of_the_tables(compared):
    found = compared("as-it-is", "loaded")

    (versus,) = found.versus
    heads, tails = versus.changes["heads"], versus.changes["tails"]
    told_as = []
    for change in (tails, heads):  # equally large, as none hangs otherwise
        low, high = sorted(abs(end) * 100 for end in (change.difference.low, change.difference.high))
        verb, more = ("rises", "more") if change is heads else ("falls", "less")
        told_as.append(
            f"'{change.outcome.title()}' {verb} from {percent(change.one.hits / 300)} "
            f"to {percent(change.other.hits / 300)} of the runs ({low:.0f} to {high:.0f} points {more})"
        )
    line = paragraph(found).splitlines()[1]
    assert line.startswith("- A loaded coin (What if somebody loads it?): " + "; ".join(told_as) + ".")
    assert f"In {versus.ended_otherwise} of 300 pairs of runs the end was another." in line
    assert versus.ended_otherwise > len(versus.turning_points) == 100
    assert "In each of the first 100 of these the turning point was" in line
    assert (
        "the turning point was: 'The coin fell heads', where under 'As it is': 'The coin fell tails' (because" in line
    )


def test_what_is_not_sure_is_not_told_as_a_change_but_by_what_cannot_be_ruled_out(compared):
    found = compared("as-it-is", "pushed")

    widest = max(abs(found.versus[0].changes[name].difference.high) for name in found.ending) * 100
    assert paragraph(found).splitlines()[1] == (
        "- A push: no end becomes surely likelier or less likely; "
        f"differences up to {widest:.2f} points cannot be ruled out. "
        "That is about ends alone: whatever else it changes stands in a table of its own. "
        f"In {found.versus[0].ended_otherwise} of 300 pairs of runs the end was another."
    )


def test_where_no_end_changes_surely_it_is_said_where_the_rest_is_shown_and_only_then(compared):
    beside = "That is about ends alone: whatever else it changes is shown with --only NAME."
    changing, pushed = paragraph(compared("as-it-is", "loaded", "pushed")).splitlines()[2:4]

    assert beside not in changing
    assert beside in pushed


FALLS = "  coin_falls:\n"


def slips(name, rate):
    return f"  {name}: {{faction: fate, when: side == up, clock: {{rate: {rate}}}, emits: pushed}}\n"


@pytest.mark.parametrize(("rate", "fired"), [("1e-9", False), ("0.5", True)])
@pytest.mark.parametrize(("more", "alone"), [("as-it-is", True), ("loaded", False)])
def test_a_disabled_rule_that_fires_in_no_run_of_the_baseline_is_named(tmp_path, rate, fired, more, alone):
    write(tmp_path, (FALLS, slips("slips", rate) + FALLS))
    held = tmp_path / "held.yaml"
    held.write_text(f"scenario: held\ntitle: Held\nextends: {more}.yaml\ndisable: [slips]\n", encoding="utf-8")
    found = compare(tmp_path / "as-it-is.yaml", held, runs=60, ledger=tmp_path / "l", workers=1)

    (versus,) = found.versus
    (runs,) = versus.disabled.values()
    line = paragraph(found).splitlines()[1]
    (written,) = found.as_data()["versus"]
    assert written["disabled_rules"] == {"slips": {"fired_in_baseline_runs": runs}}
    assert runs == sum("slips" in item.fired for item in versus.divergences)
    assert (runs > 0) == fired
    told = (
        "The rule 'slips', which it disables, fires in none of the 60 runs of 'As it is': by itself, that changes "
        "nothing in them."
    )
    assert (told in line) == (not fired)
    assert ("No pair of runs differs, in 60 pairs" in line) == (alone and not fired)


@pytest.mark.parametrize(("since", "fired"), [(0.001, True), (9.99, False)])
def test_a_rule_that_is_disabled_from_a_date_on_is_named_if_it_does_not_fire_from_then_on(tmp_path, since, fired):
    write(tmp_path, (FALLS, slips("slips", "0.5") + FALLS))
    held = tmp_path / "held.yaml"
    text = f"scenario: held\ntitle: Held\nextends: as-it-is.yaml\nchanges: [{{from: {since}, disable: [slips]}}]\n"
    held.write_text(text, encoding="utf-8")
    found = compare(tmp_path / "as-it-is.yaml", held, runs=60, ledger=tmp_path / "l", workers=1)

    (versus,) = found.versus
    assert list(versus.disabled) == ["slips"]
    assert (versus.disabled["slips"] > 0) == fired
    told = "The rule 'slips', which it disables, fires in none of the 60 runs of 'As it is' in that time: by itself,"
    assert (told in paragraph(found)) == (not fired)


def test_of_many_rules_that_never_fire_a_few_are_named_and_the_others_counted(tmp_path):
    names = [f"slips_{number}" for number in range(5)]
    write(tmp_path, (FALLS, "".join(slips(name, "1e-9") for name in names) + FALLS))
    (tmp_path / "held.yaml").write_text(f"scenario: held\nextends: as-it-is.yaml\ndisable: [{', '.join(names)}]\n")
    found = compare(tmp_path / "as-it-is.yaml", tmp_path / "held.yaml", runs=20, ledger=tmp_path / "l", workers=1)

    told = "The rules 'slips_0', 'slips_1', 'slips_2' and 2 more, which it disables, fire in none of the 20 runs"
    assert told in paragraph(found)


def test_where_every_run_failed_nothing_is_compared(tmp_path):
    write(tmp_path, ("weight: bias", "weight: 0 - bias"), ("{rate: 0.3}", "{fixed: 1}"))
    found = compare(tmp_path / "as-it-is.yaml", tmp_path / "loaded.yaml", runs=3, ledger=tmp_path / "l", workers=1)

    assert paragraph(found) == "Under 'As it is' 3 of 3 runs failed, so there is nothing to compare with."


def test_what_is_no_pair_is_said_to_be_none_and_nothing_is_said_of_what_it_changes(compared):
    found = compared("as-it-is", "longer", runs=1000, unpaired=True)

    line = paragraph(found).splitlines()[1]

    assert line == (
        f"- Longer: not paired with 'As it is', because {found.versus[0].reason}. Differences from it are not due to "
        "what is assumed alone, so nothing is said of what 'Longer' changes."
    )
    assert "horizons" in line


def test_every_scenario_has_a_line_and_the_caution_comes_last(compared):
    lines = paragraph(compared("as-it-is", "loaded", "glued")).splitlines()

    assert [line.split(":")[0].split(" (")[0] for line in lines[2:4]] == ["- A loaded coin", "- A glued coin"]
    assert lines[-1].endswith("They do not say whether the rules are right.")
    assert lines[1] == "What is said to be more or less below holds all together with 95 %."
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("how", "one", "other", "words"),
    [
        (
            "other choice",
            "fell_tails",
            "fell_heads",
            "'The coin fell heads', where under 'As it is': 'The coin fell tails'",
        ),
        (
            "only in other",
            "",
            "pushed",
            "'Somebody pushed the table', which the same run under 'As it is' does not have",
        ),
        (
            "only in one",
            "pushed",
            "",
            "'Somebody pushed the table', which the same run under 'A loaded coin' does not have",
        ),
        ("other time", "fell_heads", "fell_heads", "'The coin fell heads', at another time"),
        ("other marks", "pushed", "pushed", "'Somebody pushed the table', with other numbers"),
        (
            "other end",
            "heads",
            "horizon",
            "it went on, where under 'As it is' it ended with 'Heads'; both had the events behind it",
        ),
        (
            "other end",
            "heads",
            "tails",
            "it ended with 'Tails', where under 'As it is' it ended with 'Heads'; "
            "both had the events behind the end that came first",
        ),
        (
            "other end",
            "tails",
            "tails",
            "it ended with 'Tails' at another time than under 'As it is'; both had the events behind it",
        ),
    ],
)
def test_each_kind_of_difference_is_a_sentence_about_the_second_scenario(compared, how, one, other, words):
    found = compared("as-it-is", "loaded", runs=3)
    item = Ranked(how, "coin_falls", one, other, (), proportion(1, 1), 0)

    assert turning_in_words(item, found.baseline, found.versus[0].other) == words


def test_causes_are_told_by_what_they_are(compared):
    found = compared("as-it-is", "loaded", runs=3)
    causes = ("event pushed", "parameter bias", "rule coin_falls", "without coin_falls")

    def reasons(*of):
        model = found.baseline.model
        return because(Ranked("other time", "", "", "", of, proportion(1, 1), 0), model, model)

    assert reasons(*causes) == (
        "assumed: 'Somebody pushed the table'; parameter bias; the assumed rule coin_falls; without the rule coin_falls"
    )


def test_an_outcomes_short_title_ends_at_its_colon(compared):
    found = compared("as-it-is", "loaded", runs=3)

    assert short(found.baseline.model, "heads") == "Heads"
    assert short(found.baseline.model, "soon") == "It falls soon, before the run ended"


NAMES = {
    "The coin fell heads": "Adams's coin falls heads",
    "The coin fell tails": "McAdams's coin falls tails",
    "Heads: somebody wins": "Heads or Paris: she wins",
    "Tails: nobody wins": "ETA and iTails: nobody wins",
    "A loaded coin": "Adams loads it",
    "As it is": "iAs it is",
}


def test_every_title_stands_in_sentences_tables_and_pictures_as_its_author_wrote_it(tmp_path):
    write(tmp_path)
    for file in tmp_path.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        for old, new in NAMES.items():
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
    for names in (("as-it-is", "loaded"), ("as-it-is", "loaded", "glued"), ("as-it-is", "later")):
        paths = [tmp_path / f"{name}.yaml" for name in names]
        found = compare(*paths, runs=200, ledger=tmp_path / "ledger", workers=1)
        tables, texts = forms.parts(found)
        said = "\n".join(
            [*map(str, tables), *map("\n".join, texts), *(str(plot(what).spec) for what in (found, found.baseline))]
        )

        for title in NAMES.values():
            for part in {title, title.partition(":")[0]}:
                assert part[0].swapcase() + part[1:] not in said.replace(part, "")
        assert "'Heads or Paris'" in said


def test_where_no_pair_differs_that_is_said(tmp_path):
    write(tmp_path, ("parameters: {", "parameters: {unread: {value: 1, basis: {judgement: a guess}}, "))
    (tmp_path / "other.yaml").write_text("scenario: other\nextends: as-it-is.yaml\nparameters: {unread: 2}\n")
    base, ledger = tmp_path / "as-it-is.yaml", tmp_path / "ledger"

    unread = compare(base, tmp_path / "other.yaml", runs=100, ledger=ledger, workers=1)
    counted = compare(base, tmp_path / "pushed.yaml", runs=100, ledger=ledger, workers=1)

    assert unread.versus[0].alike
    assert (
        "No pair of runs differs, in 100 pairs: beside itself, what is assumed changes no event, no outcome and no "
        "measure of these runs."
    ) in paragraph(unread)
    assert not counted.versus[0].alike  # a measure counts the push that is assumed
    assert "No pair of runs differs" not in paragraph(counted)
