"""What a target means: which scenario files, which ensembles, and which of several is the baseline.

A target is a scenario file, a folder (all its scenarios), an ensemble of the ledger by its id or the beginning of it,
or a scenario given in Python.
"""

from collections.abc import Sequence
from pathlib import Path

from sim.errors import SimError, UsageError
from sim.experiment import Experiment
from sim.language.diagnostics import LanguageError
from sim.language.files import why_unfit
from sim.language.shapes.folders import repeated_scenarios
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import meant_as
from sim.study.case_folders import no_case
from sim.study.variants import Target, Variant


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


def named(target: Target) -> list[Target]:
    """Return the scenario files that a target means, or the target itself where it can be an ensemble's id."""
    if isinstance(target, Variant):
        return [target]
    if not isinstance(target, str | Path):
        expected = "a file, a folder, an ensemble's id, or what `sim.assume` returns"
        raise UsageError("E024", f"expected {expected}, got {target!r}")
    path = Path(target)
    is_path = path.exists() or "/" in str(target) or path.suffix
    return [*scenarios_in((path,))] if is_path else [target]


def is_folder(target: Target) -> bool:
    return not isinstance(target, Variant) and Path(target).is_dir()


def one_named(target: Target) -> Target:
    """Return the one scenario that a target means. Raise UsageError E020 for a folder that has several."""
    found = named(target)
    if len(found) > 1:
        raise UsageError(
            "E020",
            f"the folder '{target}' has {len(found)} scenarios, and one was expected",
            f"sim.run(['{target}']) runs them all, and returns a mapping by their names",
            f"or name one of them, such as {found[0]}",
        )
    return found[0]


def baseline_first(experiments: list[Experiment], baseline: str | None, *, folders: bool) -> list[Experiment]:
    """Put the baseline first: the one of this name, else 'status-quo' where a folder was named, else the first.

    Raise UsageError E011 if no scenario has the name, or several have.
    """
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
    return [experiments[first], *experiments[:first], *experiments[first + 1 :]]
