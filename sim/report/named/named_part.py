"""What all cards share: the case, the scenario that has the part, its words and links, and an ensemble's figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.explain.branch_waits import BranchState
from sim.explain.graph.model_graph import Link, ModelGraph, Node
from sim.explain.named_case import NamedCase
from sim.model.model import Model
from sim.model.scenario import Scenario
from sim.report.named.card import Card, Entry, entries
from sim.report.named.ensemble_figures import Figures
from sim.report.named.link_texts import KINDS, as_data
from sim.report.named.prior_curve import BLOCKS
from sim.report.sentences.terms import Terms


@dataclass(frozen=True, eq=False, kw_only=True)
class NamedPart:
    """One part of a case, about which a card is written. `figures` are those of an ensemble, if one is asked."""

    case: NamedCase
    node: Node
    owner: Scenario
    figures: Figures | None = None
    signs: str = BLOCKS

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def model(self) -> Model:
        return self.owner.model

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.model)

    @cached_property
    def graph(self) -> ModelGraph:
        return self.case.graph_of(self.owner)

    @property
    def into(self) -> Sequence[Link]:
        """What the part reads or rests on."""
        return self.graph.into.get(self.node, ())

    @property
    def out_of(self) -> Sequence[Link]:
        """What reads the part or rests on it."""
        return self.graph.out_of.get(self.node, ())

    @cached_property
    def branch(self) -> BranchState:
        return BranchState(self.owner)

    def card(self, title: str, *given: Entry, data: dict[str, Any]) -> Card:
        """Return the card of the part, with the links of the graph among its data."""
        added = () if self.owner is self.case.base.scenario else entries(("added by", f"scenario {self.owner.name}"))
        links = {"reads": as_data(self.into, "origin"), "read_by": as_data(self.out_of, "target")}
        figures = {} if self.figures is None else {"figures": self.figures.as_data()}
        return Card(
            name=self.name, kind=KINDS[self.node.kind], case=self.model.name, title=title, entries=(*added, *given),
            data={**data, **links, **figures},
        )  # fmt: skip

    def how_to_ask(self, what: str) -> tuple[Entry, ...]:
        """Return which commands give the figures of an ensemble, where none is asked: `what` says of what."""
        if self.figures is not None:
            return ()
        return entries((
            "in runs",
            [
                f"{what}: run the scenario, and ask again with the ensemble that it names",
                f"sim run {_shown(self.owner.path)}",
                f"sim explain {self.name} --ensemble ID",
            ],
        ))  # fmt: skip

    def of_figures(self, texts: Sequence[str], *, of_events: bool = False) -> tuple[Entry, ...]:
        """Return what an ensemble's runs say, and what that covers; nothing where none is asked."""
        if self.figures is None:
            return ()
        if self.figures.withheld:
            return entries(("in runs", self.figures.why_not))
        return entries(("in runs", texts), ("covers", self.figures.covers(of_events=of_events)))


def _shown(path: str) -> str:
    """Return a path as short as it can be written from the current folder."""
    try:
        return str(Path(path).resolve().relative_to(Path.cwd()))
    except ValueError:
        return path
