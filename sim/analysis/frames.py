"""Results as pandas DataFrames, where pandas is installed: estimates, runs, parameters and events.

Estimates and runs are in the results. Events are in the ledger, and are read by a query of `sim.sql`, a layer above,
which is found by its name when events are first asked for.
"""

from collections.abc import Mapping
from dataclasses import asdict
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np

from sim.analysis import labels
from sim.errors import UsageError
from sim.language.arguments import one_of
from sim.ledger.ledger import Ledger
from sim.statistics.arrays import Floats

if TYPE_CHECKING:
    from sim.analysis.results import Results

What: TypeAlias = Literal["outcomes", "measures", "runs", "parameters", "events"]
QUERIES = "sim.sql.answer"
_EVENTS = "SELECT * EXCLUDE (ensemble) FROM events ORDER BY run, sequence"
_SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


def frame(columns: Mapping[str, Any]) -> Any:
    """Return columns as a pandas DataFrame. Raise UsageError E010 if pandas is not installed."""
    try:
        pandas = import_module("pandas")
    except ImportError:
        note = "install it beside sim, such as by pip install '.[frames]'"
        raise UsageError("E010", "`.to_frame()` needs pandas, which is not installed", note) from None
    return pandas.DataFrame(dict(columns))


def results_frame(results: "Results", what: What) -> Any:
    """Return what `Results.to_frame` explains. Raise UsageError E024 for another word, E010 without pandas."""
    one_of("what", what, get_args(What))
    match what:
        case "outcomes":
            return _outcomes(results)
        case "measures":
            return _measures(results)
        case "runs":
            return _runs(results)
        case "parameters":
            drawn = results.runs.parameters
            named = {name if name != "run" else "run (parameter)": values for name, values in drawn.items()}
            return frame({"run": results.runs.numbers, **named})
        case "events":
            ledger, source = Ledger(results.source.ledger), results.source.ensemble
            asked = import_module(QUERIES).query
            return asked(_EVENTS, ledger, [source], first=results.count).to_frame()


def _outcomes(results: "Results") -> Any:
    keys = ("hits", "unknown", "runs", "share", "low", "high", "method")
    shares = [results.share(one) for one in results.counted]
    listed = [{**asdict(found), "share": found.share} for found in shares]
    return frame(
        {
            "outcome": [one.outcome for one in results.counted],
            "counted": [labels.counted(results.model, one.outcome, first=one.first) for one in results.counted],
            **{key: [item[key] for item in listed] for key in keys},
        }
    )


def _measures(results: "Results") -> Any:
    found = results.measures.values()
    return frame(
        {
            "measure": list(results.measures),
            "counted": [labels.measured(results.model, name) for name in results.measures],
            "runs": [one.mean.runs for one in found],
            "undefined": [one.undefined for one in found],
            "mean": [one.mean.value for one in found],
            "low": [one.mean.low for one in found],
            "high": [one.mean.high for one in found],
            **{f"q{share:g}": [one.quantiles[share].value for one in found] for share in _SHARES},
        }
    )


def _runs(results: "Results") -> Any:
    runs = results.runs
    columns: dict[str, Any] = {"run": runs.numbers, "ended": runs.ended, "first_ending": runs.first_ending}

    def put(name: str, kind: str, values: Any) -> None:
        columns[name if name not in columns else f"{name} ({kind})"] = values

    for name, times in results.runs.times.items():
        columns[f"{name}_at"] = times
        if results.model.calendar.origin is not None:
            columns[f"{name}_date"] = _dates(results, times)
    for name, values in results.runs.measures.items():
        put(name, "measure", np.where(np.isfinite(values), values, np.nan))
    for name, drawn in results.runs.parameters.items():
        put(name, "parameter", drawn)
    return frame(columns)


def _dates(results: "Results", times: Floats) -> Any:
    """Return times since the branch as local dates to the microsecond; NaT where a run has none, or it is not known."""
    calendar, start = results.model.calendar, results.scenario.start
    there = np.isfinite(times)
    dates = np.full(len(times), np.datetime64("NaT"), "datetime64[us]")
    dates[there] = [calendar.date_of(start + time) for time in times[there].tolist()]
    return dates
