"""What each warning means: what is allowed and stops nothing, and is seldom what was meant.

Each entry is as in `runs`; the first digit is the pass that finds it.
"""

from sim.language.codes.runs import Entry

WARNINGS: tuple[Entry, ...] = (
    (
        "W021",
        "the reference engine stands in for the kernel",
        "`--engine auto` would have taken the compiled engine. It cannot be used here: llvmlite is missing, its files "
        "are damaged or made for another machine, or its version refuses the code. The reference engine makes the same "
        "runs, and takes longer. Install sim anew to have the kernel back; an engine that is named is taken without a "
        "warning.",
        "sim run status-quo.yaml --runs 10000",
        "sim run status-quo.yaml --runs 10000 --engine reference",
    ),
    (
        "W027",
        "compiled code that others could have written",
        "The kernel keeps the code that it compiles in the user's cache folder, or in that of SIM_CACHE, and runs what "
        "it finds there. So it takes a folder and files that belong to the user who runs sim, or to root, and that "
        "nobody else may write to; other ones are left alone, and code is compiled anew in each process. Usual causes: "
        "a folder that was made by hand, or with a umask that lets the group write; one that users share; sudo, which "
        "lets root use another user's folder.",
        "mkdir -m 777 kernels && SIM_CACHE=kernels sim run status-quo.yaml",
        "SIM_CACHE=kernels-of-mine sim run status-quo.yaml",
    ),
    (
        "W036",
        "a worker of the cluster that is left out, or no worker at all",
        "A worker that does not see the ledger, or has other sources of sim than the driver, gets no more work from "
        "this command; the others do what it had, and the runs are the same. It is named with its host and address: "
        "mount the ledger there under the same path, or install the same version there. Where no worker is left, one "
        "that comes within a minute goes on. If nobody can do the work, that is an error: E711, E032 or E610.",
        "three workers with /shared/ledger, and one whose host has not mounted it",
        "four workers with /shared/ledger",
    ),
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
        "W325",
        "a rule that fires more often than a run may have events",
        "A run is stopped when it has had 1,000,000 events and another one is due. This rule alone brings it there "
        "before the horizon: once it is enabled no event can disable it, and in every state that the model's ranges "
        "allow its mean delay is that short, with the parameters at their central values. Usual causes: a rate in the "
        "wrong unit, a horizon that is very far. Nothing is said of rules for which the documents do not tell it, such "
        "as one whose rate grows with each event.",
        "time: {unit: day}\nhorizon: 100 days\nclock: {rate: 20 per second}",
        "time: {unit: day}\nhorizon: 100 days\nclock: {rate: 20 per day}",
    ),
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
        "From the branch on no rule, no effect of an event that can still happen, no outcome, no measure and no check "
        "reads the parameter, so the scenario's runs are those of the scenario without it. Usual causes: the parameter "
        "is only read by documented events, which stand as they are documented, or by a rule that the scenario "
        "disables.",
        "parameters: {visit_effect: 0.3}\ndisable: [mediator_visits]",
        "parameters: {visit_effect: 0.3}",
    ),
    (
        "W503",
        "a rule goes on faster than time can tell apart",
        "Times are kept as floats: the further from time 0, the longer the step from one time to the next. Where a "
        "rule's mean delay is less than 64 steps, its events are squeezed together, and their numbers come out wrong. "
        "Usual causes: a horizon of very many units, a rate in the wrong unit.",
        "time: {unit: abstract}\nhorizon: 1e14\nclock: {rate: 1000}",
        "time: {unit: abstract}\nhorizon: 1e6\nclock: {rate: 1000}",
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
    (
        "W613",
        "fewer workers, because memory ran out",
        "A process that makes runs was killed by signal 9, as the system does when memory runs out, or had none left. "
        "Half as many go on, and what was lost is done again: the runs are the same. Ask for fewer workers from the "
        "start to save that time.",
        "sim run status-quo.yaml --runs 1000000 --workers 64",
        "sim run status-quo.yaml --runs 1000000 --workers 16",
    ),
    (
        "W614",
        "fewer workers than were asked for",
        "The system refuses to start another process or thread: usually a limit of how many a user may have "
        "(`ulimit -u`) or of a container is reached. The work goes on with those that there are, if need be in one "
        "process. The runs are the same.",
        "ulimit -u 50; sim run status-quo.yaml --workers 64",
        "ulimit -u 500; sim run status-quo.yaml --workers 64",
    ),
)
