"""Rules whose clocks hardly let them wait so long as they have at the branch (W521): what does the history lack?"""

import math
from collections.abc import Iterator

from sim.build.pending import DRAWS, Pending, about, by_family, in_percent, over_priors, pending_rules
from sim.build.warnings import warning
from sim.language.diagnostics import Diagnostic, Span
from sim.model.model import AtDate, Every
from sim.model.scenario import Scenario

UNLIKELY = 0.01  # a rule with a smaller probability of having waited so long is warned of


def warnings_about(scenario: Scenario, span: Span) -> Iterator[Diagnostic]:
    """Warn of each rule that is overdue at the branch, which stands at `span` (W521), in order of names.

    Rules are looked at one by one. What so many looks come to by chance is said, and lowers no bound. Of a family the
    member is told of whose wait is least likely, and the others are counted.
    """
    looked = [item for item in pending_rules(scenario) if not item.indifferent]
    found = by_family(item for item in looked if item.survival < UNLIKELY)
    means = over_priors(scenario, [item.rule.name for item, *_ in found if not item.impossible])
    for item, *others in sorted(found, key=lambda family: family[0].rule.name):
        more = [f"it is one of {len(others) + 1:,} rules of its family that are overdue"] if others else []
        yield warning("W521", _message(scenario, item), span, *_notes(scenario, item, len(looked), means), *more)


def _message(scenario: Scenario, item: Pending) -> str:
    calendar = scenario.model.calendar
    after = f" ({item.after})" if item.after else ""
    length = calendar.length(item.ran, digits=3)
    spells = ", times in which it was stopped apart" if item.ran < scenario.start - item.since else ""
    possible = f"lets it wait so long with a probability of {in_percent(item.survival)}"
    return (
        f"the rule '{item.rule.name}' has been {'pending' if item.rule.on else 'enabled'} since "
        f"{calendar.moment(item.since)}{after}, by the branch for {length}{spells}, and the history has no firing of "
        f"it since: its clock {'cannot let it wait so long' if item.impossible else possible}"
    )


def _notes(scenario: Scenario, item: Pending, looked: int, means: dict[str, float]) -> Iterator[str]:
    lacked = " or ".join(dict.fromkeys(f"'{emission.event}'" for emission in item.rule.emissions))
    yield (
        f"does the history lack {lacked}? if it happened, document it; if it will not, let the scenario disable the "
        "rule, or let an event make its guard false"
    )
    yield _what_follows(item, about(scenario.model.calendar, item.half_within))
    if item.rule.name in means:
        mean = in_percent(means[item.rule.name])
        yield f"with the parameters drawn from their priors the probability is {mean}, the mean of {DRAWS} draws"
    if looked > 1 and not item.impossible:
        yield (
            f"{looked:,} rules that wait were looked at: by chance alone, one of so many has so unlikely a wait up to "
            f"{looked:,} times as often"
        )
    yield f"the rule stands at {item.rule.location}; figures at the scenario's central parameters"


def _what_follows(item: Pending, half: str) -> str:
    """Return what becomes of a rule in the runs that has waited so long, in words."""
    if isinstance(item.rule.clock, AtDate):
        return "its date has passed, so it does not fire in the runs"
    if item.half_within == math.inf:
        return "as things stand at the branch, it does not fire in the runs"
    if isinstance(item.rule.clock, Every):
        return f"in the runs it goes on to its next moment, {half} after the branch"
    if item.half_within > 0.0:
        return f"what is left of its clock is drawn given that it has not fired: half of the runs have it within {half}"
    return "given that it has not fired, it fires at the branch itself, in every run that nothing stops"
