"""Which outcome, event type or rule a reader's word means."""

import pytest

from sim.analysis.single.named_parts import subject_named
from sim.build.model import loads_model

MODEL = """
model: coups
title: Coups
time: {unit: day}
horizon: 20 days
factions: {army: {title: The army}}
state: {over: {type: bool, initial: false}}
events:
  coup: {title: The palace is taken, by: army, effects: {over: true}}
  shot: {title: A shot, by: army}
  fire: {title: A shot, by: army}
rules:
  army_strikes: {title: The army strikes, faction: army, when: not over, clock: {rate: 0.1 per day}, emits: coup,
    basis: {judgement: a guess}}
outcomes:
  coup: {title: "Coup: the palace falls", when: over}
  calm: {title: Calm, otherwise: true}
"""


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("coup", ("outcome", "coup")),
        ("Coup: the palace falls", ("outcome", "coup")),
        ("the palace is taken", ("event", "coup")),
        ("army_strikes", ("rule", "army_strikes")),
        ("The army strikes", ("rule", "army_strikes")),
        ("shot", ("event", "shot")),
        ("A shot", None),
        ("over", None),
    ],
)
def test_a_name_counts_before_a_title_and_a_title_of_two_means_none(word, meant):
    assert subject_named(word, loads_model(MODEL, "coups.yaml")) == meant
