"""What was damaged is mended, to the digests that were sealed; what cannot be is left as it was, and told."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sim.engines.reference import ReferenceEngine
from sim.errors import LedgerError
from sim.experiment import Experiment, Origin, RunSettings, prepare, reopen, repair
from sim.experiment import workers as shell
from sim.ledger import Ensemble, Ledger, verify
from sim.ledger.files import publish as writing
from sim.ledger.manifest import Manifest, manifest_path
from sim.model.event_table import table_of
from tests.dice import DICE
from tests.experiment.recorded import record


def whole_log(program, scenario, run, log):
    return run, log


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "dice.yaml"
    file.write_text(DICE, encoding="utf-8")
    return file


@pytest.fixture
def experiment(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """Forty runs in four segments, each sealed in a manifest of its own."""
    monkeypatch.setattr(shell, "CHUNK", 10)
    experiment = prepare(model, tmp_path / "ledger", RunSettings(seed=3))
    record(experiment, 20, whole_log, workers=1)
    record(experiment, 40, whole_log, workers=1)
    return experiment


@pytest.fixture
def ensemble(experiment: Experiment) -> Ensemble:
    return experiment.ledger.ensembles()[0]


def flip(path: Path, at: float = 0.5) -> None:
    content = bytearray(path.read_bytes())
    content[int(at * (len(content) - 1))] ^= 4
    path.write_bytes(bytes(content))


def documents(ensemble: Ensemble) -> Path:
    return next(path for path in ensemble.folder.glob("documents/*/*") if path.name == "dice.yaml")


def manifest_of(ensemble: Ensemble) -> Manifest:
    manifest = ensemble.manifest()
    assert manifest is not None
    return manifest


def newest(ensemble: Ensemble) -> Path:
    return max(ensemble.manifests.glob("*.json"))


def segments(ensemble: Ensemble) -> list[Path]:
    return sorted((ensemble.folder / "segments").glob("*.parquet"))


def files(ensemble: Ensemble) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in ensemble.folder.rglob("*") if path.is_file()}


DAMAGES: dict[str, Callable[[Ensemble], object]] = {
    "a flipped bit in a segment": lambda e: flip(segments(e)[1]),
    "a segment that is gone": lambda e: segments(e)[2].unlink(),
    "every segment empty": lambda e: [path.write_bytes(b"") for path in segments(e)],
    "a flipped bit in the newest manifest": lambda e: flip(newest(e)),
    "a flipped bit in an older manifest": lambda e: flip(manifest_path(e.manifests, 1)),
    "every manifest empty": lambda e: [path.write_bytes(b"") for path in e.manifests.iterdir()],
    "an older manifest gone": lambda e: manifest_path(e.manifests, 1).unlink(),
    "a manifest that does not follow": lambda e: newest(e).write_bytes(
        Manifest(e.id, 4, "0" * 64, manifest_of(e).segments, manifest_of(e).root, manifest_of(e).provenance).content()
    ),
    "a flipped bit in the spec": lambda e: flip(e.folder / "spec.json"),
    "the spec gone": lambda e: (e.folder / "spec.json").unlink(),
    "the spec and the newest manifest damaged": lambda e: [flip(e.folder / "spec.json", 0.1), flip(newest(e))],
    "the spec gone and every manifest damaged": lambda e: [
        (e.folder / "spec.json").write_bytes(b'{"parameters":"drawn","seed":3,'),
        *[flip(path, 0.01) for path in e.manifests.iterdir()],
    ],
    "the newest manifest and a segment of it damaged": lambda e: [flip(newest(e)), flip(segments(e)[3])],
    "the newest manifest damaged and a segment of it gone": lambda e: [flip(newest(e), 0.99), segments(e)[3].unlink()],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_was_damaged_is_as_it_was_sealed_after_a_repair(experiment, ensemble, damage: str) -> None:
    root, logs = ensemble.root(40), list(ensemble.logs())
    DAMAGES[damage](ensemble)
    ensemble = Ensemble(ensemble.folder)
    assert verify(ensemble)
    bad = files(ensemble)

    mended = repair(ensemble, experiment.ledger, workers=1)

    assert mended.left == []
    assert mended.done
    assert verify(ensemble) == ()
    assert (manifest_of(ensemble).root, ensemble.root(40), list(ensemble.logs())) == (root, root, logs)
    assert manifest_of(ensemble).provenance["scenario"] == "dice"
    assert set(bad.values()) <= set(files(ensemble).values()), "nothing is deleted, not even what is damaged"
    assert reopen(ensemble, experiment.ledger).spec == experiment.spec
    after = files(ensemble)
    again = repair(Ensemble(ensemble.folder), experiment.ledger, workers=1)
    assert (again.done, again.left, files(ensemble)) == ([], [], after)


def test_a_sound_ensemble_is_left_alone(experiment, ensemble) -> None:
    before = files(ensemble)
    mended = repair(ensemble, experiment.ledger)
    assert (mended.done, mended.left, files(ensemble)) == ([], [], before)


def test_runs_that_come_out_otherwise_than_they_were_sealed_leave_everything_as_it_was(
    experiment, ensemble, monkeypatch
) -> None:
    flip(segments(ensemble)[1])
    before = files(ensemble)
    run = ReferenceEngine.run
    monkeypatch.setattr(ReferenceEngine, "run", lambda engine, number: run(engine, number + 1))

    mended = repair(ensemble, experiment.ledger, workers=1)

    assert [error.code for error in mended.left] == ["E707"]
    assert "runs 10 to 19 come out otherwise" in str(mended.left[0])
    assert (mended.done, files(ensemble)) == ([], before)


def test_one_segment_that_cannot_be_made_again_does_not_keep_the_others_from_it(
    experiment, ensemble, monkeypatch
) -> None:
    flip(segments(ensemble)[0])
    flip(segments(ensemble)[1])
    run = ReferenceEngine.run
    monkeypatch.setattr(ReferenceEngine, "run", lambda engine, number: run(engine, number // 19 + number))

    mended = repair(ensemble, experiment.ledger, workers=1)

    assert [error.code for error in mended.left] == ["E707"]
    assert ensemble.log(9)
    assert [problem.code for problem in verify(ensemble)] == ["E703"]


def test_nothing_is_touched_while_a_file_is_of_a_newer_format(experiment, ensemble) -> None:
    newest(ensemble).write_bytes(b'{"format": 3}')
    flip(segments(ensemble)[0])
    before = files(ensemble)

    mended = repair(ensemble, experiment.ledger)

    assert {error.code for error in mended.left} == {"E705"}
    assert (mended.done, files(ensemble)) == ([], before)


def test_without_whole_documents_sound_runs_stay_and_the_loss_is_told(experiment, ensemble, model) -> None:
    flip(documents(ensemble), 0.9)
    flip(segments(ensemble)[0])

    mended = repair(ensemble, experiment.ledger)

    assert {error.code for error in mended.left} == {"E704"}
    assert ensemble.log(39)
    record(prepare(model, experiment.ledger.folder, RunSettings(seed=3)), 0, whole_log)
    assert repair(Ensemble(ensemble.folder), experiment.ledger).left == []
    assert verify(ensemble) == ()


def test_a_manifest_is_mended_though_the_documents_are_lost(experiment, ensemble) -> None:
    root = ensemble.root(40)
    flip(documents(ensemble), 0.9)
    flip(newest(ensemble))

    mended = repair(ensemble, experiment.ledger)

    assert [error.code for error in mended.left] == ["E704"]
    assert manifest_of(ensemble).root == root
    assert [problem.code for problem in verify(ensemble)] == ["E704"]


def test_segments_that_disagree_are_not_sealed_by_a_repair(experiment, ensemble) -> None:
    wrong = ensemble.publish(table_of(3, [ensemble.log(5)]))
    flip(newest(ensemble))
    before = files(ensemble)

    mended = repair(ensemble, experiment.ledger)

    assert [error.code for error in mended.left] == ["E707", "E703"]
    assert wrong.file in str(mended.left[0])
    assert (mended.done, files(ensemble)) == ([], before)


def test_a_whole_set_of_documents_stands_in_for_a_damaged_one(experiment, ensemble, model) -> None:
    damaged = documents(ensemble)
    model.write_text(DICE.replace("Dice are thrown", "A die is thrown"))
    record(prepare(model, experiment.ledger.folder, RunSettings(seed=3)), 40, whole_log)
    flip(damaged, 0.9)
    flip(segments(ensemble)[0])

    mended = repair(ensemble, experiment.ledger)

    assert mended.left == []
    assert verify(ensemble) == ()
    assert reopen(ensemble, experiment.ledger).case.scenario.model.title.startswith("A die")


def test_a_spec_that_no_document_gives_stays_as_it_is(experiment, ensemble) -> None:
    flip(documents(ensemble), 0.9)
    (ensemble.folder / "spec.json").write_bytes(b"{}")

    mended = repair(ensemble, experiment.ledger)

    assert sorted(error.code for error in mended.left) == ["E703", "E704"]
    assert (ensemble.folder / "spec.json").read_bytes() == b"{}"


@pytest.mark.parametrize("rest", ['"parameters":"drawn x","seed":3,', '"parameters":"drawn","seed":3,"branch":[1],'])
def test_a_spec_whose_rest_names_no_mode_and_no_run_stays_as_it_is(experiment, ensemble, rest) -> None:
    (ensemble.folder / "spec.json").write_text("{" + rest)
    for path in ensemble.manifests.iterdir():
        flip(path, 0.01)

    mended = repair(ensemble, experiment.ledger)

    assert "E703" in {error.code for error in mended.left}
    assert (ensemble.folder / "spec.json").read_text() == "{" + rest


def test_a_branch_from_a_run_is_mended_once_its_origin_is(experiment, ensemble, model) -> None:
    origin = Origin(ensemble.id, 4, 1)
    branch = prepare(model, experiment.ledger.folder, RunSettings(seed=3), origin=origin)
    kept, _ = record(branch, 5, whole_log, workers=1)
    flip(segments(kept)[0])
    flip(segments(ensemble)[0])
    (kept.folder / "spec.json").unlink()

    first = repair(kept, experiment.ledger)
    assert first.left
    assert repair(ensemble, experiment.ledger).left == []
    assert repair(kept, experiment.ledger).left == []
    assert verify(kept) == ()


def test_several_workers_mend_what_one_does(experiment, ensemble) -> None:
    root = ensemble.root(40)
    for path in segments(ensemble):
        flip(path)
    assert repair(Ensemble(ensemble.folder), experiment.ledger, workers=2).left == []
    assert Ensemble(ensemble.folder).root(40) == root


def stopping_at(number: int, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Interrupt the `number`-th call of these; the list grows with each call."""
    calls: list[str] = []

    def counted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            calls.append(name)
            if len(calls) == number:
                raise KeyboardInterrupt
            return real(*arguments)

        return call

    for name in names:
        monkeypatch.setattr(writing, name, counted(name, getattr(writing, name)))
    return calls


@pytest.mark.system
@pytest.mark.parametrize(
    "damages",
    [
        ["every segment empty"],
        ["a flipped bit in the newest manifest", "the spec gone"],
        ["a flipped bit in an older manifest", "a segment that is gone", "a flipped bit in the spec"],
    ],
)
def test_a_repair_stopped_at_any_step_goes_on_when_called_again(
    experiment, ensemble, monkeypatch, tmp_path, damages
) -> None:
    root = ensemble.root(40)
    for damage in damages:
        DAMAGES[damage](ensemble)
    stop, calls = 0, list("more than none")
    while len(calls) >= stop:
        stop += 1
        ledger = Ledger(tmp_path / f"copy-{stop}")
        shutil.copytree(experiment.ledger.folder, ledger.folder)
        copy = Ensemble(ledger.folder / "ensembles" / ensemble.id)
        with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
            calls = stopping_at(stop, ("_write", "_name", "_sync_folder"), patch)
            repair(copy, ledger, workers=1)

        assert repair(Ensemble(copy.folder), ledger, workers=1).left == []

        assert verify(Ensemble(copy.folder)) == ()
        assert manifest_of(copy).root == root
    assert stop > 5


def test_a_refusal_of_the_system_is_told(experiment, ensemble, monkeypatch) -> None:
    flip(segments(ensemble)[0])

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(LedgerError) as caught:
        repair(ensemble, experiment.ledger, workers=1)
    assert caught.value.code == "E706"
