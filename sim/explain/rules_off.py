"""When a scenario did not let a rule fire in one run after the branch, its own doing or not: `why_not` asks for it.

What a scenario's changes, and those of a run that it goes on from, do to rules is for `sim.model.scenario`.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import TypeAlias

from sim.explain.followed_run import FollowedRun
from sim.model.scenario import turns_of

Off: TypeAlias = tuple[int, int | None]  # from the event at a place on, up to the one at another; None: for good


def rules_off(run: FollowedRun) -> Mapping[str, tuple[Off, ...]]:
    """Return when each rule was off that was so at any time after the branch."""
    turns = turns_of(run.program, run.scenario)
    now = set(turns.asleep_at(len(turns.past))) - set(turns.branch.enabled)
    since = dict.fromkeys(sorted(now), run.branch)
    found: defaultdict[int, list[Off]] = defaultdict(list)
    changed = (place for place in range(run.branch, len(run.events)) if run.events[place].kind == "changed")
    for place, turn in zip(changed, turns.changes, strict=False):  # the run may be over before the last of them
        for number in turn.disabled:
            since.setdefault(number, place)
        for number in turn.enabled:
            if number in since:
                found[number].append((since.pop(number), place))
    for number, place in since.items():
        found[number].append((place, None))
    return {run.program.rules[number].rule.name: tuple(places) for number, places in sorted(found.items())}
