"""A small model whose parts are written as sentences, and the words for it."""

from sim.build.model import loads_model
from sim.report.sentences.terms import Terms

MODEL = """
model: siege
title: A siege
time: {unit: day, origin: 2030-01-01}
horizon: 10 days
factions: {town: {title: The town}, army: {title: Lancaster's army}}
state:
  gate: {type: bool, initial: false, title: The gate is open}
  rain: {type: bool, initial: false}
  talks: {type: enum, values: [none, to_come, held, over], initial: none, title: The talks}
  bread: {type: real, range: [0, 100], initial: 10, at_bounds: saturate, title: Bread in store}
  dead: {type: int, range: [0, 1000], initial: 0}
  due: {type: instant, initial: 2030-01-05, title: When the truce ends}
  fear: {type: real, range: [0, 1], initial: 1, relaxes: {towards: calm, half_life: 3 days}}
  wall: {for: i in 1..2, type: bool, initial: true, title: The wall stands}
parameters:
  calm: {value: 0.5, range: [0, 1], title: What fear comes down to, basis: {judgement: a guess}}
  haste: {value: 2, unit: 1/day, basis: {judgement: a guess}}
derived:
  hungry: {value: bread < 5, title: The town is hungry}
  desperate: {value: hungry and dead > 10}
events:
  opened: {title: The gate is opened, by: town, effects: {gate: true, talks: over, due: time + 2 days}}
  eaten: {title: Bread is eaten, by: town, effects: {bread: bread - 0.5, dead: dead + dead, fear: fear * calm}}
  entered: {title: The army comes in, by: army, marks: {lost: int}, effects: {}}
  fled: {title: The army goes home, by: army}
rules:
  town_eats: {faction: town, clock: {every: 1 day}, emits: eaten, basis: {judgement: a guess}}
  town_opens:
    faction: town
    on: [eaten]
    when: hungry and not gate and (talks == none or talks == to_come)
    clock: {rate: haste * 2}
    emits: opened
    restarts: [town_eats]
    memory: keep
    priority: 2
    basis: {judgement: a guess}
  army_comes:
    faction: army
    when: gate
    clock: {weibull: {shape: 2, scale: 1 day * (1 + calm)}, speed: 2 if rain else 1}
    choose: [{event: entered, weight: bread, lost: poisson(2)}, {event: fled, weight: 1}]
    basis: {judgement: a guess}
  army_waits: {faction: army, when: not gate, clock: {at: due}, emits: fled, basis: {judgement: a guess}}
  army_hopes: {faction: army, when: rain, clock: 30 % within 14 days, emits: fled, basis: {judgement: a guess}}
  army_looks: {faction: army, when: "gate and wall[2]", clock: immediately, emits: fled, basis: {judgement: a guess}}
  town_sleeps: {faction: town, when: rain, clock: {fixed: 8 h}, emits: eaten, basis: {judgement: a guess}}
outcomes:
  fallen: {title: The town falls, on: [entered], when: gate, within: 8 days, while: not rain, ends_run: true}
  peace: {title: Peace, when: talks == held, ending: true}
  famine: {title: Famine, when: desperate}
  rest: {title: Nothing of that, otherwise: true}
measures:
  meals: {title: Meals, count: eaten}
  wet: {title: Time in the rain, time_while: rain, until: 5 days}
"""


def siege() -> Terms:
    """Return the words for the model."""
    return Terms(loads_model(MODEL, "siege.yaml"))
