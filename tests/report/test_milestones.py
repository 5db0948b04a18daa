"""Wherever a milestone's figures stand, it says that they count what came before the run ended: all that is shown."""

import json
from collections.abc import Iterator
from itertools import product

import pytest

from sim.analysis import by_date
from sim.analysis.labels import BEFORE_END, TO_THE_END, counted, full, is_cut_off, measure_title, measured, short
from sim.build.model import loads_model
from sim.export import csvw
from sim.ledger.ledger import Ledger
from sim.report import outcome_tables as outcomes
from sim.report import result_tables
from sim.report.comparison_tables import legend
from sim.report.comparison_tables import tables as comparison_tables
from sim.report.comparison_words import paragraph
from sim.report.pictures import plot
from sim.sql.answer import named_queries, query
from sim.study.api import compare, run
from tests.analysis.crises import write
from tests.report.conftest import panels

TITLE, NAME = "It falls soon", "soon"
MEASURE = "Pushes"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write(tmp_path_factory.mktemp("coins"))


@pytest.fixture(scope="module")
def alone(folder):
    return run(folder / "as-it-is.yaml", runs=60, ledger=folder / "ledger", workers=1)


@pytest.fixture(scope="module")
def nested(folder):
    return run(folder / "as-it-is.yaml", runs=6, draws=8, ledger=folder / "ledger", workers=1)


@pytest.fixture(scope="module")
def sequential(folder):
    return run(folder / "as-it-is.yaml", until=f"±20pp on {NAME}", ledger=folder / "ledger", workers=1)


@pytest.fixture(scope="module")
def compared(folder):
    def several(*names, **options):
        paths = [folder / f"{name}.yaml" for name in ("as-it-is", *names)]
        return compare(*paths, runs=60, ledger=folder / "ledger", workers=1, **options)

    return several


def unsaid(tables, title=TITLE, words=BEFORE_END) -> tuple[int, list[str]]:
    """Return how many lines of tables name the title, and those that lack the words in themselves and over them."""
    named, lacking = 0, []
    for table in tables:
        over = [table.title, *(heading for heading, _ in table.columns)]
        lines = [[table.title, table.caption], *table.rows]
        for line in lines:
            if any(title in cell for cell in line):
                named += 1
                if not any(words in cell for cell in (*line, *over)):
                    lacking.append(f"{table.title}: {line}")
    return named, lacking


def test_tables_of_results(alone, nested, sequential):
    for one in (alone, nested, sequential):
        for made in (result_tables.tables(one), outcomes.tables(one), outcomes.tables(one, ["1", "2.5"])):
            named, lacking = unsaid(made)
            assert (named > 0, lacking) == (True, [])
            named, lacking = unsaid(made, MEASURE, TO_THE_END)
            assert (named > 0, lacking) == (True, [])


def test_tables_and_words_of_comparisons(compared):
    for names, asked in product((("loaded",), ("loaded", "pushed")), ((NAME,), (NAME, "heads"), ())):
        found = compared(*names)
        made = comparison_tables(found, asked)
        named, lacking = unsaid(made)
        assert lacking == []
        assert named > 0 or not asked
        assert unsaid(made, MEASURE, TO_THE_END)[1] == []
        for sentence in (legend(found), paragraph(found)):
            assert TITLE.lower() not in sentence.lower() or BEFORE_END in sentence
    unpaired = comparison_tables(compared("longer", unpaired=True), (NAME,))
    assert unsaid(unpaired)[1] == []


def test_answers_of_queries(alone, compared, folder):
    pair = [one.source.ensemble for one in compared("loaded").everyone]
    seen = set()
    for name in named_queries():
        answer = query(f"@{name}", Ledger(folder / "ledger"), pair)
        for what in {"outcome", "measure"} & set(answer.columns):
            place = answer.columns.index(what)
            assert answer.columns[place + 1] == "counted"
            words = {row[place]: row[place + 1] for row in answer.rows}
            assert words.get(NAME, BEFORE_END) == BEFORE_END
            assert words.get("until_it_falls", TO_THE_END) == TO_THE_END
            seen |= {name} if NAME in words else set()
    assert {"outcomes", "incidence", "times", "changes", "sequence"} <= seen
    plain = query("SELECT outcome FROM outcomes", Ledger(folder / "ledger"), pair)
    assert plain.columns == ("outcome",)


def test_data(alone, compared):
    data = [json.loads(json.dumps(one)) for one in (alone.as_data(), by_date.as_data(alone))]
    for found in data:
        assert found["outcomes"][NAME]["counted"] == BEFORE_END
        assert found["outcomes"]["heads"]["counted"] == "as the run's end"
        assert found["outcomes"]["hangs"]["counted"] == "at the horizon"
        assert found["measures"]["until_it_falls"]["counted"] == TO_THE_END
        assert found["measures"]["pushes"]["counted"] == "at the run's end"
    versus = compared("loaded").as_data()["versus"][0]
    assert versus["changes"][NAME]["counted"] == BEFORE_END
    assert versus["shifts"]["until_it_falls"]["counted"] == TO_THE_END


def test_frames(alone, compared):
    pytest.importorskip("pandas")

    outcomes, measures = (alone.to_frame(what).set_index(what[:-1])["counted"] for what in ("outcomes", "measures"))
    changes = compared("loaded").to_frame().set_index("outcome")["counted"]

    assert outcomes[NAME] == changes[NAME] == BEFORE_END
    assert measures["until_it_falls"] == TO_THE_END


def texts(spec: object) -> Iterator[str]:
    if isinstance(spec, str):
        yield spec
    elif isinstance(spec, dict | list):
        for part in spec.values() if isinstance(spec, dict) else spec:
            yield from texts(part)


def lacking(picture) -> tuple[int, list[str]]:
    """Return how often a picture names the milestone, and its panels that do so without the words."""
    found = [
        (text, [*texts(panel.get("title")), text])
        for panel in panels(picture)
        for text in texts(panel)
        if TITLE in text
    ]
    return len(found), [text for text, near in found if not any(BEFORE_END in words for words in near)]


@pytest.mark.parametrize("kind", ["probabilities", "incidence"])
@pytest.mark.parametrize("asked", [(), (NAME,), (NAME, "heads")])
def test_pictures_of_results(alone, nested, compared, kind, asked):
    for found in (alone, nested, list(compared("loaded").everyone)):
        named, without = lacking(plot(found, kind, outcomes=asked))
        assert without == []
        assert named > 0 or not asked


@pytest.mark.parametrize("others", [("loaded",), ("loaded", "pushed")])
@pytest.mark.parametrize("asked", [(), (NAME,), (NAME, "heads")])
def test_pictures_of_differences(compared, others, asked):
    named, without = lacking(plot(compared(*others), "differences", outcomes=asked))

    assert without == []
    assert named > 0 or not asked


def test_a_long_title_is_shortened_in_pictures_and_the_words_are_not(tmp_path):
    long = "It falls so soon that nobody who stood near the table could have seen which side had been up before"
    write(tmp_path, (TITLE, long))
    found = run(tmp_path / "as-it-is.yaml", runs=30, ledger=tmp_path / "ledger", workers=1)

    for kind in ("probabilities", "incidence"):
        (panel,) = panels(plot(found, kind, outcomes=[NAME]))
        shown = [text for text in texts(panel) if text.startswith("It falls so soon")]
        assert shown
        assert all("…" in text and BEFORE_END in text for text in shown)


def test_exports_say_it_in_their_descriptions():
    tables = {table["url"]: table["dc:description"] for table in csvw.dictionary()["tables"]}

    assert BEFORE_END in tables["outcomes.csv"]
    assert TO_THE_END in tables["measures.csv"]


MODEL = """
model: m
title: M
time: {{unit: {unit}}}
horizon: 10
factions: {{}}
state: {{on: {{type: bool, initial: false}}}}
events: {{lit: {{exogenous: true, effects: {{on: true}}}}}}
outcomes: {{lit: {{title: "Lit: it shines", on: [lit]{ends}}}, seen: {{title: "Seen: by some", when: on}}}}
measures: {{then: {{title: Then, value: on, at: 3}}, dark: {{time_while: not on}}}}
"""


def test_where_no_outcome_can_end_a_run_nothing_is_cut_off():
    plain, ending = (loads_model(MODEL.format(unit="abstract", ends=ends)) for ends in ("", ", ends_run: true"))

    assert [is_cut_off(plain, name) for name in ("lit", "seen")] == [False, False]
    assert (short(plain, "seen"), full(plain, "seen")) == ("Seen", "Seen: by some")
    assert counted(plain, "seen") == "up to the horizon"
    assert measured(plain, "then") == "3 after the branch"
    assert [is_cut_off(ending, name) for name in ("lit", "seen")] == [False, True]
    assert (short(ending, "seen"), full(ending, "seen")) == (f"Seen, {BEFORE_END}", f"Seen: by some, {BEFORE_END}")
    assert short(ending, "lit") == "Lit"
    assert measured(ending, "then") == "3 after the branch, or at the run's end if that came before"
    assert (measure_title(ending, "then"), measure_title(ending, "dark")) == ("Then, 3 after the branch", "dark")


def test_a_formula_says_what_it_is_worked_out_from():
    text = MODEL.replace(
        "dark: {{time_while: not on}}", "dark: {{time_while: not on}}, share: {{formula: dark / (dark + then)}}"
    )

    assert measured(loads_model(text.format(unit="abstract", ends="")), "share") == "from dark, then"


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ("max: on, from: 2030-10-01, until: 2030-10-31", "from 2030-10-01 to the end of 2030-10-31"),
        ("count: lit, from: 2030-10-01T12:00", "from 2030-10-01 12:00 to the run's end"),
        ("time_while: on, until: 2030-10-31T00:00", "up to 2030-10-31 00:00"),
        ("time_until: on, from: 3 days, until: 2 weeks", "from 3 days after the branch to 14 days after the branch"),
        ("sum: 1, on: lit, when: not on", "up to the run's end, while not on"),
        ("value: on, when: not on", "at the last moment up to the run's end, while not on"),
        ("value: on, from: 3 days, until: 2030-10-31",
         "at the last moment from 3 days after the branch to the end of 2030-10-31"),
    ],
)  # fmt: skip
def test_a_measure_says_its_window_in_words_wherever_its_figures_stand(window, words):
    text = MODEL.replace("horizon: 10", "horizon: 900 days").replace("{{value: on, at: 3}}", "{{" + window + "}}")
    text = text.replace("title: Then, value: on, at: 3", "title: Then, " + window)
    plain, ending = (
        loads_model(text.format(unit="day, origin: 2030-01-01", ends=ends)) for ends in ("", ", ends_run: true")
    )

    assert measured(plain, "then") == words
    assert measured(ending, "then").startswith(words)
    assert "run's end" in measured(ending, "then")
    assert measure_title(ending, "then") == f"Then, {words}"
