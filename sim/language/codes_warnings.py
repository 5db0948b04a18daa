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
    (
        "W510",
        "a rule is disabled that could not fire anyway",
        "From the branch on the rule cannot fire in this scenario even if it is not disabled: its guard is false and "
        "nothing that can still happen changes that, or it waits for what cannot come, or a scenario that is extended "
        "disables it. Usual causes: the scenario branches after the event that the rule was to bring; a rule of a "
        "similar name is meant.",
        "branch: {after: dismissal}\ndisable: [government_dismisses_the_general]",
        "branch: {before: dismissal}\ndisable: [government_dismisses_the_general]",
    ),
    (
        "W511",
        "an assumed event from which nothing follows",
        "No rule waits for the event, no outcome and no measure counts it, and no rule, outcome or measure reads a "
        "state variable that it changes. So it stands in the logs and does nothing. Usual causes: an event type that "
        "has no effects yet; one of a similar name is meant.",
        "events: [{at: 2030-03-01, event: weather_report}]",
        "events: [{at: 2030-03-01, event: talks_opened}]",
    ),
    (
        "W512",
        "a scenario that assumes nothing beyond the one that it extends",
        "Its branch, its horizon, its parameters, its rules, its events and its questions are those of the scenario "
        "that it extends, so it has the very same runs, under another name. Usual causes: an assumption that was taken "
        "out; a parameter that is given the value which it has.",
        "scenario: envoy-comes-early\nextends: status-quo.yaml",
        "scenario: envoy-comes-early\nextends: status-quo.yaml\nparameters: {envoy_delay: 3 days}",
    ),
)
