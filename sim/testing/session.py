"""One pass over a case's checks: earlier counterexamples first, then composed histories and simulated runs.

The work is cut into tasks that do not depend on the number of processes, so the same command gives the same verdicts.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sim.build.checks import NO_FAILURE
from sim.errors import LedgerError, UsageError
from sim.experiment.jobs import Desk
from sim.experiment.workers import Workers, work, workers_for
from sim.model.model import Check
from sim.testing.composed import ComposedRun
from sim.testing.counterexamples import Kept, keep, kept_beside
from sim.testing.explore import Findings, explore
from sim.testing.from_logs import composed_from
from sim.testing.reach import search, unreached
from sim.testing.shrink import shrink
from sim.testing.simulated import Paired, Simulated, judge_followed, judge_paired, pair_up, simulate
from sim.testing.subject import Subject, load_subject
from sim.testing.watch import by_events

Status: TypeAlias = Literal["held", "broken", "open"]
Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True)
class Budget:
    """How much is tried: composed histories, in shards; simulated runs; pairs of runs for each trend."""

    name: str
    histories: int
    runs: int
    pairs: int
    aimed: int  # histories aimed at each thing that nothing has reached

    shards = 4
    chunk = 250


BUDGETS: Mapping[str, Budget] = {
    "quick": Budget("quick", 400, 200, 40, 300),
    "default": Budget("default", 4_000, 1_000, 400, 1_500),
    "deep": Budget("deep", 60_000, 10_000, 4_000, 10_000),
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
    """The verdicts on all checks, in the order of the model file, and how much was tried."""

    subject: Subject
    budget: Budget
    seed: int
    verdicts: list[Verdict] = field(default_factory=list)
    histories: int = 0
    events: int = 0
    runs: int = 0
    replayed: list[tuple[Kept, bool]] = field(default_factory=list)  # with whether it breaks its check still

    @property
    def broken(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.status == "broken"]


def no_failure() -> Check:
    """Return the claim that every model makes: no run of it fails."""
    claim = "no run ends with an error"
    return Check(NO_FAILURE, "always", "a run that cannot go on says nothing about the crisis", claim, "")


def try_checks(
    path: Path | str,
    *,
    budget: str = "default",
    seed: int = 1,
    only: Iterable[str] = (),
    workers: int | None = None,
    save: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Try to break the checks of a scenario, a model or a case's folder, and report what came of each.

    Raise LanguageError for the documents, SimError for a check or a file that is not there.
    """
    if budget not in BUDGETS:
        raise UsageError("E013", f"there is no budget '{budget}'", f"expected one of {', '.join(BUDGETS)}")
    subject = load_subject(Path(path), only)
    session = _Session(subject, BUDGETS[budget], seed, save=save)
    session.replay()
    session.run(workers, progress)
    session.judge()
    return session.report


class _Session:
    def __init__(self, subject: Subject, budget: Budget, seed: int, *, save: bool) -> None:
        self.subject = subject
        self.save = save
        self.report = Report(subject, budget, seed)
        self.found: dict[str, tuple[ComposedRun, Path | None]] = {}
        self.findings: list[Findings] = []
        self.simulated = Simulated()
        self.paired: dict[str, Paired] = {}
        self.workers: Workers = 1

    @cached_property
    def trends(self) -> list[Check]:
        trends = [check for check in self.subject.checks.values() if check.kind in ("never_lowers", "never_raises")]
        return [check for check in trends if self.subject.model.parameters[check.parameter].prior]

    def replay(self) -> None:
        """Try again what has been broken before."""
        for kept in kept_beside(self.subject, self.subject.checks.values()):
            run = kept.perform()
            broken = kept.check in run.breaches
            self.report.replayed.append((kept, broken))
            if broken:
                self.found.setdefault(kept.check, (run, kept.path))

    def run(self, workers: int | None, progress: Progress | None) -> None:
        """Compose histories and simulate runs, in as many processes as are wanted."""
        budget, seed = self.report.budget, self.report.seed
        self.workers = workers_for(workers, budget.histories)
        share = budget.histories // budget.shards
        tasks = [self._task(_compose, share, seed * budget.shards + shard) for shard in range(budget.shards)]
        tasks += [self._task(simulate, runs, seed) for runs in _pieces(budget.runs, budget.chunk)]
        for check in self.trends:
            tasks += [self._task(_pair, check.name, runs, seed) for runs in _pieces(budget.pairs, budget.chunk)]
        for task, result in zip(tasks, self._results(tasks, progress), strict=True):
            if isinstance(result, Findings):
                self.findings.append(result)
                self.report.histories += result.histories
                self.report.events += result.events
            elif isinstance(result, Simulated):
                self.simulated = self.simulated + result if self.simulated.runs else result
                self.report.runs += result.runs
            elif isinstance(result, Paired):
                name = task.arguments[0]
                self.paired[name] = self.paired.get(name, Paired()) + result
                self.report.runs += 2 * result.pairs

    def _task(self, act: Callable[..., Any], *arguments: Any) -> "_Task":
        return _Task(self.subject.path, (NO_FAILURE, *self.subject.checks), act, arguments)

    def _results(self, tasks: "list[_Task]", progress: Progress | None = None) -> list[Any]:
        """Do the tasks and return their results in the order of the tasks.

        Hypothesis looks for interesting numbers in the modules that are loaded. In processes of their own those are
        always the same, so the same seed finds the same.
        """
        made: dict[int, Any] = {}
        numbered = [_Numbered(number, task) for number, task in enumerate(tasks)]
        for number, result in work(numbered, self.workers, apart=True):
            made[number] = result
            if progress:
                progress(len(made), len(tasks))
        return [made[number] for number in range(len(tasks))]

    def judge(self) -> None:
        """Come to a verdict on every check, with the shortest history that breaks it."""
        for check in (no_failure(), *self.subject.checks.values()):
            if check.name == NO_FAILURE or by_events(check):
                verdict = self._judge_by_events(check)
            elif check.kind == "reachable":
                verdict = self._judge_reachable(check)
            else:
                verdict = self._judge_by_runs(check)
            self.report.verdicts.append(verdict)

    def _judge_by_events(self, check: Check) -> Verdict:
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
                    return Verdict(check, "broken", f"{breach.why}, in simulated run {number}; see it: {again}")
        if run is None and self._never_tried(check):
            return Verdict(check, "open", f"it was never put to the test: {' and '.join(check.on)} never happened")
        if run is None:
            return Verdict(check, "held", "nothing broke it")
        trouble = ""
        if file is None:
            run = shrink(self.subject, run, check.name)
            try:
                file = keep(self.subject, run, check.name) if self.save else None
            except LedgerError as error:
                trouble = f"the counterexample could not be saved: {error.message}"
        return Verdict(check, "broken", run.breaches[check.name].why, run, file, trouble)

    def _never_tried(self, check: Check) -> bool:
        """Return whether none of the events that a check is about has ever happened."""
        seen = {name for item in self.findings for name in item.happened}
        seen |= self.simulated.happened | {event.type for event in self.subject.case.scenario.past}
        return bool(check.on) and check.kind != "changed_only_by" and not seen & set(check.on)

    def _judge_reachable(self, check: Check) -> Verdict:
        fired = {name for item in self.findings for name in item.fired} | self.simulated.fired
        reached = {name for item in self.findings for name in item.reached} | self.simulated.reached
        missing = [name for name in unreached(self.subject, fired, reached) if name in check.names]
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
            return Verdict(check, "broken", f"nothing reached {in_vain}")
        alone = f", {', '.join(by_others)}" if by_others else ""
        return Verdict(check, "held", f"all {len(check.names)} were reached{alone}")

    def _aim(self, path: Path, names: list[str]) -> dict[str, str]:
        """Aim at each of the names under one scenario. Return why each was not reached ("": it was)."""
        budget, seed = self.report.budget, self.report.seed
        tasks = [
            _Task(path, (NO_FAILURE,), search, (name, budget.aimed, seed + place)) for place, name in enumerate(names)
        ]
        found = self._results(tasks)
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

    def _judge_by_runs(self, check: Check) -> Verdict:
        if check.parameter and check not in self.trends:
            return Verdict(check, "open", f"this scenario fixes '{check.parameter}', so there is nothing to raise")
        claims = len(self.trends) + len(self.simulated.followed)
        if check.kind == "leads_to":
            tried = judge_followed(check, self.simulated.followed[check.name], claims)
        else:
            tried = judge_paired(check, self.paired[check.name], claims)
        status: Status = "broken" if tried.contradicted else "held" if tried.shown else "open"
        return Verdict(check, status, tried.why)


def _pieces(count: int, size: int) -> list[range]:
    return [range(first, min(first + size, count)) for first in range(0, count, size)]


def _compose(subject: Subject, histories: int, seed: int) -> Findings:
    return explore(subject, histories, seed).summary()


def _pair(subject: Subject, check: str, runs: range, seed: int) -> Paired:
    return pair_up(subject, subject.checks[check], runs, seed)


@dataclass(frozen=True, slots=True)
class _Task:
    """Something to be done with the subject that the path and the names of the checks give, in any process."""

    path: Path
    checks: tuple[str, ...]
    act: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    task: _Task

    def do(self, desk: Desk) -> tuple[int, Any]:  # noqa: ARG002 - these tasks open no experiment
        task = self.task
        return self.number, task.act(load_subject(task.path, task.checks), *task.arguments)
