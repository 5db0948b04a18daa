"""Slips in what checks mean, in how histories are composed, in what runs say of a claim, in what is kept."""

from tests.mutants.fault import Fault

WATCHED = "tests/testing/test_watch.py"
EXPLORED = "tests/testing/test_explore.py"
SIMULATED = "tests/testing/test_simulated.py"
SESSION = "tests/testing/test_session.py"
RIGGED = "tests/model/test_rigged.py"

FAULTS = (
    Fault(
        "never means always",
        "testing/watch.py",
        'bool(holds) == (claim.check.kind != "never")',
        'bool(holds) == (claim.check.kind == "never")',
        (WATCHED,),
    ),
    Fault(
        "what must hold before an event is looked at after it",
        "testing/watch.py",
        'before if kind == "holds_before" else frame',
        "frame",
        (WATCHED,),
    ),
    Fault(
        "an event counts among those that happened before it",
        "testing/watch.py",
        "self._happened(claim, event, before)",
        "self._happened(claim, event, frame)",
        (WATCHED,),
    ),
    Fault(
        "what never falls may not rise",
        "testing/watch.py",
        '(kind == "never_falls" and new > old)',
        '(kind == "never_falls" and new < old)',
        (WATCHED,),
    ),
    Fault(
        "what only some events change, they may not change",
        "testing/watch.py",
        'if (kind == "unchanged_by") != named and',
        'if (kind == "unchanged_by") == named and',
        (WATCHED,),
    ),
    Fault(
        "what is to come in time may come at no time later than that it was begun",
        "testing/watch.py",
        "            if event.time > due:\n",
        "            if event.time >= due:\n",
        (WATCHED,),
    ),
    Fault(
        "a second beginning puts off what is to come",
        "testing/watch.py",
        "self.due.setdefault(name, self.frame[TIME] + claim.check.within)",
        "self.due[name] = self.frame[TIME] + claim.check.within",
        (WATCHED,),
    ),
    Fault(
        "what came in time is still waited for",
        "testing/watch.py",
        "            self.due.pop(name, None)\n",
        "",
        (WATCHED,),
    ),
    Fault(
        "an outcome that is reached is not looked at",
        "testing/watch.py",
        "            self._claims({slot}, event, before)\n",
        "",
        (WATCHED,),
    ),
    Fault(
        "the last breach is told, and not the first",
        "testing/watch.py",
        "self.breaches.setdefault(check, Breach(check, event, why))",
        "self.breaches[check] = Breach(check, event, why)",
        (WATCHED, EXPLORED),
    ),
    Fault(
        "a rigged clock fires before its law lets it",
        "model/rigged.py",
        "return max(following, clock.since + (law.age(*clock.law, clock.reached) - clock.age))",
        "return following",
        (RIGGED, EXPLORED),
    ),
    Fault(
        "a rule may come after another that is due",
        "model/rigged.py",
        "latest = time if rule.rank < order else math.nextafter(time, -math.inf)",
        "latest = self.scenario.horizon",
        (RIGGED,),
    ),
    Fault(
        "the timetable is passed over",
        "model/rigged.py",
        "if self.scheduled < len(self.scenario.timetable):",
        "if self.scheduled < 0:",
        (RIGGED,),
    ),
    Fault(
        "a rigged choice falls on the event before the one that was chosen",
        "model/rigged.py",
        "aim = (sum(weights[:choice]) + MIDDLE * weights[choice]) / total",
        "aim = MIDDLE * weights[choice] / total",
        (RIGGED, EXPLORED),
    ),
    Fault(
        "an event without weight may be chosen",
        "model/rigged.py",
        "enumerate(self._weights(rule, time)) if weight > 0.0]",
        "enumerate(self._weights(rule, time)) if weight >= 0.0]",
        (RIGGED, EXPLORED),
    ),
    Fault(
        "a shorter history is not taken for a better one",
        "testing/shrink.py",
        "return length(run), len(run.parameters)",
        "return len(run.parameters), -length(run)",
        (EXPLORED,),
    ),
    Fault(
        "runs that end first are left out of the count",
        "testing/simulated.py",
        "runs = found.led + found.late + found.ended",
        "runs = found.led + found.late",
        (SIMULATED,),
    ),
    Fault(
        "a trend is held against the pairs that went its way",
        "testing/simulated.py",
        "wrong, right = found.only_low, found.only_high",
        "right, wrong = found.only_low, found.only_high",
        (SIMULATED,),
    ),
    Fault(
        "claims do not share the chance of a false alarm",
        "testing/simulated.py",
        "chance < FALSE_ALARMS / claims, shown",
        "chance < FALSE_ALARMS, shown",
        (SIMULATED,),
    ),
    Fault(
        "what begins too late to tell is counted",
        "testing/simulated.py",
        'self.result = "uncounted" if self.due > self.horizon else ""',
        'self.result = ""',
        (SIMULATED,),
    ),
    Fault(
        "a pair of runs does not share its luck",
        "testing/simulated.py",
        "replace(scenario, model=model), seed))",
        "replace(scenario, model=model), seed + len(engines)))",
        (SIMULATED,),
    ),
    Fault(
        "the ends of a prior are never tried",
        "testing/strategies.py",
        "    if chance in (0.0, 1.0):\n",
        "    if chance == 0.5:\n",
        ("tests/testing/test_for_modellers.py",),
    ),
    Fault(
        "a counterexample that is there already is kept a second time",
        "testing/counterexamples.py",
        "content = (check, run.begins,",
        "content = (object(), run.begins,",
        (SESSION,),
    ),
    Fault(
        "what was broken before is not tried first",
        "testing/session.py",
        "            if broken:\n                self.found.setdefault(kept.check, (run, kept.path))\n",
        "",
        (SESSION,),
    ),
)
