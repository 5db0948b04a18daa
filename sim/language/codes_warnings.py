"""What each warning means: what is allowed and stops nothing, and is seldom what was meant.

Each entry is as in `codes_runs`; the first digit is the pass that finds it.
"""

from sim.language.codes_runs import Entry

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
        "W501",
        "a scenario changes something that nothing reads",
        "From the branch on no rule, no effect of an event that can still happen, no outcome and no measure reads the "
        "parameter, so the scenario's runs are those of the scenario without it. Usual causes: the parameter is only "
        "read by documented events, which stand as they are documented, or by a rule that the scenario disables.",
        "parameters: {visit_effect: 0.3}\ndisable: [mediator_visits]",
        "parameters: {visit_effect: 0.3}",
    ),
)
