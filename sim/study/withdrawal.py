"""A scenario without some sources, or without events that are disputed: what is left of it, and the variant to run.

Owns what is done to each part that rests on what is withdrawn, and on nothing else: a documented event is taken out of
the past, a rule does not fire from the branch on, the prior of a parameter is widened. All that rests on something
else, too, stays as it is, and so does an event without which a later documented one could not have happened. Who rests
on what is `sim.explain.graph.support`'s, the wider prior `widening`'s.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from sim.errors import SimError, UsageError
from sim.experiment import Experiment
from sim.explain.graph.model_graph import Node
from sim.explain.graph.support import Passage, Resting, resting_on
from sim.explain.graph.traced_case import TracedCase
from sim.language.diagnostics import LanguageError
from sim.language.suggest import did_you_mean
from sim.model.evidence.documented import documented_in
from sim.model.scenario import Scenario
from sim.study.plan import Plan, open_target
from sim.study.targets import alone
from sim.study.variants import Target, Variant, assume
from sim.study.widening import Widened, widened

Done: TypeAlias = Literal["taken out", "switched off", "widened", "kept"]

LONGEST_NAME = 100
ELSEWHERE = "rests on {left}, too"
IMPOSSIBLE = ("E402", "E404")  # a documented event cannot have happened as it is told


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """What is done to something that rests on what is withdrawn, and why; `widened` is its new prior, if it has one."""

    node: Node
    done: Done
    why: str
    resting: Resting | None = None
    widened: Widened | None = None


@dataclass(frozen=True)
class Withdrawal:
    """What is withdrawn, as the user wrote it and as passages and events, and what that does to a scenario."""

    texts: tuple[str, ...]
    passages: tuple[Passage, ...]
    disputed: tuple[str, ...]
    treated: tuple[Treated, ...]

    @property
    def changes(self) -> bool:
        """Whether anything is done at all."""
        return any(one.done != "kept" for one in self.treated)

    @property
    def omits(self) -> bool:
        """Whether an event is taken out of the past, so that runs are not pairs: they begin with another past."""
        return any(one.done == "taken out" for one in self.treated)

    @property
    def named(self) -> str:
        """What is withdrawn, in words."""
        return ", ".join([*map(str, self.passages), *(f"the event {name}" for name in self.disputed)])

    def names(self, done: Done) -> tuple[str, ...]:
        """Return the names to which this is done."""
        return tuple(one.node.name for one in self.treated if one.done == done)

    def keeping(self, reasons: Mapping[str, str]) -> "Withdrawal":
        """Return the same with some documented events kept, each for its reason."""
        kept = (
            replace(one, done="kept", why=reasons[one.node.name]) if one.node in _documented(reasons) else one
            for one in self.treated
        )
        return replace(self, treated=tuple(kept))

    def variant(self, base: Path, scenario: Scenario) -> Variant:
        """Return the scenario of the file `base` with all this done to it."""
        priors = {one.node.name: one.widened.as_override() for one in self.treated if one.widened is not None}
        made = assume(base, parameters=priors, disable=self.names("switched off"), omit=self.names("taken out"))
        suffix = re.sub(r"[^a-z0-9_.-]+", "-", f"-without-{'-'.join(self.texts)}".lower())
        name = scenario.name[: max(1, LONGEST_NAME - len(suffix))] + suffix[: LONGEST_NAME - 1]
        title = f"{scenario.title}, without {self.named}"
        return Variant(base=made.base, name=name, title=title, lines=made.lines, changed=made.changed)


def withdrawal(case: TracedCase, scenario: Scenario, texts: Sequence[str]) -> Withdrawal:
    """Return what withdrawing sources, paragraphs such as `un-report-12:4`, or documented events does to a scenario.

    Raise UsageError E053 for a text that names none of them, E054 for one on which nothing rests.
    """
    known = [node.name for node in case.supports if node.kind == "documented"]
    disputed = tuple(dict.fromkeys(text for text in texts if text in known and text not in case.sources))
    passages = []
    for text in dict.fromkeys(texts):
        if text in disputed:
            continue
        passage = _passage(case, text, known)
        if not resting_on(case.supports, [passage]):
            note = f"see what rests on the source: sim trace {case.named} {passage.source}"
            raise UsageError("E054", f"nothing rests on {passage}", note)
        passages.append(passage)
    resting = resting_on(case.supports, passages)
    treating = _Treating(case, scenario, frozenset(one.node for one in resting if one.alone))
    treated = [*treating.disputed(disputed), *(treating.of(one) for one in resting if one.node.name not in disputed)]
    return Withdrawal(texts=tuple(texts), passages=tuple(passages), disputed=disputed, treated=tuple(treated))


def withdrawn(target: Target, texts: Sequence[str], plan: Plan) -> tuple[Experiment, Withdrawal]:
    """Return a scenario ready to be run, and what withdrawing sources, paragraphs or events does to it.

    `target` is a scenario file, a folder with one scenario, or an ensemble of the ledger by its id. Raise what
    `withdrawal` and `open_target` raise; SimError E055 where an event that is disputed cannot be taken out.
    """
    experiment = open_target(alone(target), plan)
    found = withdrawal(TracedCase.of(str(target), experiment.case), experiment.scenario, texts)
    return experiment, _standing(experiment, found, plan) if found.omits else found


def without(experiment: Experiment, found: Withdrawal, plan: Plan) -> Experiment:
    """Return the scenario without what is withdrawn, ready to be run on the same luck.

    Raise LanguageError where a documented event could not have happened without those that are taken out (E402).
    """
    variant = found.variant(experiment.case.path, experiment.scenario)
    return open_target(variant, replace(plan, settings=experiment.settings, draws=None, origin=experiment.origin))


def _standing(experiment: Experiment, found: Withdrawal, plan: Plan) -> Withdrawal:
    """Return a withdrawal whose past can have happened: an event that a later one needs is kept, unless it is disputed.

    Where not all can go, they are taken out one after another, in order of names, as long as the rest can stand.
    """
    if _needing(experiment, found, plan) is None:
        return found
    names = [name for name in found.names("taken out") if name not in found.disputed]
    kept = dict.fromkeys(names, "")
    needing = _needing(experiment, found.keeping(kept), plan)
    if needing is not None:
        message = f"the past cannot stand without {', '.join(found.disputed)}"
        why = f"the documented event '{needing}' could not have happened without it"
        raise SimError("E055", message, why, f"dispute that one, too: --without {needing}")
    for name in names:
        del kept[name]
        needing = _needing(experiment, found.keeping(kept), plan)
        if needing is not None:
            kept[name] = f"without it '{needing}' could not have happened"
    return found.keeping(kept)


def _needing(experiment: Experiment, found: Withdrawal, plan: Plan) -> str | None:
    """Return the first documented event that could not have happened without those that are taken out."""
    try:
        without(experiment, found, plan)
    except LanguageError as error:
        history, refused = experiment.case.history, [one for one in error.diagnostics if one.code in IMPOSSIBLE]
        if not refused or refused[0].span is None or history is None:
            raise
        at = (refused[0].span.path, refused[0].span.line)
        before = [(place, item.id) for item in history.documented if (place := _line(item.location)) <= at]
        return max(one for one in before if one[0][0] == at[0])[1]
    return None


def _line(location: str) -> tuple[str, int]:
    path, line, _ = location.rsplit(":", 2)
    return path, int(line)


def _documented(names: Iterable[str]) -> frozenset[Node]:
    return frozenset(Node("documented", name) for name in names)


def _passage(case: TracedCase, text: str, events: Sequence[str]) -> Passage:
    try:
        return case.passage(text)
    except UsageError as error:
        near = did_you_mean(text, [*case.sources, *events])
        raise UsageError(error.code, error.message, *(near if near and ":" not in text else error.notes)) from None


@dataclass(frozen=True)
class _Treating:
    """Decides what is done in a scenario; `fallen` are the names that rest on nothing else."""

    case: TracedCase
    scenario: Scenario
    fallen: frozenset[Node]

    def disputed(self, names: Iterable[str]) -> Iterator[Treated]:
        """Yield what is done to documented events that are disputed, whatever they rest on."""
        for name in names:
            yield self._event(Node("documented", name), "it is disputed", None)

    def of(self, one: Resting) -> Treated:
        """Return what is done to something that rests on what is withdrawn."""
        if not one.alone:
            left = "; ".join(dict.fromkeys(map(str, one.left)))
            return Treated(node=one.node, done="kept", why=ELSEWHERE.format(left=left), resting=one)
        if one.node.kind == "documented":
            return self._event(one.node, "nothing else attests it", one)
        if one.node.kind == "rule":
            return self._rule(one)
        if one.node.kind == "parameter":
            return self._parameter(one)
        return Treated(node=one.node, done="kept", why="it changes no run", resting=one)

    def _event(self, node: Node, why: str, resting: Resting | None) -> Treated:
        past = {item.id for item in documented_in(self.scenario.past, self.case.history).values()}
        if self.scenario.lineage is not None:
            return Treated(node=node, done="kept", why="the runs go on from a run that had it", resting=resting)
        if node.name in self.scenario.omitted:
            return Treated(node=node, done="kept", why="the scenario omits it already", resting=resting)
        if node.name not in past:
            return Treated(node=node, done="kept", why="it lies after the branch, and is in no run", resting=resting)
        return Treated(node=node, done="taken out", why=why, resting=resting)

    def _rule(self, one: Resting) -> Treated:
        if one.node.name in self.scenario.disabled:
            return Treated(node=one.node, done="kept", why="the scenario switches it off already", resting=one)
        why = "from the branch on: it rests on nothing else"
        return Treated(node=one.node, done="switched off", why=why, resting=one)

    def _parameter(self, one: Resting) -> Treated:
        name, parameters = one.node.name, self.scenario.model.parameters
        links = self.case.graph.out_of.get(one.node, ())
        readers = {link.target for link in links if link.target.kind not in ("check", "scenario")}
        off = {node for node in readers if node in self.fallen or node.name in self.scenario.never}
        wider = widened(parameters[name], parameters)
        if name in self.scenario.models_own:
            why = "the scenario sets it by itself"
        elif readers and all(node.kind == "rule" and node in off for node in readers):
            why = "only rules that do not fire read it"
        elif wider is None:
            why = "no prior about its value is wider"
        else:
            return Treated(node=one.node, done="widened", why=wider.words, resting=one, widened=wider)
        return Treated(node=one.node, done="kept", why=why, resting=one)
