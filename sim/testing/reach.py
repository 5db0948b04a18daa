"""Looks for what seems unreachable: a rule that never fired, an outcome that never came true.

The search aims at each of them by itself. What it does not find may still be possible; so it says how far it came.
"""

from collections.abc import Iterable
from dataclasses import replace

from sim.language.expressions.conjuncts import conjuncts
from sim.model.checks import Check, Reachable
from sim.model.expression import Evaluate, Fault, Frame, compiled
from sim.model.model import Rule
from sim.testing.bearing import OUTCOME, RULE
from sim.testing.composed import ComposedRun
from sim.testing.explore import explore
from sim.testing.subject import Subject


def aimed_at(subject: Subject, names: Iterable[str]) -> Subject:
    """Return the same subject with one check for each of these, so that the search goes for them."""
    checks = {
        name: Check(name=name, because="", claim=f"reachable: {name}", location="", statement=Reachable((name,)))
        for name in names
    }
    return replace(subject, checks=checks)


def unreached(subject: Subject, fired: Iterable[str], reached: Iterable[str]) -> list[str]:
    """Return what the subject's checks say is reachable and has not been: `rule x`, `outcome x`."""
    seen = {RULE + name for name in fired} | {OUTCOME + name for name in reached}
    seen |= {RULE + event.rule for event in subject.case.scenario.past if event.rule}
    reachable = [check.statement for check in subject.checks.values() if isinstance(check.statement, Reachable)]
    wanted = [name for statement in reachable for name in statement.names]
    return [name for name in dict.fromkeys(wanted) if name not in seen]


def search(subject: Subject, name: str, histories: int, number: int) -> tuple[int, str]:
    """Aim up to so many histories at one name. Return how many there were, and why it was not reached ("": it was)."""
    if name in {RULE + event.rule for event in subject.case.scenario.past}:
        return 0, ""
    rule = subject.model.rules.get(name.removeprefix(RULE)) if name.startswith(RULE) else None
    guard = GuardSeen(subject, rule) if rule else None
    watched = _Watching(name, guard)
    tried = explore(aimed_at(subject, [name]), histories, number, each=watched.add).histories
    if name in watched.seen:
        return tried, ""
    return tried, guard.why() if guard else "it never came true"


class _Watching:
    def __init__(self, name: str, guard: "GuardSeen | None") -> None:
        self.name = name
        self.guard = guard
        self.seen: set[str] = set()

    def add(self, run: ComposedRun) -> bool:
        for event in run.log:
            self.seen.add((RULE + event.rule) if event.kind == "fired" else OUTCOME + event.type)
        if self.guard is not None:
            for frame in run.frames:
                if frame:  # a run that cannot begin has no state
                    self.guard.look(frame)
        return self.name in self.seen


class GuardSeen:
    """Which parts of a rule's guard have been true in the states seen so far."""

    def __init__(self, subject: Subject, rule: Rule) -> None:
        self.rule = rule
        self.whole: Evaluate = compiled(rule.guard.tree, subject.program.slots)
        parts = conjuncts(rule.guard)
        self.texts = [" ".join(part.text.split()) for part in parts]
        self.parts = [compiled(part.tree, subject.program.slots) for part in parts]
        self.held = [False] * len(self.parts)
        self.ever = False

    def look(self, frame: Frame) -> None:
        """Record one state."""
        self.ever = self.ever or _true(self.whole, frame)
        self.held = [held or _true(part, frame) for held, part in zip(self.held, self.parts, strict=True)]

    def why(self) -> str:
        """Return in words how near the rule came to firing, as far as the states that were seen show."""
        if self.ever:
            waits = f", and it waits for {' or '.join(self.rule.on)}" if self.rule.on else ""
            return f"its guard held, but it never fired{waits}"
        seen = "in the states that were looked at its guard"
        never = [text for text, held in zip(self.texts, self.held, strict=True) if not held]
        if len(never) == len(self.texts) == 1:
            return f"{seen} never held: {_quoted(never)}"
        if never:
            return f"{seen} never held, because {_quoted(never)} never did"
        return f"{seen} never held: each of {_quoted(self.texts)} held at some time, but never all at once"


def _quoted(texts: list[str]) -> str:
    return ", ".join(f"'{text}'" for text in texts)


def _true(condition: Evaluate, frame: Frame) -> bool:
    try:
        return bool(condition(frame))
    except Fault:
        return False
