"""Ensembles in the formats of others: tables, event logs, forecasts, a folder for replication.

    check("csv", experiments, Request(), folder)      says at once what cannot be
    export("csv", exported, Request(), folder)        writes the folder, whole or not at all

Each format has a module with what it writes (`write`) and, where it cannot hold everything, what it refuses (`check`).
Missing runs are made by the caller.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim.experiment import Experiment
from sim.export import cloudevents, crate, csvw, hubverse, ocel, parquet, views
from sim.export.ensembles import Exported, Request, refuse_without_dates
from sim.export.folder import files_in, new_folder, refuse_what_stands

__all__ = ["FORMATS", "Exported", "Format", "Request", "check", "export"]


@dataclass(frozen=True)
class Format:
    """One format: what it writes into an empty folder, and what it refuses before anything is run, if anything."""

    write: Callable[[Sequence[Exported], Request, Path], None]
    check: Callable[[Sequence[Experiment], Request], None] | None = None


FORMATS: Mapping[str, Format] = {
    "csv": Format(csvw.write),
    "parquet": Format(parquet.write),
    "jsonl": Format(cloudevents.write),
    "ocel": Format(ocel.write, ocel.check),
    "views": Format(views.write, views.check),
    "hubverse": Format(hubverse.write, partial(refuse_without_dates, "hubverse")),
    "rocrate": Format(crate.write),
}


def check(form: str, experiments: Sequence[Experiment], request: Request, folder: Path) -> None:
    """Raise UsageError or SimError E014 for what cannot be exported so, or not there; runs nothing."""
    refuse_what_stands(folder)
    if (refuse := FORMATS[form].check) is not None:
        refuse(experiments, request)


def export(form: str, exported: Sequence[Exported], request: Request, folder: Path) -> tuple[str, ...]:
    """Write ensembles in a format and return the paths of the files, seen from the folder.

    Raise SimError E014 if the folder is there and not empty, the system refuses, or the format cannot hold a value;
    LedgerError if a run cannot be read. Nothing half-written is left.
    """
    with new_folder(folder) as fresh:
        FORMATS[form].write(exported, request, fresh)
    return files_in(folder)
