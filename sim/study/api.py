"""`sim.run`, `sim.compare` and `sim.query`: the use cases as functions, with the options of the command line by name.

A target is a scenario file, a folder (all its scenarios), an ensemble of the ledger by its id or the beginning of it,
or what `sim.assume` returns. What is done is left to `use_cases`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, get_args, overload

from sim.analysis.comparison import Comparison
from sim.analysis.goals import read_goal
from sim.analysis.results import Results
from sim.engines.choice import Wanted
from sim.errors import UsageError
from sim.experiment import Experiment, RunSettings, Workers
from sim.experiment.cluster import open_pool
from sim.language.arguments import RUN_LIMIT, one_of, truth, whole_number
from sim.ledger.files.paths import place
from sim.ledger.files.stored import StorePath
from sim.ledger.ledger import Ledger
from sim.ledger.segments.schema import Retention
from sim.study.plan import LEDGER, RUNS, Plan, may_be_id, open_target, origin_of, results_of
from sim.study.targets import alone, meant, opened_to_compare, refuse_one_name
from sim.study.use_cases import MOST_RUNS, compare_experiments, run_until
from sim.study.variants import Target, Variant, assume

if TYPE_CHECKING:
    from sim.sql.answer import Answer


class RunOptions(TypedDict, total=False):
    """The options of `run` by name."""

    runs: int | None
    seed: int | None
    parameters: Mapping[str, Any] | None
    ledger: StorePath | str
    central: bool
    draws: int | None
    until: str | Sequence[str]
    max_runs: int | None
    keep: Retention | None
    origin: str | None
    luck: Literal["fresh", "keep"] | None
    despite_failures: bool
    workers: Workers | None
    cluster: str | None
    wait: bool
    engine: Wanted


@overload
def run(  # type: ignore[overload-overlap]  # a text, too, is a sequence of texts: it is one target
    target: Target, **options: Unpack[RunOptions]
) -> Results: ...
@overload
def run(target: Sequence[Target], **options: Unpack[RunOptions]) -> dict[str, Results]: ...
def run(
    target: Target | Sequence[Target],
    *,
    runs: int | None = None,
    seed: int | None = None,
    parameters: Mapping[str, Any] | None = None,
    ledger: StorePath | str = LEDGER,
    central: bool = False,
    draws: int | None = None,
    until: str | Sequence[str] = (),
    max_runs: int | None = None,
    keep: Retention | None = None,
    origin: str | None = None,
    luck: Literal["fresh", "keep"] | None = None,
    despite_failures: bool = False,
    workers: Workers | None = None,
    cluster: str | None = None,
    wait: bool = False,
    engine: Wanted = "auto",
) -> Results | dict[str, Results]:
    """Run a scenario, or read what the ledger has of it, and return its results.

    A list of targets, such as `["scenarios/lesotho-2014"]`, gives the results of each by the scenario's name.
    `parameters` are assumed otherwise than in the file: `{"word_kept": 0.7}`; `sim.assume` changes more than these.

    `runs` is 1,000 by default, `seed` 1. With `draws` the parameters are drawn that many times and each draw has `runs`
    runs: chance and what is not known are told apart; with `central` they keep their central values. With
    `until`, such as "±1pp on talks_succeed", it runs until the goal is met or there are `max_runs`. `keep` is "full"
    (every event) or "outcomes". `origin`, "ENSEMBLE:RUN:EVENT", branches from a simulated run, with `luck` afresh or
    that of the run. Where more than 1 % of the runs failed, figures are only given `despite_failures`, as bounds that
    hold whatever those runs would have come to. `workers` are processes; with `cluster`, the workers of a Dask
    scheduler at that address, or "local", and `wait` until so many have joined. Whichever `engine` makes the runs
    ("auto", "reference", "kernel"), they are the same.

    Raise SimError: for what is wrong with the scenario, the ledger or the request.
    """
    if keep is not None:
        one_of("keep", keep, get_args(Retention))
    settings = RunSettings(
        seed=1 if seed is None else seed, central=central, engine=engine, retention=keep,
        despite_failures=despite_failures,
    )  # fmt: skip
    plan = Plan(
        ledger=place(ledger), runs=runs, settings=settings, draws=draws, workers=workers, seeded=seed is not None,
        origin=origin_of(origin, luck),
    )  # fmt: skip
    goals, most = _goals(until, max_runs)
    if goals and runs is not None:
        raise UsageError("E013", "either so many runs, or as many as a goal needs", "leave `runs` or `until` out")
    many = isinstance(target, Sequence) and not isinstance(target, str)
    if isinstance(target, Sequence) and not isinstance(target, str):
        wanted = list(dict.fromkeys(found for one in target for found in meant(one)))
    else:
        wanted = [alone(target)]
    if parameters is not None:
        wanted = [_changed(one, parameters) for one in wanted]
    experiments = [open_target(one, plan) for one in wanted]
    for one in experiments:
        refuse_one_name(experiments, one.scenario.name)
    with _pool(plan, cluster, wait=wait) as pool:
        found = [_run(one, replace(plan, workers=pool), goals, most) for one in experiments]
    return {one.scenario.name: one for one in found} if many else found[0]


def _changed(target: Target, parameters: Mapping[str, Any]) -> Variant:
    if isinstance(target, Variant):
        raise UsageError("E013", "these parameters were given beside a changed scenario", "give all to `sim.assume`")
    if isinstance(target, str) and not Path(target).exists() and may_be_id(target):
        raise UsageError("E013", f"the ensemble '{target}' has parameters of its own", "name its scenario")
    return replace(assume(target, parameters=parameters), suffix="")


def _goals(until: str | Sequence[str], max_runs: int | None) -> tuple[list[str], int]:
    """Return the goals to run for, and the most runs that are made for them."""
    goals = [until] if isinstance(until, str) else [*until] if isinstance(until, Sequence) else [""]
    if not all(isinstance(goal, str) for goal in goals) or not isinstance(until, Sequence):
        raise UsageError(
            "E024", f"expected a goal as text, or several, got {until!r}", "such as '±1pp on talks_succeed'"
        )
    most = MOST_RUNS if max_runs is None else whole_number("max_runs", max_runs, 1, RUN_LIMIT)
    if max_runs is not None and not goals:
        raise UsageError("E013", "`max_runs` bounds `until`, which is not there", "expected until or runs")
    return goals, most


@contextmanager
def _pool(plan: Plan, cluster: str | None, *, wait: bool) -> Iterator[Workers | None]:
    """Yield the workers of a cluster, or those of the plan: then what only a cluster could use is refused."""
    workers = plan.workers
    if workers is None or isinstance(workers, int):
        with open_pool(cluster, workers, wait=truth("wait", wait)) as pool:
            yield pool
    elif cluster is not None or wait:
        raise UsageError("E013", "either workers that are there, or a cluster", "leave `workers` or `cluster` out")
    else:
        yield workers


def _run(experiment: Experiment, plan: Plan, goals: Sequence[str], most: int) -> Results:
    if not goals:  # the default number of runs, however many are there
        return results_of(experiment, plan.wanted() or RUNS, workers=plan.workers)
    names = tuple(experiment.scenario.model.outcomes)
    wanted = [read_goal(text, names, difference=False) for text in goals]
    return run_until(experiment, wanted, most, workers=plan.workers)


def compare(
    *targets: Target,
    baseline: str | None = None,
    runs: int | None = None,
    seed: int | None = None,
    ledger: StorePath | str = LEDGER,
    central: bool = False,
    draws: int | None = None,
    until: str | Sequence[str] = (),
    max_runs: int | None = None,
    unpaired: bool = False,
    despite_failures: bool = False,
    workers: Workers | None = None,
    cluster: str | None = None,
    wait: bool = False,
    engine: Wanted = "auto",
) -> Comparison:
    """Compare scenarios, or ensembles of the ledger, with one of them, run by run on the same luck.

    The one called `baseline` is what the others are compared with; else 'status-quo' where a folder was named and has
    it, else the first. One that branches at another moment, or runs to another horizon, is compared with the baseline
    made at its own moment. One that cannot be paired even so is left out of a folder with its reason, and refused where
    it was named (SimError E510). With `unpaired` nothing is made: what is not a pair is compared as it is, without a
    word on what made the difference. The other options are as in `run`.
    """
    settings = RunSettings(
        seed=1 if seed is None else seed, central=central, engine=engine, despite_failures=despite_failures
    )
    plan = Plan(
        ledger=place(ledger), runs=runs, settings=settings, draws=draws, workers=workers, seeded=seed is not None
    )
    goals, most = _goals(until, max_runs)
    experiments, how = opened_to_compare(targets, plan, baseline, unpaired=truth("unpaired", unpaired))
    with _pool(plan, cluster, wait=wait) as pool:
        return compare_experiments(experiments, replace(plan, workers=pool), goals=goals, most=most, unpaired=how)


def query(
    sql: str, *ensembles: str, ledger: StorePath | str = LEDGER, first: int | None = None, all_ensembles: bool = False,
    despite_failures: bool = False,
) -> "Answer":  # fmt: skip
    """Answer a SELECT, or a query that `@name` names, over ensembles of a ledger by their ids; over all if none is.

    `Answer.columns` and `Answer.rows`, or `.to_frame()`; `.covers` says which ensembles. Where none is named and there
    are several, rows must say by a column `ensemble` which they are of, or `all_ensembles` takes all together: else
    raise UsageError E022. Raise UsageError E008 for a text that is not a query.

    Named queries give figures, but not of ensembles of which more than 1 % of the runs failed (SimError E611), unless
    `despite_failures`. A SELECT gives the rows as they are; `.covers` says how many of the runs failed.
    """
    from sim.sql.answer import query as answered

    return answered(
        sql, Ledger(place(ledger)), ensembles, first=first, all_ensembles=all_ensembles,
        despite_failures=despite_failures,
    )  # fmt: skip
