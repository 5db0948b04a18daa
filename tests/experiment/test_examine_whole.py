"""What is sound file by file and cannot be opened: verify says it, and repair does what opening does."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sim.errors import LedgerError
from sim.experiment import Experiment, prepare, reopen, repair
from sim.experiment.examine_whole import examine_whole
from sim.ledger import Ensemble, Ledger, verify
from sim.model.event import Log
from sim.model.program import Program
from sim.model.scenario import Scenario
from tests.experiment.recorded import record

MODEL = """model: m
title: M
time: {unit: day}
horizon: 10 days
factions: {a: {title: A}}
state: {n: {type: int, range: [0, 9], initial: 0}}
events: {e: {by: a, effects: {n: n + 1}}}
rules: {r: {faction: a, when: n < 4, clock: {rate: 0.1 per day}, emits: e}}
"""


def whole_log(program: Program, scenario: Scenario, run: int, log: Log) -> Log:
    return log


def made(folder: Path, text: str = MODEL) -> tuple[Experiment, Ensemble]:
    folder.mkdir(exist_ok=True)
    (folder / "m.yaml").write_text(text)
    experiment = prepare(folder / "m.yaml", folder.parent / "ledger")
    return experiment, record(experiment, 3, whole_log, workers=1)[0]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Ledger, Ensemble, Ensemble]:
    experiment, one = made(tmp_path / "one")
    _, other = made(tmp_path / "other", MODEL.replace("0.1 per", "0.2 per"))
    return experiment.ledger, one, other


def documents(ensemble: Ensemble) -> Path:
    return Path(str(ensemble.folder)) / "documents"


def test_another_ensembles_documents_are_found_though_every_file_is_sound(
    two: tuple[Ledger, Ensemble, Ensemble],
) -> None:
    ledger, one, other = two
    shutil.rmtree(documents(one))
    shutil.copytree(documents(other), documents(one))

    assert verify(one) == ()
    (finding,) = examine_whole(one, ledger)
    assert (finding.what, finding.problem.code) == ("opening", "E703")
    assert "do not mean what its id says" in finding.problem.message
    assert [str(problem) for problem in repair(one, ledger).left] == [str(finding.problem)]
    assert documents(one).is_dir(), "nothing is moved that nothing can take the place of"
    assert examine_whole(other, ledger) == ()


def test_with_its_own_documents_there_too_the_others_are_set_aside(two: tuple[Ledger, Ensemble, Ensemble]) -> None:
    ledger, one, other = two
    shutil.copytree(documents(other), documents(one), dirs_exist_ok=True)

    (finding,) = examine_whole(one, ledger)
    assert finding.what == "documents"
    assert reopen(one, ledger).spec == one.spec, "what opens is taken, whatever its name"
    mended = repair(one, ledger)
    assert (len(mended.done), mended.left) == (1, [])
    assert examine_whole(one, ledger) == ()


def test_documents_are_taken_that_mean_what_the_id_says_though_the_manifest_names_others(
    two: tuple[Ledger, Ensemble, Ensemble], tmp_path: Path
) -> None:
    ledger, one, other = two
    shutil.rmtree(documents(one))
    shutil.copytree(documents(other), documents(one))
    with pytest.raises(LedgerError, match="do not mean"):
        reopen(one, ledger)

    record(replace(prepare(tmp_path / "one" / "m.yaml", ledger.folder)), 3, whole_log, workers=1)

    assert reopen(one, ledger).spec == one.spec


def test_an_ensemble_of_another_sim_is_sound_and_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("sim.model.canonical.SEMANTICS", 1)
        experiment, ensemble = made(tmp_path / "one")

    (finding,) = examine_whole(ensemble, experiment.ledger)
    assert (finding.what, finding.problem.code) == ("opening", "E713")
    mended = repair(ensemble, experiment.ledger)
    assert (mended.done, mended.left) == ([], [])


def test_documents_that_this_sim_refuses_are_said_to_be_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setattr("sim.build.timing._beyond", lambda *_: "")
        experiment, ensemble = made(tmp_path / "one", MODEL.replace("10 days", "1e300 days"))

    (finding,) = examine_whole(ensemble, experiment.ledger)
    assert (finding.what, finding.problem.code) == ("opening", "E715")
    assert "m.yaml:4:10: error E502: the horizon lies too far away" in finding.problem.notes[0]
    assert repair(ensemble, experiment.ledger).done == []


@pytest.mark.parametrize("number", [99_999_999, 99_999_998, 40_000_000, 3])
def test_a_damaged_manifest_is_mended_however_large_its_number(
    two: tuple[Ledger, Ensemble, Ensemble], tmp_path: Path, number: int
) -> None:
    ledger, one, _ = two
    root = one.root(3)
    path = Path(str(one.manifests)) / f"{number:08}.json"
    path.write_bytes(b"{}")

    assert {finding.what for finding in examine_whole(one, ledger)} >= {"manifest"}
    assert len(examine_whole(one, ledger)) <= 3, "a gap is told once, however wide it is"
    assert repair(one, ledger, workers=1).left == []

    again = ledger.find(one.id)
    assert (examine_whole(again, ledger), again.root(3)) == ((), root)
    record(prepare(tmp_path / "one" / "m.yaml", ledger.folder), 5, whole_log, workers=1)
    assert examine_whole(ledger.find(one.id), ledger) == ()


@pytest.mark.parametrize("name", ["99999999999999999999.json", "00000000.json", "000000002.json", "١٢٣٤٥٦٧٨.json"])
def test_names_that_no_manifest_has_are_passed_over(two: tuple[Ledger, Ensemble, Ensemble], name: str) -> None:
    ledger, one, _ = two
    (Path(str(one.manifests)) / name).write_bytes(b"{}")
    assert examine_whole(one, ledger) == ()
    assert one.manifest()


def test_an_ensemble_without_a_number_left_says_so(two: tuple[Ledger, Ensemble, Ensemble]) -> None:
    _, one, _ = two
    manifest = one.manifest()
    assert manifest
    last = replace(manifest, number=99_999_999, parent=manifest.digest, oldest=99_999_999)
    (Path(str(one.manifests)) / "99999999.json").write_bytes(last.content())
    with pytest.raises(LedgerError) as caught:
        one.seal_anew(last.segments, {}, after=last.number, parent=last.digest)
    assert caught.value.code == "E714"
