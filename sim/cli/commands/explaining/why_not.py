"""`sim why-not`: what stood in the way of an outcome, an event or a rule in one run."""

import click

from sim.analysis.single.named_parts import subject_named
from sim.cli import options
from sim.cli.count_type import Count
from sim.cli.terminal import print_json, print_lines
from sim.errors import UsageError
from sim.explain.why_not import WhyNot, came_before, happened
from sim.language.suggest import did_you_mean
from sim.language.visible import quoted
from sim.ledger.files.paths import as_option
from sim.ledger.files.stored import StorePath
from sim.report.causes.causal_trees import Naming
from sim.report.causes.missed_words import MissedWords
from sim.report.cited_sources import as_data, written_sources
from sim.study.followed import followed

# What is said below of words that stand above.
EXPLAINED = {
    "of draws would have": "'Of draws' gives the chance that the rule's clock would have run out in that time, with "
    "the state as it was.",
    "it would have been true": "A value that would have made a part true is one of the state alone. What else would "
    "have come of it is not followed.",
}


@click.command("why-not")
@click.argument("ensemble")
@click.argument("name")
@click.option("--run", "run", type=Count(0), help="The run's number, from 0.")
@options.ledger
@options.sources
@options.as_json
def command(
    ensemble: str, name: str, run: int | None, ledger: StorePath, *, with_sources: bool, as_json: bool
) -> None:  # fmt: skip
    """Say why NAME, an outcome, an event type or a rule, did not happen in one run of an ENSEMBLE.

    Its rule was never enabled: then when it was nearest to that, and what would have enabled it. Or its clock ran and
    was stopped, or the run was over first. NAME may be the title that a log has. ENSEMBLE is an id or the beginning of
    it; ENSEMBLE:RUN does without --run.

    \b
    Examples:  sim why-not 3f9a --run 17 talks_succeed
               sim why-not 3f9a:17 troops_entered
               sim why-not 3f9a:17 'Regional troops enter'
    """
    one = followed(ensemble, run, None, ledger)
    model = one.run.scenario.model
    meant = subject_named(name, model)
    if meant is None:
        known = {**model.outcomes, **model.events, **model.rules}
        names = f"see all names: sim explain --ensemble {one.opened.ensemble_shown}{as_option(ledger)}"
        raise UsageError("E804", f"there is no outcome, event type or rule '{name}'",
                         *(did_you_mean(name, known) or (names,)))  # fmt: skip
    kind, name = meant
    asked = one.opened.name
    came = list(happened(one.run, name))
    if came:
        number = came[0] - one.run.branch
        raise UsageError("E804", f"'{name}' did happen in run {one.opened.number}: event {number}",
                         f"to see why: sim why {asked}:{number}{as_option(ledger)}")  # fmt: skip
    if kind == "outcome" and (before := came_before(one.run, name)) is not None:
        raise UsageError("E804", f"'{name}' came true before the branch of run {one.opened.number}",
                         f"it came on {model.calendar.moment(before)}, and an outcome comes true once")  # fmt: skip
    why_not = WhyNot(one.run)
    words = MissedWords(Naming(one.run, one.opened.documented))
    head = f"Why not, in run {one.opened.number} of '{one.run.scenario.name}', ensemble {one.opened.ensemble_shown}:"
    if kind == "outcome":
        reached = why_not.outcome(name)
        data, lines = words.outcome_data(reached), [*words.outcome(reached)]
    elif kind == "event":
        rules = why_not.event(name)
        data = {"event": name, "rules": [words.rule_data(rule) for rule in rules]}
        lines = [*words.event(name, rules)]
    else:
        rule = why_not.rule(name)
        data, lines = words.rule_data(rule), [*words.rule(rule)]
    cited = words.cited() if with_sources else None
    if as_json:
        sources = {} if cited is None else {"sources": as_data(cited)}
        print_json({"ensemble": one.opened.ensemble.id, "run": one.opened.number, **data, **sources})
    else:
        notes = [note for said, note in EXPLAINED.items() if any(said in line for line in lines)]
        notes += [
            f"Why one of these did not come: sim why-not {asked} {quoted(title)}{as_option(ledger)}"
            for title in words.open[:1]
        ]
        notes.append(f"All that happened: sim log {asked}{as_option(ledger)}")
        print_lines("\n".join([head, "", *(line.replace("\n", " ") for line in lines), "", *notes]))
        if cited is not None:
            print_lines(f"\n{written_sources(cited)}")
