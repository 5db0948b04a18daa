"""Parts of a model's text that differ in numbers alone share one text, and mean what they meant."""

import re

import pytest

from sim.build.model import loads_model
from sim.engines.kernel.code import translated
from sim.engines.kernel.generator.layout import Layout
from sim.engines.kernel.generator.lines import MANY
from sim.engines.kernel.generator.model_text import ModelText
from sim.engines.kernel.generator.shared_text import SharedText
from sim.testing.models import alone
from tests.engines.kernel.alike import check_alike, program_of


def function(name, *lines, more=""):
    return "\n".join([f"def {name}(f: Reals, n: Ints{more}) -> None:", *(f"    {line}" for line in lines)]) + "\n"


def run(shared, name, *given, cells=10):
    """Run one of the functions on cells of zeros, which are returned."""
    names = {**shared.tables, "Reals": None, "Ints": None}
    exec("\n".join(shared.functions), names)  # noqa: S102 - our own text
    f, n = [0.0] * cells, [0] * cells
    names[name](f, n, *given)
    return f, n


def test_functions_that_differ_in_numbers_alone_become_one():
    steps = [function(f"step_{one}", f"n[{one}] = {10 * one}", f"f[{one}] = {one / 4!r} + 1e-05") for one in range(4)]
    shared = SharedText([*steps, function("all", *(f"step_{one}(f, n)" for one in (2, 0, 3)))], 4)

    assert len(shared.functions) == 2
    f, n = run(shared, "all")
    assert f[:4] == [0.0 + 1e-05, 0.0, 0.5 + 1e-05, 0.75 + 1e-05]
    assert n[:4] == [0, 0, 20, 30]


def test_functions_that_call_alike_functions_are_alike():
    steps = [function(f"step_{one}", f"n[{one}] = {one}") for one in range(4)]
    calls = [function(f"call_{one}", f"step_{3 - one}(f, n)", "return") for one in range(4)]

    assert len(SharedText([*calls, *steps], 4).functions) == 2


@pytest.mark.parametrize("other", ["n[3] = n[5] + 3", "f[3] = 3", "n[3] = -3", "n[3] = 3.0", "step_9(f, n)"])
def test_functions_that_differ_in_more_than_numbers_stay_apart(other):
    steps = [function(f"step_{one}", f"n[{one}] = {one}") for one in range(3)]
    texts = [*steps, function("step_3", other), function("step_9", "return")]

    assert SharedText(texts, 4).functions == texts


def test_few_alike_parts_stay_as_they_are():
    steps = [function(f"step_{one}", f"n[{one}] = {one}") for one in range(MANY - 1)]
    texts = [*steps, function("all", *(f"step_{one}(f, n)" for one in range(MANY - 1)))]

    assert SharedText(texts).functions == texts


def test_statements_that_differ_in_numbers_alone_become_a_loop_in_their_order():
    stores = [f"n[0] = n[0] * 10 + {one}" for one in range(1, 6)]
    shared = SharedText([function("all", "n[0] = 7", *stores, "n[1] = n[0]")], 5)

    assert shared.functions[0].count("] * ") == 1
    assert run(shared, "all")[1][:2] == [712345, 712345]


@pytest.mark.parametrize("head", ["match which:", ""])
def test_a_choice_by_a_number_finds_alike_cases_in_a_table(head):
    def case(number, *body):
        asked = f"    case {number}:" if head else f"if which == {number}:"
        return [asked, *(f"{'        ' if head else '    '}{line}" for line in body)]

    lines = [line for one in range(2, 7) for line in case(one, f"n[{one}] = {10 * one}", "n[0] = 1")]
    lines += [line for one in (8, 10) for line in case(one, f"n[1] = {one}")]
    shared = SharedText([function("choose", *([head] if head else []), *lines, more=", which: int")], 5)

    assert shared.functions[0].count("  n[") == 2 + len(("n[1] = 8", "n[1] = 10"))
    for one in range(2, 7):
        assert run(shared, "choose", one)[1] == [1 if at == 0 else 10 * one if at == one else 0 for at in range(10)]
    assert run(shared, "choose", 8)[1][1] == 8
    assert run(shared, "choose", 10)[1][1] == 10
    for one in (-1, 0, 7, 9, 11, 99):
        assert run(shared, "choose", one)[1] == [0] * 10


def test_statements_that_change_what_they_ask_for_are_no_choice():
    asked = [line for one in range(4) for line in (f"if which == {one}:", f"    which = {one + 1}", "    n[0] += 1")]

    assert run(SharedText([function("count", *asked, more=", which: int")], 4), "count", 0)[1][0] == 4


FAMILIES = """
model: families
title: Families with each kind of clock
time: {{unit: abstract}}
horizon: 20
factions: {{a: {{title: A}}}}
state:
  x: {{for: k in 1..{members}, type: int, range: [0, 9], initial: k % 3, at_bounds: saturate}}
  y: {{for: k in 1..{members}, type: real, range: [-5, 5], initial: 5 - 9.8 * k / {members}, at_bounds: saturate,
      relaxes: {{towards: 0.005 * k, half_life: 3}}}}
  late: {{type: bool, initial: false}}
parameters: {{p: {{prior: {{uniform: [0.5, 1.5]}}, basis: {{judgement: some}}}}}}
events:
  up: {{for: k in 1..{members}, by: a, effects: {{"x[k]": "x[k] + 1"}}}}
  hit: {{for: k in 1..{members}, by: a, marks: {{much: real}},
        effects: {{"y[k]": "y[k] - 0.1 * much"}}}}
  any: {{by: a, effects: {{late: not late}}}}
rules:
  rate: {{for: k in 1..{members}, faction: a, when: "x[k] < 7", clock: {{rate: "0.001 * k * p * (1 + x[k])"}},
         emits: "up[k]"}}
  law: {{for: k in 1..{members}, faction: a, when: "x[k] > 1", clock: {{gamma: {{shape: 2, mean: 9 + k}}}},
        memory: keep, emits: {{event: "hit[k]", much: "exponential(1 + 0.1 * k)"}}}}
  beat: {{for: k in 1..{members}, faction: a, when: late, clock: {{every: 0.5 * k}}, emits: any}}
  shared: {{for: k in 1..{members}, faction: a, when: "y[k] > -2", clock: {{rate: "0.004 * exp(y[k])"}}, emits: any}}
  once: {{for: k in 1..{members}, faction: a, on: "hit[k]", when: "x[k] > 3", clock: {{rate: 0.1}},
         choose: [{{event: "up[k]", weight: 0.5 + 0.01 * k}}, {{event: any, weight: 0.4}}], restarts: "law[k]"}}
outcomes: {{high: {{when: "x[1] > 5"}}, none: {{otherwise: true}}}}
measures: {{all: {{value: "sum(x[k] for k in 1..{members})"}}}}
"""


def families(members):
    return alone(loads_model(FAMILIES.format(members=members)))


def test_large_families_run_as_in_the_reference_engine():
    scenario = families(MANY + 3)
    logs = check_alike(program_of(scenario), scenario, 1, range(3))

    assert {event.rule.partition("[")[0] for log in logs for event in log if event.rule} == {
        "rate", "law", "beat", "shared", "once",
    }  # fmt: skip


def instructions(scenario):
    """Return how many instructions a model's code has, tables apart."""
    return len(re.findall("^  ", translated(Layout(program_of(scenario))), re.MULTILINE))


def test_members_beyond_the_first_many_add_little_text_and_code():
    few, more = families(10), families(2 * MANY)

    def size(scenario):
        return len(ModelText(Layout(program_of(scenario))).source)

    assert size(more) < size(few)
    assert instructions(more) < instructions(few)


def unlike(rules):
    """Return a model of rules none of which is like another: their rates add and multiply in different orders."""
    rates = ["".join(f" {'+*'[number >> bit & 1]} x{number}" for bit in range(10)) for number in range(rules)]
    return alone(loads_model("\n".join([
        "model: unlike",
        "title: Rules of which no two are alike",
        "time: {unit: abstract}",
        "horizon: 1",
        "factions: {a: {title: A}}",
        "state:",
        *(f"  x{number}: {{type: int, range: [0, 9], initial: 1, at_bounds: saturate}}" for number in range(rules)),
        "events:",
        *(f"  e{number}: {{by: a, effects: {{x{number}: x{number} + 1}}}}" for number in range(rules)),
        "rules:",
        *(f"  r{number}: {{faction: a, clock: {{rate: 0.1{rate}}}, emits: e{number}}}"
          for number, rate in enumerate(rates)),
        "outcomes: {none: {otherwise: true}}",
    ])))  # fmt: skip


def test_the_code_of_rules_that_are_not_alike_grows_as_their_number():
    first, second, third = (instructions(unlike(rules)) for rules in (100, 200, 400))

    assert third - second == pytest.approx(2 * (second - first), rel=0.1)
