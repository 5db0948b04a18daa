"""What a target means: which scenario files, which ensembles, and which of several is the baseline.

A target is a scenario file, a folder (all its scenarios), an ensemble of the ledger by its id or the beginning of it,
or a scenario given in Python.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim.build.cases.case import BASELINE
from sim.errors import SimError, UsageError
from sim.language.diagnostics import LanguageError
from sim.language.files import meant_as, why_unfit
from sim.language.suggest import did_you_mean

if TYPE_CHECKING:  # to replay a history needs no experiment
    from sim.experiment import Experiment
    from sim.study.plan import Plan
    from sim.study.use_cases import Unpaired
    from sim.study.variants import Target

MOST_SHOWN = 12  # cases that a message names


def no_case(path: Path, lacks: str) -> SimError:
    """Return the error (E108) about a folder that lacks what a command needs; it names cases up to two levels below."""
    files = [*path.glob("*/model.yaml"), *path.glob("*/*/model.yaml")]
    cases = [str(folder) for folder in sorted({file.parent for file in files})]
    notes = ["expected a case's folder; `sim new NAME` makes one"]
    if cases:
        more = f", and {len(cases) - MOST_SHOWN} more" if len(cases) > MOST_SHOWN else ""
        below = ", ".join(cases[:MOST_SHOWN]) + more
        notes = [f"cases below it: {below}", f"name one of them, such as {cases[0]}"]
    return SimError("E108", f"the folder '{path}' {lacks}", *notes)


def scenarios_in(paths: Sequence[Path]) -> list[Path]:
    """Return the scenario files that the paths name, in order; a folder's in order of names.

    Raise SimError E108 for a folder without scenarios and for a path that is not there, LanguageError E512 for a folder
    with two scenarios of one id.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [file for file in sorted(path.glob("*.yaml")) if meant_as(file, "scenario")]
            if not inside:
                raise no_case(path, "holds no scenario")
            from sim.language.shapes.folders import repeated_scenarios

            repeated = repeated_scenarios(inside)
            if repeated:
                raise LanguageError(repeated)
            found += inside
        elif path.exists() or path.is_symlink():  # reading it says what is wrong with a link that leads nowhere
            found.append(path)
        else:
            files = path.parent.glob("*.yaml") if path.parent.is_dir() else ()
            beside = [str(other) for other in files if why_unfit(other) is None]
            raise SimError("E108", f"there is no file or folder '{path}'", *did_you_mean(str(path), beside))
    return list(dict.fromkeys(found))


def meant(target: "Target") -> "list[Target]":
    """Return the scenario files that a target means, or the target itself where it may be an ensemble's id."""
    if not isinstance(target, str | Path):
        return [target]
    path = Path(target)
    is_path = path.exists() or "/" in str(target) or path.suffix
    return [*scenarios_in((path,))] if is_path else [target]


def opened(targets: "Sequence[Target]", plan: "Plan") -> "list[Experiment]":
    """Make ready to run the scenarios that targets mean. Raise UsageError E024 for what is not a target."""
    from sim.study.plan import open_target

    return [open_target(one, plan) for target in targets for one in meant(target)]


def alone(target: "Target") -> "Target":
    """Return the one scenario that a target means. Raise UsageError E020 for a folder that has several."""
    found = meant(target)
    if len(found) > 1:
        message = f"the folder '{target}' has {len(found)} scenarios, and one was expected"
        every = f"sim.run(['{target}']) runs them all, and returns a mapping by their names"
        raise UsageError("E020", message, every, f"or name one of them, such as {found[0]}")
    return found[0]


def opened_to_compare(
    targets: "Sequence[Target]", plan: "Plan", baseline: str | None, *, unpaired: bool
) -> "tuple[list[Experiment], Unpaired]":
    """Make targets ready to run, the baseline first, and say what becomes of what cannot be paired with it.

    The baseline is the scenario of this name, else 'status-quo' where a folder is named, else the first. If the plan
    sets values, the baseline with these is one more scenario, the last. Raise UsageError E011 if no scenario has the
    name, or several have.
    """
    from sim.study.plan import open_target

    as_they_are = replace(plan, values=())
    experiments = opened(targets, as_they_are)
    folders = any(isinstance(target, str | Path) and Path(target).is_dir() for target in targets)
    how: Unpaired = "compare" if unpaired else "leave out" if folders else "refuse"
    if not experiments:
        return [], how
    names = [experiment.scenario.name for experiment in experiments]
    wanted = baseline or (BASELINE if folders and BASELINE in names else names[0])
    if wanted not in names:
        raise UsageError("E011", f"no scenario here is called '{wanted}'", *did_you_mean(wanted, names))
    refuse_one_name(experiments, wanted if baseline else None)
    first = names.index(wanted)
    experiments.insert(0, experiments.pop(first))
    if plan.values:
        experiments.append(open_target([one for target in targets for one in meant(target)][first], plan))
    return experiments, how


def refuse_one_name(experiments: "Sequence[Experiment]", name: str | None) -> None:
    """Raise UsageError E011 if several scenarios have this name, so that it does not tell which is meant."""
    files = [experiment.scenario.path for experiment in experiments if experiment.scenario.name == name]
    if len(files) > 1:
        message = f"{len(files)} scenarios here are called '{name}'"
        others = "give each of those that `sim.assume` returns a `name`" if len(set(files)) < len(files) else ""
        raise UsageError("E011", message, ", ".join(files), others or "name one first")
