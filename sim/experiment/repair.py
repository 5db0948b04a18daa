"""Mending an ensemble: what is damaged is set aside, and its runs are made again, to the digests they were sealed with.

`sim.ledger.verify` finds what is wrong. Nothing is deleted, and nothing damaged is moved before what takes its place is
known to be right, so a repair may be stopped at any moment and called again.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from typing import Any

from sim.errors import LedgerError, SimError
from sim.experiment.examine_whole import ANOTHER_SIM, examine_whole
from sim.experiment.jobs import EnsembleJob, WorkerContext
from sim.experiment.prepare import Origin, documents_named, opening, prepare
from sim.experiment.record import provenance
from sim.experiment.settings import RunSettings
from sim.experiment.workers import Progress, Workers, work, workers_for
from sim.ledger.ensemble import Ensemble
from sim.ledger.files import faults
from sim.ledger.files.paths import parts_below, right_in
from sim.ledger.files.publish import replace
from sim.ledger.files.quarantine import copy_aside, set_aside
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import (
    Manifest,
    Segment,
    legible_segments,
    manifest_numbers,
    manifest_path,
    runs_named,
    segment_name,
)
from sim.ledger.segments.digest import segment_root
from sim.ledger.segments.reader import check_file, read_segment
from sim.ledger.segments.schema import FORMATS, Retention
from sim.ledger.spec import digest, spec_content
from sim.ledger.stored_documents import document_sets, lost_documents, read_documents, readable
from sim.ledger.verify import Finding, read_chain

_BEYOND = {"E705", "E706"}  # not damaged: of a later version of sim, or refused by the system
_FARTHEST = 1_000_000  # seals between a sound manifest and a damaged one: a second each would take eleven days
_MODES = [(1, "drawn", None), (1, "central", None)]  # of most ensembles


@dataclass
class Repair:
    """What came of a repair: what was done, in words, and what is still wrong."""

    ensemble: Ensemble
    done: list[str] = field(default_factory=list)
    left: list[SimError] = field(default_factory=list)

    def set_aside(self, path: StorePath) -> None:
        """Move something damaged to the quarantine, if it is still there."""
        self._tell(path, set_aside(self.ensemble.folder, path, datetime.now(UTC)))

    def copy_aside(self, path: StorePath) -> None:
        """Copy something damaged to the quarantine, if it is there: it is about to be replaced."""
        self._tell(path, copy_aside(self.ensemble.folder, path, datetime.now(UTC)))

    def _tell(self, path: StorePath, target: StorePath | None) -> None:
        if target:
            self.done.append(f"set aside {'/'.join(parts_below(path, self.ensemble.folder))} as {target.name}")


def repair(
    ensemble: Ensemble, ledger: Ledger, *, workers: Workers | None = None, progress: Progress | None = None
) -> Repair:
    """Mend what `examine_whole` finds, as far as it can be mended, and say what was done and what is left.

    Where a file is of a newer format or cannot be read, nothing is touched. Where runs come out otherwise than they
    were sealed (E707), their file stays as it is. Raise LedgerError E706 if the ledger cannot be written, E712
    in an object store.
    """
    faults.on_disk(ensemble.folder, "nothing is mended there")
    mended = Repair(ensemble)
    findings = examine_whole(ensemble, ledger)
    beyond = [finding.problem for finding in findings if finding.problem.code in _BEYOND]
    unopened = [finding.problem for finding in findings if finding.what == "opening"]
    if beyond or len(unopened) == len(findings):
        mended.left += [problem for problem in beyond or unopened if problem.code != ANOTHER_SIM]
        return mended
    numbers = manifest_numbers(ensemble.manifests)
    manifests, _ = read_chain(ensemble)
    newest = manifests[-1] if manifests else None
    _mend_documents(mended, findings)
    if not _mend_spec(mended, ledger, findings, newest):
        mended.left += [finding.problem for finding in findings if finding.what not in ("documents", "spec")]
        return mended
    disagreeing = [finding.problem for finding in findings if finding.what == "runs"]
    mended.left += disagreeing
    wanted = {finding.segment.file: finding.segment for finding in findings if finding.segment}
    broken = [finding for finding in findings if finding.what == "manifest"]
    adopted, unlisted = _unlisted(ensemble, newest)
    files = [*wanted, *unlisted]
    made = _make_again(mended, ledger, files, wanted, newest, workers, progress)
    if broken and len(made) == len(files) and not disagreeing:
        kept = {segment.file: segment for segment in (*(newest.segments if newest else ()), *adopted, *made)}
        try:
            sealed = _seal_anew(mended, list(kept.values()), newest, after=_last(numbers, newest))
        except LedgerError as problem:  # two that are sound disagree
            mended.left += [problem, *(finding.problem for finding in broken)]
            return mended
        if not sealed:
            return repair(ensemble, ledger, workers=workers, progress=progress)
        for finding in broken:
            mended.set_aside(finding.path)
    elif broken:
        mended.left += [finding.problem for finding in broken]
    elif made and newest:
        Ensemble(ensemble.folder).seal(made, {**newest.provenance, **_now()})
    return mended


def _mend_documents(mended: Repair, findings: Sequence[Finding]) -> None:
    about = [finding for finding in findings if finding.what == "documents"]
    for finding in about:
        if finding.problem.code == "E703":
            mended.set_aside(finding.path)
    if about and not document_sets(mended.ensemble.folder):
        mended.left.append(lost_documents(mended.ensemble.folder))


def _mend_spec(mended: Repair, ledger: Ledger, findings: Sequence[Finding], newest: Manifest | None) -> bool:
    """Write a damaged spec again if the stored documents give it; return whether there is a sound one now."""
    for finding in findings:
        if finding.what == "spec":
            content = _spec_again(mended.ensemble, ledger, newest)
            if content is None:
                mended.left.append(finding.problem)
                return False
            mended.copy_aside(finding.path)
            replace(finding.path, content)
            mended.done.append("wrote spec.json again from the kept documents")
    return True


def _spec_again(ensemble: Ensemble, ledger: Ledger, newest: Manifest | None) -> bytes | None:
    modes = [*_MODES]
    with suppress(SimError):
        modes = [*_modes_in(faults.content(ensemble.folder / "spec.json", "").decode("utf-8", "replace")), *modes]
    if newest and {"seed", "parameters", "branch"} <= set(newest.provenance):
        modes.insert(0, tuple(newest.provenance[key] for key in ("seed", "parameters", "branch")))
    for folder, (seed, parameters, branch) in product(document_sets(ensemble.folder), modes):
        with suppress(SimError, ValueError, TypeError):  # a mode that was read from a damaged file may be anything
            origin = Origin(*branch) if branch else None
            file = readable(ensemble.folder, folder / read_documents(folder)[0])
            experiment = prepare(file, ledger.folder, RunSettings.of(seed, parameters), origin=origin)
            for content in (spec_content(experiment.spec, form) for form in FORMATS):
                if digest(content) == ensemble.id:
                    return content
    return None


def _modes_in(text: str) -> Iterator[tuple[int, str, Any]]:
    """Read from a damaged spec what can still be read: seed, mode of the parameters, and origin."""
    seed, parameters = re.search(r'"seed":(\d{1,19})\b', text), re.search(r'"(central|drawn[ \w]*)"', text)
    branch = re.search(r'"branch":(\[[^\]]*\])', text)
    if seed and parameters:
        with suppress(ValueError):
            yield int(seed[1]), parameters[1], json.loads(branch[1]) if branch else None


def _unlisted(ensemble: Ensemble, newest: Manifest | None) -> tuple[list[Segment], list[str]]:
    """Find the sound segments, and the names of damaged ones, that damaged manifests after `newest` may have listed."""
    lost = [number for number in manifest_numbers(ensemble.manifests) if newest is None or number > newest.number]
    folder = ensemble.folder / "segments"
    with faults.refusals("read", folder):
        names = {path.name for path in right_in(folder) if runs_named(path.name)} if lost else set()
    for number in lost:
        names |= {segment.file for segment in legible_segments(manifest_path(ensemble.manifests, number))}
    sound, damaged = [], []
    for name in sorted(names.difference(segment.file for segment in (newest.segments if newest else ()))):
        try:
            sound.append(read_segment(folder / name, ensemble.id))
        except SimError as problem:
            if problem.code in _BEYOND:
                raise
            damaged.append(name)
    return sound, damaged


def _make_again(
    mended: Repair, ledger: Ledger, files: Sequence[str], sealed: dict[str, Segment], newest: Manifest | None,
    workers: Workers | None, progress: Progress | None,
) -> list[Segment]:  # fmt: skip
    """Make the runs of damaged or missing segments again and return those that came out as they were sealed."""
    if not files:
        return []
    try:
        experiment, entry = opening(mended.ensemble, ledger, documents=documents_named(newest))
    except SimError as problem:
        if str(problem) not in map(str, mended.left):
            mended.left.append(problem)
        return []
    runs = sum(len(runs_named(file) or ()) for file in files)
    job = EnsembleJob.of(experiment, _set_of(entry, mended.ensemble), runs)
    tasks = [_Remake(job, file, sealed.get(file)) for file in files]
    made, done = [], 0
    for task, found, moved in work(tasks, workers_for(workers, runs, job.engine)):
        done += len(task.runs)
        if progress:
            progress(done, runs, 0)
        mended.done += moved
        if isinstance(found, Segment):
            made.append(found)
            mended.done.append(f"made runs {task.runs[0]} to {task.runs[-1]} again, as they were sealed")
        else:
            mended.left.append(found)
    return made


def _set_of(entry: StorePath, ensemble: Ensemble) -> str:
    """Return the name of the set of documents that an entry is of."""
    return parts_below(entry, ensemble.folder / "documents")[0]


@dataclass(frozen=True, slots=True)
class _Remake:
    """One segment to be made again; `sealed` is what the manifest says of it, None if only its name is known."""

    job: EnsembleJob
    file: str
    sealed: Segment | None

    @property
    def runs(self) -> range:
        runs = runs_named(self.file)
        assert runs, f"{self.file} is the name of a segment"
        return runs

    def do(self, context: WorkerContext) -> "tuple[_Remake, Segment | SimError, list[str]]":
        opened = context.open(self.job)
        path = opened.ensemble.folder / "segments" / self.file
        table = opened.made(self.runs, whole=True)  # one segment, as it was
        root = segment_root(table.first, opened.ensemble.digests_of(table))
        right = self.sealed is None or root == self.sealed.root
        retention: Retention = "outcomes" if ".outcomes." in self.file else "full"
        if not right or segment_name(table.first, len(self.runs), root, retention) != self.file:
            return self, faults.otherwise(path, self.runs), []
        mended = Repair(opened.ensemble)
        over = self.sealed is None or not _is_sound(path, self.sealed)
        if over:
            mended.copy_aside(path)
        return self, opened.publish(table, retention, over=over), mended.done


def _is_sound(path: StorePath, segment: Segment) -> bool:
    """Return whether somebody else has mended it in the meantime."""
    try:
        check_file(path, segment)
    except SimError:
        return False
    return True


def _last(numbers: Sequence[int], newest: Manifest | None) -> int:
    """Return the number of the last manifest that may have been sealed; a name far beyond the sound ones is none."""
    sound = newest.number if newest else 0
    return max((number for number in numbers if number <= sound + _FARTHEST), default=sound)


def _seal_anew(mended: Repair, segments: Sequence[Segment], newest: Manifest | None, *, after: int) -> bool:
    """Seal all that is there in a new chain of manifests; say no if somebody else sealed at the same time."""
    ensemble = Ensemble(mended.ensemble.folder)
    made: dict[str, Any] = dict(newest.provenance) if newest else {}
    if newest is None:
        with suppress(SimError):
            experiment, entry = opening(ensemble, Ledger(ensemble.folder.parent.parent), documents="")
            made = provenance(experiment, _set_of(entry, ensemble), "")
    parent = newest.digest if newest else ""
    manifest = ensemble.seal_anew(segments, {**made, **_now()}, after=after, parent=parent)
    if manifest is None:
        return False
    mended.done.append(f"sealed {sum(map(len, manifest.runs)):,} runs anew, in manifest {manifest.number}")
    return True


def _now() -> dict[str, str]:
    return {"repaired": datetime.now(UTC).isoformat(timespec="seconds")}
