"""What a user traces, found: the case of a folder, a file or an ensemble, and the names or the passage in it.

Owns how a target and a text are read. What depends on what is found by `sim.explain`.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from sim.build.history import History
from sim.build.model import load_model
from sim.build.scenario import load_scenario
from sim.errors import UsageError
from sim.explain.graph_walks import Walk, walk
from sim.explain.model_graph import Link, Node
from sim.explain.support import Passage, Resting, resting_on
from sim.explain.traced_case import TracedCase
from sim.language.suggest import did_you_mean
from sim.language.yaml.parser import meant_as
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.study.plan import may_be_id
from sim.study.targets import no_case, scenarios_in

BASELINE = "status-quo"


@dataclass(frozen=True)
class TracedSubject:
    """What is traced in a case: names, or the `passage` of a source; `text` is how the user wrote it."""

    text: str
    nodes: tuple[Node, ...]
    passage: Passage | None = None

    def first(self, link: Link) -> bool:
        """Return whether a link from it is followed: of a passage, one that cites a paragraph of it."""
        wanted = self.passage.paragraphs if self.passage else ()
        return not wanted or not set(wanted).isdisjoint(link.paragraphs)


@dataclass(frozen=True)
class Trace:
    """What depends on a subject (`down`), and what it depends on (`up`); `resting` are those that name it as a basis.

    `as_a_whole` are those that cite the source of a passage without a paragraph, so that they are not followed.
    """

    case: TracedCase
    subject: TracedSubject
    down: Walk
    up: Walk
    resting: tuple[Resting, ...]
    as_a_whole: tuple[Node, ...]


def trace(case: TracedCase, text: str, depth: int) -> Trace:
    """Trace a name, or a passage such as `un-report-12:4`, both ways, with trees of so many steps.

    Raise UsageError E053 for a name that the case does not have.
    """
    subject = subject_of(case, text)
    down = walk(case.graph, subject.nodes, "down", depth, subject.first)
    up = walk(case.graph, subject.nodes, "up", depth)
    passage = subject.passage
    resting = resting_on(case.supports, [passage]) if passage else ()
    whole: tuple[Node, ...] = ()
    if passage is not None and passage.paragraphs:
        whole = tuple(one.node for one in resting_on(case.supports, [Passage(passage.source)])
                      if any(piece.paragraph is None for piece in one.covered))  # fmt: skip
    return Trace(case=case, subject=subject, down=down, up=up, resting=resting, as_a_whole=whole)


def subject_of(case: TracedCase, text: str) -> TracedSubject:
    """Return what a text names in a case. Raise UsageError E053 if it names nothing there."""
    nodes = case.graph.named(text)
    if nodes:
        source = next((node for node in nodes if node.kind == "source"), None)
        return TracedSubject(text, nodes, Passage(source.name) if source else None)
    if ":" in text:
        passage = case.passage(text)
        return TracedSubject(text, (Node("source", passage.source),), passage)
    known = {node.name for node in case.graph.nodes}
    notes = did_you_mean(text, known) or ("expected a source, SOURCE:14, or a name of the case, such as a parameter",)
    raise UsageError("E053", f"nothing in {case.named} is called '{text}'", *notes)


def traced_case(target: str, ledger: StorePath) -> TracedCase:
    """Return the case of a folder, of a model or scenario file, or of an ensemble of the ledger.

    Raise what reading it raises; SimError E108 for what is not there, and a folder without a model and scenarios.
    """
    path = Path(target)
    if path.is_dir():
        return _of_folder(path)
    if path.exists() or not may_be_id(target):
        return _of_file(scenarios_in((path,))[0])
    from sim.experiment import reopen

    opened_ledger = Ledger(ledger)
    return TracedCase.of(f"ensemble {target}", reopen(opened_ledger.find(target), opened_ledger).case)


def _of_file(path: Path) -> TracedCase:
    if meant_as(path, "model") and not meant_as(path, "scenario"):
        return _of_model(str(path), path, None)
    return TracedCase.of(str(path), load_scenario(path, str(path)))


def _of_folder(folder: Path) -> TracedCase:
    """Return a case as a whole: its model as the file has it, and the scenarios of the folder that are of it."""
    files = [file for file in sorted(folder.glob("*.yaml")) if meant_as(file, "scenario")]
    cases = sorted((load_scenario(file, str(file)) for file in files), key=lambda one: one.scenario.name != BASELINE)
    shown = cases[0].scenario.model.path if cases else str(folder / "model.yaml")
    if not cases and not Path(shown).exists():
        raise no_case(folder, "holds neither a model nor a scenario")
    ours = [one for one in cases if one.scenario.model.path == shown]
    history = next((one for one in ours if one.history), None)
    found = _of_model(str(folder), Path(shown), history.history if history else None)
    return replace(found, scenarios=tuple(one.scenario for one in ours))


def _of_model(named: str, path: Path, history: History | None) -> TracedCase:
    return TracedCase(
        named=named, model=load_model(path), history=history, scenarios=(), model_file=path, shown=str(path),
        history_file=Path(history.path) if history else None,
    )  # fmt: skip
