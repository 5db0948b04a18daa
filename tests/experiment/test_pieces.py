"""However the runs of an ensemble are cut into pieces, by whom they are made and in which order: it is the same."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.resources import files
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.analysis.runs import RunsBuilder
from sim.engines.kernel.engine import KernelEngine
from sim.engines.reference import ReferenceEngine
from sim.errors import RunError
from sim.experiment import EachRun, Experiment, RunSettings, logs_of, prepare, record, repair
from sim.experiment.jobs import TABLES, LoadedEnsemble, WorkerContext
from sim.experiment.pairs import project_pairs, project_tables
from sim.ledger import Ensemble, verify
from sim.ledger.segments.digest import run_digests

RUNS = 24
GOLDEN = files("sim.experiment").joinpath("golden.yaml").read_text(encoding="utf-8")
BURSTS = """
model: bursts
title: Some runs have many events, most have few
time: {unit: abstract}
horizon: 10
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 100000], initial: 0}, off: {type: bool, initial: false}}
parameters: {pace: {prior: {uniform: [0.5, 2]}, basis: {judgement: test}}}
events: {up: {by: a, marks: {m: int, k: int}, effects: {n: n + m}}, off: {by: a, effects: {off: true}}}
rules:
  r: {faction: a, when: not off and n < 500, clock: {rate: pace * (1 + n)}, emits: {event: up, m: "poisson(1)", k: "3"}}
  s: {faction: a, when: not off, clock: {rate: 0.3}, emits: off}
outcomes: {off: {when: off, ends_run: true}, ten: {when: n >= 10}}
measures: {n: {value: n}, ups: {count: up}, at_one: {value: n, at: 1}}
"""


@dataclass
class Crowd:
    """A crew of so many processes' desks in this one: of the next six tasks any is done, until so many are done."""

    chance: Random
    desks: int
    stops_after: int = 10**9

    def __post_init__(self) -> None:
        self._desks = [WorkerContext() for _ in range(self.desks)]

    def __len__(self) -> int:
        return self.desks

    def do(self, tasks: Sequence) -> Iterator:
        left = list(tasks)
        while left:
            if self.stops_after == 0:
                raise KeyboardInterrupt
            self.stops_after -= 1
            yield left.pop(self.chance.randrange(min(6, len(left)))).do(self.chance.choice(self._desks))


def whole_log(program, scenario, run, log):
    return log


def of_both(one, other, run):
    return run, one[2], other[2]


def of_both_tables(one, other):
    assert one[2].runs == other[2].runs
    return list(zip(one[2].runs, one[2].logs(), other[2].logs(), strict=True))


def table(experiment: Experiment, runs: int = RUNS, retention=None, **how) -> tuple[Ensemble, dict[str, list]]:
    into = RunsBuilder(experiment.scenario.model, runs)
    ensemble, _ = record(experiment.with_settings(retention=retention), runs, into.project, take=into.add, **how)
    made = into.runs(runs)
    columns = {**made.times, **made.measures, **made.parameters, "sizes": made.sizes, "followed": made.followed}
    return ensemble, {name: column.tolist() for name, column in columns.items()}


def same(one: dict[str, list], other: dict[str, list]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key], equal_nan=True) for key in one)


def logs(experiment: Experiment, **how) -> list:
    return list(chain.from_iterable(record(experiment, RUNS, EachRun(whole_log), **how)[1]))


def opened(folder: Path, text: str, ledger: str, engine: str) -> Experiment:
    file = folder / "model.yaml"
    file.write_text(text, encoding="utf-8")
    return prepare(file, folder / ledger, RunSettings(engine=engine))


@settings(max_examples=settings.default.max_examples // 10)
@given(
    text=st.sampled_from([GOLDEN, BURSTS]),
    engine=st.sampled_from(["reference", "kernel"]),
    enough=st.sampled_from([1, 2, 10, 100, 1000, 10**9]),
    chunk=st.sampled_from([1, 7, 24]),
    retention=st.sampled_from(["full", "outcomes"]),
    desks=st.integers(1, 3),
    stops=st.integers(0, 30),
    seed=st.integers(0, 2**32),
)
def test_pieces_change_neither_digests_nor_results_nor_what_is_kept(
    text, engine, enough, chunk, retention, desks, stops, seed
):
    chance = Random(seed)  # noqa: S311 - no secret
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as cut:
        folder = Path(name)
        plain = opened(folder, text, "plain", engine)
        ensemble, wanted = table(plain, workers=1, retention=retention)
        wanted_logs = logs(plain, workers=1)
        cut.setattr("sim.experiment.jobs.ENOUGH", enough)
        cut.setattr("sim.experiment.workers.CHUNK", chunk)
        cut.setattr(import_module("sim.experiment.record"), "LARGE_CHUNK", chunk)
        cut.setattr("sim.experiment.pairs.LARGE_CHUNK", chunk)
        experiment = opened(folder, text, "cut", engine)
        crowd = Crowd(chance, desks, stops)
        with suppress(KeyboardInterrupt):
            table(experiment, chance.randrange(1, RUNS + 1), workers=crowd, retention=retention)
        crowd.stops_after = 10**9

        found, columns = table(experiment, workers=crowd, retention=retention)

        assert same(columns, wanted)
        assert found.root(RUNS) == ensemble.root(RUNS)
        assert same(table(experiment, workers=crowd)[1], wanted)
        assert logs(experiment, workers=crowd) == wanted_logs
        assert [log for _, log in logs_of(found, experiment.ledger, range(RUNS))] == wanted_logs
        (pairs,) = project_pairs([(experiment, plain)], RUNS, of_both, workers=crowd)
        assert pairs == list(zip(range(RUNS), wanted_logs, wanted_logs, strict=True))
        (parts,) = project_tables([(experiment, plain)], RUNS, of_both_tables, workers=crowd)
        assert list(chain.from_iterable(parts)) == list(zip(range(RUNS), wanted_logs, wanted_logs, strict=True))
        some = sorted(chance.sample(range(RUNS), chance.randrange(RUNS)))
        (pairs,) = project_pairs([(experiment, plain)], RUNS, of_both, only=[some], workers=crowd)
        assert pairs == [(run, wanted_logs[run], wanted_logs[run]) for run in some]
        assert verify(found) == ()


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_a_piece_ends_with_the_run_that_makes_it_enough_on_either_engine(tmp_path, monkeypatch, engine):
    experiment = opened(tmp_path, BURSTS, "ledger", engine)
    sizes = [len(log) + sum(len(event.marks) for event in log) + 3 for log in logs(experiment, workers=1)]
    monkeypatch.setattr("sim.experiment.jobs.ENOUGH", 300)

    context = LoadedEnsemble(import_module("sim.experiment.record").job_of(experiment, RUNS))
    first, left = 0, range(RUNS)
    while left:
        batch = context.made(left)
        own = sizes[first : batch.runs.stop]
        assert sum(own[:-1]) < 300
        assert sum(own) >= 300 or batch.runs.stop == RUNS
        assert context.sealed(left, reads_logs=True).runs == batch.runs
        first, left = batch.runs.stop, range(batch.runs.stop, RUNS)


@pytest.mark.parametrize("engine", ["reference", "kernel"])
def test_a_segment_of_more_runs_than_a_piece_would_have_is_mended_as_it_was(tmp_path, monkeypatch, engine):
    experiment = opened(tmp_path, BURSTS, "ledger", engine)
    ensemble, _ = table(experiment, workers=1, retention="full")
    (file,) = (ensemble.folder / "segments").iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    monkeypatch.setattr("sim.experiment.jobs.ENOUGH", 1)

    mended = repair(ensemble, experiment.ledger, workers=1)

    assert mended.left == []
    assert file.read_bytes() == content


ENDLESS = """
model: endless
title: {title}
time: {{unit: abstract}}
horizon: 10
factions: {{a: {{title: A}}}}
state: {{x: {{type: bool, initial: false}}}}
events: {{e: {{by: a, effects: {{}}}}, stops: {{by: a, effects: {{x: true}}}}}}
rules:
  fast: {{faction: a, when: not x, clock: {{rate: 1e6}}, emits: e}}
  slow: {{faction: a, when: not x, clock: {{rate: {slow}}}, emits: stops}}
outcomes: {{done: {{when: x, ends_run: true}}}}
"""


@pytest.fixture(params=["reference", "kernel"])
def stopped_early(request, monkeypatch):
    """An engine by its name, in which a run may have a thousand events."""
    for where, kind in (("sim.engines.reference", ReferenceEngine), ("sim.engines.kernel.engine", KernelEngine)):
        monkeypatch.setattr(f"{where}.{kind.__name__}", partial(kind, most_events=1000))
    return request.param


@pytest.mark.parametrize("chunk", [3, 500])
@pytest.mark.parametrize("desks", [1, 3])
def test_an_ensemble_whose_first_runs_are_all_stopped_is_ended_with_the_rule_that_fired_most(
    tmp_path, monkeypatch, stopped_early, chunk, desks
):
    monkeypatch.setattr("sim.experiment.workers.CHUNK", chunk)
    monkeypatch.setattr("sim.experiment.jobs.ENOUGH", 1000)
    experiment = opened(tmp_path, ENDLESS.format(title="All are stopped", slow="1e-9"), "ledger", stopped_early)

    with pytest.raises(RunError) as caught:
        table(experiment, 200, workers=Crowd(Random(1), desks))  # noqa: S311 - no secret

    assert caught.value.code == "E612"
    assert "the first 10 runs" in caught.value.message
    assert "the rule 'fast' fired most: 100% of all events, 1e6 at " in caught.value.notes[0]
    ensemble = experiment.ledger.create(experiment.spec)
    assert 10 <= 200 - sum(map(len, ensemble.missing(200))) < 100
    assert verify(ensemble) == ()


def test_runs_that_are_all_stopped_are_made_where_that_is_wanted_or_where_they_are_few(tmp_path, stopped_early):
    experiment = opened(tmp_path, ENDLESS.format(title="All are stopped", slow="1e-9"), "ledger", stopped_early)

    table(experiment, 9, workers=1)
    ensemble, columns = table(experiment.with_settings(despite_failures=True), 30, workers=1)

    assert ensemble.missing(30) == ()
    assert max(columns["followed"]) < 10


def test_one_run_that_is_not_stopped_among_the_first_lets_an_ensemble_go_on(tmp_path, stopped_early):
    experiment = opened(tmp_path, ENDLESS.format(title="Some are stopped", slow="300"), "ledger", stopped_early)

    _, columns = table(experiment, 30, workers=1)

    stopped = [followed < 10 for followed in columns["followed"]]
    assert 10 < sum(stopped) < 30


@pytest.mark.parametrize("retention", ["full", "outcomes"])
def test_an_ensemble_that_was_ended_so_is_not_grown_by_the_same_command(
    tmp_path, monkeypatch, stopped_early, retention
):
    monkeypatch.setattr("sim.experiment.limits.MOST_EVENTS", 1000)
    monkeypatch.setattr("sim.experiment.jobs.ENOUGH", 1000)
    experiment = opened(tmp_path, ENDLESS.format(title="All are stopped", slow="1e-9"), "ledger", stopped_early)
    sealed = []
    for _ in range(3):
        with pytest.raises(RunError) as caught:
            table(experiment, 200, workers=1, retention=retention)
        assert caught.value.code == "E612"
        (ensemble,) = experiment.ledger.ensembles()
        sealed.append(ensemble.manifest().runs)

    assert "that are sealed were all stopped" in caught.value.message
    assert sealed[0] == sealed[1] == sealed[2] != ()
    _, whole = table(experiment.with_settings(despite_failures=True), 30, workers=1, retention=retention)
    assert len(whole["sizes"]) == 30


def test_tables_whose_outcomes_are_kept_are_made_in_the_same_memory(tmp_path, monkeypatch):
    experiment = opened(tmp_path, BURSTS, "ledger", "kernel")
    monkeypatch.setattr("sim.experiment.jobs.ENOUGH", 600)
    made, places = KernelEngine.make, []

    def make(self, runs, **how):
        found = made(self, runs, **how)
        places.append(found.times.base.__array_interface__["data"][0])
        return found

    context = LoadedEnsemble(import_module("sim.experiment.record").job_of(experiment, RUNS))
    engine = context.engine
    monkeypatch.setattr(KernelEngine, "make", make)

    table, digests, _ = context.made_for_outcomes(range(500))

    assert 1 < len(places) <= TABLES
    assert len(set(places)) == 1
    assert digests == b"".join(run_digests(made(engine, table.runs)))
