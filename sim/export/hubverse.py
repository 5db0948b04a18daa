"""Outcomes and measures as the model output of a forecast hub, with the hub's configuration: a hub that can be read.

Each scenario is a model of the hub. The endings, one of which is the first in every run, are a `pmf`; a measure is its
quantiles, and its value in each run as samples.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from sim.analysis.labels import measured, unit_of
from sim.analysis.runs import Runs
from sim.analysis.unfollowed import withheld
from sim.build.words.assumptions import in_sentences
from sim.errors import SimError
from sim.export.ensembles import LOCAL, Exported, Request
from sim.export.folder import Paragraph, paragraphs, write_json, write_text
from sim.model.event import HORIZON
from sim.model.measuring.quantities import CountOf

TEAM = "sim"
ENDING = "ending"
SCHEMAS = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v4.0.0"
LONGEST_ID = 30  # of a target, in a hub's schema
LONGEST_NAME = 100

Prediction: TypeAlias = "tuple[str, str, str, float]"  # target, output_type, output_type_id, value


@dataclass(frozen=True)
class Forecast:
    """What one ensemble predicts: from when, for when, where, and by which model of the hub."""

    exported: Exported
    model: str
    origin: date
    end: date
    location: str

    @property
    def runs(self) -> Runs:
        """The runs that were followed to their ends."""
        runs = self.exported.results.runs
        return runs.at(np.flatnonzero(runs.whole))

    @property
    def endings(self) -> dict[str, int]:
        """In how many runs each of the endings came true first, or none did by the horizon."""
        results = self.exported.results
        counted = Counter(str(name) for name in self.runs.first_ending)
        last = any(results.model.outcomes[name].otherwise for name in results.ending)
        return {name: counted[name] for name in (*results.ending, *(() if last else (HORIZON,)))}

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that every run has, those apart that failed, as in all that is predicted."""
        found = self.exported.results.measures
        return tuple(name for name in found if found[name].missing == found[name].failed)

    def predictions(self) -> list[Prediction]:
        """Return all that is predicted."""
        results = self.exported.results
        made: list[Prediction] = [(ENDING, "pmf", name, count / len(self.runs)) for name, count in self.endings.items()]
        for name in self.measures:
            for share, found in results.measures[name].quantiles.items():
                assert found.value is not None, "every run has a value"
                made.append((name, "quantile", f"{share:g}", found.value))
            values = zip(self.runs.numbers, self.runs.measures[name], strict=True)
            made += [(name, "sample", str(run), float(value)) for run, value in values]
        return made


def write(exported: Sequence[Exported], request: Request, folder: Path) -> None:
    """Write the hub: its configuration, its models, one file of predictions for each."""
    forecasts = [_forecast(one, exported, request.location) for one in exported]
    for forecast in forecasts:
        if forecast.exported.results.withheld:
            raise withheld(forecast.exported.scenario.name, forecast.exported.results.runs)
        if not len(forecast.runs):
            raise SimError("E014", f"all runs of '{forecast.exported.scenario.name}' failed", "there is no forecast")
        path = folder / "model-output" / forecast.model / f"{forecast.origin}-{forecast.model}.parquet"
        _write_predictions(forecast, path)
        write_text(folder / "model-metadata" / f"{forecast.model}.yml", _metadata(forecast))
    write_json(folder / "hub-config" / "admin.json", _ADMIN)
    write_json(folder / "hub-config" / "tasks.json", _tasks(forecasts))
    write_json(folder / "hub-config" / "model-metadata-schema.json", _METADATA_SCHEMA)
    write_text(folder / "README.txt", _readme(forecasts))


def _forecast(one: Exported, everyone: Sequence[Exported], location: str | None) -> Forecast:
    origin, end = one.span()
    # A hub's names have letters, digits and '_' only.
    names = Counter(re.sub(r"\W", "_", other.scenario.name) for other in everyone)
    name = re.sub(r"\W", "_", one.scenario.name)
    model = f"{TEAM}-{name}" if names[name] == 1 else f"{TEAM}-{name}_{one.short}"
    last = end - timedelta(microseconds=1)  # a run that ends at midnight has nothing of the day that begins then
    return Forecast(
        exported=one, model=model, origin=origin.date(), end=last.date(), location=location or one.model.name
    )


def _write_predictions(forecast: Forecast, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = forecast.predictions()
    targets, kinds, ids, values = zip(*made, strict=True)
    columns = {
        "origin_date": [forecast.origin] * len(made), "target": targets, "target_end_date": [forecast.end] * len(made),
        "location": [forecast.location] * len(made), "output_type": kinds, "output_type_id": ids, "value": values,
    }  # fmt: skip
    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd")


_ADMIN = {
    "schema_version": f"{SCHEMAS}/admin-schema.json",
    "name": "Scenarios of sim",
    "maintainer": "not stated",
    "contact": {"name": "not stated"},
    "repository": {"host": "github", "owner": "not-stated", "name": "not-stated"},
    "file_format": ["parquet"],
    # A hub must name a zone, for its deadlines; this one has none, and this zone is UTC all year round.
    "timezone": "Africa/Abidjan",
    "model_output_dir": "model-output",
}


def _tasks(forecasts: Sequence[Forecast]) -> dict[str, Any]:
    groups: dict[str, tuple[dict[str, Any], list[int]]] = {}
    for forecast in forecasts:
        for task in _model_tasks(forecast):
            task_and_runs = groups.setdefault(json.dumps(task, sort_keys=True), (task, []))
            task_and_runs[1].append(len(forecast.runs))
    for task, runs in groups.values():
        if "sample" in task["output_type"]:
            least_and_most = {"min_samples_per_task": min(runs), "max_samples_per_task": max(runs)}
            task["output_type"]["sample"]["output_type_id_params"] |= least_and_most
    only_round = {
        "round_id_from_variable": True,
        "round_id": "origin_date",
        "model_tasks": [task for task, _ in groups.values()],
        "submissions_due": {"relative_to": "origin_date", "start": 0, "end": 0},
    }
    return {
        "schema_version": f"{SCHEMAS}/tasks-schema.json",
        "rounds": [only_round],
        "output_type_id_datatype": "character",
    }


def _model_tasks(forecast: Forecast) -> list[dict[str, Any]]:
    """Return the tasks that a forecast answers: how it ends, and its measures."""
    results = forecast.exported.results
    pmf = {
        "output_type_id": {"required": list(forecast.endings)},
        "is_required": True,
        "value": {"type": "double", "minimum": 0, "maximum": 1},
    }
    title = "Which ending comes true first" if results.model.goes_on else "How the run ends"
    tasks = [_task(forecast, [(ENDING, title, title, "category", "nominal")], {"pmf": pmf})]
    if forecast.measures:
        targets = []
        for name in forecast.measures:
            counts = isinstance(results.model.measures[name].quantity, CountOf)
            unit = unit_of(results.model, name).strip() or ("count" if counts else "not stated")
            title, kind = results.model.measures[name].title, "discrete" if counts else "continuous"
            targets.append((name, title, f"{title}: {measured(results.model, name)}", unit, kind))
        shares = list(next(iter(results.measures.values())).quantiles)
        quantile = {"output_type_id": {"required": shares}, "is_required": True, "value": {"type": "double"}}
        # One sample is one run, so the samples of all targets with one number belong together.
        together = ["origin_date", "target_end_date", "location"]
        sample = {
            "output_type_id_params": {"type": "integer", "compound_taskid_set": together},
            "is_required": False,
            "value": {"type": "double"},
        }
        tasks.append(_task(forecast, targets, {"quantile": quantile, "sample": sample}))
    return tasks


def _task(
    forecast: Forecast, targets: Sequence[tuple[str, str, str, str, str]], output_type: dict[str, Any]
) -> dict[str, Any]:
    return {
        "task_ids": {
            "origin_date": {"required": [str(forecast.origin)], "optional": None},
            "target": {"required": None, "optional": [name for name, *_ in targets]},
            "target_end_date": {"required": [str(forecast.end)], "optional": None},
            "location": {"required": [forecast.location], "optional": None},
        },
        "output_type": output_type,
        "target_metadata": [
            {
                "target_id": _target_id(name),
                "target_name": title[:LONGEST_NAME],
                "target_units": unit[:LONGEST_NAME],
                "target_keys": {"target": name},
                "target_type": kind,
                "description": description,
                "is_step_ahead": False,
            }
            for name, title, description, unit, kind in targets
        ],
    }


def _target_id(name: str) -> str:
    """Return a name, or its beginning with a digest where it is too long for a hub."""
    if len(name) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


_METADATA_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A model of this hub: a scenario",
    "type": "object",
    "properties": {
        name: {"type": "boolean" if name == "designated_model" else "string"}
        for name in ("team_abbr", "model_abbr", "model_id", "designated_model", "methods", "ensemble", "digest")
    },
    "required": ["team_abbr", "model_abbr", "designated_model"],
}


def _metadata(forecast: Forecast) -> str:
    scenario, source = forecast.exported.scenario, forecast.exported.results.source
    methods = " ".join(filter(None, [f"{scenario.title}.", scenario.question, in_sentences(scenario)]))
    known = {
        "team_abbr": TEAM, "model_abbr": forecast.model.removeprefix(f"{TEAM}-"), "model_id": forecast.model,
        "designated_model": False, "methods": methods,
        "ensemble": source.ensemble, "digest": source.root,
    }  # fmt: skip
    # A JSON value is a YAML value.
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in known.items())


def _readme(forecasts: Sequence[Forecast]) -> str:
    goes_on = any(forecast.exported.model.goes_on for forecast in forecasts)
    ended = "in which each ending came true first" if goes_on else "that ended with each outcome"
    texts: list[Paragraph] = [
        "A forecast hub in the form of hubverse (https://hubverse.io). Each scenario is one of its models: what it "
        "predicts holds if the scenario's assumptions do. Hub configuration: schema version 4.0.0.",
        (
            f"origin_date       the date of the branch; {LOCAL}",
            "target            'ending', or a measure",
            "target_end_date   the last day of the runs, the exact moment below: both are about the whole time between",
            "location          what the export was told with --location; else the model's name",
            f"pmf               the share of runs {ended}; every run has exactly one",
            "quantile, sample  a measure up to each run's end, over the runs; a sample's id is the run's number, the",
            "                  same for all targets",
        ),
        "Values are shares and quantiles of a finite number of runs, without their intervals. Runs that failed or were "
        "stopped at the limit of events are left out: with them a share could differ by as much as their own share. "
        "The zone in admin.json stands for none; owner and deadlines are placeholders, because this hub takes no "
        "submissions.",
    ]
    for forecast in forecasts:
        results = forecast.exported.results
        left = [name for name in results.measures if name not in forecast.measures]
        # A quantile over some of the runs would be another thing than one over all.
        without = f" Left out, because some runs have no value of them: {', '.join(left)}." if left else ""
        scenario = results.scenario
        span = [results.model.calendar.moment(time, hour=True) for time in (scenario.start, scenario.horizon)]
        cut = results.count - len(forecast.runs)
        runs = f"ensemble {results.source.ensemble}, {len(forecast.runs):,} runs, from {span[0]} to {span[1]}"
        runs += f" ({cut:,} more failed or were stopped)" if cut else ""
        texts.append(f"{forecast.model}: {runs}, parameters {results.parameters}.{without}")
    return paragraphs(*texts)
