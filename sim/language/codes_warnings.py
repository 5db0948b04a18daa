"""What each warning means: what is allowed and stops nothing, and is seldom what was meant.

Each entry is as in `codes_runs`; the first digit is the pass that finds it.
"""

from sim.language.codes_runs import Entry

WARNINGS: tuple[Entry, ...] = (
    (
        "W330",
        "parameters with which a run fails",
        "With the values named, which the parameters have or their priors can draw, a rate would be negative, a law "
        "would have arguments that it cannot have, or a value would leave its range: a run that comes to it ends as "
        "failed. The ends of the priors and their middle are tried; how many draws are like that is an estimate. Let "
        "the priors end where a run is still possible, or bound the expression.",
        "parameters:\n  losses: {prior: {normal: [2, 1]}, basis: {judgement: two a day}}\nemits: {event: shots_fired, "
        "deaths: poisson(losses)}",
        "parameters:\n  losses: {prior: {gamma: [4, 2]}, basis: {judgement: two a day}}\nemits: {event: shots_fired, "
        "deaths: poisson(losses)}",
    ),
    (
        "W501",
        "a scenario changes something that nothing reads",
        "From the branch on no rule, no effect of an event that can still happen, no outcome and no measure reads the "
        "parameter, so the scenario's runs are those of the scenario without it. Usual causes: the parameter is only "
        "read by documented events, which stand as they are documented, or by a rule that the scenario disables.",
        "parameters: {visit_effect: 0.3}\ndisable: [mediator_visits]",
        "parameters: {visit_effect: 0.3}",
    ),
    (
        "W520",
        "a scenario assumes what its model holds impossible",
        "The model's own prior of the parameter has ends (pert, uniform, triangular, loguniform), and the scenario's "
        "value or prior lies beyond them. That may be what the scenario is about; it may also be a slip of the unit or "
        "of a digit. A parameter with a `range` is held possible within it, and no such warning comes.",
        "parameters: {delay: 70 days}",
        "parameters: {delay: 20 days}",
    ),
    (
        "W521",
        "a rule is overdue at the branch",
        "The rule was enabled before the branch and, with the parameters at their central values, its clock would "
        "likely have run out by then, but the history has no firing of it. A run draws what is left of the clock given "
        "that it has not fired, so the rule fires soon after the branch. That is right if nothing has happened; often "
        "it has, and is not documented, or it never will. A rule that waits `on` events is told of from 50 % on, "
        "another one with a law for its clock from 95 % on.",
        "branch: {at: 2030-12-23}",
        "branch: {at: 2030-12-23}\ndisable: [ruler_answers]",
    ),
    (
        "W522",
        "a check gives more time than the runs have",
        "What must come true `within` the time may come until then, and the runs end before: no simulated run breaks "
        "the check, and a probability counts runs that were over too early. Lengthen the horizon, or give less time.",
        "horizon: 10 days\nchecks:\n  answered: {after: asked, leads_to: known, within: 30 days, because: they answer}",
        "horizon: 90 days\nchecks:\n  answered: {after: asked, leads_to: known, within: 30 days, because: they answer}",
    ),
)
