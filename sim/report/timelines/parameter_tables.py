"""The parameters that one run had, or two, as tables: value, unit, prior, the quantile drawn, and what it rests on."""

from collections.abc import Sequence
from typing import Any

from sim.analysis.single.drawn_parameters import DrawnParameter
from sim.report.bases import written_basis
from sim.report.model_values import known
from sim.report.table import Table, sided

NONE = "The model has no parameters."
QUANTILES = "The quantile says where the value lies in its prior: 50 % is the median."


def parameter_table(title: str, drawn: Sequence[DrawnParameter]) -> Table:
    """Return the parameters of one run."""
    rows = [
        (
            one.parameter.name, _value(one), one.parameter.unit, _prior(one), _quantile(one),
            "; ".join(written_basis(basis) for basis in one.parameter.basis) or "no basis given",
        )
        for one in drawn
    ]  # fmt: skip
    columns = [*sided(["parameter"], ["value"]), *sided(["unit", "prior"], ["quantile"]), *sided(["basis"], [])]
    return Table(title=title, columns=columns, rows=rows, caption=QUANTILES if rows else NONE, spared=(5,))


def pair_of_parameter_tables(
    title: str, headings: tuple[str, str], one: Sequence[DrawnParameter], other: Sequence[DrawnParameter]
) -> Table:  # fmt: skip
    """Return the parameters of two runs side by side: those that differ have a mark."""
    here, there = ({item.parameter.name: item for item in drawn} for drawn in (one, other))
    rows = []
    for name in dict.fromkeys([*here, *there]):
        pair = [side.get(name) for side in (here, there)]
        values = ["" if item is None else _value(item) for item in pair]
        differs = pair[0] is None or pair[1] is None or pair[0].value != pair[1].value
        item = next(item for item in pair if item is not None)
        rows.append(("≠" if differs else "", name, *values, item.parameter.unit, _prior(item), _quantile(item)))
    columns = [*sided(["", "parameter"], [*headings]), *sided(["unit", "prior"], ["quantile"])]
    differing = sum(row[0] != "" for row in rows)
    caption = f"{differing} of {len(rows)} differ (≠). Prior and quantile are those of the first run." if rows else NONE
    return Table(title=title, columns=columns, rows=rows, caption=caption, spared=(5, 6))


def parameters_as_data(drawn: Sequence[DrawnParameter]) -> list[dict[str, Any]]:
    """Return the same as JSON-ready data: values with all their digits, quantiles as shares from 0 to 1."""
    return [
        {
            "parameter": one.parameter.name, "value": one.value, "unit": one.parameter.unit,
            "prior": known(one.parameter) if one.parameter.prior else None, "how": one.how, "quantile": one.quantile,
            "basis": [written_basis(basis) for basis in one.parameter.basis],
        }
        for one in drawn
    ]  # fmt: skip


def _value(one: DrawnParameter) -> str:
    if isinstance(one.value, bool):
        return "true" if one.value else "false"
    return f"{one.value:.4g}"


def _prior(one: DrawnParameter) -> str:
    if not one.parameter.prior:
        return one.how
    if one.parameter.experts:
        return f"elicited from {len(one.parameter.experts)}"
    law = known(one.parameter)
    unit = f" {one.parameter.unit}"
    return law.removesuffix(unit) if one.parameter.unit else law


def _quantile(one: DrawnParameter) -> str:
    if one.quantile is not None:
        return f"{100.0 * one.quantile:.1f} %"
    return "" if one.how == "fixed" else one.how
