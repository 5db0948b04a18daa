"""Run until a goal is met, and compare: what the command line and `api` call. What is missing is simulated first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.analysis.baselines import Match, matches, refuse_the_same
from sim.analysis.comparison import Beside, Comparison, LeftOut
from sim.analysis.differences.divergences import Divergences
from sim.analysis.differences.diverging_tables import DivergeTables
from sim.analysis.goals import Goal, read_goal
from sim.analysis.pairing import common_runs
from sim.analysis.pairing import compare as compared
from sim.analysis.results import Results, results
from sim.analysis.runs import Runs, RunsBuilder
from sim.analysis.unfollowed import hopeless
from sim.errors import SimError, UsageError
from sim.experiment import Experiment, Progress, Workers, project_tables, record
from sim.explain.pairs.projected import turning_points
from sim.statistics.differences import at_every_look, outcome_difference
from sim.statistics.estimates import Estimate
from sim.statistics.sequence import LOOK, proportion_sequence_between
from sim.study.plan import RUNS, Plan, results_of, runs_wanted, source_of

MOST_RUNS = 100_000

# What is done with scenarios whose runs are not pairs with the baseline's, at whatever moment.
Unpaired: TypeAlias = Literal["refuse", "leave out", "compare"]

# Called with what is run before each ensemble; gives the function that hears of its progress.
Progresses: TypeAlias = Callable[[str], Progress]


def run_until(
    experiment: Experiment, goals: Sequence[Goal], most: int, *,
    workers: Workers | None = None, progress: Progress | None = None,
) -> Results:  # fmt: skip
    """Run until every goal is met, or to `most` runs, and return the results of just so many runs.

    One looks after every 100 runs, in their order, however many were made at once: so the answer is the same
    whatever the ledger held before. Runs beyond the answer's stay in the ledger. If so many of the first runs fail that
    no figure would be given, it ends there. Raise UsageError E013 for runs that are not independent.
    """
    refuse_dependent([experiment])
    builder = RunsBuilder(experiment.scenario.model, _next_batch(0, most))
    looked = 0
    while True:
        made = _next_batch(looked, most)
        ensemble, _ = record(
            experiment, made, builder.project, first=looked, workers=workers, progress=progress, take=builder.add
        )
        whole = builder.runs(made)
        for look in looks(looked, made, most):
            met = all(goal.met(_at_look(whole, goal.outcome, look)) for goal in goals)
            if look == most or met or (look == made and _is_hopeless(experiment, whole)):
                source = source_of(experiment, ensemble, look)
                return results(experiment.scenario, whole.first(look), source, goals)
        looked = made


def _is_hopeless(experiment: Experiment, runs: Runs) -> bool:
    return hopeless(runs, despite_failures=experiment.settings.despite_failures)


def refuse_dependent(experiments: Sequence[Experiment]) -> None:
    """Raise UsageError E013 for experiments whose runs are not independent, so that no goal can be run for."""
    for experiment in experiments:
        if experiment.settings.runs_per_draw > 1 or experiment.same_streams:
            many = "many runs to a draw of the parameters, which are not independent"
            why = "one run" if experiment.same_streams else many
            raise UsageError("E013", f"--until cannot run for a goal of '{experiment.scenario.name}': it has {why}")


def looks(after: int, made: int, most: int) -> range | tuple[int, ...]:
    """Return the numbers of runs to look at: every 100, and the last that is allowed."""
    regular = [look for look in range((after // LOOK + 1) * LOOK, made + 1, LOOK) if look <= most]
    return (*regular, most) if made >= most and most not in regular else tuple(regular)


def _next_batch(done: int, most: int) -> int:
    return min(most, max(RUNS, done + done // 2))


def _at_look(runs: Runs, outcome: str, look: int) -> Estimate:
    part = runs.numbers < look
    hits, unknown = (int(found[part].sum()) for found in (runs.reached(outcome), runs.unknown(outcome)))
    return proportion_sequence_between(hits, unknown, int(part.sum()))


def compare_experiments(
    experiments: Sequence[Experiment], plan: Plan, *, goals: Sequence[str] = (), most: int = MOST_RUNS,
    unpaired: Unpaired = "refuse", progresses: Progresses | None = None,
) -> Comparison:  # fmt: skip
    """Compare experiments with the first of them, each at its own moment. What the ledger lacks is simulated first.

    What cannot be paired is refused, left out with its reason, or with `compare` compared all the same. Raise
    UsageError E011 for fewer than two, SimError E510 for what is refused, or if nothing is left.
    """
    if len(experiments) < 2:
        raise UsageError("E011", "a comparison needs at least two scenarios", "name another, or a whole folder")
    refuse_the_same(experiments)
    baseline, *others = experiments
    found = matches(baseline, others, moves=unpaired != "compare")
    apart = [match for match in found if match.reason]
    if apart and (unpaired == "refuse" or (unpaired == "leave out" and len(apart) == len(found))):
        named = _distinct_names(experiments)
        message = f"not every scenario can be paired with {named[0]}"
        reasons = [f"{named[found.index(match) + 1]}: {match.reason}" for match in apart]
        remedy = "`--unpaired` compares them all the same, as what they are: not the same luck"
        raise SimError("E510", message, *reasons, remedy)
    left_out = apart if unpaired == "leave out" else []
    kept = [match for match in found if match not in left_out]
    paired = _Paired(matches=kept, named=baseline.scenario.title, left_out=left_out, plan=plan, progresses=progresses)
    if goals:
        return _compare_until(paired, goals, most)
    return paired.compared(runs_wanted(experiments, plan))


def _distinct_names(experiments: Sequence[Experiment]) -> list[str]:
    """Return the names of scenarios, with the file where several have one name, or where they have one file, the id."""
    found = []
    for one in experiments:
        alike = [other.scenario.path for other in experiments if other.scenario.name == one.scenario.name]
        file = one.scenario.path
        which = one.ensemble.folder.name[:12] if one.by_id or alike.count(file) > 1 else file
        found.append(f"'{one.scenario.name}'" + (f" ({which})" if len(alike) > 1 else ""))
    return found


@dataclass(frozen=True)
class _Paired:
    """Scenarios with their baselines, ready to be run and compared."""

    matches: Sequence[Match]
    named: str
    left_out: Sequence[Match]
    plan: Plan
    progresses: Progresses | None

    def hears(self, what: str) -> Progress | None:
        return self.progresses(what) if self.progresses else None

    def compared(self, runs: int, goal: Goal | None = None) -> Comparison:
        """Run what is missing of so many runs of each, and compare them."""
        made: dict[int, Results] = {}
        for one in (side for match in self.matches for side in (match.baseline, match.other)):
            if id(one) not in made:
                made[id(one)] = results_of(
                    one, runs, sequential=goal is not None, workers=self.plan.workers,
                    progress=self.hears(one.scenario.name),
                )  # fmt: skip
        pairs = [(match.baseline, match.other) for match in self.matches if not match.reason]
        workers = self.plan.workers
        tables = project_tables(pairs, runs, DivergeTables(), workers=workers, progress=self.hears("where runs part"))
        parted = [*map(Divergences.joined, tables)]
        turned = turning_points(pairs, parted, runs, workers=workers, progress=self.hears("what turned them"))
        found = iter(zip(parted, turned, strict=True))
        listed = []
        for match in self.matches:
            divergences, points = (Divergences.of(()), []) if match.reason else next(found)
            listed.append(
                Beside(
                    other=made[id(match.other)], baseline=made[id(match.baseline)], reason=match.reason,
                    divergences=divergences, turning_points=points, moved=match.moved,
                )
            )  # fmt: skip
        left_out = [
            LeftOut(match.other.scenario.name, match.other.scenario.title, match.reason) for match in self.left_out
        ]
        return compared(listed, named=self.named, left_out=left_out, goal=goal)


def _compare_until(paired: _Paired, texts: Sequence[str], most: int) -> Comparison:
    """Run until the difference is known as well as asked, looking after every 100 pairs, and compare just those."""
    if len(paired.matches) > 1 or paired.matches[0].reason or len(texts) > 1:
        raise UsageError("E009", "a goal can be run for with two paired scenarios, and one goal")
    plan = paired.plan
    if plan.runs is not None:
        raise UsageError("E013", "either so many runs, or as many as a goal needs", "leave --runs or --until out")
    experiments = (paired.matches[0].baseline, paired.matches[0].other)
    refuse_dependent(experiments)
    names = [name for name in experiments[0].scenario.model.outcomes if name in experiments[1].scenario.model.outcomes]
    goal = read_goal(texts[0], names, difference=True)
    builders = [RunsBuilder(one.scenario.model, _next_batch(0, most), lean=True) for one in experiments]
    looked = 0
    while True:
        made = _next_batch(looked, most)
        for one, builder in zip(experiments, builders, strict=True):
            hears = paired.hears(one.scenario.name)
            record(one, made, builder.project, first=looked, workers=plan.workers, progress=hears, take=builder.add)
        both = common_runs(*(builder.runs(made) for builder in builders))
        for look in looks(looked, made, most):
            no_use = any(map(_is_hopeless, experiments, both))
            if look == most or goal.met(difference_at(both, goal.outcome, look)) or (look == made and no_use):
                return paired.compared(look, goal)
        looked = made


def difference_at(both: tuple[Runs, Runs], outcome: str, look: int) -> Estimate:
    """Return the sequence's interval of a difference after the pairs whose numbers are below `look`."""
    part = both[0].numbers < look
    one, other = (runs.reached(outcome)[part] for runs in both)
    unknown = both[0].unknown(outcome)[part], both[1].unknown(outcome)[part]
    return at_every_look(outcome_difference(outcome, one, other, unknown=unknown))
