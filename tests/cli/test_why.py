"""`sim why` and `sim why-not`: what they print, and how they refuse."""

import json

import pytest


@pytest.fixture
def ensemble(sim, case):
    sim("run", case / "status-quo.yaml", "--runs", 40)
    return json.loads(sim("list", "--json").out)[0]["ensemble"][:12]


@pytest.fixture
def ended(sim, ensemble):
    """The number of a run that an outcome ended, and the number and type of that outcome's event."""
    for run in range(40):
        events = json.loads(sim("log", ensemble, "--run", run, "--json").out)["events"]
        simulated = [event for event in events if event["part"] == "simulated"]
        for event in simulated:
            if event["kind"] == "outcome" and simulated[-1]["note"] == event["event"]:
                return run, event["sequence"], event["event"]
    raise AssertionError("some run ends with an outcome")


def test_why_names_the_end_of_a_run_its_outcome_and_the_documented_events_behind_it(sim, ensemble, ended):
    run, sequence, outcome = ended

    answer = sim("why", ensemble, "--run", run)
    data = json.loads(sim("why", ensemble, "--run", run, "--json").out)

    assert answer.code == 0
    assert f"the run ended: {outcome}" in answer.out
    assert data["events"][0]["rests_on"] == [sequence]
    assert all(behind < event["place"] for event in data["events"] for behind in event["rests_on"])
    assert sim("why", f"{ensemble}:{run}").out == answer.out
    assert (
        sim("why", f"{ensemble}:{run}:{sequence}").out == sim("why", ensemble, "--run", run, "--outcome", outcome).out
    )


def test_all_that_was_read_is_shown_on_request(sim, ensemble, ended):
    run, *_ = ended

    brief = json.loads(sim("why", ensemble, "--run", run, "--json").out)
    whole = json.loads(sim("why", ensemble, "--run", run, "--all", "--json").out)

    reads = [sum(len(part["reads"]) for event in shown["events"] for part in event.get("parts", []))
             for shown in (brief, whole)]  # fmt: skip
    assert reads[0] < reads[1]


def test_why_not_says_what_was_lacking_or_what_came_first(sim, ensemble, ended):
    run, _, outcome = ended
    outcomes = {"peace", "war"} - {outcome}

    for name in outcomes:
        answer = sim("why-not", f"{ensemble}:{run}", name)
        data = json.loads(sim("why-not", f"{ensemble}:{run}", name, "--json").out)
        assert answer.code == 0
        assert f"the outcome {name} did not come true" in answer.out
        assert data["outcome"] == name


def test_why_not_takes_titles_as_a_log_has_them(sim, ensemble, ended):
    run, _, outcome = ended
    title, name = {"peace": ("The ceasefire is broken", "war"), "war": ("An accord is signed", "peace")}[outcome]

    for asked in (title, title.lower()):
        assert sim("why-not", f"{ensemble}:{run}", asked).out == sim("why-not", f"{ensemble}:{run}", name).out
    refused = sim("why", f"{ensemble}:{run}", "--outcome", title).err
    assert "E802" in refused
    assert f"sim why-not {ensemble}:{run} {name}" in refused


def test_commands_in_refusals_find_the_ledger_that_was_asked(sim, case, tmp_path):
    ledger = tmp_path / "another ledger"
    kept = json.loads(sim("run", case / "status-quo.yaml", "--runs", 5, "--ledger", ledger, "--json").out)[0]
    run = f"{kept['ensemble'][:12]}:0"
    came = json.loads(sim("log", run, "--ledger", ledger, "--json").out)["events"][-1]["note"]

    for words in (["why-not", run, came], ["why", f"{run}:999"], ["why", f"{run[:-1]}9"], ["log", f"{run[:-1]}9"]):
        assert f" --ledger '{ledger}'" in sim(*words, "--ledger", ledger).err


def test_what_is_asked_wrongly_is_refused_with_what_was_expected(sim, ensemble, ended):
    run, sequence, outcome = ended

    assert "E003" in sim("why", ensemble).err
    assert "E013" in sim("why", f"{ensemble}:{run}", "--run", run).err
    assert "E003" in sim("why", f"{ensemble}:x").err
    assert "E003" in sim("why", f"{ensemble}:1:2:3").err
    assert "E708" in sim("why", f"{ensemble}:4000").err
    assert "E803" in sim("why", f"{ensemble}:{run}:4000").err
    assert "E802" in sim("why", f"{ensemble}:{run}", "--outcome", "peas").err
    assert "E804" in sim("why-not", f"{ensemble}:{run}", "peas").err
    refused = sim("why-not", f"{ensemble}:{run}", outcome).err
    assert "E804" in refused
    assert f"sim why {ensemble}:{run}:{sequence}" in refused


def test_the_causal_past_can_be_drawn(sim, ensemble, ended, tmp_path):
    run, sequence, _ = ended

    answer = sim("why", f"{ensemble}:{run}", "-o", tmp_path / "why.svg")

    assert answer.code == 0
    assert answer.out.startswith("wrote ")
    assert f"#{sequence}" in (tmp_path / "why.svg").read_text()
    assert "E015" in sim("why", f"{ensemble}:{run}", "-o", tmp_path / "why.txt").err


@pytest.mark.parametrize("more", [(), ("--all",)])
def test_the_sources_below_are_those_that_the_causes_cite(sim, ensemble, ended, more):
    plain, answer = (sim("why", ensemble, "--run", ended[0], *more, *sources) for sources in ((), ("--sources",)))
    data = json.loads(sim("why", ensemble, "--run", ended[0], *more, "--sources", "--json").out)

    tree, _, cited = answer.out.partition("Sources cited, with summaries in our own words:\n")
    assert tree.rstrip() == plain.out.rstrip()
    assert "first-report: First report\n" in cited
    assert [source["source"] for source in data["sources"]] == ["first-report"]
    for paragraph in data["sources"][0]["paragraphs"]:
        number = paragraph["paragraph"]
        assert f"§{number}" in tree or f"first-report, paragraph {number}" in tree
        assert f"§{number}: {paragraph['summary']}" in cited
    assert "sources" not in json.loads(sim("why", ensemble, "--run", ended[0], "--json").out)


def test_what_the_rules_that_did_not_fire_cite_is_shown_on_request(sim, ensemble):
    """The rule of incidents rests on a paragraph, and some runs after the branch have no incident."""
    asked = next(
        f"{ensemble}:{run}"
        for run in range(40)
        if sim("why-not", f"{ensemble}:{run}", "north_probes_the_line").code == 0
    )
    plain, answer = (
        sim("why-not", asked, "north_probes_the_line"),
        sim("why-not", asked, "north_probes_the_line", "--sources"),
    )
    data = json.loads(sim("why-not", asked, "north_probes_the_line", "--sources", "--json").out)

    text, _, cited = answer.out.partition("Sources cited, with summaries in our own words:\n")
    assert text.rstrip() == plain.out.rstrip()
    assert "[first-report, paragraph 1]" in text
    assert [source["source"] for source in data["sources"]] == ["first-report"]
    assert cited.startswith("first-report: First report\n")


def test_a_run_that_keeps_the_luck_of_another_is_called_by_its_own_number(sim, case, ensemble):
    events = json.loads(sim("log", f"{ensemble}:17", "--json").out)["events"]
    start = next(event["sequence"] for event in events if event["kind"] == "started")
    sim("run", case / "status-quo.yaml", "--from", f"{ensemble}:17:{start}", "--luck", "keep", "--runs", 1)
    branch = next(one["ensemble"] for one in json.loads(sim("list", "--json").out) if one["ensemble"][:12] != ensemble)

    text, data = sim("why", f"{branch}:0").out, json.loads(sim("why", f"{branch}:0", "--json").out)

    assert text.startswith("Why, in run 0 of ")
    assert data["run"] == 0
    refused = [sim("why", f"{branch}:0", "--outcome", name).err for name in ("peace", "war")]
    assert any("did not come true in run 0" in one for one in refused)
    missed = [sim("why-not", f"{branch}:0", name) for name in ("peace", "war")]
    assert all("run 0" in one.out + one.err for one in missed)


ODD = """
model: odd
title: "An odd\\nmodel"
time: {unit: day}
horizon: 30 days
factions: {north: {title: "The \\u202enorth"}}
state:
  n: {type: int, range: [0, LIMIT], initial: 0}
events: {raised: {title: "It is\\nraised", by: north, effects: {n: n + 1}}}
rules: {raises: {faction: north, clock: {fixed: 1 day}, emits: raised, basis: {judgement: "a\\nguess"}}}
outcomes:
  up: {title: "It\\nis up", when: n > 3, ends_run: true}
  high: {when: n > 3, ends_run: true}
  raised: {"on": raised, when: n > 90}
"""


def odd(sim, tmp_path, limit):
    (tmp_path / "odd.yaml").write_text(ODD.replace("LIMIT", str(limit)), encoding="utf-8")
    sim("run", "odd.yaml", "--runs", 3)
    return json.loads(sim("list", "--json").out)[0]["ensemble"][:12]


def test_titles_of_several_lines_are_written_in_one(sim, tmp_path):
    name = odd(sim, tmp_path, 99)

    why, why_not = sim("why", f"{name}:0", "--outcome", "high"), sim("why-not", f"{name}:0", "up")
    assert (why.code, why_not.code) == (0, 0)
    assert "#4  4  It is raised\n" in why.out
    assert "by The \\u202enorth, rule raises [judgement: a guess]" in why.out
    assert "\nIt is up: the outcome up did not come true\n" in why_not.out
    assert "the run ended: high, which came true at the same time: a run ends once" in why_not.out


def test_an_outcome_that_did_not_come_is_explained_though_an_event_of_its_name_came(sim, tmp_path):
    answer = sim("why-not", f"{odd(sim, tmp_path, 99)}:0", "raised")

    assert answer.code == 0
    assert "`n > 90` was not true: n was 4" in answer.out


def test_a_run_that_failed_says_how_and_with_what(sim, tmp_path):
    name = odd(sim, tmp_path, 2)

    answer = sim("why", f"{name}:0")
    assert answer.code == 0
    assert "E602: 'n' would be 3 by 'raised', outside" in answer.out


def test_an_outcome_of_the_run_that_a_branch_goes_on_from_came_before(sim, tmp_path):
    goes_on = ODD.replace("when: n > 3, ends_run: true}\n  high", "when: n > 3}\n  high").replace(
        "n > 3, e", "n > 9, e"
    )
    (tmp_path / "odd.yaml").write_text(goes_on.replace("LIMIT", "99"), encoding="utf-8")
    name = json.loads(sim("run", "odd.yaml", "--runs", 1, "--json").out)[0]["ensemble"]
    branch = json.loads(sim("run", "odd.yaml", "--from", f"{name}:0:6", "--runs", 2, "--json").out)[0]["ensemble"]

    refused = sim("why-not", f"{branch}:0", "up")
    assert refused.code == 2
    assert "E804: 'up' came true before the branch" in refused.err


def test_of_too_many_outcomes_to_list_a_command_that_lists_them_is_named(sim, case):
    model = case / "model.yaml"
    more = "".join(f"  more_{number}: {{when: violations > {number}}}\n" for number in range(12))
    model.write_text(model.read_text().replace("measures:\n", f"{more}measures:\n"))
    (made,) = json.loads(sim("run", case / "status-quo.yaml", "--runs", 2, "--json").out)
    shown = made["ensemble"][:12]

    assert f"see all names: sim explain --ensemble {shown}\n" in sim("why", f"{shown}:0", "--outcome", "zzzz").err
