"""What each warning means: what is allowed and stops nothing, and is seldom what was meant.

Each entry is as in `codes_runs`; the first digit is the pass that finds it.
"""

from sim.language.codes_runs import Entry

WARNINGS: tuple[Entry, ...] = (
    (
        "W323",
        "a comparison takes the beginning of a day",
        "In an expression a date without a time of day is its beginning, 00:00. So `time <= 2014-09-12` is false at "
        "noon of that day, and `time > 2014-09-12` true: seldom what 'by' and 'after 12 September' mean. Compare with "
        "the beginning of the next day, or write the time of day. Keys that close something (`horizon`, an outcome's "
        "`by`, a measure's `at`) take the end of the day by themselves.",
        "holds: time <= 2014-09-12",
        "holds: time < 2014-09-13",
    ),
    (
        "W324",
        "the branch is at the beginning of a day on which more is documented",
        "`branch: {at: 2014-09-10}` is the beginning of that day. Events that are documented for the day without an "
        "hour stand; those with a time of day come later, so they do not stand, and the runs go on without them. Name "
        "the last event that stands, or write the time of day.",
        "branch: {at: 2014-09-10}",
        "branch: {after: talks-in-the-evening}",
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
)
