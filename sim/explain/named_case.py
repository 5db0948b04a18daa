"""A case and its names: what each is, in which of its scenarios, and what it is linked with.

A case is a scenario with its model and history, and the other scenarios of its folder. Where the case is found is left
to `sim.study.named_cases`, what is told of a name to `sim.report.named`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sim.build.cases.case import Case
from sim.engines.kept import kept_case
from sim.explain.graph.model_graph import ModelGraph, Node
from sim.language.diagnostics import LanguageError
from sim.model.evidence.documented import Documented, History
from sim.model.model import Model
from sim.model.scenario import Scenario


@dataclass(frozen=True, eq=False)
class NamedCase:
    """A case by one of its scenarios, the base, from which state and figures come, and the files of all of them.

    `shown` is what a command calls it: a folder, a file, or an ensemble.
    """

    base: Case
    shown: str
    files: tuple[Path, ...] = ()
    of_ensemble: bool = field(default=False, kw_only=True)

    @property
    def model(self) -> Model:
        return self.base.scenario.model

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The scenarios of the case, the base first; those whose files cannot be read are left out."""
        found = [self.base.scenario]
        for file in self.files:
            if file.resolve() == Path(self.base.path).resolve():
                continue
            try:
                found.append(kept_case(file).scenario)
            except LanguageError:
                continue
        return tuple(found)

    @property
    def unread(self) -> int:
        """How many scenario files cannot be read."""
        own = any(file.resolve() == Path(self.base.path).resolve() for file in self.files)
        return len(self.files) + (0 if own else 1) - len(self.scenarios)

    @cached_property
    def owners(self) -> Mapping[Node, Scenario]:
        """The scenario whose model has each part of the case: the base's, or the first that has it."""
        found: dict[Node, Scenario] = {}
        for scenario in self.scenarios:
            for node in ModelGraph.of(scenario.model, self._history_of(scenario), [scenario]).nodes:
                found.setdefault(node, scenario)
        return found

    def graph_of(self, owner: Scenario) -> ModelGraph:
        """Return what depends on what in the model of a scenario, with the documented events and its siblings."""
        return ModelGraph.of(owner.model, self._history_of(owner), self.siblings(owner))

    def siblings(self, owner: Scenario) -> list[Scenario]:
        """Return the scenarios of the same model as one of them, which is among them."""
        return [one for one in self.scenarios if one.model.name == owner.model.name]

    def _history_of(self, scenario: Scenario) -> History | None:
        """Return the history that the base has, if a scenario is of the same model."""
        return self.base.history if scenario.model.name == self.model.name else None

    def named(self, name: str) -> tuple[Node, ...]:
        """Return the parts that have a name, all members where it is a family's: a rule and an outcome may share it."""
        exact = tuple(sorted(node for node in self.owners if node.name == name))
        return exact or tuple(sorted(node for node in self.owners if node.name.startswith(f"{name}[")))

    def names(self) -> set[str]:
        """Return all names, of families without their members."""
        return {node.name.partition("[")[0] for node in self.owners if node.name not in self._unnamed}

    @cached_property
    def _unnamed(self) -> frozenset[str]:
        """The names of uncertain numbers, which nobody writes."""
        return frozenset(name for name, one in self.model.parameters.items() if one.unnamed)

    def scenario(self, name: str) -> Scenario:
        """Return the scenario of this name, which is there."""
        return next(one for one in self.scenarios if one.name == name)

    def documented(self, name: str) -> Documented:
        """Return the documented event with this id, which is there."""
        history = self.base.history
        assert history is not None, "what has documented events has a history"
        return next(item for item in history.documented if item.id == name)


def families(nodes: Iterable[Node]) -> dict[tuple[str, str], list[Node]]:
    """Return parts by kind and family, one that belongs to none by itself."""
    found: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        found.setdefault((node.kind, node.name.partition("[")[0]), []).append(node)
    return found
