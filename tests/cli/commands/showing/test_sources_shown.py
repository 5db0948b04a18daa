"""`--sources` of `sim log` and `sim replay`: what is cited above stands below, with what is kept of it."""

import json

import pytest

SHOTS = "    §1: Northern positions fire across the line before dawn; two soldiers die."
REPORT = [
    "Sources cited, with summaries in our own words:",
    "first-report: First report",
    "    An invented observer mission, 2030-01-05, reliability medium",
    "    address withheld",
    SHOTS,
]
AS_DATA = {
    "source": "first-report",
    "title": "First report",
    "title_is_ours": False,
    "publisher": "An invented observer mission",
    "date": "2030-01-05",
    "address": "withheld",
    "citation": "",
    "file": "",
    "reliability": "medium",
    "note": "Replace it by a document of your own, with an address that can be opened.",
    "summary": "",
    "quotation": "",
    "paragraphs": [{"paragraph": 1, "summary": SHOTS.removeprefix("    §1: "), "quotation": ""}],
}


@pytest.fixture
def log(sim, case):
    sim("run", case / "status-quo.yaml", "--runs", 3)
    ensemble = json.loads(sim("list", "--json").out)[0]["ensemble"]
    return lambda *more: sim("log", ensemble, "--run", 0, *more)


def test_a_log_and_a_replay_end_with_the_sources_that_they_cite(sim, case, log):
    for answer, plain in ((log("--sources"), log()), (sim("replay", case, "--sources"), sim("replay", case))):
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.rstrip().split("\n")[-5:] == REPORT
        assert answer.out.startswith(plain.out.rstrip())
        assert SHOTS not in plain.out


def test_data_have_the_sources_where_they_are_asked_for(sim, case, log):
    for told, plain in (
        (log("--sources", "--json"), log("--json")),
        (sim("replay", case, "--sources", "--json"), sim("replay", case, "--json")),
    ):
        data = json.loads(told.out)
        assert data.pop("sources") == [AS_DATA]
        assert data == json.loads(plain.out)


def test_the_simulated_part_alone_cites_what_its_rules_rest_on(sim, case):
    model = (case / "model.yaml").read_text()
    (case / "model.yaml").write_text(model.replace("source: first-report, paragraph: 1", "judgement: so"))
    sim("run", case / "status-quo.yaml", "--runs", 1)
    ensemble = json.loads(sim("list", "--json").out)[0]["ensemble"]

    whole, future = (sim("log", ensemble, "--run", 0, "--sources", *more).out for more in ((), ("--future",)))

    assert SHOTS in whole
    assert future.rstrip().endswith("No source is cited.")


def test_a_log_tells_the_sources_as_they_were_when_the_runs_were_made(sim, case, log):
    before = log("--sources").out
    for path in (case.parent.parent / "seeds" / "ceasefire").iterdir():
        path.unlink()

    assert log("--sources").out == before


def test_check_warns_of_an_address_that_is_none_wherever_the_file_is_named(sim, case):
    seeds = case.parent.parent / "seeds" / "ceasefire"
    (seeds / "sources.yaml").write_text((seeds / "sources.yaml").read_text().replace("withheld", "the archive"))

    for path in (case / "model.yaml", seeds / "history.yaml", seeds / "sources.yaml", case, seeds):
        answer = sim("check", path)
        assert answer.code == 0
        assert answer.err.count("warning W407: 'the archive' is not an address") == 1
    assert "W407" not in sim("run", case / "status-quo.yaml", "--runs", 2).err


def test_two_runs_side_by_side_cite_what_either_cites(sim, case):
    made = json.loads(sim("run", case, "--runs", 2, "--json").out)
    named = [f"{item['ensemble']}:0" for item in made]
    one, other = (json.loads(sim("log", name, "--json", "--sources").out)["sources"] for name in named)

    pair = sim("log", *named, "--sources")
    both = json.loads(sim("log", *named, "--sources", "--json").out)["sources"]

    assert pair.out.rstrip().split("\n")[-5:] == REPORT
    assert {item["source"] for item in both} == {item["source"] for item in (*one, *other)}


def test_hidden_rows_cite_nothing(sim, log):
    assert log("--future", "--event", "war", "--sources").out.rstrip().endswith("No source is cited.")
