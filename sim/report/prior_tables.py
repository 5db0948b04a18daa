"""What is known about parameters, as tables: the quantiles of every prior, what experts said, and what was fitted.

Owns which figures are shown, and their form as data. How laws are fitted is left to `sim.distributions.elicited`.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from sim.distributions.elicited.least_squares import odds_ratio, worst_misfit
from sim.model.model import Parameter
from sim.model.priors.expert_judgement import Expert
from sim.model.priors.joint_prior import JointPrior
from sim.report.model_values import known
from sim.report.table import Table, sided
from sim.statistics.estimates import percent

SHOWN = (0.05, 0.25, 0.5, 0.75, 0.95)
AT_CENTRAL = (
    "given: what a prior reads of other parameters, here at its central value; a run has the values that it draws."
)
EXPERTS = (
    "said: the expert's value at the percentile; fitted: that of the law; its chance: the law's chance of at most what "
    "the expert said, which would be the percentile if it fitted exactly. The pool has each law by its weight."
)


def tables(parameters: Mapping[str, Parameter], names: list[str]) -> list[Table]:
    """Return tables of the priors of the parameters with these names; none where they have none."""
    drawn = [parameters[name] for name in names if parameters[name].prior]
    if not drawn:
        return []
    rows = [
        (one.name, _law(one) + _given(parameters, one), *map(_number, _quantiles(parameters, one))) for one in drawn
    ]
    headings = sided(["parameter", "prior"], [f"{100.0 * chance:g} %" for chance in SHOWN])
    caption = AT_CENTRAL if any(one.given for one in drawn) else ""
    priors = Table(title="Priors and their quantiles", columns=headings, rows=rows, caption=caption)
    asked = [(one, expert) for one in drawn for expert in one.experts]
    return [priors, *([_experts(asked)] if asked else [])]


def as_data(parameters: Mapping[str, Parameter], names: list[str]) -> list[dict[str, Any]]:
    """Return the same as JSON-ready data, in the units of the parameters' authors."""
    return [
        {
            "parameter": one.name, "unit": one.unit, "prior": known(one),
            "quantiles": dict(zip(map(str, SHOWN), _quantiles(parameters, one), strict=True)),
            "given": _given_values(parameters, one),
            "experts": [_expert_as_data(expert) for expert in one.experts],
        }
        for one in (parameters[name] for name in names)
        if one.prior
    ]  # fmt: skip


def _quantiles(parameters: Mapping[str, Parameter], parameter: Parameter) -> list[float]:
    if not parameter.given:
        return [parameter.quantile(chance) / parameter.scale for chance in SHOWN]
    joint = JointPrior(parameters)
    return [joint.value(parameter, joint.central(), chance) / parameter.scale for chance in SHOWN]


def _given_values(parameters: Mapping[str, Parameter], parameter: Parameter) -> dict[str, float]:
    """Return the central values, in their authors' units, of what a prior reads."""
    return {name: parameters[name].value / parameters[name].scale for name in sorted(parameter.reads)}


def _given(parameters: Mapping[str, Parameter], parameter: Parameter) -> str:
    values = _given_values(parameters, parameter)
    shown = [f"{name} = {_number(value)} {parameters[name].unit}".rstrip() for name, value in values.items()]
    return f", given {', '.join(shown)}" if shown else ""


def _law(parameter: Parameter) -> str:
    if not parameter.experts:
        return known(parameter)
    count = len(parameter.experts)
    unit = f", {parameter.unit}" if parameter.unit else ""
    return f"elicited from {count} expert{'s' if count > 1 else ''}{unit}"


def _experts(asked: list[tuple[Parameter, Expert]]) -> Table:
    return Table(
        title="What experts said, and the laws fitted to it",
        columns=sided(["parameter", "expert", "law"], ["weight", "percentile", "said", "fitted", "its chance"]),
        rows=[row for parameter, expert in asked for row in _rows(parameter, expert)],
        caption=EXPERTS,
    )


def _rows(parameter: Parameter, expert: Expert) -> Iterator[tuple[str, ...]]:
    law, heads = expert.laws[0], (parameter.name, expert.name, str(expert.laws[0]), f"{expert.weight:.3g}")
    for chance, value in expert.judged:
        yield (
            *heads,
            f"{100.0 * chance:g} %",
            _number(value),
            _number(law.quantile(chance)),
            percent(abs(law.chance(value))),
        )
        heads = ("", "", "", "")


def _expert_as_data(expert: Expert) -> dict[str, Any]:
    law = expert.laws[0]
    worst = max(odds_ratio(law, *point) for point in expert.judged)
    return {
        "expert": expert.name,
        "weight": expert.weight,
        "said": {str(chance): value for chance, value in expert.judged},
        "law": law.family,
        "numbers": [law.first, law.second],
        "range": [law.low, law.high] if law.family == "beta" else None,
        "fitted": {str(chance): law.quantile(chance) for chance, _ in expert.judged},
        "chances": {str(chance): law.chance(value) for chance, value in expert.judged},
        "worst_odds_ratio": worst if math.isfinite(worst) else None,
        "worst_misfit": worst_misfit(law, expert.judged),
        "squared_misfits": {one.family: one.off for one in expert.laws},
    }


def _number(value: float) -> str:
    return f"{value:.4g}"
