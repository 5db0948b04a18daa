"""A case as it lies in files: its model, its documented history, its scenarios, and the documents that it cites.

Owns what is meant by a case that somebody names: its folder, its model file, or one scenario of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.build.assembling.whole_models import read_model
from sim.build.history import History
from sim.build.model import load_model
from sim.build.scenario import Case, load_scenario
from sim.errors import SimError
from sim.explain.model_graph import ModelGraph
from sim.language.diagnostics import Complaints
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.load import Loaded
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import meant_as
from sim.model.evidence.source_documents import SourceDocument
from sim.model.model import Model
from sim.study.targets import no_case, scenarios_in


@dataclass(frozen=True, kw_only=True)
class WholeCase:
    """All that a case's files say; `scenarios` are those of its folder, or the one that was named.

    `model` is that of the one scenario, where one was named: with its parameters and its own rules. `written` is the
    model's file as it was written, with its notes.
    """

    path: Path
    model: Model
    written: Loaded[ModelShape]
    history: History | None
    scenarios: tuple[Case, ...]

    @property
    def sources(self) -> Mapping[str, SourceDocument]:
        """The documents that it cites, by their ids."""
        return {**(self.history.sources if self.history else {}), **self.model.sources}

    def graph(self) -> ModelGraph:
        """Return the graph of its names."""
        return ModelGraph.of(self.model, self.history, [case.scenario for case in self.scenarios])


def open_case(path: Path) -> WholeCase:
    """Read a case: a folder with its model and scenarios, a model file, or a scenario file.

    Raise SimError E108 for what is not there or holds no model, LanguageError with all complaints about the files.
    """
    if not path.exists() and not path.is_symlink():
        beside = [str(one) for one in path.parent.glob("*")] if path.parent.is_dir() else []
        raise SimError("E108", f"there is no file or folder '{path}'", *did_you_mean(str(path), beside))
    if path.is_dir():
        models = [file for file in sorted(path.glob("*.yaml")) if meant_as(file, "model") and _is_model(file)]
        own = path / "model.yaml"
        if own not in models and len(models) != 1:
            raise no_case(path, "holds no model" if not models else "holds several models, and none is 'model.yaml'")
        holds = any(meant_as(file, "scenario") for file in path.glob("*.yaml"))
        cases = [load_scenario(file) for file in (scenarios_in([path]) if holds else ())]
        return _whole(path, own if own in models else models[0], cases)
    if _is_model(path):
        return _whole(path, path, [])
    case = load_scenario(path)
    model_file = next(file for file in case.files if meant_as(file, "model") and _is_model(file))
    return _whole(path, model_file, [case], case.scenario.model)


def _is_model(path: Path) -> bool:
    """Return whether a file is meant as a model: a scenario names its model under the same key."""
    return not meant_as(path, "scenario") and not meant_as(path, "history")


def _whole(path: Path, model_file: Path, cases: list[Case], model: Model | None = None) -> WholeCase:
    model = model or load_model(model_file)
    whole = read_model(model_file, Complaints())
    assert whole is not None, "a model was built that cannot be read"
    history = next((case.history for case in cases if case.history), None)
    return WholeCase(path=path, model=model, written=whole.loaded, history=history, scenarios=tuple(cases))
