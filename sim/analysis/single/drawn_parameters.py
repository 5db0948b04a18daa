"""The parameters of one run: what each was, in its author's unit, and the quantile of its prior that was drawn.

A parameter whose prior reads others has the quantile of that prior given what they came to.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.analysis.results import in_shown_order
from sim.experiment import Experiment
from sim.language.expressions.tree import Value
from sim.model.event import Log
from sim.model.model import Parameter
from sim.model.replay import parameters_of
from sim.numerics.streams import stream_key, uniform

How: TypeAlias = Literal["drawn", "fixed", "central", "of the run branched from"]


@dataclass(frozen=True, slots=True)
class DrawnParameter:
    """A parameter in one run: its value in its author's unit, how it came to it, and the quantile, if it was drawn."""

    parameter: Parameter
    value: Value
    how: How
    quantile: float | None


def drawn_parameters(experiment: Experiment, run: int, log: Log) -> list[DrawnParameter]:
    """Return the parameters with which a run begins at its branch, in their author's order; `log` is the run's."""
    model = experiment.scenario.model
    values = dict(zip(model.parameters, parameters_of(experiment.program, log), strict=True))
    return [
        _drawn(experiment, run, model.parameters[name], values[name])
        for name in in_shown_order(model, "parameters", model.parameters)
    ]


def _drawn(experiment: Experiment, run: int, parameter: Parameter, value: Value) -> DrawnParameter:
    settings = experiment.settings
    in_unit = value if isinstance(value, bool) or parameter.scale == 1.0 else value / parameter.scale
    if experiment.scenario.parameters is not None:
        return DrawnParameter(parameter, in_unit, "of the run branched from", None)
    if not parameter.prior:
        return DrawnParameter(parameter, in_unit, "fixed", None)
    if settings.central:
        return DrawnParameter(parameter, in_unit, "central", None)
    key = stream_key(settings.seed, f"parameter:{parameter.name}")
    return DrawnParameter(parameter, in_unit, "drawn", uniform(key, run // settings.runs_per_draw, 0, 0))
