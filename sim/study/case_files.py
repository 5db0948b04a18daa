"""Which case a user names: by its folder, its model file, one scenario of it, or an ensemble of the ledger.

Owns which of a folder's files are the case. What is read from them is for `sim.build`, what is asked about it for
`sim.explain`.
"""

from dataclasses import replace
from pathlib import Path

from sim.build.cases.case import BASELINE
from sim.build.model import load_model
from sim.build.scenario import load_scenario
from sim.errors import SimError
from sim.explain.graph.traced_case import TracedCase
from sim.language.files import meant_as
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.model.evidence.documented import History
from sim.study.plan import may_be_id
from sim.study.targets import no_case, scenarios_in

MODEL = "model.yaml"


def traced_case(target: str, ledger: StorePath) -> TracedCase:
    """Return the case of a folder, of a model or scenario file, or of an ensemble of the ledger.

    Raise what `case_of_files` and reading an ensemble raise.
    """
    path = Path(target)
    if path.exists() or not may_be_id(target):
        return case_of_files(path)
    from sim.experiment import reopen

    opened_ledger = Ledger(ledger)
    return TracedCase.of(f"ensemble {target}", reopen(opened_ledger.find(target), opened_ledger).case)


def case_of_files(path: Path) -> TracedCase:
    """Return the case of a folder, or of a model or scenario file, as its files have it.

    Raise SimError E108 for what is not there, and for a folder in which no model can be told; LanguageError with all
    complaints about a file.
    """
    if path.is_dir():
        return _of_folder(path)
    (file,) = scenarios_in((path,))
    return (
        _of_model(str(file), file, None)
        if _is_model(file)
        else TracedCase.of(str(file), load_scenario(file, str(file)))
    )


def _of_folder(folder: Path) -> TracedCase:
    """Return a case as a whole: its model as the file has it, and the scenarios of the folder that are of it.

    Of several models it is `model.yaml`, else that of the status quo, else that of the first scenario.
    """
    files = [file for file in sorted(folder.glob("*.yaml")) if meant_as(file, "scenario")]
    cases = sorted(
        (load_scenario(file, str(file)) for file in files),
        key=lambda one: (Path(one.scenario.model.path).name != MODEL, one.scenario.name != BASELINE),
    )
    shown = cases[0].scenario.model.path if cases else str(_only_model(folder))
    ours = [one for one in cases if one.scenario.model.path == shown]
    history = next((one.history for one in ours if one.history), None)
    found = _of_model(str(folder), Path(shown), history)
    return replace(found, scenarios=tuple(one.scenario for one in ours))


def _only_model(folder: Path) -> Path:
    models = [file for file in sorted(folder.glob("*.yaml")) if _is_model(file)]
    if len(models) == 1 or folder / MODEL in models:
        return models[0] if len(models) == 1 else folder / MODEL
    if models:
        raise SimError("E108", f"the folder '{folder}' holds several models, and none is '{MODEL}'",
                       f"name one of them, such as {models[0]}")  # fmt: skip
    raise no_case(folder, "holds neither a model nor a scenario")


def _is_model(path: Path) -> bool:
    """Return whether a file is meant as a model: scenarios and histories name theirs under the same key."""
    return meant_as(path, "model") and not meant_as(path, "scenario") and not meant_as(path, "history")


def _of_model(named: str, path: Path, history: History | None) -> TracedCase:
    return TracedCase(
        named=named, model=load_model(path), history=history, scenarios=(), model_file=path, shown=str(path),
        history_file=Path(history.path) if history else None,
    )  # fmt: skip
