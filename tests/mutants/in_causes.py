"""Slips in what is said to be behind a difference between two runs."""

from tests.mutants.fault import Fault

FLOW = "tests/analysis/test_flow.py"
STORIES = "tests/analysis/test_stories.py"
READINGS = "tests/analysis/test_readings.py"

FAULTS = (
    Fault(
        "what a guard that is false in the other run reads is not asked for",
        "analysis/flow.py",
        "            found += self._told(guard, at)\n",
        "            pass\n",
        (FLOW,),
    ),
    Fault(
        "a rate is looked at only when its clock starts",
        "analysis/flow.py",
        "for step in steps[bisect_left(steps, first + 1) : bisect_left(steps, last)]:",
        "for step in steps[:0]:",
        (FLOW,),
    ),
    Fault(
        "nobody asks why the other run was over",
        "analysis/flow.py",
        "[(there,)] if self._is_over(there, at[there]) else []",
        "[]",
        (FLOW,),
    ),
    Fault(
        "of a variable that only one run's event wrote, what the event read is forgotten",
        "analysis/flow.py",
        "found += [(side, place), *self._effect(effect, event, at), *self._marks(event, effect.marks, at)]",
        "found += [(side, place)]",
        (FLOW,),
    ),
    Fault(
        "a choice that would surely have fallen alike counts as one that might not",
        "analysis/flow.py",
        "all(any(low >= first and high <= last for first, last in there) for low, high in here)",
        "False",
        (FLOW,),
    ),
    Fault(
        "what set two clocks apart once counts for ever",
        "analysis/stories.py",
        "            first = len(self.reasons)\n",
        "            pass\n",
        (STORIES,),
    ),
    Fault(
        "a clock that keeps its age begins anew",
        "analysis/stories.py",
        "        return Clock(clock.occurrence, (*clock.life, step))",
        "        return Clock(clock.occurrence)",
        (STORIES,),
    ),
    Fault(
        "all that differs tells, though the value is the same",
        "analysis/readings.py",
        "        if mixed((False,) * count) == mixed((True,) * count):\n            return ()\n",
        "",
        (READINGS,),
    ),
)
