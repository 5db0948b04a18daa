"""What the words on a command line mean: which scenario files, which ensembles, which of them is the baseline."""

from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import SimError, UsageError
from sim.language.diagnostics import LanguageError
from sim.language.files import why_unfit
from sim.language.shapes.folders import repeated_scenarios
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import meant_as

if TYPE_CHECKING:
    from sim.experiment import Experiment
    from sim.study.plan import Plan
    from sim.study.use_cases import Unpaired

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


def scenarios_in(paths: tuple[Path, ...]) -> list[Path]:
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


def opened(targets: tuple[str, ...], plan: "Plan") -> "list[Experiment]":
    """Make ready to run the scenario files that targets mean, or the ensembles where they can be ids."""
    from sim.study.plan import open_target

    found: list[Path | str] = []
    for target in targets:
        path = Path(target)
        found += scenarios_in((path,)) if path.exists() or "/" in target or path.suffix else [target]
    return [open_target(one, plan) for one in found]


def opened_to_compare(
    targets: tuple[str, ...], plan: "Plan", baseline: str | None, *, unpaired: bool
) -> "tuple[list[Experiment], Unpaired]":
    """Make targets ready to run, the baseline first, and say what becomes of what cannot be paired with it.

    The baseline is the scenario of this name, else 'status-quo' where a folder is named, else the first. Raise
    UsageError E011 if no scenario has the name, or several have.
    """
    experiments = opened(targets, plan)
    folders = any(Path(target).is_dir() for target in targets)
    names = [experiment.scenario.name for experiment in experiments]
    wanted = baseline or ("status-quo" if folders and "status-quo" in names else names[0])
    if wanted not in names:
        raise UsageError("E011", f"no scenario here is called '{wanted}'", *did_you_mean(wanted, names))
    files = [experiment.scenario.path for experiment in experiments if experiment.scenario.name == wanted]
    if baseline and len(files) > 1:
        raise UsageError(
            "E011", f"{len(files)} scenarios here are called '{wanted}'", ", ".join(files), "name one first"
        )
    first = names.index(wanted)
    experiments.insert(0, experiments.pop(first))
    return experiments, "compare" if unpaired else "leave out" if folders else "refuse"
