"""Tiny crises on disk, for the tests of studies: a coin that falls, and scenarios about it."""

from pathlib import Path

from sim.experiment import Experiment, RunSettings
from sim.study.plan import Plan, open_target

COIN = """
model: coin
title: A coin
time: {unit: abstract}
horizon: 10
factions: {fate: {title: Fate}}
state: {side: {type: enum, values: [up, heads, tails], initial: up}, pushes: {type: int, range: [0, 9], initial: 0}}
parameters: {bias: {prior: {beta: [4, 4]}, basis: {judgement: nobody has looked}}}
events:
  fell_heads: {title: The coin fell heads, by: fate, effects: {side: heads}}
  fell_tails: {title: The coin fell tails, by: fate, effects: {side: tails}}
  pushed: {title: Somebody pushed the table, by: fate, effects: {pushes: pushes + 1}}
rules:
  coin_falls:
    faction: fate
    when: side == up
    clock: {rate: 0.3}
    choose: [{event: fell_heads, weight: bias}, {event: fell_tails, weight: 1 - bias}]
outcomes:
  tails: {title: "Tails: nobody wins", when: side == tails, ends_run: true}
  heads: {title: "Heads: somebody wins", when: side == heads, ends_run: true}
  hangs: {title: "Neither: it hangs in the air", otherwise: true}
  soon: {title: It falls soon, on: [fell_heads, fell_tails], within: 1}
measures:
  until_it_falls: {title: Until it falls, time_until: side != up}
  pushes: {title: Pushes, value: pushes}
"""

SCENARIOS = {
    "as-it-is": "title: As it is\nmodel: coin.yaml\n",
    "loaded": "title: A loaded coin\nquestion: What if somebody loads it?\nextends: as-it-is.yaml\n"
              "parameters: {bias: 0.9}\n",
    "pushed": "title: A push\nextends: as-it-is.yaml\nevents: [{at: 0.5, event: pushed}]\n",
    "glued": "title: A glued coin\nextends: as-it-is.yaml\ndisable: [coin_falls]\n",
    "same": "title: The same in other words\nextends: as-it-is.yaml\n",
    "longer": "title: Longer\nextends: as-it-is.yaml\nhorizon: 20\n",
    "later": "title: Later\nextends: as-it-is.yaml\nbranch: {at: 2}\n",
}  # fmt: skip


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the coin and its scenarios; each of `changes` is what it says and what it is to say. Return where."""
    text = COIN
    for old, new in changes:
        assert old in text, f"the model says '{old}'"
        text = text.replace(old, new)
    (folder / "coin.yaml").write_text(text, encoding="utf-8")
    for name, body in SCENARIOS.items():
        (folder / f"{name}.yaml").write_text(f"scenario: {name}\n{body}", encoding="utf-8")
    return folder


def experiment(
    folder: Path, name: str = "as-it-is", *, seed: int = 1, central: bool = False, **wanted: object
) -> Experiment:
    plan = Plan(folder / "ledger", settings=RunSettings(seed=seed, central=central), **wanted)
    return open_target(folder / f"{name}.yaml", plan)


FAILING = """
model: failing
title: Some runs fail
time: {unit: abstract}
horizon: 10
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 1000], initial: 0}, m: {type: int, range: [0, 1000], initial: 0}}
parameters: {rate: {prior: {uniform: [0.2, 0.7]}, basis: {judgement: nobody has looked}}}
events: {e: {by: a, effects: {n: n + 1}}, f: {by: a, effects: {m: m + 1}}}
rules:
  r: {faction: a, clock: {rate: rate}, emits: e}
  s: {faction: a, clock: {rate: 0.3}, emits: f}
  q: {faction: a, when: 1 / (6 - n) > 0, clock: {rate: 0.0001}, emits: f}
outcomes:
  done: {when: m > 3, ends_run: true}
  some: {when: n > 2}
  never: {when: m > 900}
  none: {otherwise: true}
measures: {ratio: {value: 1 / m}, cnt: {value: n}, until_some: {time_until: n > 2}}
"""


def scenario_of_some_failures(folder: Path) -> Path:
    """Write a model some of whose runs fail, and two scenarios of it. Return where."""
    (folder / "model.yaml").write_text(FAILING, encoding="utf-8")
    for name, rate in (("slower", "0.2"), ("faster", "0.8")):
        text = f"scenario: {name}\ntitle: {name}\nmodel: model.yaml\nparameters: {{rate: {rate}}}\n"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder
