"""Where the case is in which a name is looked up: a folder or a scenario file, the current folder, or an ensemble."""

import math
from dataclasses import replace
from pathlib import Path

from sim.build.cases.case import BASELINE, Case
from sim.build.model import checked_model
from sim.engines.kept import kept_case
from sim.explain.named_case import NamedCase
from sim.language.files import meant_as
from sim.model.scenario import Scenario
from sim.study.targets import no_case, scenarios_in

MODEL = "model.yaml"


def case_at(path: Path) -> NamedCase:
    """Return the case of a folder, or that of a scenario or model file as it is there.

    Of a folder the base is its status-quo, else the first of its scenarios, else its model by itself. Raise SimError
    E108 for what is not a case, LanguageError for one that is wrong.
    """
    if not path.is_dir():
        (file,) = scenarios_in((path,))
        return NamedCase(_base(file), str(path), _scenarios(file.parent))
    files = _scenarios(path)
    if not files and not (path / MODEL).is_file():
        raise no_case(path, "holds no case: neither a model.yaml nor a scenario")
    first = next((file for file in files if file.stem == BASELINE), files[0] if files else path / MODEL)
    return NamedCase(_base(first), str(path), files)


def cases_here(folder: Path) -> list[Path]:
    """Return the folders of the cases that a name is looked up in: the folder itself if it is one, else those below it.

    Below it are the folders with a model.yaml in it and in `scenarios`.
    """
    if (folder / MODEL).is_file() or _scenarios(folder):
        return [folder]
    return sorted({file.parent for pattern in (f"*/{MODEL}", f"scenarios/*/{MODEL}") for file in folder.glob(pattern)})


def _scenarios(folder: Path) -> tuple[Path, ...]:
    return tuple(file for file in sorted(folder.glob("*.yaml")) if meant_as(file, "scenario"))


def _base(file: Path) -> Case:
    """Read a scenario, or a model as the scenario that assumes nothing: also one without a horizon."""
    if meant_as(file, "scenario"):
        return kept_case(file, str(file))
    model, warnings = checked_model(file)
    model = model if model.horizon is not None else replace(model, horizon=math.inf)
    return Case(scenario=Scenario.of(model), history=None, files={file: b""}, warnings=tuple(warnings))
