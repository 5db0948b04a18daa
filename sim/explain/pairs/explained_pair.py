"""The turning point of a pair of runs, and which assumptions its end needs: found by ways back, settled by runs.

The ways say how a difference came about; which assumption it needs, and whether an event turned the run, is decided by
making the run again without it. Many pairs are explained side by side, so that their runs are made together: how is for
`undoing`. `TurningPoints` is a projection over pairs, which any process may be sent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, islice
from typing import Any, TypeAlias

from sim.analysis.differences.turning_points import How, To, TurningPoint
from sim.engines.choice import Wanted
from sim.engines.undone_run import Undone
from sim.experiment.pairs import Side
from sim.explain.logged_run import LoggedRun
from sim.explain.pairs.assumption_sets import Assumptions
from sim.explain.pairs.difference_nodes import Ended, Occurred
from sim.explain.pairs.paired_logs import PairedLogs
from sim.explain.pairs.undoing import Ends, MadeAgain, Search, ending_of
from sim.explain.pairs.ways_back import EITHER, Way, unknown
from sim.explain.pairs.ways_of_pairs import WaysOfPairs
from sim.model.event import Log, is_whole
from sim.model.outcomes import first_ending
from sim.model.program import compile_model
from sim.model.scenario import Scenario

ENDS = Ended("first"), Ended("later")  # one of which may be reported where the ways from either turn nothing
MOST_AT_ONCE = 50  # pairs that are explained side by side: each keeps its runs meanwhile
MOST_JOINED = 4  # assumptions of which all sets are tried where none is needed by itself


Pair: TypeAlias = PairedLogs[LoggedRun]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedPair:
    """A pair of runs explained: the pair, the way back, where it turned, and what its end needs.

    The way may be `about` another pair: the other run, and the same without an assumption that it needs.
    """

    pair: Pair
    about: Pair
    way: Way
    point: TurningPoint


@dataclass(frozen=True, slots=True)
class _Turn:
    node: Occurred
    undone: To


@dataclass(slots=True)
class TurningPoints:
    """Finds turning points of pairs of runs, which were made with this seed and mode of parameters."""

    seed: int
    central: bool
    runs_per_draw: int
    wanted: Wanted = "auto"
    _scenarios: "tuple[Scenario, Scenario, Assumptions] | None" = field(default=None, compare=False)
    _ends: Ends = field(init=False, compare=False)
    _parts: dict[int, Assumptions] = field(default_factory=dict, compare=False)
    _ways: dict[int, WaysOfPairs] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        self._ends = Ends(seed=self.seed, central=self.central, runs_per_draw=self.runs_per_draw, wanted=self.wanted)

    def __reduce__(self) -> "tuple[type[TurningPoints], tuple[int, bool, int, Wanted]]":
        return TurningPoints, (self.seed, self.central, self.runs_per_draw, self.wanted)

    def __call__(self, one: Side, other: Side, run: int) -> TurningPoint | None:
        """Return where a pair turned; None if both runs ended alike, had before the branch, or were not whole."""
        found = self.explain(one, other, run)
        return None if found is None else found.point

    def together(self, pairs: Iterable[tuple[Side, Side, int]]) -> list[TurningPoint | None]:
        """Return where pairs turned, in order."""
        found = self.explain_all(pairs)
        return [None if one is None else one.point for one in found]

    def explain(self, one: Side, other: Side, run: int) -> ExplainedPair | None:
        """Return a pair explained. Raise LedgerError E710 if a run comes out otherwise when it is made again."""
        (found,) = self.explain_all([(one, other, run)])
        return found

    def explain_all(self, pairs: Iterable[tuple[Side, Side, int]]) -> list[ExplainedPair | None]:
        """Return pairs of the same two scenarios explained, in order; see `explain`."""
        found: list[ExplainedPair | None] = []
        coming = iter(pairs)
        while some := [*islice(coming, MOST_AT_ONCE)]:
            searches = self._searches(some)
            known = iter(self._ends.answer([search for search in searches if search is not None]))
            found += [None if search is None else next(known) for search in searches]
        return found

    def _searches(self, pairs: Sequence[tuple[Side, Side, int]]) -> "list[Search[ExplainedPair] | None]":
        """Return a search for each pair, with its ways found; None where there is nothing to explain."""
        apart = [pair for pair in pairs if _ended_otherwise(*pair)]
        if not apart:
            return [None for _ in pairs]
        assumptions = self._assumptions(apart[0][0][1], apart[0][1][1])
        found = self.ways(assumptions, [run for *_, run in apart], [(one[2], other[2]) for one, other, _ in apart])
        searches: dict[int, Search[ExplainedPair]] = {}
        for pair, known in zip(apart, found, strict=True):
            *sides, run = pair
            one, other = (LoggedRun(compile_model(each[1].model), each[1], run, each[2]) for each in sides)
            searches[id(pair)] = _Explaining(self, PairedLogs(one, other, assumptions), run).explain(known)
        return [searches.get(id(pair)) for pair in pairs]

    def ways(
        self, assumptions: Assumptions, runs: Sequence[int], logs: Sequence[tuple[Log, Log]], start: Ended = EITHER
    ) -> list[tuple[Way, ...]]:
        """Return the ways of pairs of runs; see `WaysOfPairs`."""
        known = self._ways.get(id(assumptions))
        if known is None:
            known = self._ways[id(assumptions)] = WaysOfPairs(
                assumptions, self.seed, central=self.central, runs_per_draw=self.runs_per_draw, wanted=self.wanted
            )
        return list(known.of(runs, logs, start))

    def _assumptions(self, one: Scenario, other: Scenario) -> Assumptions:
        known = self._scenarios
        if known is None or known[0] is not one or known[1] is not other:
            self._parts.clear()
            self._ways.clear()
            self._ends.forget()
            known = self._scenarios = one, other, Assumptions(one, other)
        return known[2]

    def beside(self, one: Scenario, other: LoggedRun, run: int) -> Pair:
        """Return a run under another scenario beside one of the same number: what they assume is kept."""
        known = self._parts.get(id(one))
        if known is None or known.one is not one or known.other is not other.scenario:
            known = self._parts[id(one)] = Assumptions(one, other.scenario)
        log = self._ends.log(one, run)
        return PairedLogs(LoggedRun(compile_model(one.model), one, run, log), other, known)


def _ended_otherwise(one: Side, other: Side, run: int) -> bool:  # noqa: ARG001 - a pair is these three
    """Return whether two runs are whole, and ended otherwise after the branch."""
    if not (is_whole(one[2]) and is_whole(other[2])) or first_ending(one[1].model, one[1].past):
        return False
    return ending_of(one[1], one[2]) != ending_of(other[1], other[2])


# A way that may be reported, the events on it that this pair has, too, and the pair that it is about.
Option: TypeAlias = tuple[Way, list[Occurred], Pair]


class _Explaining:
    """One pair of runs that ended otherwise."""

    def __init__(self, points: TurningPoints, pair: Pair, run: int) -> None:
        self.points = points
        self.pair = pair
        self.run = run
        self.assumptions = pair.assumptions

    def explain(self, known: tuple[Way, ...]) -> Search[ExplainedPair]:
        """Explain the pair, whose ways are known."""
        found = known or tuple(map(unknown, self.assumptions.names))
        gone = yield from self._without()
        behind = [way.assumption for way in found]
        order = sorted(gone, key=lambda name: behind.index(name) if name in behind else len(behind))
        needed = [name for name in order if gone[name] == "other end"]
        changing = needed + [name for name in order if gone[name] == "third end"]
        enough = () if changing or not gone else (yield from self._enough())
        able = {name for names in enough for name in names}
        causes = changing or [way.assumption for way in found if way.assumption in able and way.is_strong]
        first = sorted(found, key=lambda way: causes.index(way.assumption) if way.assumption in causes else len(causes))
        turn, way, about = yield from self._turned(self._options(first, needed))
        if turn is None or turn.undone != "other end":
            alike = [way for end in ENDS for way in self._ways(self.pair, end) if way.assumption == first[0].assumption]
            if alike:
                again = yield from self._turned([(one, one.events, self.pair) for one in alike])
                if again[0] is not None and again[0].undone == "other end":
                    turn, way, about = again
        point = self._point(
            turn or self._assumed(way, gone),
            causes=tuple(causes) or (way.assumption,), without=tuple(gone.items()), enough=enough,
        )  # fmt: skip
        return ExplainedPair(pair=self.pair, about=about, way=way, point=point)

    def _options(self, order: Sequence[Way], needed: Sequence[str]) -> list[Option]:
        """Return the ways that may be reported, with the events on each.

        To an assumption that is needed there may be a better one than that from the baseline, on which others differ,
        too: that from the same scenario without it.
        """
        found: list[Option] = [(way, way.events, self.pair) for way in order]
        first = order[0].assumption
        apart = self._apart(first) if first in needed and len(self.assumptions.names) > 1 else None
        return found if apart is None else [apart, *found]

    def _turned(self, options: Sequence[Option]) -> Search[tuple[_Turn | None, Way, Pair]]:
        """Find the first turn to the other's end on a way, or to a third, the way, and the pair that it is about."""
        third: tuple[_Turn, Way, Pair] | None = None
        for way, nodes, about in options:
            turn = yield from self._turn(nodes)
            if turn is not None and turn.undone == "other end":
                return turn, way, about
            if turn is not None and third is None:
                third = turn, way, about
        return third or next((None, way, about) for way, _, about in options if about is self.pair)

    def _without(self) -> Search[dict[str, To]]:
        """Find, for each of several assumptions, where the other run goes without it."""
        names = self.assumptions.names
        if len(names) == 1:
            return {}
        ends = yield [MadeAgain(self.assumptions.without(name), self.run) for name in names]
        return {name: self._to(end, 1) for name, end in zip(names, ends, strict=True)}

    def _enough(self) -> Search[tuple[tuple[str, ...], ...]]:
        """Find the least sets of assumptions with which alone the other run ends as it does."""
        names = self.assumptions.names
        most = len(names) - 1 if len(names) <= MOST_JOINED else 1
        found: list[tuple[str, ...]] = []
        for size in range(1, most + 1):
            tried = [some for some in combinations(names, size) if not any({*one} <= {*some} for one in found)]
            ends = yield [MadeAgain(self.assumptions.only(some), self.run) for some in tried]
            found += [some for some, end in zip(tried, ends, strict=True) if end == self.pair.ends[1]]
        return tuple(found) or (names,)

    def _to(self, end: str, side: int) -> To:
        """Return where a run of a side has gone that now ends so."""
        if end == self.pair.ends[1 - side]:
            return "other end"
        return "same end" if end == self.pair.ends[side] else "third end"

    def _apart(self, name: str) -> "Option | None":
        """Return the way between the other run and itself without one assumption, as far as it is about this pair."""
        part = self.points.beside(self.assumptions.without(name), self.pair.runs[1], self.run)
        found = () if part.ends[0] == part.ends[1] else self._ways(part)
        if not found:
            return None
        nodes = [same for node in found[0].events if (same := self._here(part, node)) is not None]
        return (found[0], nodes, part) if nodes else None

    def _ways(self, pair: Pair, start: Ended = EITHER) -> tuple[Way, ...]:
        (found,) = self.points.ways(pair.assumptions, [self.run], [(pair.runs[0].log, pair.runs[1].log)], start)
        return found

    def _here(self, part: Pair, node: Occurred) -> Occurred | None:
        """Return an event of a pair with the same other run in this one; None where both runs have it here."""
        if node.side == 1:
            return node if node.place not in self.pair.partners[1] else None
        event = part.event(0, node.place)
        same = (place for place in self.pair.changing(0) if _is_one(self.pair, place, event))
        return next((Occurred(0, place) for place in same if place not in self.pair.partners[0]), None)

    def _turn(self, nodes: Sequence[Occurred]) -> Search[_Turn | None]:
        """Find the earliest event whose undoing sends its run to the other's end; if there is none, to a third.

        None where no event does. Assumed ones are not undone, nor those that the other run could not have, as it was
        over by then.
        """
        third: _Turn | None = None
        for node in self._in_order(nodes):
            event = self.pair.event(node.side, node.place)
            if event.kind != "fired" or self.pair.is_over(1 - node.side, self.pair.befores[node.side][node.place]):
                continue
            (end,) = yield [MadeAgain(self.pair.runs[node.side].scenario, self.run, self._undone(node))]
            turn = _Turn(node, self._to(end, node.side))
            if turn.undone == "other end":
                return turn
            if turn.undone == "third end" and third is None:
                third = turn
        return third

    def _in_order(self, nodes: Iterable[Occurred]) -> list[Occurred]:
        def order(node: Occurred) -> tuple[float, int, int, int]:
            event, program = self.pair.event(node.side, node.place), self.pair.runs[node.side].program
            rank = program.rules[program.numbers[event.rule]].rank if event.rule else -1
            return event.time, rank, node.side, node.place

        return sorted(nodes, key=order)

    def _undone(self, node: Occurred) -> Undone:
        """Return the undoing of a firing: as the other run's same draw had it, if it had it at all."""
        event, twin = self.pair.event(node.side, node.place), self._twin(node)
        other = None if twin is None else self.pair.event(1 - node.side, twin)
        if other is not None and other.type != event.type:
            other = replace(other, time=event.time)  # another choice, and nothing else
        return Undone(event.rule, event.occurrence, other)

    def _twin(self, node: Occurred) -> int | None:
        event = self.pair.event(node.side, node.place)
        return self.pair.twins[1 - node.side].get((event.rule, event.occurrence)) if event.kind == "fired" else None

    def _assumed(self, way: Way, gone: Mapping[str, To]) -> _Turn | None:
        """Return the assumed event that a way ends in, with where the run goes without it; None for a parameter."""
        for node in reversed(way.events):
            event = self.pair.event(node.side, node.place)
            if f"event {event.type}" == way.assumption and node.place not in self.pair.partners[node.side]:
                return _Turn(node, gone.get(way.assumption, "other end"))
        return None

    def _point(self, turn: _Turn | None, **known: Any) -> TurningPoint:
        pair, start = self.pair, self.pair.runs[0].scenario.start
        if turn is None:
            ends = [pair.event(side, pair.lasts[side]) for side in (0, 1)]
            return TurningPoint(
                run=self.run, time=min(end.time for end in ends) - start, how="other end", rule="", one=pair.ends[0],
                other=pair.ends[1], one_sequence=ends[0].sequence, other_sequence=ends[1].sequence,
                undone=dict(known["without"]).get(known["causes"][0], "other end"), assumed=True, **known,
            )  # fmt: skip
        node, twin = turn.node, self._twin(turn.node)
        event = pair.event(node.side, node.place)
        other = None if twin is None else pair.event(1 - node.side, twin)
        how: How = "only in one" if node.side == 0 else "only in other"
        if other is not None and other.type != event.type:
            how = "other choice"
        elif other is not None:
            how = "other time" if other.time != event.time else "other marks"
        one, two = (event, other) if node.side == 0 else (other, event)
        return TurningPoint(
            run=self.run, time=event.time - start, how=how, rule=event.rule, one=one.type if one else "",
            other=two.type if two else "", one_sequence=one.sequence if one else -1,
            other_sequence=two.sequence if two else -1, undone=turn.undone, assumed=event.kind != "fired", **known,
        )  # fmt: skip


def _is_one(pair: Pair, place: int, event: object) -> bool:
    mine = pair.event(0, place)
    fields = ("time", "kind", "type", "rule", "occurrence", "marks")
    return all(getattr(mine, name) == getattr(event, name) for name in fields)
