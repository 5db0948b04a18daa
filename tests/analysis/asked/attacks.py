"""A model whose measures have known laws: attacks are a Poisson process, each with a Poisson number of deaths."""

from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.results import Source, results
from sim.build.scenario import load_scenario
from sim.experiment import RunSettings
from tests.summaries import Summary, columns

ATTACKS = """
model: attacks
title: Attacks and deaths
time: {unit: day, origin: 2030-01-01}
horizon: 90 days
factions: {army: {title: The army}}
state: {alarmed: {type: bool, initial: false}, n: {type: int, range: [0, 100000], initial: 0}}
events:
  attacked: {by: army, marks: {deaths: int}, effects: {n: n + 1}}
  alarm_raised: {by: army, effects: {alarmed: "true"}}
rules:
  attack: {faction: army, clock: {rate: 0.1 per day}, emits: {event: attacked, deaths: poisson(1.5)}}
  alarm: {faction: army, when: not alarmed, clock: {rate: 0.02 per day}, emits: alarm_raised}
outcomes: {alarm: {when: alarmed}}
measures:
  deaths: {sum: deaths, on: [attacked]}
  attacks: {count: [attacked], title: Attacks by the army}
  alarm_after: {until: alarmed}
  calm_time: {time_while: not alarmed}
  per_attack: {value: 1 / n}
  last_day: {value: time}
  calm: {value: not alarmed}
  tension: {integral: n}
"""
STOPPED = "limit of events"
NEVER, UNDEFINED = None, float("inf")


def write(folder: Path, text: str = ATTACKS) -> Path:
    file = folder / "attacks.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def scenario_in(folder: Path, text: str = ATTACKS) -> Any:
    return load_scenario(write(folder, text)).scenario


def made(scenario: Any, measures: dict[str, list[float | None]], *, stopped: Any = (), failed: Any = (),
         **settings: Any) -> Any:  # fmt: skip
    """Return results of runs that have these measures and 1 for the others.

    `stopped` and `failed` map runs that were not followed to their ends to when they broke off.
    """
    stopped, failed = dict(stopped), dict(failed)
    summaries = []
    for run in range(len(next(iter(measures.values())))):
        known = dict.fromkeys(scenario.model.measures, 1.0) | {name: of[run] for name, of in measures.items()}
        followed = {**stopped, **failed}.get(run, np.inf)
        ended = STOPPED if run in stopped else "E604" if run in failed else "horizon"
        summaries.append(
            Summary(
                run, 4, {}, {} if run in failed else known, (), ended, "E604 in rule 'x'" if run in failed else "",
                followed,
            )
        )  # fmt: skip
    runs = columns(scenario.model, summaries)
    return results(scenario, runs, Source("e" * 64, "r", RunSettings(**settings)))
