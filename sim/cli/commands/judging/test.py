"""`sim test`: a model's checks, with the shortest history that breaks each that can be broken, and its base rates."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import console, fail_if, print_json, progresses, show
from sim.errors import SimError, UsageError
from sim.language.counts import counted
from sim.report.table import Table, sided
from sim.study.targets import no_case

if TYPE_CHECKING:
    from sim.model.checks import Check
    from sim.model.model import Model
    from sim.report.timeline import Step
    from sim.testing.composed import ComposedRun
    from sim.testing.counterexamples import Counterexample
    from sim.testing.session import Report, Verdict
    from sim.testing.subject import Subject

MOST_SHOWN = 60  # events of a counterexample
MOST_PAST = 3  # documented events that are shown before a counterexample


@click.command("test")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--quick", is_flag=True, help="Try little: some seconds. By default it takes a few minutes.")
@click.option("--deep", is_flag=True, help="Try much: half an hour or more.")
@click.option(
    "--check", "checks", multiple=True, metavar="NAME",
    help="Only this check, or this base rate; may be given several times.",
)  # fmt: skip
@click.option(
    "--runs", type=Count(100, 10**9),
    help="For base rates: at most so many runs; by default 20,000, 2,000 with --quick, 200,000 with --deep. They stop "
    "as soon as they tell.",
)  # fmt: skip
@options.seed
@options.workers
@click.option("--no-save", is_flag=True, help="Keep no file of a counterexample.")
@options.as_json
def command(
    target: Path, quick: bool, deep: bool, checks: tuple[str, ...], runs: int | None, seed: int | None,  # noqa: FBT001
    workers: int | None, no_save: bool, as_json: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Try to break what a model claims of every run, its `checks`, and hold it against its `base_rates`.

    TARGET is a model, a scenario, the folder of a case, or a counterexample. Histories are composed from any cut of
    the documented past: any rule that may fire next does, at any time that its clock admits, with parameters anywhere
    in their priors. Claims about probabilities are tried on simulated runs. A broken check is shown with the shortest
    history that breaks it, and kept in the folder `regressions` beside the case: it is tried first from then on.

    For each base rate runs of the status quo are made until their share of the outcome lies within the interval of
    the count (held), or the two intervals exclude each other (broken), or there are enough of them (open).
    Exits with 1 if a check or a base rate is broken, with 0 if all are held or open.

    `pytest TARGET` does the same with one test for each check and each base rate of a model or a scenario, and with its
    own reports, such as --junitxml=FILE for build servers.

    \b
    Examples:  sim test scenarios/lesotho-2014 --quick
               sim test scenarios/lesotho-2014/talks-hold.yaml --check deaths_never_fall
               sim test scenarios/lesotho-2014 --deep --seed 7
               sim test my-case --check attempts_elsewhere --runs 100000
    """
    from sim.language.files import meant_as
    from sim.testing.counterexamples import read_back
    from sim.testing.reports import as_data
    from sim.testing.session import try_checks

    if quick and deep:
        raise UsageError("E013", "either little is tried or much", "leave --quick or --deep out")
    if not target.exists():
        raise SimError("E108", f"there is no file or folder '{target}'")
    if target.is_dir() and not (target / "model.yaml").is_file():
        raise no_case(target, "holds no model.yaml")
    if meant_as(target, "counterexample"):
        if checks:
            raise UsageError("E013", "a counterexample is of one check", "leave --check out")
        if runs is not None:
            raise UsageError("E013", "`--runs` is for base rates, and this is a counterexample", "leave --runs out")
        _replay(read_back(target), as_json=as_json)
        return
    report = try_checks(
        target, budget="quick" if quick else "deep" if deep else "default", seed=1 if seed is None else seed,
        only=checks, workers=workers, save=not no_save, progress=progresses("trying", "tasks"), runs=runs,
    )  # fmt: skip
    if as_json:
        print_json(as_data(report))
    else:
        _print(report)
    fail_if([*report.broken, *report.broken_rates])


def _print(report: "Report") -> None:
    drawn = console()
    drawn.print()
    for kept, broken in report.replayed:
        said = "still breaks" if broken else "no longer breaks"
        drawn.print(f"{kept.path} {said} '{kept.check}'")
    rows = [(one.status.replace("broken", "BROKEN"), one.check.name, one.why) for one in report.verdicts]
    caption = (
        f"{counted(report.histories, 'history', 'histories')} composed event by event, "
        f"{counted(report.events, 'event')}; {counted(report.runs, 'run')} simulated; "
        f"seed {report.seed}. 'held' says that nothing that was tried broke it, not that nothing can; "
        "'open' that the runs neither contradict nor show it, or that it was never put to the test. Simulated runs are "
        f"those of `sim run {report.subject.path} --seed {report.seed}`; a trend compares two scenarios that fix the "
        "parameter at its two values, run by run."
    )
    title = f"Checks of '{report.subject.model.name}', tried under {report.subject.path}"
    show(Table(title=title, columns=sided(["", "check", "what came of it"], []), rows=rows, caption=caption))
    for verdict in report.broken:
        _print_broken(report, verdict)
    if report.rates:
        _print_rates(report)
    drawn.print(_how_many(len(report.broken), len(report.verdicts), "check"))
    if report.rates:
        drawn.print(_how_many(len(report.broken_rates), len(report.rates), "base rate"))


def _how_many(broken: int, whole: int, what: str) -> str:
    return f"{broken or 'none'} of {counted(whole, what)} {'is' if broken < 2 else 'are'} broken"


def _print_rates(report: "Report") -> None:
    from sim.report.bases import written_share
    from sim.testing.base_rates import level_of
    from sim.testing.simulated import FALSE_ALARMS

    rows = []
    for one in report.rates:
        counted = f"{one.rate.count.hits} of {one.rate.count.cases}: {written_share(one.rate.count)}"
        found = str(one.evidence) if one.evidence else "-"
        rows.append((one.status.replace("broken", "BROKEN"), one.rate.name, counted, found, one.why))
    caption = (
        "'held' says that the model's interval lies within that of the count, 'broken' that the two exclude each "
        "other, 'open' that these runs do not tell. The interval of the count covers the probability of such a case in "
        "at least 95 % of all counts, provided that the cases are exchangeable: that nothing but chance tells one from "
        "another. Cases of other countries or times are weak evidence about this one: 'held' does not show that the "
        "model is right, and 'broken' shows that the model is wrong, or that the cases are not like this one, or that "
        f"the count is one of the 5 %. The model's interval ({100 * level_of(len(rows)):.5g} %, at every number of "
        "runs at once) is about drawn parameters and chance: with other seeds, the runs make a verdict wrong in "
        f"fewer than 1 of {1 / FALSE_ALARMS:,.0f} tries. A run that an ending ended first counts as one without the "
        "outcome; one that failed or was stopped before the time was over counts both ways."
    )
    under = f"tried under {report.rated_under}" if report.rated_under else "not tried"
    title = f"Base rates of '{report.subject.model.name}', {under}, seed {report.seed}"
    columns = sided(["", "base rate", "counted", "in the model", "what came of it"], [])
    show(Table(title=title, columns=columns, rows=rows, caption=caption))
    for one in report.rates:
        rate = one.rate
        said = f"{rate.name}: {rate.title}. '{rate.outcome}' within {rate.count.period}; {one.basis} ({rate.location})"
        console().print(said)


def _print_broken(report: "Report", verdict: "Verdict") -> None:
    from sim.testing.reports import again

    check = verdict.check
    console().print(_claim(check))
    if verdict.run is None:
        console().print(f"   = {verdict.why}\n")
        return
    _print_run(report.subject, verdict.run, check.name)
    notes = [f"saved as {verdict.file}", f"see it again: {again(verdict)}"] if verdict.file else []
    notes += [verdict.trouble] if verdict.trouble else []
    console().print("\n".join([*(f"   = {note}" for note in notes), ""]))


def _changed(model: "Model", name: str, value: float) -> str:
    """Write a parameter that is not central, with its central value and what that rests on; as its file writes them."""
    from sim.report.bases import written_basis

    known = model.parameters[name]
    basis = "; ".join(written_basis(item) for item in known.basis)
    unit = f" {known.unit}" if known.unit else ""
    return f"{name} = {value / known.factor:.6g}{unit} (centrally {float(known.value) / known.factor:.6g}; {basis})"


def _claim(check: "Check") -> str:
    return f"BROKEN {check.name}  {check.location}".rstrip() + f"\n   {check.claim}\n   because {check.because}"


def _print_run(subject: "Subject", run: "ComposedRun", check: str) -> None:
    from sim.model.evidence.documented import documented_in
    from sim.report.timeline import COLUMNS, PAST, of_moving, row, steps
    from sim.testing.shrink import length
    from sim.testing.subject import BEGINNING

    model, history = subject.model, subject.case.history
    documented = documented_in(run.scenario.past, history)
    breach, count = run.breaches[check], length(run)
    listed = list(steps(subject.program, run.scenario, run.log))
    before = [step for step in listed if step[0] == PAST]
    after = [step for step in listed if step[0] != PAST]
    index = next((number for number, step in enumerate(before) if step[1] == breach.event), None)
    if index is not None:  # the documented past itself breaks it
        before, after = before[: index + 1], []

    def written(step: "Step") -> tuple[str, ...]:
        *cells, what, changed, why = row(model, step, documented)
        if step[1].kind == "started":
            what, changed, why = "from here on, composed", "", ""
        return *cells, ("BROKEN: " if step[1] == breach.event else "") + what, changed, why

    rows, half = [*map(written, after)], MOST_SHOWN // 2
    if len(rows) > MOST_SHOWN:
        rows[half:-half] = [("", "~", "...", "", "", "", "")]
    rows = [*map(written, before[-MOST_PAST:]), *rows]
    begins = f"after {counted(len(before), 'event')} of the past ('{run.begins}')"
    begins = "before any event" if run.begins == BEGINNING else begins
    changed = "; ".join(_changed(model, name, value) for name, value in run.parameters.items()) or "all central"
    where = f" when '{breach.event.type}' happens" if breach.event else " before any event"
    title = f"{counted(count, 'event')}, {begins}; parameters: {changed}"
    caption = "\n".join(filter(None, [f"Broken{where}: {breach.why}", of_moving(model)]))
    show(Table(title=title, columns=COLUMNS, rows=rows, caption=caption, spared=(6,)))


def _replay(kept: "Counterexample", *, as_json: bool) -> None:
    """Show a counterexample that was kept, as it goes today."""
    run = kept.perform()
    broken = kept.check in run.breaches
    if as_json:
        why = run.breaches[kept.check].why if broken else None
        print_json({"file": str(kept.path), "check": kept.check, "broken": broken, "why": why})
    elif broken:
        check = kept.subject.checks.get(kept.check)
        if check is not None:
            console().print(_claim(check))
        _print_run(kept.subject, run, kept.check)
    else:
        done, wanted = len(run.moves), len(kept.shape.events)
        possible = "" if done == wanted else f"; only {done} of its {wanted} events are possible today"
        console().print(f"it no longer breaks '{kept.check}'{possible}")
    fail_if(broken)
