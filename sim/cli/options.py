"""Options that several commands share, and the plan that they make."""

from collections.abc import Callable, Sequence
from functools import reduce, wraps
from typing import TYPE_CHECKING, Any, TypeAlias

import click

from sim.cli.count_type import Count
from sim.ledger.files.paths import place

if TYPE_CHECKING:
    from sim.study.set_values import SetValue

Decorator: TypeAlias = Callable[[Callable[..., None]], Callable[..., None]]


def _together(*options: Decorator) -> Decorator:
    """Return what gives a command several options, in this order."""
    return lambda command: reduce(lambda made, option: option(made), reversed(options), command)


as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

sources = click.option(
    "--sources", "with_sources", is_flag=True,
    help="Say below what the cited sources are, where they can be read, and what the paragraphs say.",
)  # fmt: skip

ledger = click.option(
    "--ledger", default="ledger", show_default=True, type=place, metavar="PATH",
    help="The folder in which event logs are kept, or s3://bucket/prefix.",
)  # fmt: skip

runs = click.option(
    "--runs", type=Count(1, 10**9),
    help="How many runs of each; by default 1,000, or more if the ledger has more of all.",
)  # fmt: skip

seed = click.option("--seed", show_default="1", type=Count(0, 2**63 - 1), help="Fixes all that is random.")

draws = click.option(
    "--draws", type=Count(2, 10**6), help="Draw the parameters this many times, and make --runs runs of each draw."
)

max_runs = click.option(
    "--max-runs", type=Count(100, 10**9), help="With --until: give up after so many runs; 100,000 by default."
)

workers = click.option(
    "--workers", type=Count(1, 1024),
    help="How many processes; the cores of this machine by default. With --wait: how many of a cluster's workers.",
)  # fmt: skip

cluster = click.option(
    "--cluster", metavar="ADDRESS",
    help="Let the workers of a Dask scheduler do it, such as tcp://scheduler:8786; 'local' starts some here.",
)  # fmt: skip

wait = click.option(
    "--wait", is_flag=True,
    help="With --cluster ADDRESS: begin when --workers of them have joined, and wait ten minutes for it at most.",
)  # fmt: skip

engine = click.option(
    "--engine", type=click.Choice(["auto", "reference", "kernel"]), default="auto", show_default=True,
    help="What makes the runs: the same runs, whichever. auto takes the one that can be used and finishes first.",
)  # fmt: skip

keep = click.option(
    "--keep", "retention", type=click.Choice(["full", "outcomes"]),
    show_default="as it is kept; of new ensembles full, above 20,000 runs outcomes",
    help="Keep every event, or outcomes, measures and digests alone: any log can be made again from them.",
)  # fmt: skip

outcomes = click.option(
    "--outcome", "asked_outcomes", multiple=True, metavar="'NAME: CONDITION'",
    help="Ask about another outcome, as a model file writes it: 'calm: tension < 0.2' or 'calm: {when: ..., by: ...}'.",
)  # fmt: skip

measures = click.option(
    "--measure", "asked_measures", multiple=True, metavar="'NAME: VALUE'",
    help="Ask for another measure: 'end: tension' (its value at the end) or 'calm_days: {time_while: tension < 0.2}'.",
)  # fmt: skip

values = click.option(
    "--set", "set_texts", multiple=True, metavar="'NAME=VALUE'",
    help="Try another value or prior of a parameter, from the branch on: word_kept=0.7, 'demand_delay=2 weeks', "
    "'demand_delay=pert(2, 5, 15)' or, as in YAML, 'demand_delay={prior: {pert: [2, 5, 15]}}'; may be given again.",
)  # fmt: skip

asked = click.option(
    "--ask", "asked", multiple=True, metavar="'P(MEASURE <= NUMBER)'",
    help="Ask about measures: a probability, the ratio of two means ('deaths / attacks'), or 'variance(deaths)'; may "
    "be given again.",
)  # fmt: skip

histograms = click.option(
    "--histogram", "histograms", multiple=True, metavar="'MEASURE, EDGE, ...'",
    help="The share of runs in each bin of a measure; without edges they are chosen.",
)  # fmt: skip

central = click.option(
    "--central", is_flag=True, help="Keep parameters at their central values; else each run draws them."
)

of_an_ensemble = _together(seed, ledger, central, draws)

who_makes_them = _together(workers, cluster, wait, engine)

spreadsheet = click.option(
    "--spreadsheet", is_flag=True,
    help="CSV: put an apostrophe before a text that a spreadsheet would run as a formula; numbers stay as they are.",
)  # fmt: skip

despite_failures = click.option(
    "--despite-failures", is_flag=True,
    help="Give figures though more than 1 % of the runs failed: bounds that count each failed run both ways. Make all "
    "runs though the first were all stopped at the limit of events.",
)  # fmt: skip


def planned(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command one `plan`, made of whichever of these options it has."""

    @wraps(command)
    def with_plan(*args: Any, **given: Any) -> None:
        from sim.analysis.added_questions import asking
        from sim.experiment import RunSettings
        from sim.study.plan import Plan

        def taken(*names: str) -> dict[str, Any]:
            found = {name: given.pop(name) for name in names if name in given}
            return {name: value for name, value in found.items() if value is not None}

        settings = taken("seed", "central", "engine", "retention", "despite_failures")
        plan = Plan(
            settings=RunSettings(**settings),
            added_questions=asking(given.pop("asked_outcomes", ()), given.pop("asked_measures", ())),
            seeded="seed" in settings,
            values=_values(given.pop("set_texts", ())),
            **taken("ledger", "runs", "draws", "workers"),
        )
        command(*args, plan=plan, **given)

    return with_plan


def _values(texts: Sequence[str]) -> "tuple[SetValue, ...]":
    if not texts:
        return ()
    from sim.study.set_values import set_values

    return set_values(texts)
