"""What each warning means: what is allowed and stops nothing, and is seldom what was meant.

Each entry is as in `codes_runs`; the first digit is the pass that finds it.
"""

from sim.language.codes_runs import Entry

WARNINGS: tuple[Entry, ...] = (
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
        "W610",
        "a run that was stopped at the limit of events",
        "A run is stopped when it has had 1,000,000 events and another one is due. It has not failed: what had come "
        "true by then has come true. What would have come later is not known, so intervals of probabilities count such "
        "a run both ways, `otherwise` does not come true in it, and measures that need its end have no value. Usual "
        "causes: a rate in the wrong unit, one that grows with each event, a horizon that is very far, or a time whose "
        "mean is infinite.",
        "clock: {rate: 20000 per hour}",
        "clock: {rate: 2 per hour}",
    ),
)
