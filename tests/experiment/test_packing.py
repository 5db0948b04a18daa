"""Tasks travel to another process with their job's scenario once, and mean there what they mean here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import pytest

from sim.errors import LedgerError
from sim.experiment import Experiment, prepare
from sim.experiment.jobs import EnsembleJob
from sim.experiment.packing import MOST_KEPT, LostJobError, Receiver, Sender
from sim.experiment.record import job_of
from sim.language.expressions.tree import depth
from sim.language.expressions.typing import MOST_LEVELS

DEEP = """\
model: deep
title: As deep as expressions may be
horizon: 10 days
time: {unit: day}
factions: {one: {title: One}}
state: {level: {type: real, range: [0, 1000], initial: 1}}
events: {grew: {by: one, effects: {level: 2}}}
rules: {grow: {faction: one, when: level < 2, clock: {rate: 1 per day}, emits: grew, basis: {judgement: a test}}}
measures: {sum: {value: DEEP}}
derived:
"""


@dataclass(frozen=True)
class Task:
    job: EnsembleJob
    number: int


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    text = files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8")
    (tmp_path / "model.yaml").write_text(text, encoding="utf-8")
    return prepare(tmp_path / "model.yaml", tmp_path / "ledger")


def test_a_scenario_travels_with_the_first_task_alone(experiment: Experiment) -> None:
    job = job_of(experiment, 10, new=False)
    sender, receiver = Sender(), Receiver()
    packed = [sender.packed(Task(job, number)) for number in range(3)]
    tasks = [receiver.unpacked(one) for one in packed]

    assert len(packed[1]) == len(packed[2]) < 1000 < len(packed[0])
    assert tasks == [Task(job, number) for number in range(3)]
    assert tasks[0].job.scenario == experiment.scenario
    assert all(task.job is tasks[0].job for task in tasks)


def test_a_scenario_that_does_not_mean_what_the_ensemble_is_named_by_is_refused(experiment: Experiment) -> None:
    job = job_of(experiment, 10, new=False)
    wrong = replace(job, scenario=replace(job.scenario, horizon=job.scenario.horizon + 1))

    with pytest.raises(LedgerError, match="does not mean what the id") as caught:
        Receiver().unpacked(Sender().packed(Task(wrong, 0)))
    assert caught.value.code == "E703"


def test_a_job_that_is_kept_no_longer_is_named_as_lost(experiment: Experiment) -> None:
    job = job_of(experiment, 10, new=False)
    others = [replace(job, documents=f"{number}") for number in range(MOST_KEPT)]
    sender, receiver = Sender(), Receiver()
    receiver.unpacked(sender.packed(Task(job, 0)))
    for other in others:
        receiver.unpacked(sender.packed(Task(other, 0)))

    with pytest.raises(LostJobError):
        receiver.unpacked(sender.packed(Task(job, 1)))
    assert receiver.unpacked(Sender().packed(Task(job, 1))) == Task(job, 1)


def test_the_deepest_expression_travels_from_however_deep_a_call(tmp_path: Path) -> None:
    lines = ["  d0: {value: level + 1}"]
    lines += [f"  d{number}: {{value: d{number - 1} + 1}}" for number in range(1, MOST_LEVELS - 2)]
    text = DEEP.replace("DEEP", f"d{len(lines) - 1}")
    (tmp_path / "model.yaml").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    experiment = prepare(tmp_path / "model.yaml", tmp_path / "ledger")
    task = Task(job_of(experiment, 10, new=False), 0)
    assert depth(experiment.scenario.model.measures["sum"].expression.tree) > MOST_LEVELS - 5

    assert Receiver().unpacked(below(750, lambda: Sender().packed(task))).job.scenario == experiment.scenario


def below(calls: int, act: Callable[[], bytes]) -> bytes:
    return below(calls - 1, act) if calls else act()
