"""What each complaint about one document means: E1 its shape, E2 its expressions, E3 what they mean.

Each entry: the code, what it means, the usual causes, a wrong example, a right one. `entries`
shows them.
"""

from typing import TypeAlias

Entry: TypeAlias = tuple[str, str, str, str, str]

SHAPE: tuple[Entry, ...] = (
    (
        "E101",
        "this is not YAML",
        "The file breaks the grammar of YAML, so nothing in it could be read further. Usual causes: a tab at the start "
        "of a line, a bracket or a quote that is never closed, a ':' without a space after it, or an expression with "
        "a comma or square brackets that stands between { } without quotes.",
        "{faction: crew, when: up[1] and spare > 0, emits: repaired}",
        '{faction: crew, when: "up[1] and spare > 0", emits: repaired}',
    ),
    (
        "E102",
        "a key stands twice in one mapping",
        "Only one of two equal keys could count, so none is taken. Usual causes: a block that was copied and not "
        "renamed, two rules or variables of one name.",
        "state:\n  calm: {type: bool, initial: true}\n  calm: {type: bool, initial: false}",
        "state:\n  calm: {type: bool, initial: true}\n  tired: {type: bool, initial: false}",
    ),
    (
        "E103",
        "a part of YAML that this language leaves out",
        "Anchors (&), aliases (*), tags (!), merge keys (<<), keys that are not words and several documents in one "
        "file are refused: what stands at a place must be readable at that place.",
        "basis: &why {judgement: an estimate}",
        "basis: {judgement: an estimate}",
    ),
    (
        "E104",
        "an unknown key",
        "No such key is allowed at this place. Usual causes: a typo, wrong indentation, or a key of another "
        "kind of file. The keys that are allowed are listed.",
        "rules:\n  guards_leave: {faction: army, gaurd: calm, emits: left}",
        "rules:\n  guards_leave: {faction: army, when: calm, emits: left}",
    ),
    (
        "E105",
        "a key is missing",
        "Something that is always needed is not there. Usual causes: wrong indentation, so that the key belongs to "
        "something else, an event type without the faction whose act it is, a scheduled event without its time.",
        "timetable:\n  - {event: election_held}",
        "timetable:\n  - {event: election_held, at: 2030-05-01}",
    ),
    (
        "E106",
        "a value of the wrong shape",
        "A word stands where a list or a mapping is expected, a name has letters that names cannot have, or a closed "
        "list of words does not contain this one. Names are small letters, digits and '_'.",
        "state:\n  Calm: {type: boolean, initial: true}",
        "state:\n  calm: {type: bool, initial: true}",
    ),
    (
        "E107",
        "a file is too large",
        "A file may have 2,000,000 bytes, 100,000 values, 24 levels and 40 digits in a number. Nothing that people "
        "write by hand comes near that; usual causes are a wrong file, or one that a program made.",
        "parameters:\n  k: {value: 0.3333333333333333333333333333333333333333333, basis: {judgement: a third}}",
        "parameters:\n  k: {value: 1 / 3, basis: {judgement: a third}}",
    ),
    (
        "E108",
        "a file cannot be read",
        "There is no such file; it is a directory, a pipe, a device or a file of the system's (such as one below "
        "/proc); or the system does not let it be read. Paths in a document start at that document's folder.",
        "history: seeds/ceasefire/history.yaml",
        "history: ../../seeds/ceasefire/history.yaml",
    ),
    (
        "E109",
        "a file is not text",
        "The file is empty, is not UTF-8, or has characters that no YAML file has. Or it is not called .yaml and no "
        "line begins with `model:`, `scenario:`, `history:` or `sources:`; then nothing of it is shown. Usual causes: "
        "a wrong file, such as an archive or a picture, or an editor that saves in another encoding.",
        "# only a comment",
        "model: ceasefire",
    ),
)

EXPRESSIONS: tuple[Entry, ...] = (
    (
        "E201",
        "this is not an expression",
        "Expressions are written as in Python: + - * / // % **, == != < <= > >=, and, or, not, x if c else y. Usual "
        "causes: a bracket that is not closed, a word of another language such as && or !, a single = to compare.",
        "when: calm && trust = 1",
        "when: calm and trust == 1",
    ),
    (
        "E202",
        "a part of Python that this language leaves out",
        "Expressions have numbers, names, arithmetic, comparisons, and, or, not, x if c else y, and a closed list of "
        "functions. Text in quotes, lists, dots, lambda, 'in', 'is' and comments are not part of it.",
        "when: talks in ['open', 'signed']",
        "when: talks == open or talks == signed",
    ),
    (
        "E203",
        "a function is unknown, or has the wrong number of arguments",
        "The functions are abs, ceil, clamp, exp, floor, log, logistic, max, min, sqrt; over a family sum, count, any, "
        "all, min, max; and in the marks of a rule's event the random laws, such as poisson.",
        "value: clamp(trust, 1)",
        "value: clamp(trust, 0, 1)",
    ),
    (
        "E204",
        "an expression or a number is too large",
        "An expression may have 1,000 characters, 40 nested brackets, and with the derived quantities in it 5,000 "
        "parts; all of a model's together, families written out, 500,000. A whole number may go up to 2**53, a power "
        "up to 64. Split it into derived quantities, write a real number, or make a family smaller.",
        "initial: 100000000000000000000",
        "initial: 1e20",
    ),
)

MEANING: tuple[Entry, ...] = (
    (
        "E301",
        "an unknown name",
        "Nothing of this name is declared where the expression can see it. Usual causes: a typo; a mark "
        "outside of its event's effects; an initial value that reads state (it may read parameters alone).",
        "state:\n  tension: {type: real, initial: 0.2}\nderived:\n  tense: {value: tensoin > 0.6}",
        "state:\n  tension: {type: real, initial: 0.2}\nderived:\n  tense: {value: tension > 0.6}",
    ),
    (
        "E302",
        "a value of the wrong type",
        "Conditions, whole numbers, numbers, the values of an enum and dates are different things. Usual causes: a "
        "number where a condition is expected, a fraction assigned to a whole number, an enum compared with a number.",
        "when: violations",
        "when: violations > 0",
    ),
    (
        "E303",
        "units do not fit",
        "Lengths of time, rates and declared units are kept apart, and only the number 0 fits all. Usual causes: a "
        "bare number where a length of time is expected, a rate that is not per time, a unit that is not declared.",
        "clock: {rate: 0.2}",
        "clock: {rate: 0.2 per day}",
    ),
    (
        "E304",
        "a name that means something else already",
        "State variables, parameters, derived quantities, marks, indices and the values of enums may not share names, "
        "or a reader could not tell which is meant.",
        "state:\n  open: {type: bool, initial: false}\n  talks: {type: enum, values: [none, open], initial: none}",
        "state:\n  opened: {type: bool, initial: false}\n  talks: {type: enum, values: [none, open], initial: none}",
    ),
    (
        "E305",
        "a number without a basis",
        "Every parameter says where it comes from: paragraphs of a source, or a judgement with its reason.",
        "parameters:\n  provocation: {value: 0.05, unit: 1/day}",
        "parameters:\n  provocation: {value: 0.05, unit: 1/day, basis: {judgement: an incident in twenty days}}",
    ),
    (
        "E306",
        "a state variable cannot be as it is declared",
        "An enum needs a list of values, each once, and only an enum has one; only numbers have a range; the range "
        "begins before it ends, and the initial value lies in it.",
        "trust: {type: real, range: [0, 1], initial: 50}",
        "trust: {type: real, range: [0, 1], initial: 0.5}",
    ),
    (
        "E307",
        "an unknown faction, event type or rule",
        "Nothing of this name is declared under `factions`, `events` or `rules`. Usual causes: a typo, or "
        "something that was renamed at one place only.",
        "rules:\n  envoy_calls: {faction: envoi, emits: talks_opened}",
        "rules:\n  envoy_calls: {faction: envoy, emits: talks_opened}",
    ),
    (
        "E308",
        "the present time read where nothing notices its passing",
        "Guards, rates and derived quantities change with events alone, so they may not read `time`. Let an event "
        "change the state when the time has come: a rule with `at` or `every`, or an entry of the timetable.",
        "when: time > 2030-03-01",
        "clock: {at: 2030-03-01}",
    ),
    (
        "E309",
        "a random draw where none may be",
        "Laws such as poisson(2) may stand only in the marks of the events that rules emit. What happens when is "
        "random by the clocks, which of several events happens by `choose`.",
        "effects: {violations: violations + poisson(2)}",
        "emits: {event: shots_fired, deaths: poisson(2)}",
    ),
    (
        "E310",
        "a name that the language needs for itself",
        "Functions, random laws, units of time and words such as time, true, event and weight cannot be declared.",
        "units: [day]",
        "units: [soldier]",
    ),
    (
        "E311",
        "a parameter's value or prior does not fit",
        "A parameter has a value or a prior, not both. A prior is one law with its numbers in a list, which must make "
        "sense together. Whole numbers and conditions can only have a value.",
        "parameters:\n  delay: {prior: {pert: [30, 7, 2]}, unit: day, basis: {judgement: experience}}",
        "parameters:\n  delay: {prior: {pert: [2, 7, 30]}, unit: day, basis: {judgement: experience}}",
    ),
    (
        "E312",
        "a family or a member that does not exist",
        "`for: i in 1..5` or `for: p in north, south` makes a family; one of it is written up[2], up[i] or up[i + 1]. "
        "Usual causes: a family used without saying which member, a member beyond its end.",
        "when: not up",
        "when: not up[1]",
    ),
    (
        "E313",
        "a derived quantity that is derived from itself",
        "Its value would have to be known before it is computed. The ring of names is shown. What remembers its own "
        "past is a state variable, changed by events.",
        "derived:\n  fear: {value: 1 - calm}\n  calm: {value: 1 - fear}",
        "derived:\n  fear: {value: 1 - trust}\n  calm: {value: 1 - fear}",
    ),
    (
        "E314",
        "this is not a clock",
        "A clock is `immediately`, a sentence such as 30 % within 14 days, or a mapping with one key: rate, a law "
        "(exponential, weibull, gamma, lognormal, loglogistic, uniform, triangular, fixed), at, every. The numbers of "
        "a law must make sense, and a rate cannot be negative.",
        "clock: {weibull: {scale: 21 days}}",
        "clock: {weibull: {shape: 1.5, scale: 21 days}}",
    ),
    (
        "E315",
        "a source or a paragraph that does not exist",
        "The sources file has no document of this id, or the document has fewer paragraphs. A document that cites "
        "names its sources file under `sources`.",
        "basis: {source: un-report-12, paragraph: 400}",
        "basis: {source: un-report-12, paragraph: 4}",
    ),
    (
        "E316",
        "an outcome or a measure that is not whole",
        "An outcome has a condition (`when`), events (`on`), or is what remains (`otherwise: true`, alone). A measure "
        "has exactly one of value, sum, count, time_while, integral, until, max, min.",
        "outcomes:\n  peace: {ends_run: true}",
        "outcomes:\n  peace: {when: talks == signed, ends_run: true}",
    ),
    (
        "E317",
        "this is not a date, or the model has no dates",
        "A date is written 2014-09-12 or 2014-09-12T14:30 and exists in the calendar. A model has dates if its `time` "
        "has an `origin`; abstract time has none.",
        "time: {unit: day, origin: 12 September 2014}",
        "time: {unit: day, origin: 2014-09-12}",
    ),
    (
        "E318",
        "a rule without its event, or with two answers to what happens",
        "A rule has `emits`, one event, or `choose`, several of which one happens by weight; never both, never none.",
        "rules:\n  envoy_calls: {faction: envoy, when: calm}",
        "rules:\n  envoy_calls: {faction: envoy, when: calm, emits: talks_opened}",
    ),
    (
        "E319",
        "a number that cannot be computed",
        "The arithmetic of a number that is fixed when the file is read has no result: a division by zero, a power or "
        "a product that passes all bounds.",
        "range: [0, 1 / 0]",
        "range: [0, 1000]",
    ),
    (
        "E320",
        "the marks of an event do not fit its type",
        "An event carries exactly the marks that its type declares. In a timetable, a scenario or a history they are "
        "plain numbers.",
        "emits: {event: shots_fired, deads: 2}",
        "emits: {event: shots_fired, deaths: 2}",
    ),
    (
        "E321",
        "a check that is not whole",
        "A check makes exactly one claim: always, never, never_falls, never_rises, reachable; `after` events with one "
        "of holds, happened, leads_to; `before` events with holds; unchanged_by or changed_only_by with value; "
        "monotone with never_lowers or never_raises. What it is about must be there: a parameter with a prior, an "
        "event type of the model.",
        "checks:\n  no_war: {never: not ceasefire, always: trust > 0, because: the accord says so}",
        "checks:\n  no_war: {never: not ceasefire, because: the accord says so}",
    ),
    (
        "E322",
        "what has happened is asked outside of a check",
        "happened(event), times(event) and reached(outcome) look back over a whole run, and may stand only in a check. "
        "A rule sees the state alone: let the event change a state variable, and read that.",
        "when: happened(shots_fired)",
        "when: violations > 0",
    ),
    (
        "E329",
        "a value that the parameter cannot have",
        "The value, or all that its prior can draw, must lie in the parameter's `range`: [low, high], in its unit. A "
        "parameter without one can be what its prior says of its nature: 0 to 1 with a beta, never negative where the "
        "prior has no negative number; any number with a value alone.",
        "parameters:\n  skill: {prior: {normal: [0.5, 0.2]}, range: [0, 1], basis: {judgement: experience}}",
        "parameters:\n  skill: {prior: {beta: [3, 3]}, range: [0, 1], basis: {judgement: experience}}",
    ),
    (
        "E330",
        "a mark that can never be drawn",
        "Whatever the state is, the law has arguments that it cannot have: a mean below 0, a chance above 1, ends in "
        "the wrong order. Each run that comes to it would fail.",
        "emits: {event: shots_fired, deaths: poisson(-1)}",
        "emits: {event: shots_fired, deaths: poisson(1)}",
    ),
    (
        "E331",
        "weights by which nothing can be chosen",
        "A weight is at least 0, and one of a rule's weights is above 0. Each run that comes to the choice would fail.",
        "choose: [{event: accord_signed, weight: -1}, {event: talks_failed, weight: 2}]",
        "choose: [{event: accord_signed, weight: 1}, {event: talks_failed, weight: 2}]",
    ),
    (
        "E332",
        "an effect that always leaves the range",
        "Whatever the state before it is, the event would set the variable to a value outside its range, and the run "
        "would fail. Widen the range, or let the variable stay at its bounds with `at_bounds: saturate`.",
        "state: {trust: {type: real, range: [0, 1], initial: 0.5}}\n"
        "events: {accord_signed: {by: envoy, effects: {trust: 90}}}",
        "state: {trust: {type: real, range: [0, 1], initial: 0.5}}\n"
        "events: {accord_signed: {by: envoy, effects: {trust: 0.9}}}",
    ),
    (
        "E333",
        "a length of time below 0",
        "What is asked of a run counts from the branch on, so a length of time in it is at least 0.",
        "outcomes:\n  peace: {when: talks == signed, within: -30 days}",
        "outcomes:\n  peace: {when: talks == signed, within: 30 days}",
    ),
)
