"""A folder for replication: RO-Crate 1.1 with the documents, the runs and the results, and how to make them again."""

import hashlib
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sim import __version__
from sim.build.words.assumptions import in_sentences
from sim.errors import UsageError
from sim.experiment import logs_of, reopen
from sim.experiment.record import keep_case
from sim.experiment.workers import chunks
from sim.export.ensembles import Exported, Request
from sim.export.folder import Paragraph, files_in, paragraphs, write_json, write_text
from sim.ledger.files.paths import at_hand, parts_below
from sim.ledger.ledger import Ledger
from sim.ledger.manifest import Manifest
from sim.model.event_table import table_of
from sim.study.plan import results_of

METADATA = "ro-crate-metadata.json"
LEDGER = "ledger"
AGAIN = "ledger-made-again"
_FORMATS = {
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
}


@dataclass(frozen=True)
class CrateEntry:
    """One ensemble as it lies in the crate: its runs, its results, the document that it is made from again."""

    exported: Exported
    manifest: Manifest
    entry: str
    results: str

    @property
    def command(self) -> str:
        """What makes the runs again, in a ledger of its own."""
        experiment, runs = self.exported.experiment, self.exported.runs
        settings, per_draw = experiment.settings, experiment.settings.runs_per_draw
        words = ["sim", "run", self.entry, "--runs", str(runs if per_draw == 1 else per_draw)]
        words += [] if per_draw == 1 else ["--draws", str(runs // per_draw)]
        words += ["--seed", str(settings.seed), *(["--central"] if settings.central else [])]
        if experiment.origin:
            origin = experiment.origin
            words += ["--from", f"{origin.ensemble}:{origin.run}:{origin.event}", "--luck", origin.streams]
        return shlex.join([*words, "--ledger", AGAIN])


def write(exported: Sequence[Exported], _: Request, folder: Path) -> None:
    """Write the crate. Runs that an ensemble branches from come with it, so that it can be made again."""
    kept = [_entry(one, folder) for one in _with_origins(exported)]
    write_text(folder / "README.txt", _readme(kept))
    _describe(kept, folder)


def _with_origins(exported: Sequence[Exported]) -> list[Exported]:
    """Return the ensembles, each after the one that it branches from, with as many runs of that as it takes."""
    found: dict[str, Exported] = {}
    for one in exported:
        _refuse_part_of_a_draw(one)
        chain = [one]
        while (origin := chain[0].experiment.origin) is not None:
            ledger = one.experiment.ledger
            before = reopen(ledger.find(origin.ensemble), ledger)
            per_draw = before.settings.runs_per_draw
            # Whole draws, and two of them at least, since that is what a command can ask for.
            runs = origin.run + 1 if per_draw == 1 else max(2, origin.run // per_draw + 1) * per_draw
            chain.insert(0, Exported.of(before, results_of(before, runs)))
        for item in chain:
            known = found.get(item.ensemble.id)
            if known is None or known.runs < item.runs:
                found[item.ensemble.id] = item
    return list(found.values())


def _refuse_part_of_a_draw(one: Exported) -> None:
    per_draw = one.experiment.settings.runs_per_draw
    if per_draw > 1 and (one.runs % per_draw or one.runs < 2 * per_draw):
        what = f"{one.runs} runs of '{one.scenario.name}' are not whole draws of {per_draw} runs, or fewer than two"
        raise UsageError("E014", what, f"expected --runs {max(2, -(-one.runs // per_draw)) * per_draw}")


def _entry(one: Exported, folder: Path) -> CrateEntry:
    """Copy an ensemble's documents, exactly the runs that are exported, and their results."""
    ensemble, kept = one.ensemble, keep_case(one.experiment)
    documents, *path = parts_below(kept, ensemble.folder / "documents")
    entry = "/".join(path)
    copy = Ledger(folder / LEDGER).create(ensemble.spec, ensemble.form)
    source = at_hand(ensemble.folder / "documents" / documents)
    shutil.copytree(source, folder / LEDGER / "ensembles" / copy.id / "documents" / documents, dirs_exist_ok=True)
    readable = Path("documents") / one.label
    shutil.copytree(source, folder / readable, ignore=lambda top, _: ["entry"] if Path(top) == source else [])
    segments = [
        copy.publish(table_of(piece.start, [log for _, log in logs_of(ensemble, one.experiment.ledger, piece)]))
        for piece in chunks(range(one.runs))
    ]
    whole = ensemble.manifest()
    manifest = copy.seal(segments, {**(whole.provenance if whole else {}), "documents": documents})
    # The ledger may hold more runs than these, so its digest is not that of these runs.
    results = replace(one.results, source=replace(one.results.source, root=manifest.root))
    figures = f"results/{one.label}.json"
    write_json(folder / figures, results.as_data())
    return CrateEntry(replace(one, ensemble=copy, results=results), manifest, (readable / entry).as_posix(), figures)


def _readme(kept: Sequence[CrateEntry]) -> str:
    texts: list[Paragraph] = [
        f"Simulated runs of sim {__version__}, what they come to, and how to make them again. This folder is an "
        f"RO-Crate 1.1 (https://w3id.org/ro/crate/): {METADATA} lists every file with its SHA-256.",
        (
            "documents/  what the runs were made from: scenario, model, history, sources",
            "results/    outcomes and measures, each estimate with its interval, as `sim run --json` prints them",
            f"{LEDGER}/     every run as a log of events; the commands of sim read it with --ledger {LEDGER}",
        ),
        *(
            f"'{item.exported.scenario.title}' assumes, against its model: {written}"
            for item in kept
            if (written := in_sentences(item.exported.scenario))
        ),
        f"To make everything again, install sim {__version__} and run this in the folder of this file, in this order. "
        f"The runs go to the folder {AGAIN}; nothing in the others is changed.",
        tuple(item.command for item in kept),
        "Each command must print, in its last lines, this ensemble and this digest. The ensemble's id says that the "
        "same was assumed; the digest, that every event of every run is the same.",
        tuple(_expected(item) for item in kept),
        (
            f"`sim list --ledger {LEDGER}` shows the same ids and digests for the runs that lie here, and",
            "`sim run ... --json` prints what lies in results/.",
        ),
    ]
    return paragraphs(*texts)


def _expected(item: CrateEntry) -> str:
    return (
        f"{item.exported.scenario.name}, {item.exported.runs:,} runs: "
        f"Ensemble {item.exported.short}, digest {item.manifest.root[:12]}\n"
        f"    whole id     {item.exported.ensemble.id}\n"
        f"    whole digest {item.manifest.root}"
    )


def _describe(kept: Sequence[CrateEntry], folder: Path) -> None:
    """Write the crate's metadata: every file of the folder, and how each ensemble came to be."""
    from rocrate.model.softwareapplication import SoftwareApplication
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.1")
    crate.metadata.extra_terms["sha256"] = "https://schema.org/sha256"  # RO-Crate 1.1 has no term for it
    titles = ", ".join(dict.fromkeys(item.exported.scenario.title for item in kept))
    crate.name = f"Simulated runs: {titles}"
    crate.description = "Scenarios of a crisis, simulated: documents, runs, results, and how to make them again."
    crate.license = "Not stated by the documents."
    # The date of the newest runs, not of this export: the same ledger gives the same folder.
    crate.root_dataset["datePublished"] = max(map(_made, kept))[:10] or str(date.min)
    software = crate.add(SoftwareApplication(crate, "#sim", {"name": "sim", "softwareVersion": __version__}))
    files = {
        path: crate.add_file(folder / path, path, properties=_file(folder, path, kept)) for path in files_in(folder)
    }
    for item in kept:
        manifest = f"{LEDGER}/ensembles/{item.exported.ensemble.id}/manifests/{item.manifest.number:08}.json"
        action = {
            "name": f"{item.exported.runs:,} runs of {item.exported.scenario.title}",
            "description": f"{item.command} gives ensemble {item.exported.ensemble.id}, digest {item.manifest.root}",
            "endTime": _made(item),
        }
        made, result = [files[item.entry]], [files[item.results], files[manifest]]
        action_of = crate.add_action(software, f"#{item.exported.label}", made, result, properties=action)
        crate.root_dataset.append_to("mentions", action_of)
    crate.metadata.write(folder)


def _made(item: CrateEntry) -> str:
    """Return when an ensemble's last runs were sealed."""
    return str(item.manifest.provenance.get("made", ""))


def _file(folder: Path, path: str, kept: Sequence[CrateEntry]) -> dict[str, str]:
    content = (folder / path).read_bytes()
    return {
        "name": _called(path, kept),
        "contentSize": str(len(content)),
        "encodingFormat": _FORMATS.get(Path(path).suffix, "text/plain"),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _called(path: str, kept: Sequence[CrateEntry]) -> str:
    """Return what a file of the crate is."""
    for item in kept:
        title = item.exported.scenario.title
        if path == item.results:
            return f"Results of {title}"
        if path == item.entry:
            return f"The scenario {title}"
        if path.startswith(f"documents/{item.exported.label}/"):
            return f"A document that {title} rests on"
        if path.startswith(f"{LEDGER}/ensembles/{item.exported.ensemble.id}/"):
            return f"The ledger of {title}: {Path(path).name}"
    return "What this folder is and how to make its content again" if path == "README.txt" else path
