"""Slips in when a rule fires: enabling, memory, thresholds, and who comes first at equal times."""

from tests.mutants.fault import Fault

MEANING = "tests/engines/test_semantics.py"
CHANGES = "tests/engines/test_parameter_changes.py"
BRANCHES = "tests/model/test_branching.py"
DRAWN = "tests/model/test_clocks.py"
RESIDUALS = "tests/model/test_residuals.py"
GUARANTEES = "tests/engines/test_guarantees.py"
SPECIMENS = "tests/specimens/test_specimens.py"

CLOCKS = "model/clocks.py"
PROGRAM = "model/program.py"
ENGINE = "engines/reference.py"

FAULTS = (
    Fault(
        "the threshold of the first occurrence is used again",
        CLOCKS,
        "self.threshold_of(clock.program.number, clock.occurrence)",
        "self.threshold_of(clock.program.number, 0)",
        (DRAWN,),
    ),
    Fault(
        "occurrences are counted from one",
        CLOCKS,
        "self.occurrence = -1",
        "self.occurrence = 0",
        (DRAWN,),
    ),
    Fault(
        "a clock that goes on after a pause counts as a new occurrence",
        CLOCKS,
        "        if not clock.paused:\n            clock.occurrence += 1\n",
        "        clock.occurrence += 1\n",
        (DRAWN,),
    ),
    Fault(
        "a repeating clock draws anew",
        CLOCKS,
        'memory == "fresh" or clock',
        'memory != "keep" or clock',
        (MEANING,),
    ),
    Fault(
        "a repeating clock adds what it had reached to its draw",
        CLOCKS,
        "            clock.age = clock.hazard = 0.0\n        clock.enabled",
        "            clock.age = clock.hazard = 0.0\n            clock.threshold = None\n        clock.enabled",
        (DRAWN, SPECIMENS),
    ),
    Fault(
        "a repeating clock keeps its age",
        CLOCKS,
        "            clock.age = clock.hazard = 0.0\n        clock.enabled",
        "            clock.age += now - clock.since\n        clock.enabled",
        (MEANING, SPECIMENS),
    ),
    Fault(
        "a rate that keeps its age forgets what it had accumulated",
        CLOCKS,
        "clock.hazard = clock.accumulated(now)",
        "clock.hazard = 0.0",
        (MEANING,),
    ),
    Fault(
        "a law that keeps its age keeps only that of its last stretch",
        CLOCKS,
        "clock.age += now - clock.since",
        "clock.age = now - clock.since",
        (SPECIMENS, MEANING),
    ),
    Fault(
        "a fresh clock keeps its age as if it were kept",
        CLOCKS,
        'memory == "fresh" or clock',
        'memory == "none" or clock',
        (MEANING,),
    ),
    Fault(
        "what is left of a threshold at a branch forgets the clock's age",
        CLOCKS,
        "known = max(clock.reached, clock.accumulated(now))",
        "known = clock.reached",
        (RESIDUALS,),
    ),
    Fault(
        "what is left of a threshold forgets how far a repeating clock had come before",
        CLOCKS,
        "known = max(clock.reached, clock.accumulated(now))",
        "known = clock.accumulated(now)",
        (RESIDUALS,),
    ),
    Fault(
        "thresholds are not drawn again at a branch with fresh luck",
        CLOCKS,
        "if afresh or (clock.enabled and clock.due < now):",
        "if clock.enabled and clock.due < now:",
        (BRANCHES,),
    ),
    Fault(
        "what was due in the past fires at the branch",
        CLOCKS,
        "if afresh or (clock.enabled and clock.due < now):",
        "if afresh:",
        (RESIDUALS,),
    ),
    Fault(
        "a rule that a scenario disables comes back with the next event",
        CLOCKS,
        "self.clocks[number].barred = True",
        "self.clocks[number].barred = False",
        (DRAWN, BRANCHES),
    ),
    Fault(
        "a rate that changes forgets what was accumulated before the change before",
        CLOCKS,
        "clock.hazard += clock.rate * (now - clock.since)",
        "clock.hazard = clock.rate * (now - clock.since)",
        (SPECIMENS,),
    ),
    Fault(
        "a new rate holds from the start of the clock",
        CLOCKS,
        "        clock.since = now\n        clock.rate = rate\n",
        "        clock.rate = rate\n",
        (MEANING,),
    ),
    Fault(
        "a stopped clock stays due",
        CLOCKS,
        "clock.enabled, clock.paused, clock.due = False, True, NEVER",
        "clock.enabled, clock.paused = False, True",
        (MEANING,),
    ),
    Fault(
        "a clock that is restarted keeps its threshold",
        CLOCKS,
        "                    clock.reset()\n                    self.enable(clock, frame)\n",
        "                    self.enable(clock, frame)\n",
        (SPECIMENS, MEANING),
    ),
    Fault(
        "a rule does not wait for its event",
        CLOCKS,
        "elif heard or not (rule.rule.on or clock.spent):",
        "elif heard or not clock.spent:",
        (MEANING,),
    ),
    Fault(
        "a rule that waits for an event is pending from the start",
        CLOCKS,
        "if not clock.program.rule.on and self.holds(clock, frame):",
        "if self.holds(clock, frame):",
        (MEANING,),
    ),
    Fault(
        "an immediate rule that has fired never fires again",
        CLOCKS,
        "        if not holds:\n            clock.spent = False\n",
        "        if not holds:\n            pass\n",
        (MEANING,),
    ),
    Fault(
        "a date that is now has passed",
        CLOCKS,
        "clock.due = clock.law[0] if clock.law[0] >= now else NEVER",
        "clock.due = clock.law[0] if clock.law[0] > now else NEVER",
        (MEANING,),
    ),
    Fault(
        "every so often counts from the start of the clock",
        "numerics/ticks.py",
        "    return due\n",
        "    return now + step\n",
        (MEANING,),
    ),
    Fault(
        "the sums of equal waits drift",
        "numerics/ticks.py",
        "    return whole if abs(whole - time) <= NEAR * abs(time) else time\n",
        "    return time\n",
        ("tests/engines/test_whole_times.py",),
    ),
    Fault(
        "a law that runs at the branch is the one of the past",
        CLOCKS,
        "                self._renew(self.clocks[number], frame)\n",
        "                pass\n",
        (CHANGES,),
    ),
    Fault(
        "a guard is not looked at again where other parameters hold",
        CLOCKS,
        "                self._follow(self.clocks[number], frame)\n",
        "                pass\n",
        (CHANGES,),
    ),
    Fault(
        "the past has the scenario's parameters",
        "model/run.py",
        "self.frame = initial(self.program, self.before)",
        "self.frame = initial(self.program, self.parameters)",
        (CHANGES,),
    ),
    Fault(
        "a rate is not followed as the state changes",
        PROGRAM,
        'if rule.clock.kind == "rate":',
        'if rule.clock.kind == "law":',
        (MEANING,),
    ),
    Fault(
        "priority has no say at equal times",
        PROGRAM,
        'key=lambda rule: (rule.clock.kind != "immediately", rule.priority, rule.name)',
        'key=lambda rule: (rule.clock.kind != "immediately", rule.name)',
        (MEANING,),
    ),
    Fault(
        "the last in order of priority is the first",
        PROGRAM,
        "rule.priority, rule.name))",
        "-rule.priority, rule.name))",
        (MEANING,),
    ),
    Fault(
        "immediate rules wait for their turn by priority",
        PROGRAM,
        'key=lambda rule: (rule.clock.kind != "immediately", rule.priority, rule.name)',
        "key=lambda rule: (rule.priority, rule.name)",
        (MEANING, GUARANTEES),
    ),
    Fault(
        "ties within a faction go by name and not by rank",
        ENGINE,
        "        clocks.sort(key=lambda clock: clock.program.rank)\n",
        "",
        (MEANING,),
    ),
    Fault(
        "ties between factions go by who spoke first",
        ENGINE,
        "FIRST_RULE + first.program.rank)",
        "FIRST_RULE)",
        (MEANING, SPECIMENS),
    ),
    Fault(
        "the horizon comes before what happens at its time",
        ENGINE,
        "yield self.env.at(self.run.scenario.horizon, FIRST_RULE + len(self.run.program.rules))",
        "yield self.env.at(self.run.scenario.horizon, 1)",
        (MEANING,),
    ),
    Fault(
        "the timetable comes after the rules at equal times",
        ENGINE,
        "TIMETABLE = 2\n",
        "TIMETABLE = 10**6\n",
        (MEANING,),
    ),
    Fault(
        "a branch with fresh luck has the draws of every run of its number",
        ENGINE,
        'lineage.salt if lineage else ""',
        '""',
        (RESIDUALS,),
    ),
    Fault(
        "a clock that is kept takes its law's parameters anew",
        CLOCKS,
        "            if not kept:\n                clock.law = self._law(clock, frame)\n",
        "            clock.law = self._law(clock, frame)\n",
        (DRAWN,),
    ),
    Fault(
        "a rate of nought keeps when it would have fired",
        CLOCKS,
        "due = clock.since + (clock.threshold - clock.hazard) / clock.rate if clock.rate > 0.0 else NEVER",
        "due = clock.since + (clock.threshold - clock.hazard) / clock.rate if clock.rate > 0.0 else clock.due",
        (DRAWN,),
    ),
)
