"""The value of an expression that reads a state: families, and variables beside numbers."""

import operator
from itertools import product

import pytest

from sim.build.model import loads_model
from sim.model.evolve import evolve, initial
from sim.model.program import compile_model
from sim.model.replay import state_of

MODEL = """
model: sums
title: Sums over families
time: {unit: abstract}
horizon: 10
factions: {}
state:
  up:    {for: i in 1..3, type: bool, initial: false}
  grain: {for: "h in north, south", type: real, initial: 0}
  n:     {type: int, initial: 0}
  held:  {type: bool, initial: false}
  some:  {type: bool, initial: false}
  every: {type: bool, initial: false}
  all_grain: {type: real, initial: 0}
  least: {type: real, initial: 0}
  most:  {type: real, initial: 0}
  same:  {type: bool, initial: false}
events:
  set:
    exogenous: true
    marks: {a: bool, b: bool, c: bool, x: real, y: real}
    effects: {"up[1]": a, "up[2]": b, "up[3]": c, "grain[north]": x, "grain[south]": y}
  counted:
    exogenous: true
    effects:
      n: count(up)
      some: any(up)
      every: all(up)
      all_grain: sum(grain)
      least: min(grain)
      most: max(grain)
  compared: {exogenous: true, effects: {held: "n OPERATOR 2", same: "2 OPERATOR n"}}
"""


def state_after(model: str, *events: tuple[str, tuple[float, ...]]):
    program = compile_model(loads_model(model))
    frame = initial(program, ())
    for event, marks in events:
        evolve(program, frame, event, marks, 1.0)
    return state_of(program, frame)


@pytest.mark.parametrize("up", list(product([0.0, 1.0], repeat=3)))
@pytest.mark.parametrize("grain", [(1.5, -2.0), (0.25, 3.0)])
def test_a_word_over_a_family_is_over_all_of_its_members(up, grain):
    state = state_after(MODEL.replace("OPERATOR", "=="), ("set", (*up, *grain)), ("counted", ()))

    assert (state["n"], state["some"], state["every"]) == (sum(up), any(up), all(up))
    assert (state["all_grain"], state["least"], state["most"]) == (sum(grain), min(grain), max(grain))


@pytest.mark.parametrize(
    ("sign", "python"),
    [
        ("<", operator.lt), ("<=", operator.le), (">", operator.gt), (">=", operator.ge), ("==", operator.eq),
        ("!=", operator.ne),
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_variable_beside_a_number_is_compared_as_in_python_on_either_side(sign, python, number):
    up = [float(place < number) for place in range(3)]

    state = state_after(MODEL.replace("OPERATOR", sign), ("set", (*up, 0.0, 0.0)), ("counted", ()), ("compared", ()))

    assert (state["held"], state["same"]) == (python(number, 2), python(2, number))
