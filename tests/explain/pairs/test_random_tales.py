"""What holds of every pair of runs that end otherwise, tried on random tales with random assumptions."""

import math

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.explain.pairs.explained_pair import TurningPoints
from sim.explain.pairs.pair_causes import Causes
from sim.explain.pairs.undoing import ending_of
from sim.explain.pairs.ways_back import ways
from tests.analysis.tales import load, side
from tests.explain.pairs.explained import SEED, followed_pair

NAMES = ("a", "b", "c", "d")
RUNS = 6
HEAD = """
state:
  a: {type: bool, initial: false}
  b: {type: bool, initial: false}
  c: {type: bool, initial: true}
  d: {type: real, range: [0, 9], initial: 0, at_bounds: saturate}
  end: {type: int, range: [0, 2], initial: 0}
events:
  sets_a: {by: f, exogenous: true, effects: {a: true, d: d + 1}}
  sets_b: {by: f, exogenous: true, effects: {b: not c, a: false}}
  sets_c: {by: f, exogenous: true, effects: {c: not c}}
  sets_d: {by: f, exogenous: true, marks: {much: real}, effects: {d: d + much}}
  won: {by: f, effects: {end: 1}}
  lost: {by: f, effects: {end: 2}}
rules:
"""
TAIL = """outcomes: {victory: {when: end == 1, ends_run: true}, defeat: {when: end == 2, ends_run: true},
  open: {otherwise: true}}
"""
CONDITIONS = st.sampled_from(["a", "not a", "b", "not b", "c", "not c", "d > 1", "d < 3", "a or b", "c and d > 0.5"])
CLOCKS = st.sampled_from([
    "{rate: 0.2 * speed}", "{rate: 0.5 if a else 0.1}", "{rate: 0.1 * d}", "{fixed: 2}", "{fixed: 1 + d}",
    "{gamma: {shape: 2, mean: 3 * odds}}", "{weibull: {shape: 2, scale: 4}, speed: 2 if b else 0.5}", "{every: 3}",
])  # fmt: skip
EMITTED = st.sampled_from([
    "emits: sets_a", "emits: sets_b", "emits: sets_c", "emits: {event: sets_d, much: odds}",
    "choose: [{event: sets_a, weight: odds}, {event: sets_c, weight: d}]",
])  # fmt: skip
MEMORY = st.sampled_from(["", "memory: keep, ", "on: [sets_a, sets_c], "])


@st.composite
def tales(draw, clocks=CLOCKS, memories=MEMORY):
    """Draw the body of a model: rules that set four variables, and one that ends the run by a choice."""
    lines = [HEAD]
    for number in range(draw(st.integers(2, 5))):
        guard = draw(CONDITIONS)
        lines.append(
            f"  r{number}: {{faction: f, when: {guard}, {draw(memories)}clock: {draw(clocks)}, {draw(EMITTED)}}}\n"
        )
    weights = draw(st.sampled_from(["odds", "1 if a else 2", "d"])), draw(st.sampled_from(["0.5", "1 if b else 0.1"]))
    lines.append(
        f"  ends: {{faction: f, when: end == 0 and ({draw(CONDITIONS)}), clock: {draw(clocks)}, "
        f"choose: [{{event: won, weight: {weights[0]}}}, {{event: lost, weight: {weights[1]}}}]}}\n"
    )
    return "".join(lines) + TAIL


SAID = st.sets(
    st.sampled_from([
        ("parameters", "speed: 2"), ("parameters", "odds: 0.9"), ("events", "{at: 1.5, event: sets_a}"),
        ("events", "{at: 2.5, event: sets_b}"), ("events", "{at: 4, event: sets_d, much: 2}"), ("disable", "r0"),
        ("disable", "r1"), ("changes", "{from: 3, parameters: {speed: 0.3}}"), ("changes", "{from: 2, disable: [r1]}"),
    ]),
    min_size=1, max_size=4,
)  # fmt: skip


def scenario(said):
    parts = {}
    for kind, text in sorted(said):
        parts.setdefault(kind, []).append(text)
    brackets = {"parameters": "{%s}"}
    return "\n".join(f"{kind}: {brackets.get(kind, '[%s]') % ', '.join(texts)}" for kind, texts in parts.items())


@settings(max_examples=settings.default.max_examples // 2)
@given(tales(), SAID, SAID)
def test_an_other_end_is_explained_by_assumptions_and_each_that_is_needed_is_behind_it(
    tmp_path_factory, body, one, two
):
    assume(one != two)
    scenarios = load(tmp_path_factory.mktemp("tale"), body, scenario(one), scenario(two))
    points = TurningPoints(SEED, central=False, runs_per_draw=1)
    for run in range(RUNS):
        sides = [side(each, SEED, run) for each in scenarios]
        ends = [ending_of(each, log) for each, (*_, log) in zip(scenarios, sides, strict=True)]
        found = points.explain(*sides, run)

        whole = all(log[-1].kind == "ended" for *_, log in sides)
        assert (found is not None) == (whole and ends[0] != ends[1])
        if found is None:
            continue
        assumptions, point = found.pair.assumptions, found.point
        assert {*point.causes} <= {*assumptions.names}
        assert point.causes
        assert found.way.cost < math.inf
        needed = [name for name, to in point.without if to == "other end"]
        changing = {name for name, to in point.without if to != "same end"}
        assert sorted(point.needed) == needed or not point.without
        assert not changing or {*point.causes} == changing
        for name in needed:
            part = followed_pair(assumptions.without(name), scenarios[1], run)
            assert [way.assumption for way in ways(Causes(part))] == [name]
        for names in point.enough:
            only = assumptions.only(names)
            assert ending_of(only, side(only, SEED, run)[2]) == ends[1]


@settings(max_examples=settings.default.max_examples // 4)
@given(tales(), SAID, SAID)
def test_pairs_explained_together_on_the_kernel_are_explained_as_each_by_itself_on_the_reference_engine(
    tmp_path_factory, body, one, two
):
    assume(one != two)
    scenarios = load(tmp_path_factory.mktemp("tale"), body, scenario(one), scenario(two))
    pairs = [(*(side(each, SEED, run) for each in scenarios), run) for run in range(RUNS)]
    kernel, reference = (
        TurningPoints(SEED, central=False, runs_per_draw=1, wanted=name) for name in ("kernel", "reference")
    )
    together = [None if found is None else (found.way, found.point) for found in kernel.explain_all(pairs)]
    alone = [reference.explain(*pair) for pair in pairs]

    assert together == [None if found is None else (found.way, found.point) for found in alone]
