"""A scenario with some of another's assumptions is the scenario that a user would have written with just these."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engines.reference import ReferenceEngine
from sim.explain.pairs.assumption_sets import Assumptions
from sim.model.program import compile_model
from tests.analysis.tales import assumed, load, tale
from tests.examples import fewer
from tests.explain.pairs.explained import turning

STATE = ("seen", "warned", "end")
RULES = {
    "warned_comes": "when: seen and not warned, clock: {rate: speed}",
    "seen_comes": "when: not seen, clock: {rate: 0.2 * idle}",
    "end_comes": "when: seen, clock: {rate: 0.1 * odds}",
}
TALE = tale(STATE, RULES)

# What each assumption is called, and what a scenario file says to make it.
SAID = {
    "parameter speed": ("parameters", "speed: 0.5"),
    "parameter idle": ("changes", "{from: 4, parameters: {idle: 3}}"),
    "event seen_comes": ("events", "{at: 1, event: seen_comes}"),
    "event warned_comes": ("events", "{at: 6, event: warned_comes}"),
    "without end_comes_rule": ("disable", "end_comes_rule"),
    "without warned_comes_rule": ("changes", "{from: 2, disable: [warned_comes_rule]}"),
}
NAMES = tuple(sorted(SAID))


def scenario(names):
    """Return the text of the scenario that makes these assumptions."""
    parts = {kind: [text for name, (one, text) in SAID.items() if one == kind and name in names]
             for kind in ("parameters", "events", "disable", "changes")}  # fmt: skip
    brackets = {"parameters": "{%s}"}
    return "\n".join(f"{kind}: {brackets.get(kind, '[%s]') % ', '.join(said)}" for kind, said in parts.items() if said)


def log_of(one, run=0):
    return ReferenceEngine(compile_model(one.model), one, 1).run(run)


@pytest.mark.parametrize("name", NAMES)
def test_an_assumption_is_named_by_what_a_user_wrote(name, tmp_path):
    one, other = load(tmp_path, TALE, "", scenario([name]))

    assert Assumptions(one, other).names == (name,)


@fewer
@given(st.sets(st.sampled_from(NAMES), min_size=1), st.sets(st.sampled_from(NAMES)), st.integers(0, 9))
def test_a_part_of_what_is_assumed_is_the_scenario_that_assumes_just_that(tmp_path_factory, names, kept, run):
    one, other, part = load(
        tmp_path_factory.mktemp("tale"), TALE, "", scenario(names), scenario(names & kept)
    )  # fmt: skip
    assumptions = Assumptions(one, other)

    assert assumptions.names == tuple(sorted(names))
    assert unnumbered(log_of(assumptions.only(names & kept), run)) == unnumbered(log_of(part, run))


@fewer
@given(st.sets(st.sampled_from(NAMES), min_size=1), st.integers(0, 9))
def test_what_a_baseline_assumes_comes_back_where_the_others_absence_of_it_is_taken_away(tmp_path_factory, names, run):
    one, other = load(tmp_path_factory.mktemp("tale"), TALE, scenario(names), "")
    taken = sorted(names)[0]
    part, wanted = (
        Assumptions(one, other).without(taken),
        load(tmp_path_factory.mktemp("tale"), TALE, scenario([taken]))[0],
    )

    assert unnumbered(log_of(part, run)) == unnumbered(log_of(wanted, run))


def unnumbered(log):
    """Return a log without the numbers of a scenario's changes, which say only where in its file each stands."""
    return [(event.time, event.kind, event.type, event.rule, event.marks) for event in log]


def test_a_scenarios_own_rule_is_taken_away_and_given_back(tmp_path):
    own = "rules: {hurries: {faction: f, when: not end, clock: {fixed: 2}, emits: end_comes}}"
    one, other = load(tmp_path, TALE, "", own)

    assert Assumptions(one, other).names == ("rule hurries",)
    assert log_of(Assumptions(one, other).without("rule hurries")) == log_of(one)
    both = Assumptions(other, load(tmp_path, TALE, assumed((1, "seen_comes")))[0])
    assert unnumbered(log_of(both.without("rule hurries")))[-1] == unnumbered(log_of(other))[-1]


def test_events_at_one_time_that_stand_in_another_order_are_assumptions(tmp_path):
    one, other = load(
        tmp_path, TALE, assumed((1, "seen_comes"), (1, "warned_comes")), assumed((1, "warned_comes"), (1, "seen_comes"))
    )

    assert Assumptions(one, other).names == ("event seen_comes", "event warned_comes")


GUESSING = "rules: {hurries: {faction: f, when: not end, clock: {rate: 'about(0.1, 2)'}, emits: end_comes}}"
GUESSING_MORE = GUESSING.replace("0.1", "0.4")
NAMED_ALIKE = (
    "event_types: {ends_at_once: {by: f, effects: {end: 'about(1, 2) > 0.1'}}}\n"
    "rules: {hurries: {faction: f, when: not end, clock: {rate: 'about(0.1, 2)'}, emits: ends_at_once}}"
)
SWITCHING = GUESSING + "\nchanges: [{from: 2, disable: [hurries]}, {from: 4, enable: [hurries], parameters: {%s: 1}}]"
GUESSES = {
    "none": assumed((1, "seen_comes")),
    "a guess": GUESSING,
    "another guess": GUESSING_MORE,
    "a namesake that emits something else": NAMED_ALIKE,
    "a guess that changes, of a rule that is switched": SWITCHING % "hurries.rate",
}


@pytest.mark.parametrize("baseline", GUESSES)
@pytest.mark.parametrize("scenario", GUESSES)
def test_guesses_in_rules_of_either_scenario_are_taken_away_and_given_back_with_them(baseline, scenario, tmp_path):
    one, other = load(tmp_path, TALE, GUESSES[baseline], GUESSES[scenario] + "\ndisable: [warned_comes_rule]")
    assumptions = Assumptions(one, other)

    assert unnumbered(log_of(assumptions.only(()))) == unnumbered(log_of(one))
    for name in assumptions.names:
        assert log_of(assumptions.without(name))[-1].kind == "ended"
        assert log_of(assumptions.only({name}))[-1].kind == "ended"
    for run in range(10):
        point = turning(one, other, run)
        assert point is None or set(point.causes) <= {*assumptions.names}
