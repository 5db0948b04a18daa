"""Files that are not as they were: a flipped bit at every byte, every length but the right one, strangers in place."""

import json
from collections.abc import Iterator
from pathlib import Path

from sim.errors import LedgerError
from sim.ledger import Ensemble, Ledger
from sim.ledger.stored_documents import keep_documents
from sim.ledger.verify import examine
from sim.model.event_table import table_of
from tests.ledger.faults.tasks import LOGS, SPEC
from tests.ledger.faults.trial import Trial

ALL_LENGTHS = 1500  # bytes of a file up to which every shorter length of it is tried


def small_ledger(folder: Path, segments: int = 2) -> Ensemble:
    """One ensemble with documents, and one or two segments, each with its manifest."""
    ensemble = Ledger(folder).create(SPEC)
    kept = keep_documents(
        ensemble.folder, {"case/quo.yaml": b"scenario: quo\n", "model.yaml": b"model: m\n"}, "model.yaml"
    )
    for first, stop in ((0, 2), (2, 3))[:segments]:
        provenance = {"documents": kept.name, "made": "2030-01-09T12:00:00+00:00", "scenario": "quo"}
        ensemble.seal([ensemble.publish(table_of(first, LOGS[first:stop]))], provenance)
    return ensemble


def files(ensemble: Ensemble) -> dict[str, list[Path]]:
    """The files of an ensemble by what they are."""
    found = sorted(path for path in ensemble.folder.rglob("*") if path.is_file())
    kinds = {"spec": "spec.json", "documents": "documents", "manifest": "manifests", "segment": "segments"}
    return {
        kind: [path for path in found if path.relative_to(ensemble.folder).parts[0] == part]
        for kind, part in kinds.items()
    }


def flipped_bits(folder: Path, bits: int) -> Iterator[Trial]:
    """Flip bits at every byte of every file: one that changes from byte to byte, or `bits` of them, one by one."""
    ensemble = small_ledger(folder, segments=1)
    for kind, paths in files(ensemble).items():
        trial = Trial(f"a flipped bit at every byte of the {kind}{'' if kind in ('spec', 'documents') else 's'}")
        for path in paths:
            whole = path.read_bytes()
            for at in range(len(whole)):
                for more in range(bits):
                    bit = (5 * at + at // 8 + more) % 8
                    content = bytearray(whole)
                    content[at] ^= 1 << bit
                    _try(trial, ensemble, path, bytes(content), f"bit {bit} of byte {at}")
            path.write_bytes(whole)
        yield trial


def wrong_lengths(folder: Path) -> Trial:
    """Cut files at every length, larger ones at some; and add a byte."""
    ensemble = small_ledger(folder, segments=1)
    trial = Trial("a file cut short at every length, or a byte too long")
    for paths in files(ensemble).values():
        for path in paths:
            whole = path.read_bytes()
            step = 1 if len(whole) <= ALL_LENGTHS else 13
            for length in {*range(0, len(whole), step), len(whole) - 1}:
                _try(trial, ensemble, path, whole[:length], f"{length} bytes")
            _try(trial, ensemble, path, whole + b"\0", "one byte more")
            path.write_bytes(whole)
    return trial


def unknown_files(folder: Path) -> Trial:
    """Put another ensemble's files, and those of a newer format, in the place of an ensemble's own."""
    ensemble = small_ledger(folder / "one")
    other = Ledger(folder / "other").create({**SPEC, "seed": 8})
    for first, stop in ((0, 2), (2, 3)):
        other.seal([other.publish(table_of(first, LOGS[first:stop]))], {})
    trial = Trial("another ensemble's files, or a newer format's, in place of one's own")
    for kind, paths in files(ensemble).items():
        for path in paths:
            whole = path.read_bytes()
            theirs = other.folder / path.relative_to(ensemble.folder)
            if theirs.exists():
                _try(trial, ensemble, path, theirs.read_bytes(), "the other's")
            if kind in ("spec", "manifest"):
                newer = json.dumps({**json.loads(whole), "format": 3}).encode()
                _try(trial, ensemble, path, newer, "a newer format", codes=("E703", "E705"))
            path.write_bytes(whole)
    return trial


def lost_files(folder: Path) -> Trial:
    """Take every file away, one by one. Without its newest manifest an ensemble is whole, and shorter."""
    ensemble = small_ledger(folder)
    trial = Trial("a file that is gone")
    newest = max(ensemble.manifests.iterdir())
    entry = next(ensemble.folder.glob("documents/*/entry"))
    for paths in files(ensemble).values():
        for path in paths:
            whole = path.read_bytes()
            path.unlink()
            found = examine(Ensemble(ensemble.folder))
            expected = {entry: ["E704"], newest: []}.get(path)
            codes = [finding.problem.code for finding in found]
            fine = codes == expected if expected is not None else bool(codes)
            trial.note("found" if codes else "an older state", *([] if fine else [f"{path}: {codes}"]))
            path.write_bytes(whole)
    return trial


def _try(
    trial: Trial, ensemble: Ensemble, path: Path, content: bytes, how: str, codes: tuple[str, ...] = ()
) -> None:  # fmt: skip
    """Give a file another content: `examine` names it, and reading gives what was sealed or a complaint."""
    path.write_bytes(content)
    fresh = Ensemble(ensemble.folder)
    found = examine(fresh)
    wrong = []
    if not any(finding.path == path or finding.path in path.parents for finding in found):
        wrong.append(f"{path.name}, {how}: not found")
    strange = [finding.problem.code for finding in found if finding.problem.code not in (codes or ("E703", "E705"))]
    if strange:
        wrong.append(f"{path.name}, {how}: found with {strange}")
    try:
        if any(log != LOGS[run] for run, log in fresh.logs()):
            wrong.append(f"{path.name}, {how}: other events were read")
    except LedgerError:
        pass
    trial.note("found" if not wrong else "missed", *wrong)
