"""A case as it is traced: its model, history and scenarios, with the title and the place of each of its names.

Owns where a name stands in the documents. Nothing is simulated.
"""

import os.path
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.build.assembling.whole_models import WholeModel, read_model
from sim.build.cases.case import Case
from sim.build.named_files import sources_of
from sim.errors import UsageError
from sim.explain.graph.model_graph import Kind, ModelGraph, Node
from sim.explain.graph.support import Passage, Support, passage_of, support_of
from sim.language.counts import counted
from sim.language.diagnostics import Complaints
from sim.language.shapes.documents import ModelShape
from sim.language.shapes.evidence import HistoryShape, SourcesShape
from sim.language.shapes.load import Loaded, load_rest
from sim.model.evidence.documented import Documented, History
from sim.model.evidence.source_documents import SourceDocument
from sim.model.model import Model
from sim.model.scenario import Scenario

# The key of a model file under which each kind of name is declared.
SECTIONS: Mapping[Kind, str] = {
    "parameter": "parameters", "variable": "state", "derived": "derived", "event": "events", "rule": "rules",
    "outcome": "outcomes", "measure": "measures", "check": "checks", "base rate": "base_rates", "faction": "factions",
}  # fmt: skip


@dataclass(frozen=True)
class TracedCase:
    """The model, history and scenarios that a trace is about, as read from files.

    `model_file` is the path of the model's file and `shown` how messages call it; `named` is how the user did.
    """

    named: str
    model: Model
    history: History | None
    scenarios: tuple[Scenario, ...]
    model_file: Path
    shown: str
    history_file: Path | None = None

    @staticmethod
    def of(named: str, case: Case) -> "TracedCase":
        """Return what a scenario, or a model that can be run by itself, is traced in: with its own rules and values."""
        scenario, history = case.scenario, case.history
        assumes_nothing = scenario.path == scenario.model.path
        return TracedCase(
            named=named, model=scenario.model, history=history, scenarios=() if assumes_nothing else (scenario,),
            model_file=file_of(case, scenario.model.path), shown=scenario.model.path,
            history_file=file_of(case, history.path) if history else None,
        )  # fmt: skip

    @cached_property
    def graph(self) -> ModelGraph:
        """Who reads, writes, emits and rests on what."""
        return ModelGraph.of(self.model, self.history, self.scenarios)

    @cached_property
    def supports(self) -> Mapping[Node, tuple[Support, ...]]:
        """What everything with a basis rests on."""
        return support_of(self.model, self.history)

    @property
    def sources(self) -> Mapping[str, SourceDocument]:
        """The documents that the case cites, by id."""
        return {**(self.history.sources if self.history else {}), **self.model.sources}

    def source_title(self, name: str) -> str:
        """Return what a source is called beside its id."""
        return self.sources[name].title if name in self.sources else ""

    def passage(self, text: str) -> Passage:
        """Return the passage that a text such as `un-report-12` or `un-report-12:4,5` names.

        Raise UsageError E053 for a source that the case does not have, and for a paragraph that the source does not.
        """
        found = passage_of(text, self.sources)
        counts = (
            one.shape.documents[found.source].paragraphs for one in self._cited if found.source in one.shape.documents
        )
        most = next((count for count in counts if count is not None), None)
        for number in found.paragraphs:
            if number < 1 or (most is not None and number > most):
                has = f"it has {counted(most, 'paragraph')}" if most is not None else "paragraphs count from 1"
                raise UsageError("E053", f"'{found.source}' has no paragraph {number}", has)
        return found

    def title(self, node: Node) -> str:
        """Return the title of a name; "" where it has none."""
        held: Mapping[Kind, Mapping[str, Any]] = {
            "parameter": self.model.parameters, "variable": self.model.variables, "event": self.model.events,
            "rule": self.model.rules, "outcome": self.model.outcomes, "measure": self.model.measures,
            "base rate": self.model.base_rates, "scenario": {one.name: one for one in self.scenarios},
        }  # fmt: skip
        if node.kind == "source":
            return self.source_title(node.name)
        if node.kind == "faction":
            return self.model.factions.get(node.name, "")
        if node.kind == "documented":
            return self._documented[node.name].claim if node.name in self._documented else ""
        if node.kind == "check":
            return self.model.checks[node.name].because
        found = held.get(node.kind, {}).get(node.name)
        title = str(found.title) if found is not None else ""
        return "" if title.replace(" ", "_").lower() == node.name.lower() else title

    def place(self, node: Node) -> str:
        """Return where a name stands, as `path:line`; "" where no document declares it."""
        return ":".join(self._location(node).split(":")[:-1])

    def _location(self, node: Node) -> str:
        if node.kind == "rule":
            return self.model.rules[node.name].location
        if node.kind == "documented":
            return self._documented[node.name].location if node.name in self._documented else ""
        if node.kind == "source":
            cited = (one for one in self._cited if node.name in one.shape.documents)
            return next((_key(one, "documents", node.name) for one in cited), "")
        if node.kind == "parameter" and self.model.parameters[node.name].unnamed:
            readers = (link.target for link in self.graph.out_of.get(node, ()) if link.target.kind in ("rule", "event"))
            return next((self._location(reader) for reader in readers), "")
        name = node.name.partition("[")[0]
        section = SECTIONS.get(node.kind)
        if self._whole is None or section is None or name not in getattr(self._whole.shape, section):
            return ""
        return _key(self._whole, section, name)

    @cached_property
    def _documented(self) -> Mapping[str, Documented]:
        found = (*self.history.documented, *self.history.omitted) if self.history else ()
        return {item.id: item for item in found}

    @cached_property
    def _read(self) -> WholeModel | None:
        return read_model(self.model_file, Complaints(), self.shown)

    @property
    def written(self) -> Loaded[ModelShape]:
        """The model's file as its author wrote it, with its notes."""
        assert self._read is not None, "a model was built that cannot be read"
        return self._read.loaded

    @property
    def _whole(self) -> Loaded[ModelShape] | None:
        return self._read.loaded if self._read else None

    @cached_property
    def _cited(self) -> Sequence[Loaded[SourcesShape]]:
        found = [one for one in (self._read.files if self._read else ()) if isinstance(one.shape, SourcesShape)]
        if self.history_file is not None and self.history is not None:
            loaded = load_rest(self.history_file, HistoryShape, Complaints(), self.history.path)
            cited = sources_of(loaded, Complaints()) if loaded else None
            found += [cited] if cited else []
        return found


def file_of(case: Case, shown: str) -> Path:
    """Return the path of a file of a case that messages call `shown`."""
    return case.path.parent / os.path.relpath(shown, Path(case.scenario.path).parent)


def _key(loaded: Loaded[Any], *keys: str) -> str:
    return str(loaded.document.key_span(keys).location)
