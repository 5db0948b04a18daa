"""What is tested: a model with its checks, and the moments from which a history may go on.

A history begins before any event (`beginning`), at the branch of the scenario (`branch`), or after any documented
event, by its id.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from sim.build.cases.case import BASELINE, Case
from sim.build.checks import NO_FAILURE
from sim.build.named_files import LONGEST_CHAIN
from sim.build.scenario import load_scenario
from sim.build.warnings.gathered import is_status_quo
from sim.errors import SimError
from sim.language.expressions.tree import reads
from sim.language.files import document_bytes, meant_as, why_unfit
from sim.language.suggest import did_you_mean
from sim.model.checks import Check, LeadsTo
from sim.model.evidence.documented import documented_in
from sim.model.model import BaseRate, FirstTime, Model
from sim.model.program import Program, compile_model
from sim.model.scenario import Scenario
from sim.testing.bearing import Bearing
from sim.testing.controlled import ControlledRun
from sim.testing.watch import Watch, Watchers

# How long a rule may wait beyond its earliest moment: shares of the time from the branch to the horizon.
WAITS = (5e-3, 0.0, 1e-6, 1e-4, 5e-4, 2e-3, 0.01, 0.02, 0.04, 0.1, 0.3, 1.0)
BEGINNING, BRANCH = "beginning", "branch"
MOST_OPENED = 64  # beginnings, each with its parameters, that are kept


@dataclass(frozen=True)
class Subject:
    """A case under test. `checks` and `base_rates` are those of its model that are to be tried, by name; `others` the
    further scenarios of the model, under which what this one does not reach may be reached.
    """

    case: Case
    path: Path
    checks: Mapping[str, Check]
    others: tuple[Path, ...] = ()
    base_rates: Mapping[str, BaseRate] = field(default_factory=dict)

    @staticmethod
    def of(case: Case, path: Path, only: Iterable[str] = ()) -> "Subject":
        """Return the subject of a case. Raise SimError E017 for a check, or a base rate, that the model does not have.

        Without `only` all are tried. That no run fails is always tried, so its name adds no check.
        """
        known, rates = case.scenario.model.checks, case.scenario.model.base_rates
        every = (*known, *rates)
        named = tuple(only)
        wanted = [name for name in named or every if name != NO_FAILURE]
        for name in wanted:
            if name not in every:
                raise SimError("E017", f"the model has no check '{name}'", *did_you_mean(name, every))
        checks = {name: check for name, check in known.items() if name in wanted}
        base_rates = {name: rate for name, rate in rates.items() if name in wanted}
        return Subject(case=case, path=path, checks=checks, base_rates=base_rates)

    @property
    def model(self) -> Model:
        return self.case.scenario.model

    @cached_property
    def program(self) -> Program:
        return compile_model(self.model)

    @cached_property
    def watchers(self) -> Watchers:
        return Watchers(self.program, self.checks.values())

    @cached_property
    def ending(self) -> frozenset[int]:
        """The numbers of the rules whose events may end a run, as far as their effects tell."""
        ends = [outcome.comes for outcome in self.model.outcomes.values() if outcome.ends_run]
        firsts = [end for end in ends if isinstance(end, FirstTime)]
        events = {name for first in firsts for name in first.on}
        conditions = [first.when for first in firsts if first.when is not None and not first.on]
        read = {name for condition in conditions for name in reads(condition.tree, "state")}
        events |= {name for name, kind in self.model.events.items() if read & set(kind.effects)}
        rules = self.program.rules
        return frozenset(item.number for item in rules if any(part.event in events for part in item.emitters))

    @cached_property
    def bearings(self) -> Mapping[str, Bearing]:
        """What bears on each check, by its name."""
        return {name: Bearing.of(self.program, check) for name, check in self.checks.items()}

    @cached_property
    def slices(self) -> tuple[frozenset[int], ...]:
        """The rules that bear on some check, at some depth, by their numbers; each set of them once."""
        return tuple(dict.fromkeys(slice_ for bearing in self.bearings.values() for slice_ in bearing.slices))

    @cached_property
    def waits(self) -> tuple[float, ...]:
        """How long rules are made to wait, in the model's unit: all sorts of times, and just beyond those of checks."""
        span = self.case.scenario.horizon - self.case.scenario.start
        statements = [check.statement for check in self.checks.values()]
        named = {1.01 * statement.within for statement in statements if isinstance(statement, LeadsTo)}
        return (*(share * span for share in WAITS), *sorted(named))

    @cached_property
    def likely_beginnings(self) -> tuple[str, ...]:
        """The beginnings by weight: a quarter of them the branch, an eighth before any event, the rest cuts."""
        share = len(self.beginnings) // 5 + 1
        weights = {BRANCH: 2 * share, BEGINNING: share}
        return tuple(name for name in self.beginnings for _ in range(weights.get(name, 1)))

    @cached_property
    def beginnings(self) -> Mapping[str, Scenario]:
        """The scenarios that begin at each moment, by its name: the branch, then the latest events, the beginning."""
        whole = self.case.scenario
        alone = replace(
            whole, past=(), start=0.0, timetable=self.model.timetable, disabled=whole.own_rules, changes=()
        )  # fmt: skip
        if whole.replaced:  # what the scenario assumes holds from its branch on: before, the parameters are the model's
            own = {**self.model.parameters, **whole.replaced}
            alone = replace(alone, model=replace(self.model, parameters=own), own={})
        if not whole.past:
            again = bool(whole.disabled or whole.changes or whole.own_rules)
            assumed = again or whole.start or whole.timetable != alone.timetable
            return {BRANCH: whole} if assumed else {BEGINNING: alone}
        documented = documented_in(whole.past, self.case.history)
        cuts = {item.id: self._cut(index) for index, item in documented.items()}
        return {BRANCH: whole, **dict(reversed(cuts.items())), BEGINNING: alone}

    def opened(self, begins: str, parameters: Mapping[str, float]) -> tuple[ControlledRun, Watch]:
        """Return a run that has come to where a history begins, and what has watched its past; each time new ones.

        To follow a documented past takes far longer than to copy what it has led to, so that is kept.
        """
        key = begins, repr(sorted(parameters.items()))  # as text, since -0.0 is not 0.0
        kept = self._opened.pop(key, None) or self._open(begins, parameters)
        self._opened[key] = kept  # as the last: the first has not been asked for longest
        if len(self._opened) > MOST_OPENED:
            del self._opened[next(iter(self._opened))]
        run, watching = kept
        return run.copy(), watching.copy()

    def _open(self, begins: str, parameters: Mapping[str, float]) -> tuple[ControlledRun, Watch]:
        scenario = self.beginnings[begins]
        run = ControlledRun(self.program, scenario, parameters)
        watching = Watch(self.watchers, run.run.before)
        for event in scenario.past:
            watching.follow(event)
        return run, watching

    @cached_property
    def _opened(self) -> dict[tuple[str, str], tuple[ControlledRun, Watch]]:
        return {}

    def parameters_from(self, begins: str, parameters: Mapping[str, float]) -> dict[str, float]:
        """Return those of the parameters that a history may have which begins there: before any event, the model's."""
        replaced = self.case.scenario.replaced if begins == BEGINNING else {}
        return {name: value for name, value in parameters.items() if name not in replaced}

    def _cut(self, index: int) -> Scenario:
        """Return the scenario in which nothing is assumed, and the past ends with event number `index` of it."""
        past = self.case.scenario.past[: index + 1]
        over = sum(event.kind == "scheduled" for event in past)
        whole = self.case.scenario
        return replace(
            whole, past=past, start=past[-1].time, timetable=self.model.timetable[over:], disabled=whole.own_rules,
            changes=(),
        )  # fmt: skip


def load_subject(path: Path, only: Iterable[str] = ()) -> Subject:
    """Read what is to be tested: a scenario, a model, or the folder of a case.

    A model is tested under the scenario `status-quo.yaml` beside it, else under the first one beside it, else alone;
    what must be reachable may be reached under any that is beside it.
    Raise LanguageError for the documents, SimError E108 if there are none and E017 for an unknown check.
    """
    named = path
    if path.is_dir():
        path = path / "model.yaml"
        if not path.is_file():
            raise SimError("E108", f"the folder '{named}' holds no model.yaml", "expected the folder of a case")
    found = scenario_beside(path)
    subject = Subject.of(load_scenario(found), found, only)
    if found == path:
        return subject
    return replace(subject, others=tuple(other for other in _beside(path) if other != found))


def status_quo_of(subject: Subject) -> Case | None:
    """Return the scenario that base rates are about; None if there is none.

    It is the one under test, if it is called `status-quo` or assumes nothing; else the one of that name beside the
    model; else the first beside it that assumes nothing; else the model by itself, if it has a horizon.
    """
    if is_status_quo(subject.case.scenario):
        return subject.case
    model = subject.path if not meant_as(subject.path, "scenario") else _model_of(subject.path)
    if model is None:
        return None
    here = subject.path.parent
    model = here / model.name if model.parent == here.resolve() else model  # as its user writes the path
    beside = sorted(_beside(model), key=lambda path: path.stem != BASELINE)
    cases = (load_scenario(path) for path in beside if path != subject.path)
    found = next((case for case in cases if is_status_quo(case.scenario)), None)
    return load_scenario(model) if found is None and subject.model.horizon is not None else found


def scenario_beside(path: Path) -> Path:
    """Return the scenario under which a model file is tested; any other file is tested as it is."""
    if not meant_as(path, "model") or meant_as(path, "scenario"):
        return path
    others = [other for other in _beside(path) if _named(other, "model")]
    preferred = [other for other in others if other.stem == BASELINE]
    return (preferred or others or [path])[0]


def _beside(model: Path) -> list[Path]:
    """Return the scenarios beside a model file that are of this model, in order of names."""
    found = [other for other in sorted(model.parent.glob("*.yaml")) if meant_as(other, "scenario")]
    return [other for other in found if _model_of(other) == model.resolve()]


def _model_of(scenario: Path) -> Path | None:
    """Return the model that a scenario file names, or one that it extends does; None if none is named."""
    for _ in range(LONGEST_CHAIN):
        model, following = _named(scenario, "model"), _named(scenario, "extends")
        if model is not None:
            return model
        if following is None or why_unfit(following) is not None:
            return None
        scenario = following
    return None


def _named(scenario: Path, key: str) -> Path | None:
    """Return the file that a scenario file itself names under a key."""
    for line in document_bytes(scenario).decode("utf-8", "replace").splitlines():
        found = re.fullmatch(rf"{key}:\s*['\"]?([^'\"#]+?)['\"]?\s*(#.*)?", line)
        if found:
            return (scenario.parent / found[1]).resolve()
    return None
