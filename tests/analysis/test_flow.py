"""What a turning point rests on: small crises with a known answer, and models made up at random."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.alignment import NOWHERE, Alignment
from sim.analysis.flow import Flow, sources_of
from sim.analysis.readings import Readings
from sim.testing.models import Units, model_data, scenario_of
from tests.analysis.parting import Parts
from tests.analysis.tales import IDLE, assumed, load, side, tale
from tests.model.composing import scenarios


@pytest.fixture
def pairs(tmp_path):
    """Return a function that says what each pair of runs of a tale under two scenarios differs in."""

    def told(body, one, other, runs=1):
        scenarios, diverge = load(tmp_path, body, one, other), Parts()
        return [diverge(*(side(scenario, 1, run) for scenario in scenarios), run) for run in range(runs)]

    return told


# Causes in the literature on causation (Lewis 1973 and 2000, Hall 2004, Halpern 2016), each with what it is about.
TALES = {
    "a chain names its root": (
        tale(["a", "b", "end"], {"b_comes": "when: a and not b, clock: {fixed: 1}",
                                 "end_comes": "when: b and not end, clock: {fixed: 1}"}),
        "", assumed((2, "a_comes")), "b_comes", ["event a_comes"],
    ),
    "a conjunction names both": (
        tale(["a", "b", "end"], {"end_comes": "when: a and b, clock: {fixed: 1}"}),
        "", assumed((2, "a_comes"), (3, "b_comes")), "end_comes", ["event a_comes", "event b_comes"],
    ),
    "what either would have brought about names both": (
        tale(["a", "b", "end"], {"end_comes": "when: a or b, clock: {at: 9}"}),
        "", assumed((2, "a_comes"), (2, "b_comes")), "end_comes", ["event a_comes", "event b_comes"],
    ),
    "who is cut off early is no cause": (
        tale(["suzy", "billy", "end"],
             {"end_comes": "when: suzy and not end, clock: {fixed: 2}",
              "backup": "when: billy and not suzy and not end, clock: {fixed: 2}"}, backup="end: true"),
        "", assumed((2, "suzy_comes"), (2, "billy_comes")), "end_comes", ["event suzy_comes"],
    ),
    "who comes too late is no cause": (
        tale(["suzy", "billy", "end"],
             {"end_comes": "when: suzy and not end, clock: {fixed: 1}",
              "backup": "when: billy and not end, clock: {fixed: 2}"}, backup="end: true"),
        "", assumed((2, "suzy_comes"), (2, "billy_comes")), "suzy_comes", ["event suzy_comes"],
    ),
    "what prevents is behind what does not happen": (
        tale(["a", "p", "end"], {"end_comes": "when: a and not p, clock: {fixed: 3}"}),
        assumed((2, "a_comes")), assumed((2, "a_comes"), (3, "p_comes")), "end_comes", ["event p_comes"],
    ),
    "who stops the one who would stop it is a cause": (
        tale(["a", "p", "q", "end"], {"end_comes": "when: a and not p, clock: {fixed: 5}",
                                      "p_comes": "when: not q and not p, clock: {fixed: 4}"}),
        assumed((1, "a_comes")), assumed((1, "a_comes"), (2, "q_comes")), "p_comes", ["event q_comes"],
    ),
    "of two branches of a fork only the one that leads on counts": (
        tale(["a", "b", "end"], {"b_comes": "when: a and not b, clock: {fixed: 1}",
                                 "end_comes": "when: a and not end, clock: {fixed: 2}"}),
        "", assumed((2, "a_comes")), "end_comes", ["event a_comes"],
    ),
    "an event at another time is a cause": (
        tale(["a", "end"], {"end_comes": "when: a, clock: {fixed: 28}"}),
        assumed((3, "a_comes")), assumed((1, "a_comes")), "end_comes", ["event a_comes"],
    ),
    "a rule left out is a cause through what it would have written": (
        tale(["p", "end"], {"end_comes": "when: not p, clock: {fixed: 5}",
                            "p_comes": "when: not p, clock: {fixed: 4}"}),
        "", "disable: [p_comes_rule]", "p_comes", ["without p_comes_rule"],
    ),
    "a parameter is a cause through the rate of what never came": (
        tale(["p", "end"], {"end_comes": "when: not p, clock: {fixed: 5}",
                            "p_comes": "when: not p, clock: {rate: 100 * speed}"}),
        "", "parameters: {speed: 0}", "p_comes", ["parameter speed"],
    ),
    "a parameter is a cause through a law of what came too late": (
        tale(["p", "end"], {"end_comes": "when: not p, clock: {fixed: 5}",
                            "p_comes": "when: not p, clock: {fixed: 4 * speed}"}),
        "", "parameters: {speed: 2}", "p_comes", ["parameter speed"],
    ),
    "what a rule waits for is a cause": (
        tale(["a", "end"], {"end_comes": "on: [a_comes], clock: {fixed: 1}"}),
        "", assumed((4, "a_comes")), "end_comes", ["event a_comes"],
    ),
    "what starts a clock again is behind what it delays": (
        tale(["a", "b", "end"], {"end_comes": "when: not end, clock: {fixed: 20}",
                                 "b_comes": "when: a, clock: {fixed: 15}, restarts: [end_comes_rule]"}),
        "", assumed((1, "a_comes")), "b_comes", ["event a_comes"],
    ),
    "what paused a clock that keeps its age is behind what it delays": (
        tale(["p", "end"], {"end_comes": "when: not p, clock: {fixed: 28}, memory: keep"}, over="p: false"),
        "", assumed((1, "p_comes"), (9, "over")), "end_comes", ["event p_comes"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TALES)
@pytest.mark.parametrize("idle", [False, True])
def test_a_turning_point_names_what_it_rests_on_and_nothing_idle(pairs, name, idle):
    body, one, other, turning, causes = TALES[name]
    more = "\n" + ("parameters: {idle: 2, speed" if "parameters" in other else IDLE)
    other = other.replace("parameters: {speed", more) if "parameters" in other else other + more

    (found,) = pairs(body, one, other if idle else TALES[name][2])

    assert turning in (found.turning.one, found.turning.other)
    assert list(found.turning.causes) == causes


@pytest.mark.parametrize(
    ("body", "other"),
    [
        (tale(["poison", "antidote", "end"], {"end_comes": "when: poison and not antidote, clock: {fixed: 1}"}),
         assumed((2, "antidote_comes"))),
        (tale(["rock", "duck", "end"], {"duck_comes": "when: rock and not duck, clock: {fixed: 1}",
                                        "end_comes": "when: rock and not duck, clock: {fixed: 2}"}),
         assumed((2, "rock_comes"))),
        (tale(["left", "a", "end"], {"end_comes": "when: a and left, clock: {fixed: 2}",
                                     "right": "when: a and not left, clock: {fixed: 2}"}, right="end: true"),
         assumed((3, "a_comes"), (2, "left_comes"))),
    ],
)  # fmt: skip
def test_what_does_not_change_the_end_is_behind_no_turning_point(pairs, body, other):
    """An antidote without poison, a rock that is ducked, and a switch before two ways to the same end."""
    (found,) = pairs(body, assumed((3, "a_comes")) if "left" in body else "", other)

    assert found.turning is None


PROVOKED = """
state:
  trust: {type: real, range: [0, 1], initial: 0.5, at_bounds: saturate}
  talks: {type: enum, values: [open, signed, broken], initial: open}
events:
  shots_fired: {by: f, effects: {trust: trust - 0.1}}
  accord_signed: {by: f, effects: {talks: signed}}
  talks_broken: {by: f, effects: {talks: broken}}
rules:
  provokes: {faction: f, when: talks == open, clock: {rate: 0.3 * speed * (1.5 - trust)}, emits: shots_fired}
  decides:
    faction: f
    when: talks == open
    clock: {weibull: {shape: 1.5, scale: 8}}
    choose: [{event: accord_signed, weight: exp(4 * trust)}, {event: talks_broken, weight: exp(2 * (1 - trust))}]
outcomes:
  peace: {when: talks == signed, ends_run: true}
  war: {when: talks == broken, ends_run: true}
"""


def test_a_parameter_is_followed_through_a_rate_an_effect_and_the_weights_of_a_choice(pairs):
    found = pairs(PROVOKED, "", "parameters: {speed: 0.3, idle: 2}", runs=300)

    turning = [item.turning for item in found if item.turning is not None]
    assert len(turning) > 10
    assert "other choice" in {item.how for item in turning}
    assert {item.causes for item in turning} == {("parameter speed",)}
    assert {item.first.causes for item in found if item.first is not None} == {("parameter speed",)}


PROMISED = """
state:
  dated: {type: bool, initial: false}
  open: {type: bool, initial: false}
  asked: {type: int, range: [0, 1000], initial: 0, at_bounds: saturate}
events:
  date_announced: {by: f, effects: {dated: true}}
  date_kept: {by: f, effects: {open: true}}
  date_missed: {by: f, effects: {dated: false, asked: asked + 1}}
  talks_ended: {by: f}
rules:
  names_a_date: {faction: f, when: not dated and not open, clock: {gamma: {shape: 2, mean: 8}}, emits: date_announced}
  comes_the_day:
    faction: f
    when: dated and not open
    clock: {fixed: 5}
    choose: [{event: date_kept, weight: odds}, {event: date_missed, weight: 1 - odds}]
  gives_up: {faction: f, when: not open, clock: {rate: 0.02 * (1 + asked)}, emits: talks_ended}
outcomes:
  kept: {when: open, ends_run: true}
  ended: {on: [talks_ended], ends_run: true}
"""


def test_an_assumed_event_a_day_later_is_named_where_it_made_the_difference_and_only_there(pairs):
    base, later = (f"events: [{{at: {at}, event: date_announced}}]" for at in (2, 3))

    both = pairs(PROMISED, base, f"{later}\nparameters: {{odds: 0.8}}", runs=200)
    date_alone = pairs(PROMISED, base, later, runs=200)
    odds_alone = pairs(PROMISED, base, f"{base}\nparameters: {{odds: 0.8}}", runs=200)

    needed = {item.turning.run: {*item.turning.needed} for item in both if item.turning is not None}
    assert {frozenset(names) for names in needed.values()} >= {
        frozenset({"event date_announced"}), frozenset({"parameter odds"}),
    }  # fmt: skip
    for run, names in needed.items():
        assert ("event date_announced" in names) == (odds_alone[run].turning is None)
        assert ("parameter odds" in names) == (date_alone[run].turning is None)


def test_what_ended_the_other_run_is_behind_what_it_does_not_come_to(pairs):
    """The gates open in both runs, but only where nobody has fought does that end it; the other run goes on."""
    body = """
state:
  fought: {type: bool, initial: false}
  tired: {type: bool, initial: false}
events:
  fight_broke_out: {by: f, effects: {fought: true}}
  gates_opened: {by: f}
  army_went_home: {by: f, effects: {tired: true}}
rules:
  opens: {faction: f, clock: {at: 9}, emits: gates_opened}
  goes: {faction: f, when: not tired, clock: {at: 12}, emits: army_went_home}
outcomes:
  peace: {on: [gates_opened], when: not fought, ends_run: true}
  exhaustion: {when: tired, ends_run: true}
"""
    (found,) = pairs(body, "", "events: [{at: 2, event: fight_broke_out}]\n" + IDLE)

    assert (found.first.time, found.first.how) == (9.0, "other end"), "it could have nothing at 12"
    assert (found.first.one, found.first.other) == ("peace", "exhaustion")
    assert found.first.causes == ("event fight_broke_out",)
    assert (found.turning.time, found.turning.other, found.turning.assumed) == (2.0, "fight_broke_out", True)
    assert found.turning.causes == ("event fight_broke_out",)


def test_a_value_that_tells_nothing_on_its_side_of_a_threshold_is_no_cause(pairs):
    body = """
state:
  heat: {type: real, range: [0, 1], initial: 0.6, at_bounds: saturate}
  crowd: {type: real, range: [0, 1], initial: 0.1, at_bounds: saturate}
events:
  sun_came: {by: f, effects: {heat: heat + 0.2}}
  crowd_came: {by: f, effects: {crowd: crowd + 0.6}}
  riot_began: {by: f}
rules:
  riots: {faction: f, when: heat > 0.5 and crowd > 0.5, clock: {fixed: 1}, emits: riot_began}
outcomes:
  riot: {on: [riot_began], ends_run: true}
"""
    (found,) = pairs(body, "", "events: [{at: 1, event: sun_came}, {at: 2, event: crowd_came}]")

    assert found.turning.causes == ("event crowd_came",)


def test_what_an_event_wrote_rests_on_what_its_effects_and_marks_read(tmp_path):
    """The army marches in one run alone, with as many men as a parameter says, and takes the town for their number."""
    body = """
state:
  called: {type: bool, initial: false}
  hope: {type: real, initial: 1}
  force: {type: real, initial: 0}
events:
  call_came: {by: f, effects: {called: true}}
  hope_came: {by: f, effects: {hope: 2}}
  army_marched: {by: f, marks: {men: real}, effects: {force: men * hope}}
  town_taken: {by: f}
rules:
  marches: {faction: f, when: called and force == 0, clock: {fixed: 1}, emits: {event: army_marched, men: odds}}
  takes: {faction: f, when: force > 0.9, clock: {fixed: 1}, emits: town_taken}
outcomes:
  taken: {on: [town_taken], ends_run: true}
"""
    other = f"{assumed((1, 'call_came'), (1, 'hope_came'))}\nparameters: {{odds: 0.6, idle: 2}}"
    sides = [side(scenario, 1, 0) for scenario in load(tmp_path, body, "", other)]

    alignment, flow = flow_of(*sides)

    last = len(alignment.logs[1]) - 1
    assert alignment.logs[1][last].type == "town_taken"
    assert flow.behind([(1, last)], enough=sources_of(alignment)) == {
        "event call_came", "event hope_came", "parameter odds",
    }  # fmt: skip
    assert flow.behind([(1, last - 1)], enough=sources_of(alignment)) == {"event call_came"}


SEEDS = st.integers(0, 2**63 - 1)
MOMENTS = st.lists(st.sampled_from([0, 1, 2.5, 4, 7]), min_size=1, max_size=2)
fewer = settings(max_examples=settings.default.max_examples // 2)  # each example is several runs


def flow_of(*sides):
    """Return the whole alignment of two runs and what flowed between them; None if one of them failed."""
    if "failed" in (one[2][-1].kind for one in sides):
        return None
    alignment = Alignment(*sides)
    alignment.align()
    return alignment, Flow(alignment, Readings(sides[0][0]))


def events_alone(alignment):
    for step, places in enumerate(alignment.steps):
        if NOWHERE in places and not alignment.is_assumed(*alignment.alone(step)):
            yield alignment.alone(step)


def assuming(data, *, pace=False, moments=(), disabled=(), idle=False):
    changed = json.loads(json.dumps(data))
    units = Units(days=data["time"]["unit"] == "day")
    for name in ("zeal", "zest"):  # which read `pace`: what differs by them is followed back to them
        changed["parameters"].pop(name, None)
        changed["rules"].pop(f"spurred_by_{name}", None)
    changed["parameters"]["unread"] = {"value": 2 if idle else 1, "basis": {"judgement": "nothing reads it"}}
    if pace:
        changed["parameters"]["pace"] = {"value": 0.9, "basis": {"judgement": "assumed"}}
    changed["events"]["e_unheard"] = {"by": "alpha"}
    changed["timetable"] += [{"at": units.moment(time), "event": "e_one"} for time in moments]
    changed["timetable"] += [{"at": units.moment(3), "event": "e_unheard"}] if idle else []
    return replace(scenario_of(changed), disabled=tuple(disabled))


@st.composite
def assumption(draw, data):
    kind = draw(st.sampled_from(["pace", "moments", "disabled"]))
    if kind == "pace":
        return {"pace": True}
    if kind == "moments":
        return {"moments": draw(MOMENTS)}
    return {"disabled": [draw(st.sampled_from(sorted(assuming(data).model.rules)))]}


def followed(alignment, flow):
    """Return what each event that one run alone has, and that is not assumed, is followed back to."""
    return [flow.behind([event], enough=frozenset({"more than there is"})) for event in events_alone(alignment)]


def test_every_event_that_one_run_alone_has_is_followed_back_to_the_one_assumption():
    met = 0

    @fewer
    @given(model_data(may_move=False), SEEDS, st.data())
    def pairs_of_runs(data, seed, more):
        nonlocal met
        one, other = assuming(data), assuming(data, **more.draw(assumption(data)))
        for run in range(3):
            found = flow_of(side(one, seed, run), side(other, seed, run))
            if found is not None:
                behind = followed(*found)
                assert set(behind) <= {sources_of(found[0])}
                met += len(behind)

    pairs_of_runs()
    assert met > 0


def test_of_several_assumptions_those_that_nothing_reads_are_never_named():
    met = 0

    @fewer
    @given(model_data(may_move=False), SEEDS, st.data())
    def pairs_of_runs(data, seed, more):
        nonlocal met
        chosen = more.draw(assumption(data))
        one, other, alone = assuming(data), assuming(data, **chosen, idle=True), assuming(data, **chosen)
        for run in range(3):
            sides = [side(scenario, seed, run) for scenario in (one, other, alone)]
            found, expected = Parts()(*sides[:2], run), Parts()(sides[0], sides[2], run)
            for part in ("first", "turning"):
                mine, known = getattr(found, part), getattr(expected, part)
                assert (mine is None) == (known is None)
                if mine is not None:
                    assert mine.causes == known.causes
                    assert len(mine.causes) == 1
                    met += 1

    pairs_of_runs()
    assert met > 0


def test_with_nothing_changed_no_pair_parts():
    met = 0

    @fewer
    @given(model_data(may_move=False), SEEDS)
    def pairs_of_runs(data, seed):
        nonlocal met
        for run in range(3):
            sides = [side(assuming(data), seed, run), side(assuming(data, idle=True), seed, run)]
            found = Parts()(*sides, run)
            assert (found.first, found.turning) == (None, None)
            met += flow_of(*sides) is not None  # of runs that failed nothing is said

    pairs_of_runs()
    assert met > 0


def test_after_a_past_too_every_event_is_followed_back_to_the_one_assumption():
    met = 0

    @fewer
    @given(scenarios(may_move=False), SEEDS, st.data())
    def pairs_of_runs(scenario, seed, more):
        nonlocal met
        rule = more.draw(st.sampled_from(sorted(scenario.model.rules)))
        other = replace(scenario, disabled=(rule,))
        for run in range(3):
            found = flow_of(side(scenario, seed, run), side(other, seed, run))
            if found is not None:
                behind = followed(*found)
                assert set(behind) <= {frozenset({f"without {rule}"})}
                met += len(behind)

    pairs_of_runs()
    assert met > 0


HELPED = tale(["a", "end"], {"end_comes": "when: a, clock: {fixed: 3}"})
HELP = "rules: {helps: {faction: f, when: not a, clock: {fixed: 'about(2, 1.5)'}, emits: a_comes}}"
OTHER_HELP = "rules: {aids: {faction: f, when: not a, clock: {gamma: {shape: 'about(9, 2)', mean: 4}}, emits: a_comes}}"


@pytest.mark.parametrize(
    ("one", "other"),
    [("", HELP), (HELP, ""), (HELP, OTHER_HELP)],
    ids=["in the other", "in the one", "in each another"],
)
def test_uncertain_numbers_of_a_scenarios_own_rules_are_behind_nothing_but_their_rules(pairs, one, other):
    for pair in pairs(HELPED, one, other, 10):
        assert pair.first is not None
        assert pair.first.causes == (f"rule {pair.first.rule}",)
        assert (pair.turning is None) == bool(one and other)
        assert pair.turning is None or pair.turning.causes == ("rule helps",)
