"""Looks for histories that break checks: Hypothesis composes them, in rounds, and each round builds on what is found.

After a round the least visited situations, as far as they matter to a check, become prefixes of the next one's runs
(after directed greybox fuzzing; Böhme et al. 2017). The search draws from Hypothesis alone, so a seed fixes it.
"""

import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.strategies import SearchStrategy

from sim.ledger.files.paths import temporary
from sim.model.replay import CHANGING
from sim.testing.bearing import parts_of
from sim.testing.composed import ComposedRun
from sim.testing.strategies import Prefix, composed_runs
from sim.testing.subject import Subject

ROUNDS = 5
RAREST = 6  # situations of each check from which the next round goes on


@dataclass
class Findings:
    """What histories have shown: the shortest that broke each check, how many there were, and what happened in them."""

    histories: int = 0
    events: int = 0
    broken: dict[str, ComposedRun] = field(default_factory=dict)
    fired: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    happened: set[str] = field(default_factory=set)  # event types
    _visits: Counter[tuple[str, Hashable]] = field(default_factory=Counter)
    _ways: dict[tuple[str, Hashable], Prefix] = field(default_factory=dict)

    def add(self, subject: Subject, run: ComposedRun) -> None:
        """Record one history."""
        self.histories += 1
        self.events += len(run.moves)
        self.happened.update(event.type for event in run.log if event.kind in CHANGING)
        self.fired.update(event.rule for event in run.log if event.kind == "fired")
        self.reached.update(event.type for event in run.log if event.kind == "outcome")
        for check in run.breaches:
            if check not in self.broken or len(run.moves) < len(self.broken[check].moves):
                self.broken[check] = replace(run, frames=())
        self._visit(subject, run)

    def _visit(self, subject: Subject, run: ComposedRun) -> None:
        over = bool(run.log) and run.log[-1].kind in ("ended", "failed")
        frames = run.frames[1:-1] if over else run.frames[1:]  # nothing can go on from the end
        states = [parts_of(subject.program, frame) for frame in frames]
        for check, bearing in subject.bearings.items():
            firsts: dict[Hashable, int] = {}  # after how many moves each situation first came
            for moves, parts in enumerate(states, 1):
                firsts.setdefault(bearing.view(parts), moves)
            for view, moves in firsts.items():
                key = check, view
                self._visits[key] += 1
                if key not in self._ways or moves < len(self._ways[key].moves):
                    self._ways[key] = Prefix(check, run.begins, run.parameters, run.moves[:moves])

    def prefixes(self) -> list[Prefix]:
        """Return the ways to the rarest situations of each check, in an order that is always the same."""
        by_check: dict[str, list[tuple[str, Hashable]]] = {}
        for key in self._ways:
            by_check.setdefault(key[0], []).append(key)
        rarest = (key for keys in by_check.values() for key in sorted(keys, key=self._visits.__getitem__)[:RAREST])
        return [self._ways[key] for key in rarest]


def explore(
    subject: Subject, histories: int, number: int, each: Callable[[ComposedRun], bool] | None = None
) -> Findings:
    """Compose so many histories of a subject and return what they show. `number` is the seed.

    `each` is told of each history; once it has said that this is enough, no further round begins.
    """
    findings = Findings()
    enough = False

    def take(run: ComposedRun) -> None:
        nonlocal enough
        findings.add(subject, run)
        enough |= bool(each and each(run))

    for part in range(ROUNDS):
        share = histories * (part + 1) // ROUNDS - histories * part // ROUNDS
        if share and not enough:
            _round(composed_runs(subject, prefixes=findings.prefixes()), share, number * ROUNDS + part, take)
    return replace(findings, _visits=Counter(), _ways={})  # which only the search itself needs


def _round(
    strategy: SearchStrategy[ComposedRun], histories: int, number: int, take: Callable[[ComposedRun], None]
) -> None:
    @seed(number)
    @settings(
        max_examples=histories,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def compose(run: ComposedRun) -> None:
        take(run)

    with _no_files():
        compose()


@contextmanager
def _no_files() -> Iterator[None]:
    """Keep Hypothesis from writing into the working folder, unless a test suite runs with settings of its own."""
    if "pytest" in sys.modules:
        yield
        return
    with TemporaryDirectory(prefix=temporary()) as folder:
        set_hypothesis_home_dir(folder)
        yield
