"""`sim why-not`: what stood in the way of an outcome, an event or a rule in one run."""

import click

from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import print_json, print_lines
from sim.errors import UsageError
from sim.explain.why_not import WhyNot, came_before, happened
from sim.language.suggest import did_you_mean
from sim.ledger.files.stored import StorePath
from sim.report.causes.causal_trees import Naming
from sim.report.causes.missed_words import MissedWords
from sim.study.followed import documented_places, followed

FOOT = (
    "Of draws: the share of all draws of the rule's own clock that would have brought it in that time, with the state "
    "as it was. A value that would have done it is one of the state alone: what else would have come of it is not "
    "followed."
)


@click.command("why-not")
@click.argument("ensemble")
@click.argument("name")
@click.option("--run", "run", type=Count(0), help="The run's number, from 0.")
@options.ledger
@options.as_json
def command(ensemble: str, name: str, run: int | None, ledger: StorePath, *, as_json: bool) -> None:
    """Say why NAME, an outcome, an event type or a rule, did not happen in one run of an ENSEMBLE.

    Its rule was never enabled: then the moment at which it came nearest to it, and what would have enabled it. Or its
    clock ran and was stopped, or the run was over first. ENSEMBLE is an id or the beginning of it; ENSEMBLE:RUN does
    without --run.

    \b
    Examples:  sim why-not 3f9a --run 17 talks_succeed
               sim why-not 3f9a:17 troops_entered
    """
    one = followed(ensemble, run, None, ledger)
    model = one.run.scenario.model
    if name not in {**model.outcomes, **model.events, **model.rules}:
        known = {**model.outcomes, **model.events, **model.rules}
        raise UsageError("E804", f"there is no outcome, event type or rule '{name}'", *did_you_mean(name, known))
    came = list(happened(one.run, name))
    if came:
        number = came[0] - one.run.branch
        raise UsageError("E804", f"'{name}' did happen in run {one.run.number}: event {number}",
                         f"sim why {one.ensemble[:12]}:{one.run.number}:{number}")  # fmt: skip
    if name in model.outcomes and (before := came_before(one.run, name)) is not None:
        raise UsageError("E804", f"'{name}' came true before the branch of run {one.run.number}",
                         f"it came on {model.calendar.moment(before)}, and an outcome comes true once")  # fmt: skip
    why_not = WhyNot(one.run)
    words = MissedWords(Naming(one.run, documented_places(one.run, one.history)))
    head = f"Why not, in run {one.run.number} of '{one.run.scenario.name}', ensemble {one.ensemble[:12]}:"
    if name in model.outcomes:
        reached = why_not.outcome(name)
        data, lines = words.outcome_data(reached), words.outcome(reached)
    elif name in model.events:
        rules = why_not.event(name)
        data, lines = {"event": name, "rules": [words.rule_data(rule) for rule in rules]}, words.event(name, rules)
    else:
        rule = why_not.rule(name)
        data, lines = words.rule_data(rule), words.rule(rule)
    if as_json:
        print_json({"ensemble": one.ensemble, "run": one.run.number, **data})
    else:
        print_lines("\n".join([head, "", *(line.replace("\n", " ") for line in lines), "", FOOT]))
