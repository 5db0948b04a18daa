"""What each scenario is compared with: the baseline that was named, or that baseline made at the scenario's own moment.

Two runs are pairs only if they begin at one moment with one past. A scenario that branches elsewhere, or ends at
another time, is therefore compared with the baseline's scenario at its own branch and horizon, and nothing else of it.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.analysis.added_questions import extending
from sim.build.words.moments import moment_of
from sim.errors import SimError, UsageError
from sim.experiment import Experiment, prepare
from sim.language.expressions.tree import reads
from sim.model.canonical import canonical_base
from sim.model.scenario import Scenario


@dataclass(frozen=True)
class Match:
    """A scenario and its baseline, `moved` if it was made at its moment; `reason` says why they are not pairs."""

    other: Experiment
    baseline: Experiment
    reason: str = ""
    moved: bool = False


def refuse_the_same(experiments: Sequence[Experiment]) -> None:
    """Raise UsageError E011 if two of the experiments are one ensemble, apart from their questions."""
    known: dict[str, Experiment] = {}
    for one in experiments:
        canonical = str({**one.spec, "questions": ""})
        if canonical in known:
            names = [f"'{other.scenario.name}' ({other.scenario.path})" for other in (known[canonical], one)]
            note = f"{' and '.join(names)} assume the same; name each once"
            raise UsageError("E011", "two of these are one and the same ensemble", note)
        known[canonical] = one


def matches(baseline: Experiment, others: Sequence[Experiment], *, moves: bool = True) -> list[Match]:
    """Match each scenario with the baseline, or with the baseline at its own moment unless `moves` forbids that."""
    made: dict[str, Experiment | str] = {}
    found = []
    for other in others:
        reason = why_unpaired(baseline, other)
        if reason and moves and not _why_unrelated(baseline, other):
            moment = str((other.scenario.start, other.scenario.horizon, other.spec["history"], other.spec["branch"]))
            if moment not in made:
                made[moment] = _at_the_moment_of(other, baseline)
            own = made[moment]
            if isinstance(own, Experiment):
                found.append(Match(other, own, moved=True))
                continue
            reason = f"{reason}, and {own}"
        found.append(Match(other, baseline, reason))
    return found


def _at_the_moment_of(other: Experiment, baseline: Experiment) -> Experiment | str:
    """Return the baseline at another's moment; where it cannot be made, why."""
    documented = other.case.history.documented if other.case.history else ()
    moment = moment_of(other.scenario, documented, baseline.case.scenario)
    named = baseline.scenario
    file = baseline.case.path
    lines = (*_history(other, baseline, file), *moment.lines)
    text = extending(baseline.case, lines, moment.name(named.name), named.title + moment.words)
    try:
        made = prepare(file, baseline.ledger.folder, baseline.settings, origin=other.origin, extension=text)
    except SimError as error:
        return f"'{named.title}' cannot be made {moment.words.removeprefix(', ')}: {error.message}"
    shaped = _shapers(baseline.scenario, other.scenario)
    if shaped and bool(baseline.scenario.replaced) != bool(made.scenario.replaced):
        what = "the parameter" if len(shaped) == 1 else "the parameters"
        return (
            f"'{named.title}' cannot be made {moment.words.removeprefix(', ')}: it assumes {what} {', '.join(shaped)}, "
            "of which the initial state is made, and which only a scenario without a past can change there"
        )
    why = why_unpaired(made, other)
    if why:
        return f"'{named.title}' made {moment.words.removeprefix(', ')} is not a pair either: {why}"
    return made


def _shapers(scenario: Scenario, other: Scenario) -> list[str]:
    """Return the parameters of which the initial state is made, and which a scenario has otherwise than the other."""
    initials = [variable.initial.tree for variable in scenario.model.variables.values()]
    read = frozenset[str]().union(*(reads(tree, "parameter") for tree in initials))
    known, others = scenario.model.parameters, other.model.parameters
    return sorted(name for name in read & scenario.own.keys() if known[name] != others[name])


def _history(other: Experiment, baseline: Experiment, file: Path) -> tuple[str, ...]:
    """Return the line that gives a baseline without a history the one in which the other's branch lies."""
    history = other.case.history
    if history is None or baseline.case.history is not None or baseline.by_id or other.by_id:
        return ()
    return (f"history: {json.dumps(os.path.relpath(history.path, file.parent))}",)


def why_unpaired(one: Experiment, other: Experiment) -> str:
    """Return why run i of the one and run i of the other are not a pair; "" if they are."""
    return _why_unrelated(one, other) or _why_apart(one, other)


def _why_apart(one: Experiment, other: Experiment) -> str:
    """Return what about their moments keeps two from being pairs."""
    a, b = one.scenario, other.scenario
    calendar = a.model.calendar
    if a.start != b.start:
        return f"they branch at different moments: {calendar.moment(a.start)} and {b.model.calendar.moment(b.start)}"
    if one.spec["history"] != other.spec["history"] or one.spec["branch"] != other.spec["branch"]:
        return "they branch from different pasts"
    if a.horizon != b.horizon:
        ends = " and ".join(calendar.moment(one.horizon, hour=True) for one in (a, b))
        return f"they end at different horizons: {ends}"
    return ""


def _why_unrelated(one: Experiment, other: Experiment) -> str:
    """Return what keeps two from being pairs at whatever moment."""
    a, b = one.scenario, other.scenario
    if one.settings.seed != other.settings.seed:
        return f"their seeds differ: {one.settings.seed} and {other.settings.seed}"
    modes = [experiment.spec["parameters"] for experiment in (one, other)]
    if modes[0] != modes[1]:
        return f"their parameters come about in different ways: {modes[0]} and {modes[1]}"
    mine, theirs = canonical_base(a), canonical_base(b)
    differing = [kind for kind in mine if kind != "parameters" and mine[kind] != theirs[kind]]
    # A scenario's own rules may bring unnamed numbers, each with a stream of its own: they move no other draw.
    named = [{name for name, one in of.model.parameters.items() if not one.unnamed} for of in (a, b)]
    if named[0] != named[1]:
        differing.append("parameters")
    if differing:
        return f"they are of different models: their {' and '.join(differing)} differ"
    return ""
