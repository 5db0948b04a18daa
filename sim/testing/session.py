"""One pass over a case's checks: earlier counterexamples first, then composed histories and simulated runs, base rates.

The work is cut into tasks that do not depend on the number of processes, so the same command gives the same verdicts.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

from sim.build.checks import NO_FAILURE
from sim.errors import LedgerError, UsageError
from sim.experiment.jobs import WorkerContext
from sim.experiment.workers import Workers, work, workers_for
from sim.model.checks import (
    ByEvents,
    ChangedOnlyBy,
    Check,
    LeadsTo,
    NeverLowers,
    NeverRaises,
    NoFailure,
    Reachable,
    Trend,
)
from sim.testing.base_rates import RateVerdict, Status, judge_rates
from sim.testing.composed import ComposedRun
from sim.testing.counterexamples import Counterexample, counterexamples_beside, save
from sim.testing.explore import Findings, explore
from sim.testing.from_logs import composed_from
from sim.testing.reach import search, unreached
from sim.testing.shrink import shrink
from sim.testing.simulated import Paired, Simulated, Tried, judge_followed, judge_paired, pair_up, simulate
from sim.testing.subject import Subject, load_subject, status_quo_of
from sim.testing.watch import SURE

Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True)
class Budget:
    """How much is tried: composed histories, in shards; simulated runs; pairs of runs for each trend.

    For base rates there are other runs, `rated` at most: as many as they need.
    """

    name: str
    histories: int
    runs: int
    pairs: int
    aimed: int  # histories aimed at each thing that nothing has reached
    rated: int = 2_000  # runs for base rates, at most

    shards = 4
    chunk = 250


BUDGETS: Mapping[str, Budget] = {
    "quick": Budget(name="quick", histories=400, runs=200, pairs=40, aimed=300, rated=2_000),
    "default": Budget(name="default", histories=4_000, runs=1_000, pairs=400, aimed=1_500, rated=20_000),
    "deep": Budget(name="deep", histories=60_000, runs=10_000, pairs=4_000, aimed=10_000, rated=200_000),
}


MOST_NAMED = 3  # scenarios that are named where all say the same


@dataclass(frozen=True)
class Verdict:
    """What came of one check.

    `held`: nothing that was tried broke it, and for a claim about probabilities the 95 % interval is on its side.
    `open`: runs neither contradict it nor show it, or it was never put to the test. `broken`: a history breaks it, runs
    contradict it, or a search that was aimed at what must be reachable was in vain.
    """

    check: Check
    status: Status
    why: str
    run: ComposedRun | None = None
    file: Path | None = None
    trouble: str = ""


@dataclass
class Report:
    """The verdicts on all checks and base rates, in the order of the model file, and how much was tried.

    `rated_under` is the scenario under which base rates were tried, the status quo: None without one.
    """

    subject: Subject
    budget: Budget
    seed: int
    verdicts: list[Verdict] = field(default_factory=list)
    histories: int = 0
    events: int = 0
    runs: int = 0
    replayed: list[tuple[Counterexample, bool]] = field(default_factory=list)  # with whether it breaks its check still
    rates: list[RateVerdict] = field(default_factory=list)
    rated_under: Path | None = None

    @property
    def broken(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.status == "broken"]

    @property
    def broken_rates(self) -> list[RateVerdict]:
        return [verdict for verdict in self.rates if verdict.status == "broken"]


def no_failure() -> Check:
    """Return the claim that every model makes: no run of it fails."""
    claim = "no run ends with an error"
    why = "a run that cannot go on says nothing about the crisis"
    return Check(name=NO_FAILURE, because=why, claim=claim, location="", statement=NoFailure())


def try_checks(
    path: Path | str,
    *,
    budget: str = "default",
    seed: int = 1,
    only: Iterable[str] = (),
    workers: Workers | None = None,
    save: bool = True,
    progress: Progress | None = None,
    runs: int | None = None,
) -> Report:
    """Try to break the checks of a scenario, a model or a case's folder, and report what came of each.

    Base rates are tried with it, on `runs` runs of the status quo at most: by default as many as the budget has.
    Raise LanguageError for the documents, SimError for a check or a file that is not there, UsageError E013 for `runs`
    where there is no base rate.
    """
    if budget not in BUDGETS:
        raise UsageError("E013", f"there is no budget '{budget}'", f"expected one of {', '.join(BUDGETS)}")
    subject = load_subject(Path(path), only)
    if runs is not None and not subject.base_rates:
        raise UsageError("E013", "`--runs` is for base rates, and none is tried", "leave --runs out")
    session = _Session(subject, BUDGETS[budget], seed, save=save)
    session.replay()
    session.run(workers, progress)
    session.judge()
    session.judge_rates(BUDGETS[budget].rated if runs is None else runs)
    return session.report


class _Session:
    def __init__(self, subject: Subject, budget: Budget, seed: int, *, save: bool) -> None:
        self.subject = subject
        self.save = save
        self.report = Report(subject=subject, budget=budget, seed=seed)
        self.found: dict[str, tuple[ComposedRun, Path | None]] = {}
        self.findings: list[Findings] = []
        self.simulated = Simulated()
        self.paired: dict[str, Paired] = {}
        self.workers: Workers = 1

    @cached_property
    def trends(self) -> dict[str, Trend]:
        """The trends by the names of their checks, but for parameters that the scenario fixes."""
        statements = {name: check.statement for name, check in self.subject.checks.items()}
        trends = {name: one for name, one in statements.items() if isinstance(one, NeverLowers | NeverRaises)}
        return {name: one for name, one in trends.items() if self.subject.model.parameters[one.parameter].prior}

    def replay(self) -> None:
        """Try again what has been broken before."""
        for kept in counterexamples_beside(self.subject, self.subject.checks.values()):
            run = kept.perform()
            broken = kept.check in run.breaches
            self.report.replayed.append((kept, broken))
            if broken:
                self.found.setdefault(kept.check, (run, kept.path))

    def run(self, workers: Workers | None, progress: Progress | None) -> None:
        """Compose histories and simulate runs, in as many processes as are wanted."""
        budget, seed = self.report.budget, self.report.seed
        self.workers = workers_for(workers, budget.histories)
        share = budget.histories // budget.shards
        tasks: list[_Task] = [(explore, share, seed * budget.shards + shard) for shard in range(budget.shards)]
        tasks += [(simulate, runs, seed) for runs in _pieces(budget.runs, budget.chunk)]
        for name, trend in self.trends.items():
            tasks += [(_pair, name, trend, runs, seed) for runs in _pieces(budget.pairs, budget.chunk)]
        results = self._results(self.subject.path, (NO_FAILURE, *self.subject.checks), tasks, progress)
        for (_, name, *_), result in zip(tasks, results, strict=True):
            if isinstance(result, Findings):
                self.findings.append(result)
                self.report.histories += result.histories
                self.report.events += result.events
            elif isinstance(result, Simulated):
                self.simulated = self.simulated + result if self.simulated.runs else result
                self.report.runs += result.runs
            elif isinstance(result, Paired):
                self.paired[name] = self.paired.get(name, Paired()) + result
                self.report.runs += 2 * result.pairs

    def _results(
        self, path: Path, checks: tuple[str, ...], tasks: "list[_Task]", progress: Progress | None = None
    ) -> list[Any]:
        """Do the tasks and return their results in the order of the tasks.

        Hypothesis looks for interesting numbers in the modules that are loaded. In processes of their own those are
        always the same, so the same seed finds the same.
        """
        items = [_ChecksItem(number, path, checks, task) for number, task in enumerate(tasks)]
        made: dict[int, Any] = {}
        for number, result in work(items, self.workers, apart=True):
            made[number] = result
            if progress:
                progress(len(made), len(items))
        return [made[item.number] for item in items]

    def judge(self) -> None:
        """Come to a verdict on every check, with the shortest history that breaks it."""
        for check in (no_failure(), *self.subject.checks.values()):
            self.report.verdicts.append(self._judged(check))

    def judge_rates(self, most: int) -> None:
        """Come to a verdict on every base rate, on so many runs of the status quo at most."""
        if self.subject.base_rates:
            case = status_quo_of(self.subject)
            self.report.rated_under = Path(case.scenario.path) if case is not None else None
            self.report.rates = judge_rates(case, self.subject.base_rates, self.report.seed, most)

    def _judged(self, check: Check) -> Verdict:
        claims = len(self.trends) + len(self.simulated.followed)
        match check.statement:
            case LeadsTo() as leads if leads.probability < SURE:
                return _by_runs(check, judge_followed(leads, self.simulated.followed[check.name], claims))
            case NeverLowers(parameter=parameter) | NeverRaises(parameter=parameter) as trend:
                if check.name not in self.trends:
                    why = f"this scenario fixes '{parameter}', so there is nothing to raise"
                    return Verdict(check=check, status="open", why=why)
                return _by_runs(check, judge_paired(trend, self.paired[check.name], claims))
            case Reachable(names):
                return self._judge_reachable(check, names)
            case statement:
                return self._judge_by_events(check, statement)

    def _judge_by_events(self, check: Check, statement: ByEvents | LeadsTo) -> Verdict:
        run, file = self.found.get(check.name, (None, None))
        if run is None:
            broken = [item.broken[check.name] for item in self.findings if check.name in item.broken]
            if broken:
                run = min(broken, key=lambda item: len(item.moves))
            elif check.name in self.simulated.broken:
                number, breach = self.simulated.broken[check.name]
                run = composed_from(self.subject, number, self.report.seed, breach)
                if run is None:
                    again = f"sim run {self.subject.path} --seed {self.report.seed} --runs {number + 1}"
                    why = f"{breach.why}, in simulated run {number}; see it: {again}"
                    return Verdict(check=check, status="broken", why=why)
        if run is None and self._never_tried(check, statement):
            why = f"it was never put to the test: {' and '.join(check.on)} never happened"
            return Verdict(check=check, status="open", why=why)
        if run is None:
            return Verdict(check=check, status="held", why="nothing broke it")
        trouble = ""
        if file is None:
            run = shrink(self.subject, run, check.name)
            try:
                file = save(self.subject, run, check.name) if self.save else None
            except LedgerError as error:
                trouble = f"the counterexample could not be saved: {error.message}"
        why = run.breaches[check.name].why
        return Verdict(check=check, status="broken", why=why, run=run, file=file, trouble=trouble)

    def _never_tried(self, check: Check, statement: ByEvents | LeadsTo) -> bool:
        """Return whether none of the events that a check is about has ever happened."""
        seen = {name for item in self.findings for name in item.happened}
        seen |= self.simulated.happened | {event.type for event in self.subject.case.scenario.past}
        return bool(check.on) and not isinstance(statement, ChangedOnlyBy) and not seen & set(check.on)

    def _judge_reachable(self, check: Check, names: Collection[str]) -> Verdict:
        fired = {name for item in self.findings for name in item.fired} | self.simulated.fired
        reached = {name for item in self.findings for name in item.reached} | self.simulated.reached
        missing = [name for name in unreached(self.subject, fired, reached) if name in names]
        by_others: list[str] = []
        why: dict[str, dict[str, list[str]]] = {name: {} for name in missing}  # name -> why -> under which scenarios
        for path in (self.subject.path, *self.subject.others):
            for name, tried in self._aim(path, missing).items():
                if tried:
                    why[name].setdefault(tried, []).append(path.stem)
                    continue
                missing = [other for other in missing if other != name]
                if path != self.subject.path:
                    by_others.append(f"{name} under '{path.stem}'")
        if missing:
            in_vain = "; ".join(self._in_vain(name, why[name]) for name in missing)
            return Verdict(check=check, status="broken", why=f"nothing reached {in_vain}")
        alone = f", {', '.join(by_others)}" if by_others else ""
        return Verdict(check=check, status="held", why=f"all {len(names)} were reached{alone}")

    def _aim(self, path: Path, names: list[str]) -> dict[str, str]:
        """Aim at each of the names under one scenario. Return why each was not reached ("": it was)."""
        budget, seed = self.report.budget, self.report.seed
        tasks: list[_Task] = [(search, name, budget.aimed, seed + index) for index, name in enumerate(names)]
        found = self._results(path, (NO_FAILURE,), tasks)
        self.report.histories += sum(histories for histories, _ in found)
        return {name: why for name, (_, why) in zip(names, found, strict=True)}

    def _in_vain(self, name: str, why: Mapping[str, list[str]]) -> str:
        """Return why a name was not reached, and under which scenarios it was tried, if there are several."""
        tried = 1 + len(self.subject.others)
        if tried == 1:
            return f"{name}: {next(iter(why))}"
        if len(why) == 1 and tried > MOST_NAMED:
            return f"{name}: {next(iter(why))} (under each of the {tried} scenarios of the folder)"
        return f"{name}: " + ", and ".join(f"{reason} (under {', '.join(paths)})" for reason, paths in why.items())


def _by_runs(check: Check, tried: Tried) -> Verdict:
    status: Status = "broken" if tried.contradicted else "held" if tried.shown else "open"
    return Verdict(check=check, status=status, why=tried.why)


def _pieces(count: int, size: int) -> list[range]:
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


def _pair(subject: Subject, check: str, trend: Trend, runs: range, seed: int) -> Paired:  # noqa: ARG001 - says whose
    return pair_up(subject, trend, runs, seed)


_Task: TypeAlias = tuple[Any, ...]  # a function of a subject, and its other arguments


@dataclass(frozen=True, slots=True)
class _ChecksItem:
    """A task with the subject that the path and the names of the checks give, in any process."""

    number: int
    path: Path
    checks: tuple[str, ...]
    task: _Task

    def do(self, context: WorkerContext) -> tuple[int, Any]:  # noqa: ARG002 - these tasks open no experiment
        act, *arguments = self.task
        return self.number, act(load_subject(self.path, self.checks), *arguments)
