"""`sim why`: the causal past of one event of a run."""

from pathlib import Path

import click

from sim.analysis.single.named_parts import subject_named
from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import print_json, print_lines
from sim.errors import UsageError
from sim.explain.reasons import Reasons
from sim.explain.why import Why
from sim.language.suggest import did_you_mean
from sim.ledger.files.paths import as_option
from sim.ledger.files.stored import StorePath
from sim.report.causes.causal_picture import causal_picture
from sim.report.causes.causal_trees import CausalTree, Naming, foot
from sim.report.causes.causes_cited import cited_in_causes
from sim.report.cited_sources import as_data, written_sources
from sim.report.model_pictures.vector_drawing import ENDINGS
from sim.report.pictures.picture import checked
from sim.study.followed import FollowedEvent, followed

# What options would show.
ALL = "`--all` shows everything that was read. "
MORE = "`--sources` shows what the cited sources say. `-o why.svg` draws the events and what rests on what."


@click.command("why")
@click.argument("ensemble")
@click.option("--run", "run", type=Count(0), help="The run's number, from 0.")
@click.option("--event", "event", type=Count(0), help="The event's number, as `sim log` has it; else the run's end.")
@click.option("--outcome", metavar="NAME", help="The event with which this outcome came true, instead of a number.")
@click.option("-o", "--out", metavar="FILE", type=click.Path(path_type=Path), help="Draw it: .svg, .png or .pdf.")
@click.option("--all", "all_read", is_flag=True, help="Show all that was read, also what would have changed nothing.")
@options.ledger
@options.sources
@options.as_json
def command(
    ensemble: str, run: int | None, event: int | None, outcome: str | None, out: Path | None, ledger: StorePath, *,
    all_read: bool, with_sources: bool, as_json: bool,
) -> None:  # fmt: skip
    """Say why an event of one run of an ENSEMBLE happened, or why the run ended as it did.

    What its rule read is followed back to the events that made it so, and these in turn, down to documented events,
    what the scenario assumes, drawn parameters and draws. ENSEMBLE is an id or the beginning of it; ENSEMBLE:RUN:EVENT
    does without the options.

    \b
    Examples:  sim why 3f9a --run 17
               sim why 3f9a:17:27
               sim why 3f9a --run 17 --outcome talks_collapse -o why.svg
    """
    if out is not None:
        checked(out, ENDINGS)
    one = followed(ensemble, run, event, ledger)
    opened = one.opened
    place = _of_outcome(one, outcome, ledger) if outcome else one.place
    why = Why(Reasons(one.run), place, all_read=all_read)
    naming = Naming(one.run, opened.documented)
    tree = CausalTree(why, naming)
    cited = cited_in_causes(tree, opened.experiment.case.history) if with_sources else None
    of = f"in run {opened.number} of '{one.run.scenario.name}', ensemble {opened.ensemble_shown}"
    if out is not None:
        causal_picture(why, naming, of, [foot(why)]).save(out)
    if as_json:
        sources = {} if cited is None else {"sources": as_data(cited)}
        print_json({"ensemble": opened.ensemble.id, "run": opened.number, **tree.as_data(), **sources})
    elif out is not None:
        print_lines(f"wrote {out}: why {naming.heading(place)}, {of}")
    else:
        more = ("" if all_read else ALL) + MORE
        print_lines("\n".join([f"Why, {of}:", "", *tree.lines(), "", f"{foot(why)} {more}"]))
        if cited is not None:
            print_lines(f"\n{written_sources(cited)}")


def _of_outcome(one: FollowedEvent, word: str, ledger: StorePath) -> int:
    run, model = one.run, one.run.scenario.model
    kind, outcome = subject_named(word, model) or ("", word)
    if kind != "outcome":
        names = f"see all names: sim explain --ensemble {one.opened.ensemble_shown}{as_option(ledger)}"
        raise UsageError("E802", f"there is no outcome '{word}'", *(did_you_mean(word, model.outcomes) or (names,)))
    found = next((at for at in range(run.branch, len(run.events)) if run.events[at].kind == "outcome"
                  and run.events[at].type == outcome), None)  # fmt: skip
    if found is None:
        came = ", ".join(event.type for event in run.log if event.kind == "outcome") or "none"
        note = f"came true in it: {came}"
        asked = f"sim why-not {one.opened.name} {outcome}{as_option(ledger)}"
        raise UsageError("E802", f"the outcome '{outcome}' did not come true in run {one.opened.number}", note,
                         f"to see why not: {asked}")  # fmt: skip
    return found
