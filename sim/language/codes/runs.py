"""What each complaint about more than one document means: E4 histories, E5 scenarios, E6 runs.

Each entry: the code, what it means, the usual causes, a wrong example, a right one. `entries`
shows them.
"""

from typing import TypeAlias

Entry: TypeAlias = tuple[str, str, str, str, str]

HISTORIES: tuple[Entry, ...] = (
    (
        "E401",
        "an event type or a rule that the model does not have",
        "A documented event is of a type that the model declares, and its `rule`, if it names one, emits that type. "
        "Usual causes: a typo, or something that was renamed in the model only.",
        "event: shot_fired",
        "event: shots_fired",
    ),
    (
        "E402",
        "a documented event that the model says cannot have happened",
        "Some rule that emits it must be enabled at that moment, after all that is documented before. Either the model "
        "is wrong (a guard too narrow), an earlier event is missing in the history, or the event comes from outside: "
        "then declare its type `exogenous: true`.",
        "events:\n  flood: {title: The river floods}",
        "events:\n  flood: {title: The river floods, exogenous: true}",
    ),
    (
        "E403",
        "documented events out of time",
        "Dates are written 2014-09-12 or 2014-09-12T14:30, lie after the model's time 0, and stand in order.",
        "events:\n  - {id: second, at: 2030-01-09}\n  - {id: first, at: 2030-01-03}",
        "events:\n  - {id: first, at: 2030-01-03}\n  - {id: second, at: 2030-01-09}",
    ),
    (
        "E404",
        "the model breaks while the history is followed",
        "Applying a documented event is a run error: an effect leaves a variable's range, or has no value. The message "
        "says which; the codes E6 say more.",
        "violations: {type: int, range: [0, 1], initial: 0}",
        "violations: {type: int, range: [0, 1000], initial: 0}",
    ),
    (
        "E405",
        "two documented events of one id",
        "An id names one event, so that a branch can name it.",
        "events:\n  - {id: shots, at: 2030-01-03}\n  - {id: shots, at: 2030-01-09}",
        "events:\n  - {id: first-shots, at: 2030-01-03}\n  - {id: second-shots, at: 2030-01-09}",
    ),
)

SCENARIOS: tuple[Entry, ...] = (
    (
        "E501",
        "a scenario of another model",
        "What a scenario takes over from the one that it extends, or from the run that it goes on from, would mean "
        "something else in another model. A scenario that extends another leaves `model` out.",
        "extends: status-quo.yaml\nmodel: other-model.yaml",
        "extends: status-quo.yaml",
    ),
    (
        "E502",
        "no horizon, or one before the branch or too far away",
        "A run needs an end after its beginning: a date, with a day to its end, or a length of time since the branch, "
        "in the scenario or in its model. In a model with dates it lies before the year 10000, in any model within "
        "2 ** 53 units of time.",
        "branch: {at: 2030-03-01}\nhorizon: 2030-01-01",
        "branch: {at: 2030-03-01}\nhorizon: 180 days",
    ),
    (
        "E503",
        "a branch that leads nowhere",
        "A branch has exactly one of `after` and `before`, each the id of a documented event, or `at`, a date after "
        "the model's time 0.",
        "branch: {after: first-shot, at: 2030-01-03}",
        "branch: {after: first-shots}",
    ),
    (
        "E504",
        "a scheduled event outside of the run",
        "What is scheduled happens after the branch (in a model's timetable: after its time 0) and before the horizon. "
        "A day on which something happens is its beginning; a day as horizon is its end.",
        "branch: {at: 2030-03-01}\nevents:\n  - {at: 2030-02-01, event: talks_opened}",
        "branch: {at: 2030-03-01}\nevents:\n  - {after: 3 days, event: talks_opened}",
    ),
    (
        "E505",
        "a scenario sets a parameter that its model does not have",
        "Usual causes: a typo, or a parameter that was renamed in the model only.",
        "parameters: {envoy_dealy: 3 days}",
        "parameters: {envoy_delay: 3 days}",
    ),
    (
        "E506",
        "scenarios that extend each other without end",
        "A scenario cannot extend itself, by way of others either, and a chain has at most ten files.",
        "scenario: status-quo\nextends: status-quo.yaml",
        "scenario: envoy-comes-early\nextends: status-quo.yaml",
    ),
    (
        "E507",
        "luck that cannot be kept",
        "Going on from a run with its own luck means the same draws, so the seed must be that run's, and its "
        "parameters with it. Draw fresh luck, or give that run's seed.",
        "sim run status-quo.yaml --from ENSEMBLE:17:40 --luck keep --seed 2",
        "sim run status-quo.yaml --from ENSEMBLE:17:40 --luck fresh --seed 2",
    ),
    (
        "E508",
        "an event from which no branch can go on",
        "A branch goes on from an event of a run before its last: `sim log` shows the events with their numbers.",
        "sim run status-quo.yaml --from ENSEMBLE:17:4000",
        "sim run status-quo.yaml --from ENSEMBLE:17:40",
    ),
    (
        "E509",
        "a scenario's own outcome that would end the run",
        "A scenario may ask about outcomes beside the model's. What ends a run changes it, so that belongs to the "
        "model, where all scenarios share it. `otherwise` is the model's, too.",
        "outcomes: {calm: {when: tension < 0.2, ends_run: true}}",
        "outcomes: {calm: {when: tension < 0.2}}",
    ),
    (
        "E510",
        "scenarios that cannot be compared run by run",
        "Runs are pairs if they begin at the same moment with the same past, the same seed and the same rules; then "
        "run i has the same luck in both. For a scenario that branches at another moment, or ends at another time, "
        "the baseline is made at that moment, unless an event that it assumes lies before it. Another seed, another "
        "model or other ways of drawing parameters leave no pairs. `--unpaired` compares all with the baseline as it "
        "is, without a word on what made the difference.",
        "sim compare 3f9a01 a702dc, of two seeds",
        "sim compare 3f9a01 a702dc --unpaired",
    ),
    (
        "E511",
        "a counterexample of something else",
        "The file keeps a history that once broke a check. Its scenario, its check, its beginning or one of its "
        "parameters is not there any more. Where the check was taken out of the model on purpose, delete the file.",
        "check: no_waar",
        "check: no_war",
    ),
    (
        "E512",
        "two scenarios of one folder with one id",
        "Commands that take a folder tell its scenarios apart by their ids, in tables, words and files. Usual cause: a "
        "file was copied, and its first line left as it was.",
        "scenario: status-quo, in talks-hold.yaml beside status-quo.yaml",
        "scenario: talks-hold, in talks-hold.yaml",
    ),
    (
        "E518",
        "a scenario gives a parameter a value that it cannot have",
        "What a parameter can be at all is its `range` in the model; without one, what its prior there says of its "
        "nature: 0 to 1 with a beta, never negative where the prior has no negative number. A scenario's value, or all "
        "that its prior can draw, must lie within. Usual causes: 120 % of a chance, a sign, a prior without ends for a "
        "share.",
        "parameters: {word_kept: 120 %}",
        "parameters: {word_kept: 90 %}",
    ),
    (
        "E519",
        "a question about a time that no run reaches",
        "The `within`, `by` or `at` of an outcome or a measure lies after the horizon, or before the branch. The runs "
        "could only answer for the time that they have, which is another question. Lengthen the horizon, or ask for "
        "less.",
        "horizon: 10 days\noutcomes:\n  peace: {when: talks == signed, within: 50 days}",
        "horizon: 60 days\noutcomes:\n  peace: {when: talks == signed, within: 50 days}",
    ),
)

RUNS: tuple[Entry, ...] = (
    (
        "E601",
        "a rate below 0, or without bound",
        "A rule's rate came out negative or infinite while it was enabled. Guard against it with max(0, ...), or give "
        "the variables in it a range.",
        "clock: {rate: (1 - fatigue) * 0.2 per day}",
        'clock: {rate: "max(0, 1 - fatigue) * 0.2 per day"}',
    ),
    (
        "E602",
        "a state variable leaves its range",
        "An effect, or an initial value that depends on parameters, lies outside of the declared range. Widen the "
        "range, narrow the guard, or let the value stay at its bound.",
        "trust: {type: real, range: [0, 1], initial: 0.5}",
        "trust: {type: real, range: [0, 1], initial: 0.5, at_bounds: saturate}",
    ),
    (
        "E603",
        "an endless chain of events in no time",
        "Rules that fire immediately set each other off. One of the effects in the ring must turn one of the guards "
        "false. The ring is shown. A rate so great that its times cannot be told apart comes to the same: time stands "
        "still.",
        "rules:\n  answer: {faction: north, when: not calm, clock: immediately, emits: shots_fired}",
        "rules:\n  answer: {faction: north, when: not calm, clock: {rate: 1 per day}, emits: shots_fired}",
    ),
    (
        "E604",
        "an expression without a value",
        "A division by zero, the logarithm or root of a negative number, or a number past all bounds, in the state "
        "that the run had reached.",
        "value: deaths / violations",
        "value: deaths / max(violations, 1)",
    ),
    (
        "E606",
        "a clock that cannot start",
        "The parameters of its law came out impossible: a mean of 0, a negative length of time, bounds the wrong way "
        "round, or so short a time from one firing to the next that times cannot be told apart.",
        "clock: {exponential: {mean: patience - 20 days}}",
        'clock: {exponential: {mean: "max(patience - 20 days, 1 hour)"}}',
    ),
    (
        "E607",
        "weights that choose nothing",
        "A weight of a choice came out negative or infinite, or all of them are 0.",
        "choose:\n  - {event: signed, weight: trust - 0.5}\n  - {event: broken, weight: 0}",
        "choose:\n  - {event: signed, weight: exp(4 * trust)}\n  - {event: broken, weight: 1}",
    ),
    (
        "E608",
        "a mark that cannot be drawn",
        "The parameters of its random law came out impossible: a negative mean, a chance outside of 0 to 1.",
        "emits: {event: shots_fired, deaths: poisson(trust - 1)}",
        "emits: {event: shots_fired, deaths: poisson(1 - trust)}",
    ),
    (
        "E609",
        "a machine that computes other numbers",
        "Every machine must give the same bits, so that a run made on one can be proved on another. Before a process "
        "makes runs it makes those of a small model that ships with sim, and compares their digest. This one differs: "
        "a faulty processor, or a build of Python or LLVM that rounds floats otherwise.",
        "a worker on a machine whose floats have other last bits",
        "a worker on any machine that follows IEEE 754",
    ),
    (
        "E610",
        "a cluster that gave up",
        "The scheduler is gone, or no worker has been there for a minute, or the same piece of work has ended three "
        "workers: usually they have too little memory. What is sealed stays, and the same command goes on from there.",
        "dask worker tcp://scheduler:8786 --memory-limit 100MB",
        "dask worker tcp://scheduler:8786 --nthreads 1 --memory-limit 2GB",
    ),
    (
        "E611",
        "figures that are withheld because too many runs failed",
        "More than 1 % of the runs failed. What makes a run fail may also decide how it would have ended, so shares "
        "and means of the others would mislead. `sim log ENSEMBLE --run N` shows how a run failed. With "
        "`--despite-failures` (in Python `despite_failures=True`) each probability has an interval that counts every "
        "failed run both ways: it holds whatever they would have come to, and is as wide as that makes it.",
        "rules: {q: {faction: a, when: 1 / (3 - n) > 0, clock: {rate: 1 per day}, emits: e}}",
        "rules: {q: {faction: a, when: n != 3 and 1 / (3 - n) > 0, clock: {rate: 1 per day}, emits: e}}",
    ),
    (
        "E612",
        "an ensemble whose runs all come to the limit of events",
        "The first runs that were made, ten or more, were all stopped after 1,000,000 events, the most that a run may "
        "have; so at least three in four of all are likely to be (95 %). Making them takes long and tells little: what "
        "comes after the limit is not known. The error names the rule that fired most. Which runs are looked at "
        "depends only on the ensemble and on what of it was sealed. The limit cannot be raised: it is part of what a "
        "run means. `--despite-failures` (in Python `despite_failures=True`) makes all runs, for what comes true "
        "before.",
        "horizon: 20\nrules: {r: {faction: a, clock: {rate: 1e9}, emits: e}}",
        "horizon: 20\nrules: {r: {faction: a, clock: {rate: 1}, emits: e}}",
    ),
    (
        "E613",
        "a worker process that was killed",
        "One of the processes that make runs was ended from outside: by signal 9 when memory ran out, as the system "
        "does then, or by somebody. Where memory may have been the cause, half as many workers go on, with warning "
        "W613; this error comes when the last of them is killed, too. What is sealed stays, and the same command goes "
        "on from there. On Linux `dmesg` shows what was killed for its memory. Fewer workers need less: `--workers 1` "
        "makes the runs in one process.",
        "sim run status-quo.yaml --runs 1000000 --workers 64",
        "sim run status-quo.yaml --runs 1000000 --workers 4",
    ),
    (
        "E614",
        "a worker process that crashed",
        "One of the processes that make runs broke off, by a fault of sim, of a library that it uses, or of the "
        "machine: nothing in a document can do that. Please report it, with the model and the command. What is sealed "
        "stays. Another engine may get past it, and makes the same runs.",
        "sim run status-quo.yaml --engine kernel",
        "sim run status-quo.yaml --engine reference",
    ),
    (
        "E616",
        "not enough memory",
        "The system refused memory. A process that makes runs holds some 200 MB of them at once, and one run of up to "
        "1,000,000 events beside; the process that collects them holds a few numbers of each run. Take fewer workers "
        "or fewer runs, keep outcomes alone, or leave out measures. What is sealed stays, and the same command goes "
        "on from there.",
        "sim run status-quo.yaml --runs 1000000000",
        "sim run status-quo.yaml --runs 1000000 --workers 2 --keep outcomes",
    ),
)
