"""A parameter as a card: its prior with a small curve, what it rests on, who reads it, who sets it, what runs drew."""

from collections.abc import Mapping, Sequence
from typing import Any

from sim.build.words.assumptions import instead
from sim.model.model import Parameter
from sim.model.priors.joint_prior import JointPrior
from sim.model.scenario import Scenario
from sim.report.model_values import known, number
from sim.report.named.card import Card, Entry, entries
from sim.report.named.link_texts import read, readers
from sim.report.named.named_part import NamedPart
from sim.report.named.prior_curve import curve
from sim.report.named.source_texts import basis_data, basis_texts, sources_data

SHOWN = ((0.05, "5 %"), (0.5, "half"), (0.95, "95 %"))
AT_CENTRAL = "with what it reads of other parameters at its central value; a run has the values that it draws"


def parameter_card(named: NamedPart) -> Card:
    """Return the card of a parameter as its model has it, and what scenarios let it be instead."""
    own = {**named.model.parameters, **named.owner.models_own}
    parameter = own[named.name]
    prior, prior_data = _prior(named, own)
    assumed = named.model.parameters[named.name]
    runs, run_data = ([], {}) if named.figures is None else named.figures.drawn(assumed)
    links = named.out_of
    data: dict[str, Any] = {
        "unit": parameter.unit, "known": known(parameter), "central": parameter.value / parameter.scale,
        "range": list(parameter.domain) if parameter.ranged else None, "prior": prior_data,
        "basis": basis_data(parameter.basis), "sources": sources_data(named.case, parameter.basis), "in_runs": run_data,
    }  # fmt: skip
    return named.card(
        parameter.title,
        *prior,
        *entries(
            ("range", _range(parameter)),
            ("basis", basis_texts(named.case, parameter.basis)),
            ("reads", read([link for link in named.into if link.how == "prior"])),
            ("read by", readers(links) or "nothing"),
            ("set by", _set_by(named)),
        ),
        *named.of_figures(runs),
        *(named.how_to_ask("the values that runs drew") if parameter.prior else ()),
        data=data,
    )


def _range(parameter: Parameter) -> str:
    low, high = parameter.domain
    return f"{low / parameter.scale:g} to {high / parameter.scale:g}, under any scenario" if parameter.ranged else ""


def _prior(named: NamedPart, own: Mapping[str, Parameter]) -> tuple[Sequence[Entry], dict[str, Any] | None]:
    """Return what is known of a parameter, with its quantiles: a curve of text for a prior."""
    parameter = own[named.name]
    unit = f" {parameter.unit}" if parameter.unit else ""
    if not parameter.prior:
        return entries(("value", f"{known(parameter)}, known")), None
    joint = JointPrior(own)
    central = joint.central()

    def quantile(chance: float) -> float:
        value = joint.value(parameter, central, chance) if parameter.given else parameter.quantile(chance)
        return value / parameter.scale

    quantiles = {chance: quantile(chance) for chance, _ in SHOWN}
    low, high, drawn = curve(quantile, named.signs)
    ends = f"{low:.3g} ", f" {high:.3g}{unit}"
    shares = ", ".join(f"{words} below {quantiles[chance]:.3g}" for chance, words in SHOWN)
    experts = len(parameter.experts)
    what = f"elicited from {experts} expert{'s' if experts > 1 else ''}: " if experts else ""
    found = entries(("prior", f"{what}{known(parameter)}"))
    marks = _marks(low, high, [*quantiles.values()], len(drawn))
    found += (Entry("", (f"{ends[0]}{drawn}{ends[1]}", " " * len(ends[0]) + marks), drawn=True),)
    found += entries(("", shares + (f"; {AT_CENTRAL}" if parameter.given else "")))
    found += entries(("central", f"{number(float(f'{parameter.value / parameter.scale:.6g}'))}{unit}"))
    data = {"quantiles": {str(chance): value for chance, value in quantiles.items()}, "ends": [low, high]}
    return found, data


def _marks(low: float, high: float, values: Sequence[float], cells: int) -> str:
    """Return a line with a sign below each of the values on a curve."""
    if not low < high:
        return ""
    places = {min(max(int((value - low) / (high - low) * cells), 0), cells - 1) for value in values}
    return "".join("^" if place in places else " " for place in range(cells)).rstrip()


def _set_by(named: NamedPart) -> list[str]:
    """Return what scenarios let the parameter be, a line each."""
    found = []
    for scenario in named.case.siblings(named.owner):
        texts = [*_assumed(scenario, named.name)]
        found += [f"scenario {scenario.name}: {text}" for text in texts]
    return found


def _assumed(scenario: Scenario, name: str) -> list[str]:
    found = []
    if name in scenario.models_own:
        found.append(instead(scenario.model.parameters[name], scenario.models_own[name]))
    for change in scenario.changes:
        if name in change.parameters:
            given = change.parameters[name]
            now = known(given) if isinstance(given, Parameter) else given.text
            found.append(f"{name} is {now} from {scenario.model.calendar.moment(change.time)} on")
    return found
