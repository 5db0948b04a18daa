"""Slips in what is taken up again: replay, branches from runs, questions asked later."""

from tests.mutants.fault import Fault

BRANCHES = "tests/model/test_branching.py"
GUARANTEES = "tests/engines/test_guarantees.py"
ASKED = "tests/model/test_asked.py"
MEASURES = "tests/model/test_measures.py"
REACHED = "tests/model/test_outcomes.py"

FAULTS = (
    Fault(
        "a branch from a branch watches outcomes from the later one on",
        "model/run.py",
        "self.outcomes.look_again(self.frame) if begun else self.outcomes.begin(self.frame)",
        "self.outcomes.begin(self.frame)",
        (REACHED,),
    ),
    Fault(
        "a rule that fired in the past is still running",
        "model/run.py",
        "        if fired is not None:\n            self.clocks.fired(fired)\n        self.clocks.follow",
        "        self.clocks.follow",
        (BRANCHES,),
    ),
    Fault(
        "a replay leaves out the scheduled events",
        "model/replay.py",
        '{"documented", "fired", "scheduled"}',
        '{"documented", "fired"}',
        (MEASURES, GUARANTEES),
    ),
    Fault(
        "a replay leaves out the documented past",
        "model/replay.py",
        '{"documented", "fired", "scheduled"}',
        '{"fired", "scheduled"}',
        ("tests/model/test_replay.py",),
    ),
    Fault(
        "questions asked later are not asked at the horizon",
        "model/asked.py",
        "            self.reach(self.outcomes.otherwise())\n",
        "",
        (REACHED, ASKED),
    ),
    Fault(
        "questions asked later of a branch are asked from the branch on",
        "model/asked.py",
        "                self.outcomes.follow(self.frame, event.type, changed)\n",
        "                pass\n",
        (REACHED, ASKED),
    ),
    Fault(
        "what is due at the branch is taken for over",
        "model/branching.py",
        "elif item.time >= start:",
        "elif item.time > start:",
        (BRANCHES,),
    ),
    Fault(
        "of two equal events at the branch both are taken for over",
        "model/branching.py",
        "            happened[key] -= 1\n",
        "            continue\n",
        (BRANCHES,),
    ),
    Fault(
        "a parameter that the branch changes stays as the run had it",
        "model/branching.py",
        "mark if same else float(",
        "mark if mark is not None else float(",
        (BRANCHES,),
    ),
    Fault(
        "a prior that the branch changes is asked for another quantile than the run drew",
        "model/branching.py",
        'stream_key(seed, f"parameter:{name}"), run)',
        'stream_key(seed, f"parameter:{name}"), run + 1)',
        (BRANCHES,),
    ),
    Fault(
        "a branch from a branch began at the later one",
        "model/branching.py",
        "before.lineage.begun if before.lineage else log[0].time",
        "log[0].time",
        (REACHED,),
    ),
    Fault(
        "a branch from a run forgets the documented past",
        "model/branching.py",
        "past=(*before.past, *log[: event + 1])",
        "past=log[: event + 1]",
        (BRANCHES,),
    ),
    Fault(
        "what came true at the horizon stands with the event before it",
        "model/branching.py",
        "        if before.model.outcomes[log[event + 1].type].otherwise:\n            break\n",
        "",
        (BRANCHES,),
    ),
    Fault(
        "a branch may begin at its horizon",
        "model/branching.py",
        "if scenario.horizon <= start:",
        "if scenario.horizon < start:",
        (BRANCHES,),
    ),
    Fault(
        "a branch that keeps luck has the draws of the run of its own number",
        "model/run.py",
        'lineage.run if lineage and lineage.luck == "keep" else run',
        "run",
        (GUARANTEES,),
    ),
    Fault(
        "what a clock that is stopped had come through is forgotten at a branch",
        "model/clocks.py",
        "clock.reached = max(clock.reached, clock.accumulated(now) if clock.enabled else 0.0)",
        "clock.reached = clock.accumulated(now) if clock.enabled else 0.0",
        ("tests/model/test_residuals.py",),
    ),
)
