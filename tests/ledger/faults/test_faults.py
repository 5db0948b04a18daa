"""Whatever happens to a ledger, nothing that was acknowledged is lost, and what is damaged is found."""

import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sim.errors import LedgerError
from sim.ledger import Ensemble, verify
from sim.model.event_table import table_of
from tests.ledger.faults import damage, kills, refusals, rivals
from tests.ledger.faults.farm import Farm, built_shim, has_compiler
from tests.ledger.faults.tasks import LOGS
from tests.ledger.faults.trial import PLACE, Trial

TABLE = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
NOBODY = 65534
needs_compiler = pytest.mark.skipif(not has_compiler(), reason="no gcc to compile the shim with")


def nothing_lost(trial: Trial, at_least: int) -> None:
    assert trial.wrong == []
    assert trial.tried >= at_least, trial.line()
    assert f"| {trial.what} |" in TABLE, "the table in README.md lacks this fault"


@pytest.fixture
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=PLACE) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def farm() -> Iterator[Farm]:
    with Farm() as farm:
        yield farm


@pytest.fixture(scope="module")
def bench() -> Iterator[refusals.Bench]:
    with tempfile.TemporaryDirectory(dir=PLACE) as folder, Farm(built_shim(Path(folder))) as farm:
        yield refusals.Bench(farm, Path(folder))


KILLS: list[tuple[Callable[..., Trial], int]] = [
    (kills.writers, 60),
    (kills.runners, 30),
    (kills.menders, 8),
    (kills.collectors, 8),
]


FEW_KILLS = [(trial, count // 8) for trial, count in KILLS]


@pytest.mark.parametrize(
    ("trial", "count"), [*FEW_KILLS, *(pytest.param(*one, marks=pytest.mark.system) for one in KILLS)]
)
def test_a_killed_process_loses_nothing_and_the_same_command_goes_on(farm, place, trial, count) -> None:
    nothing_lost(trial(farm, place, count), count)


@pytest.mark.slow
@pytest.mark.parametrize(("trial", "count"), KILLS)
def test_hundreds_of_killed_processes_lose_nothing(farm, place, trial, count) -> None:
    nothing_lost(trial(farm, place, 10 * count, seed=random.SystemRandom().randrange(10**6)), 10 * count)


@needs_compiler
@pytest.mark.parametrize("calls", [("write", "link"), pytest.param((*refusals.ERRORS,), marks=pytest.mark.system)])
def test_a_system_call_that_fails_is_a_refusal_or_harmless_whichever_it_is(bench, calls) -> None:
    for trial in refusals.every_call(bench, calls=calls):
        nothing_lost(trial, 7)


@pytest.mark.slow
@needs_compiler
def test_a_system_call_that_fails_with_any_error_done_or_not_is_a_refusal_or_harmless(bench) -> None:
    for trial in refusals.every_call(bench, errors=9):
        nothing_lost(trial, 20)


@needs_compiler
def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_them_all(bench) -> None:
    nothing_lost(refusals.short_writes(bench), 7)


@needs_compiler
def test_a_disk_that_is_full_at_any_byte_is_a_refusal_and_what_is_sealed_stays(bench) -> None:
    trial = refusals.full_disks(bench, 397)
    nothing_lost(trial, 20)
    assert set(trial.ends) == {"E706"}


@needs_compiler
def test_a_folder_that_cannot_be_written_is_a_refusal(bench) -> None:
    nothing_lost(refusals.read_only(bench), 4)


@needs_compiler
def test_without_hard_links_and_locks_runs_are_sealed_all_the_same(bench) -> None:
    nothing_lost(refusals.poor_file_systems(bench), 6)


@pytest.mark.system
@pytest.mark.skipif(not refusals.may_mount(), reason="no file system of its own may be mounted here")
def test_a_real_disk_that_is_full_is_a_refusal_until_there_is_room(place) -> None:
    trial = refusals.real_full_disk(place)
    nothing_lost(trial, 4)
    assert set(trial.ends) == {"E706", "success"}


@contextmanager
def bound_by_permissions(place: Path) -> Iterator[None]:
    """Be the owner of a folder and no more: permissions do not bind root."""
    if os.geteuid() != 0:
        yield
        return
    for path in (place, *place.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_whose_permissions_forbid_it_is_a_refusal(place) -> None:
    ensemble = damage.small_ledger(place)
    for folder in ("segments", "manifests"):
        (ensemble.folder / folder).chmod(0o500)
    with bound_by_permissions(place), pytest.raises(LedgerError) as caught:
        ensemble.seal([ensemble.publish(table_of(3, LOGS[3:]))], {})
    for folder in ("segments", "manifests"):
        (ensemble.folder / folder).chmod(0o700)
    assert caught.value.code == "E706"
    assert verify(ensemble) == ()


@pytest.mark.parametrize("writers", [2, 3])
def test_writers_at_one_ensemble_at_once_end_at_one_root(farm, place, writers) -> None:
    trial = rivals.rivals(farm, place, 10, writers=writers)
    nothing_lost(trial, 10)


@needs_compiler
def test_writers_at_once_end_at_one_root_without_hard_links_too(bench, place) -> None:
    nothing_lost(rivals.rivals(bench.farm, place, 10, unknown=("link",)), 10)


def test_a_flipped_bit_at_any_byte_of_any_file_is_found(place) -> None:
    for trial in damage.flipped_bits(place, bits=1):
        nothing_lost(trial, 30)


@pytest.mark.slow
def test_every_flipped_bit_of_every_file_is_found(place) -> None:
    for trial in damage.flipped_bits(place, bits=8):
        nothing_lost(trial, 8 * 30)


def test_a_file_of_any_other_length_is_found(place) -> None:
    nothing_lost(damage.wrong_lengths(place), 880)


def test_files_of_other_ensembles_and_newer_formats_are_found(place) -> None:
    nothing_lost(damage.unknown_files(place), 8)


def test_a_file_that_is_gone_is_found_or_leaves_an_older_state(place) -> None:
    nothing_lost(damage.lost_files(place), 8)


def test_what_clocks_say_has_no_part_in_what_is_sealed(place) -> None:
    ensemble = damage.small_ledger(place / "one")
    manifest = ensemble.seal([ensemble.publish(table_of(3, LOGS[3:5]))], {"made": "1970-01-01T00:00:00+00:00"})
    other = damage.small_ledger(place / "other")
    for number, path in enumerate(sorted(other.folder.rglob("*"))):
        os.utime(path, (number * 10**8, 4 * 10**9 - number * 10**8))
    again = Ensemble(other.folder)
    later = again.seal([again.publish(table_of(3, LOGS[3:5]))], {"made": "2099-01-01T00:00:00+00:00"})
    assert (later.root, later.segments, later.digest) == (manifest.root, manifest.segments, manifest.digest)
    assert verify(again) == verify(ensemble) == ()
