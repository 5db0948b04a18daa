"""A small case on disk whose chains of causes, waits and counts are known: a town is cut off, asks, and is answered."""

from pathlib import Path
from typing import Any

from sim.analysis.results import Results
from sim.experiment import Experiment, reopen
from sim.explain.named_case import NamedCase
from sim.ledger.ledger import Ledger
from sim.study.api import run
from sim.study.named_cases import case_at

MODEL = """
model: siege
title: A siege
time: {unit: day, origin: 2030-01-01}
horizon: 20 days
sources: sources.yaml
factions: {town: {title: The town}, army: {title: The army}}
state:
  cut_off: {type: bool, initial: false, title: The town is cut off}
  terms: {type: enum, values: [none, asked, granted, refused], initial: none, title: The terms}
  gate: {type: bool, initial: false, title: The gate is open}
  relief: {type: bool, initial: false}
  wall: {for: i in 1..2, type: bool, initial: true, title: The wall stands}
parameters:
  haste: {value: 0.5, unit: 1/day, title: Haste, basis: {source: report, paragraph: 2}}
  mercy:
    prior: {uniform: [1, 5]}
    title: Weight of mercy
    basis: [{source: report, paragraph: [3, 4]}, {judgement: an army far from home}]
  calm: {value: 2, unit: day, title: Time to think, basis: {judgement: a guess}}
derived: {yielding: {value: gate and terms == granted, title: The town yields}}
events:
  surrounded: {title: The town is surrounded, by: army, exogenous: true, effects: {cut_off: true}}
  terms_asked: {title: The town asks for terms, by: town, effects: {terms: asked}}
  terms_granted: {title: Terms are granted, by: army, effects: {terms: granted}}
  terms_refused: {title: Terms are refused, by: army, effects: {terms: refused}}
  gate_opened: {title: The gate is opened, by: town, marks: {dead: int}, effects: {gate: true}}
  relieved: {title: An army of relief comes, exogenous: true, effects: {relief: true}}
  horn_blown: {title: A horn is blown, by: town}
rules:
  town_asks:
    {faction: town, when: cut_off and terms == none, clock: {fixed: 1 day}, emits: terms_asked,
     basis: {source: report, paragraph: 2}}
  army_answers:
    faction: army
    on: [terms_asked]
    clock: {fixed: 1 day}
    choose: [{event: terms_granted, weight: mercy}, {event: terms_refused, weight: 1}]
    basis: {judgement: a choice by mercy}
  town_opens:
    faction: town
    when: terms == granted or terms == refused
    clock: {fixed: calm}
    emits: {event: gate_opened, dead: 3}
    restarts: [town_waits]
    basis: {judgement: a guess}
  town_waits: {faction: town, when: cut_off, clock: {rate: haste}, emits: horn_blown, basis: {judgement: a guess}}
  town_sings: {faction: town, when: relief and gate, clock: immediately, emits: horn_blown, basis: {judgement: so}}
outcomes:
  fallen: {title: The town falls, when: gate}
  granted: {title: Terms come, when: terms == granted}
  asked: {title: Somebody asks, on: [terms_asked]}
  saved: {title: The town is saved, when: relief}
  long: {title: It takes long, when: since(surrounded) > 15 days}
  never: {title: All walls fall, when: "not wall[1] and not wall[2]"}
  rest: {title: Nothing of that, otherwise: true}
measures:
  until_open: {title: Until the gate opens, time_until: gate}
  horns: {title: Horns, count: horn_blown}
checks:
  kept: {never: gate and terms == none, because: nobody opens without an answer}
base_rates:
  sieges_end:
    {title: Sieges that end, outcome: fallen, within: 9 days, count: 8, of: 10,
     basis: {source: report, paragraph: 5}}
"""
SOURCES = """
sources: siege
title: Documents
documents:
  report:
    {publisher: A monk, title: A chronicle, date: 2031-01-01, reliability: medium, paragraphs: 5,
     summary: {3: The general spared those who asked.}, quotation: {3: "mercy is cheap"}}
"""
HISTORY = """
history: siege
title: What was
sources: sources.yaml
events:
  - {id: the-ring, at: 2030-01-02, event: surrounded, claim: The army closes the ring., status: attested, act: deed,
     sources: [{source: report, paragraph: 1}]}
"""
SCENARIOS = {
    "status-quo": "title: As it is\nquestion: Does the town fall?\n",
    "merciless": "title: No mercy\nparameters: {mercy: 0}\n",
    "relief": "title: Relief comes\nevents: [{at: 2030-01-04, event: relieved}]\n",
    "storm": "title: A storm\nevents: [{at: 2030-01-03, title: A storm breaks, set: {relief: true}}]\n",
    "silent": "title: No horns\ndisable: [town_waits]\n",
    "bridge": "title: A bridge burns\n"
              "event_types: {bridge_burnt: {title: The bridge burns, by: army}}\n"
              "rules: {army_burns: {faction: army, clock: {fixed: 1 day}, emits: bridge_burnt,\n"
              "  basis: {judgement: so}}}\n",
}  # fmt: skip
HEAD = "model: model.yaml\nhistory: history.yaml\nbranch: {at: 2030-01-02T12:00}\n"


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the case; each of `changes` is what the model says and what it is to say. Return its folder."""
    text = MODEL
    for old, new in changes:
        assert old in text, f"the model says '{old}'"
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    scenarios = {name: f"scenario: {name}\n{HEAD}{body}" for name, body in SCENARIOS.items()}
    for name, body in {"model": text, "sources": SOURCES, "history": HISTORY, **scenarios}.items():
        (folder / f"{name}.yaml").write_text(body, encoding="utf-8")
    return folder


def siege(folder: Path, *changes: tuple[str, str]) -> NamedCase:
    """Write and load the case."""
    return case_at(write(folder, *changes))


def stored(folder: Path, name: str = "status-quo", **how: Any) -> tuple[Experiment, Results]:
    """Run one of its scenarios into a ledger beside it, and return what the ledger has of it."""
    found = run(folder / f"{name}.yaml", ledger=folder / "ledger", workers=1, **how)
    ledger = Ledger(folder / "ledger")
    return reopen(ledger.find(found.source.ensemble), ledger), found
