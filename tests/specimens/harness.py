"""Runs a specimen and holds its statistics against its known answers.

A specimen is a model file; its answers stand beside it in `<name>.answer.yaml`, each with the formula and its
source. An answer is about a `measure`, an `outcome`, or an `ending` as the first to come true. The bound on a deviation
is in standard errors, and so wide that among all the answers together a right engine misses one less than once in a
million, as far as means of so many runs are normal.
"""

import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import NormalDist

import yaml

from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model
from tests.summaries import Summary, summarise

FOLDER = Path(__file__).parent
NAMES = sorted(path.name.removesuffix(".answer.yaml") for path in FOLDER.glob("*.answer.yaml"))
FAMILY_ERROR = 1e-6
SEED = 2014


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
        kind = next(kind for kind in ("outcome", "ending", "measure") if kind in item)
        name = f"first {item[kind]}" if kind == "ending" else item[kind]
        found.append(
            Answer(specimen, kind, name, item["statistic"], float(item["equals"]), item["formula"], item["source"])
        )
    return found


ANSWERS = [answer for name in NAMES for answer in answers_of(name)]
BOUND = NormalDist().inv_cdf(1 - FAMILY_ERROR / len(ANSWERS) / 2)


def simulate(file: Path, runs: int) -> tuple[Summary, ...]:
    """Return what `runs` runs of a model file come to."""
    scenario = load_scenario(file).scenario
    program = compile_model(scenario.model)
    engine = ReferenceEngine(program, scenario, SEED)
    return tuple(summarise(program, scenario, run, engine.run(run)) for run in range(runs))


@cache
def summaries(specimen: str, runs: int) -> tuple[Summary, ...]:
    return simulate(FOLDER / f"{specimen}.yaml", runs)


def deviation(answer: Answer, found: tuple[Summary, ...]) -> float:
    """Return how many standard errors the runs lie from the answer; infinite where they can never give it."""
    assert not any(summary.failed for summary in found), next(summary.failed for summary in found if summary.failed)
    if answer.kind == "outcome":
        values = [float(answer.name in summary.outcomes) for summary in found]
    elif answer.kind == "ending":
        values = [float(answer.name == f"first {summary.first}") for summary in found]
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
        return 0.0 if math.isclose(actual, answer.equals, rel_tol=1e-12) else math.inf
    return abs(actual - answer.equals) / error


def spread_of(answer: Answer, found: tuple[Summary, ...]) -> float:
    """Return the standard deviation, from run to run, of what the answer is about."""
    values = [value for summary in found if (value := summary.measures[answer.name]) is not None]
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


def falsified(answer: Answer, found: tuple[Summary, ...], effect: float) -> Answer:
    """Return the answer made wrong: a chance by half of `effect`, a mean by so many standard deviations of one run
    (or by a thousandth, where all runs agree), a standard deviation by three times that share of itself.
    """
    if answer.statistic == "probability":
        return replace(answer, equals=answer.equals + (effect if answer.equals < 0.5 else -effect) / 2)
    if answer.statistic == "sd":
        return replace(answer, equals=answer.equals * (1 + 3 * effect))
    return replace(answer, equals=answer.equals + (effect * spread_of(answer, found) or 0.001))
