"""Runs a specimen and holds its statistics against its known answers.

A specimen is a model file; its answers stand beside it in `<name>.answer.yaml`, each with the formula and its
source. The bound on a deviation is in standard errors, and so wide that among all the answers together a right
engine misses one less than once in a million.
"""

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import NormalDist

import yaml

from sim.analysis.summary import Summary, summarise
from sim.engines.reference import ReferenceEngine
from sim.model.assumptions import load_scenario
from sim.model.program import compile_model

FOLDER = Path(__file__).parent
NAMES = sorted(path.name.removesuffix(".answer.yaml") for path in FOLDER.glob("*.answer.yaml"))
FAMILY_ERROR = 1e-6


@dataclass(frozen=True)
class Answer:
    specimen: str
    kind: str
    name: str
    statistic: str
    equals: float
    formula: str
    source: str

    def __str__(self) -> str:
        return f"{self.specimen}-{self.name}-{self.statistic}"


def answers_of(specimen: str) -> list[Answer]:
    listed = yaml.safe_load((FOLDER / f"{specimen}.answer.yaml").read_text(encoding="utf-8"))["answers"]
    found = []
    for item in listed:
        kind = "outcome" if "outcome" in item else "measure"
        found.append(
            Answer(
                specimen, kind, item[kind], item["statistic"], float(item["equals"]), item["formula"], item["source"]
            )
        )
    return found


ANSWERS = [answer for name in NAMES for answer in answers_of(name)]
BOUND = NormalDist().inv_cdf(1 - FAMILY_ERROR / len(ANSWERS) / 2)


@cache
def summaries(specimen: str, runs: int, seed: int = 2014) -> tuple[Summary, ...]:
    scenario = load_scenario(FOLDER / f"{specimen}.yaml").scenario
    program = compile_model(scenario.model)
    engine = ReferenceEngine(program, scenario, seed)
    return tuple(summarise(program, scenario, run, engine.run(run)) for run in range(runs))


def deviation(answer: Answer, runs: int, shift: float = 0.0) -> float:
    """Return how many standard errors the runs lie from the answer, moved by `shift` standard errors."""
    found = summaries(answer.specimen, runs)
    assert not any(summary.failed for summary in found), next(summary.failed for summary in found if summary.failed)
    if answer.kind == "outcome":
        values = [float(answer.name in summary.outcomes) for summary in found]
    else:
        values = [value for summary in found if (value := summary.measures[answer.name]) is not None]
    number = len(values)
    mean = math.fsum(values) / number
    variance = math.fsum((value - mean) ** 2 for value in values) / number
    if answer.statistic == "sd":
        fourth = math.fsum((value - mean) ** 4 for value in values) / number
        actual = math.sqrt(variance)
        error = math.sqrt((fourth - variance**2) / number) / (2 * actual)
    else:
        actual = mean
        spread = answer.equals * (1 - answer.equals) if answer.statistic == "probability" else variance
        error = math.sqrt(spread / number)
    if error == 0.0:
        return 0.0 if math.isclose(actual, answer.equals + shift, rel_tol=1e-12) else math.inf
    return abs(actual - answer.equals - shift * error) / error
