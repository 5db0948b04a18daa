"""Digests of runs by compiled code are those that hashlib makes, of any log and of the kernel's own columns."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.analysis.runs import Tabulate
from sim.engines.kernel import run_hashes as compiled
from sim.engines.kernel.engine import KernelEngine
from sim.experiment import jobs, prepare, record
from sim.ledger.segments.digest import TAG, events_of, run_digests
from sim.ledger.verify import verify
from sim.model.event import Event, Log
from sim.model.event_table import EventTable, table_of
from sim.testing.models import model_data, scenario_of
from tests.engines.kernel.alike import program_of
from tests.ledger.logs import TINY, whole_logs

RAIDS = Path(__file__).parents[2] / "specimens" / "ledger_1" / "raids.yaml"
needs_instructions = pytest.mark.skipif(compiled._compiled() is None, reason="the processor has no such instructions")


def made(table: EventTable) -> bytes | None:
    return compiled.run_hashes(table, TAG, events_of(table.categories))


def with_marks(count: int) -> Log:
    return (TINY[0], dataclasses.replace(TINY[1], marks=tuple(map(float, range(count)))), *TINY[2:])


FAILED: Log = (TINY[0], Event(1, 1.5, "failed", "E602", "north", note="'élan' would be \x00, outside its range"))


@needs_instructions
@given(st.lists(whole_logs(), min_size=1, max_size=6), st.integers(0, 2**40))
@example([FAILED, TINY, FAILED], 7)
@example([with_marks(count) for count in range(20)], 0)
def test_any_runs_have_the_digests_that_hashlib_makes(logs: list[Log], first: int) -> None:
    table = table_of(first, logs)

    assert made(table) == b"".join(run_digests(table))


@needs_instructions
@given(data=model_data(), seed=st.integers(0, 2**64 - 1))
def test_the_kernels_own_columns_have_the_digests_that_hashlib_makes(data, seed: int) -> None:
    scenario = scenario_of(data)
    table = KernelEngine(program_of(scenario), scenario, seed).make(range(20))

    assert made(table) == b"".join(run_digests(table))


def test_a_table_has_no_categories_of_runs_that_failed_before_it() -> None:
    experiment = prepare(RAIDS, Path("ledger"))
    engine = KernelEngine(experiment.program, experiment.scenario, 1)

    for runs in (range(40), range(40, 80), range(40)):
        table = engine.make(runs)
        failures = {code for code, one in enumerate(table.categories) if one.kind == "failed"}
        assert failures
        assert failures <= set(table.codes.tolist())
        whole = KernelEngine(experiment.program, experiment.scenario, 1).make(runs)
        assert list(run_digests(table)) == list(run_digests(whole))


@needs_instructions
@pytest.mark.parametrize("wrong", [{"codes": np.array([0, 1, 4, 3], np.int32)}, {"marks": np.zeros(2)}])
def test_columns_that_do_not_fit_are_not_read_beyond_their_ends(wrong) -> None:
    table = table_of(0, [TINY])
    categories = events_of(table.categories)
    with pytest.raises(AssertionError):
        compiled.run_hashes(dataclasses.replace(table, **wrong), TAG, categories)


@pytest.mark.parametrize("hashes", ["compiled", "none", "wrong"])
@pytest.mark.parametrize("retention", ["full", "outcomes"])
def test_what_is_sealed_has_hashlibs_digests_whatever_compiled_code_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashes: str, retention: str
) -> None:
    monkeypatch.setattr(jobs, "WORTH_LOADING", 0)
    if hashes != "compiled":
        given = None if hashes == "none" else bytes(32 * 40)
        monkeypatch.setattr(compiled, "run_hashes", lambda *_: given)
    experiment = prepare(RAIDS, tmp_path / "ledger").with_settings(retention=retention, engine="kernel")

    ensemble, _ = record(experiment, 40, Tabulate(), workers=1)

    whole = KernelEngine(experiment.program, experiment.scenario, 1).make(range(40))
    assert ensemble.run_digests(range(40)) == b"".join(run_digests(whole))
    assert verify(ensemble) == ()
