"""A small case whose parts rest on a source by paragraphs, on a source as a whole, and on judgements."""

from pathlib import Path

MODEL = """\
model: quarrel
title: A quarrel
time: {unit: day, origin: 2030-01-01}
sources: sources.yaml
horizon: 60 days
factions: {north: {title: The north}, south: {title: The south}}
state:
  calm: {type: bool, initial: true, title: All is calm}
  shots: {type: int, range: [0, 1000], initial: 0}
  talks: {type: bool, initial: false}
parameters:
  anger:
    {title: Rate of shots, prior: {pert: [0.02, 0.05, 0.2]}, unit: 1/day, basis: {source: letter, paragraph: [1, 2]}}
  delay:
    {prior: {pert: [1, 4, 10]}, range: [0, 30], unit: day, basis: [{source: letter, paragraph: 2}, {judgement: slow}]}
  grace: {value: 0.5, unit: 1/day, basis: {source: diary}}
  luckless: {value: true, type: bool, basis: {source: diary}}
events:
  shots_fired: {by: north, title: Shots are fired, effects: {calm: false, shots: shots + 1}}
  talks_opened: {by: south, effects: {talks: true}}
  calmed: {by: south, effects: {calm: true}}
rules:
  north_shoots: {faction: north, when: calm, clock: {rate: anger}, emits: shots_fired,
    basis: {source: letter, paragraph: 1}}
  south_calls: {faction: south, on: shots_fired, when: not talks, clock: {gamma: {shape: 2, mean: delay}},
    emits: talks_opened, basis: [{source: letter, paragraph: 3}, {source: diary}]}
  south_calms: {faction: south, when: not calm, clock: {rate: grace}, emits: calmed, basis: {judgement: so it seems}}
outcomes:
  peace: {when: talks, title: Peace is talked of}
measures:
  all_shots: {count: shots_fired}
checks:
  calm_first: {before: shots_fired, holds: calm, because: nobody shoots twice}
"""
SOURCES = """\
sources: letters
documents:
  letter: {title: The letter, reliability: medium, paragraphs: 5}
  diary: {title: The diary, reliability: low}
"""
HISTORY = """\
history: winter
title: The winter
sources: sources.yaml
events:
  - {id: first-shots, at: 2030-01-03, event: shots_fired, claim: Two were shot.,
     sources: [{source: letter, paragraph: 1}]}
  - {id: calm-again, at: 2030-01-05, event: calmed, claim: They calmed down., sources: [{source: diary}]}
  - {id: more-shots, at: 2030-01-08, event: shots_fired, claim: More were shot.,
     sources: [{source: letter, paragraph: 4}, {source: diary}]}
"""
SCENARIO = """\
scenario: status-quo
title: As it is
model: model.yaml
history: history.yaml
branch: {at: 2030-01-10}
horizon: 30 days
"""


def write(folder: Path, **changed: str) -> Path:
    """Write the case to a folder, some of its files otherwise, and return the scenario's file."""
    texts = {"model": MODEL, "sources": SOURCES, "history": HISTORY, "status-quo": SCENARIO, **changed}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / "status-quo.yaml"
