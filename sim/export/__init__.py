"""Ensembles in the formats of others: tables, event logs, forecasts, a folder for replication.

    check("csv", experiments, Request(), folder)      says at once what cannot be
    export("csv", exported, Request(), folder)        writes the folder, whole or not at all

Each format has a module with what it refuses (`check`) and what it writes (`write`). Running what is missing is the
caller's business.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.experiment import Experiment
from sim.export import cloudevents, crate, csvw, hubverse, ocel, parquet, views
from sim.export.ensembles import Exported, Request
from sim.export.folder import files_in, new_folder, refuse_what_stands

__all__ = ["FORMATS", "Exported", "Format", "Request", "check", "export"]


@dataclass(frozen=True)
class Format:
    """One format: what it is in words, what it refuses before anything is run, what it writes into an empty folder."""

    holds: str
    check: Callable[[Sequence[Experiment], Request], None]
    write: Callable[[Sequence[Exported], Request, Path], None]


def _nothing(experiments: Sequence[Experiment], request: Request) -> None:
    """Refuse nothing: every ensemble can be written in this format."""


FORMATS: Mapping[str, Format] = {
    "csv": Format("CSV tables with a CSVW data dictionary", _nothing, csvw.write),
    "parquet": Format("the same tables as Parquet files", _nothing, parquet.write),
    "jsonl": Format("events as CloudEvents, one JSON object a line", _nothing, cloudevents.write),
    "ocel": Format("events as OCEL 2.0 JSON, for process mining", ocel.check, ocel.write),
    "views": Format("draws by month, as ViEWS exchanges them", views.check, views.write),
    "hubverse": Format("model output of a forecast hub", hubverse.check, hubverse.write),
    "rocrate": Format("a replication folder, RO-Crate 1.1", crate.check, crate.write),
}


def check(form: str, experiments: Sequence[Experiment], request: Request, folder: Path) -> None:
    """Raise UsageError or SimError E014 for what cannot be exported so, or not there; runs nothing."""
    refuse_what_stands(folder)
    FORMATS[form].check(experiments, request)


def export(form: str, exported: Sequence[Exported], request: Request, folder: Path) -> tuple[str, ...]:
    """Write ensembles in a format and return the paths of the files, seen from the folder.

    Raise SimError E014 if the folder is there and not empty, the system refuses, or the format cannot hold a value;
    LedgerError if a run cannot be read. Nothing half-written is left.
    """
    with new_folder(folder) as fresh:
        FORMATS[form].write(exported, request, fresh)
    return files_in(folder)
