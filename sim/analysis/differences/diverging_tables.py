"""Where all pairs of two tables of runs part, in columns: the same divergences as `Diverge` finds pair by pair.

A pair is walked by itself where several assumptions may be behind its difference, which then rests on the state, and
where it is not sure from the rows alone which of several events of one time comes first. All else is read off the
tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.analysis.alignment import assumed_of
from sim.analysis.differences.distinct_lines import distinct_lines
from sim.analysis.differences.divergences import NONE, Divergences, Integers, Kind, kind_of
from sim.analysis.differences.diverging_sources import Assumed, Causes, FirstEvents, Sources
from sim.analysis.differences.first_rows import NOWHERE, StepRows, first_numbers
from sim.analysis.differences.influences import Influences
from sim.analysis.differences.turning_points import How
from sim.analysis.divergence import Difference, Diverge
from sim.experiment.pairs import TableSide
from sim.model.event import HORIZON, LIMIT_OF_EVENTS
from sim.model.event_table import EventTable
from sim.model.model import Model
from sim.model.outcomes import first_ending
from sim.model.replay import CHANGING
from sim.model.scenario import Scenario
from sim.statistics.arrays import Bools, Floats

HOWS: tuple[How, ...] = ("only in one", "only in other", "other choice", "other time", "other marks", "other end")
ONLY, CHOICE, TIME, MARKS, END = 0, 2, 3, 4, 5  # places in HOWS; an event of the other run alone has ONLY + 1


class DivergeTables:
    """Compares tables of the same runs under two scenarios of one model. It may be sent to other processes."""

    def __init__(self) -> None:
        self._walk = Diverge()

    def __reduce__(self) -> "tuple[type[DivergeTables], tuple[()]]":
        return DivergeTables, ()

    def __call__(self, one: TableSide, other: TableSide) -> Divergences:
        influences = self._walk.joint(one[:2], other[:2])
        assumed = assumed_of(one[1], other[1]), assumed_of(other[1], one[1])
        if influences is None or _is_in_both(assumed, (one[1], other[1])):
            logs = zip(one[2].logs(), other[2].logs(), one[2].runs, strict=True)
            walked = [self._walk((*one[:2], log), (*other[:2], its), run) for log, its, run in logs]
            return Divergences.of(walked)
        pairs = _Pairs(influences, (one, other), assumed)
        firsts = _Firsts.of(pairs)
        places = np.flatnonzero(firsts.open).tolist()
        for place, log, its in zip(places, one[2].logs(places), other[2].logs(places), strict=True):
            firsts.put(place, self._walk.first((*one[:2], log), (*other[:2], its)))
        fired, sets = _fired(one, other)
        return Divergences(
            runs=np.arange(one[2].first, one[2].runs.stop),
            ended_otherwise=pairs.whole & _ended_otherwise(one, other),
            kinds=[*firsts.kinds],
            kind=firsts.kind,
            times=firsts.times,
            sequences=firsts.sequences,
            sets=sets,
            fired=fired,
        )


def _is_in_both(assumed: Assumed, scenarios: tuple[Scenario, Scenario]) -> bool:
    """Return whether a timetable has an event more often than the other, which has it, too."""
    for side, scenario in enumerate(scenarios):
        keys = {(item.time, item.event, item.marks) for item in scenario.timetable}
        if any(key in keys and not assumed[side][key] for key in assumed[1 - side]):
            return True
    return False


class _Pairs:
    """Two tables of the same runs side by side. Texts of both have one numbering; "" is 0."""

    def __init__(self, influences: Influences, sides: tuple[TableSide, TableSide], assumed: Assumed) -> None:
        self.influences = influences
        self.program = influences.program
        self.scenarios = sides[0][1], sides[1][1]
        self.tables = sides[0][2], sides[1][2]
        self.assumed = assumed
        self.rows = tuple(StepRows.of(table, keys) for table, keys in zip(self.tables, assumed, strict=True))
        self.texts: dict[str, int] = {"": 0}
        self.ends = tuple(np.asarray(table.starts, np.int64)[1:] - 1 for table in self.tables)
        self.rules, self.types, self.notes = (
            tuple(self._numbered([getattr(one, what) for one in table.categories]) for table in self.tables)
            for what in ("rule", "type", "note")
        )
        self.whole = _whole(self.tables[0]) & _whole(self.tables[1])

    def _numbered(self, texts: Sequence[str]) -> Integers:
        return np.array([self.texts.setdefault(text, len(self.texts)) for text in texts], np.int64)

    def is_first(self, rows: tuple[Integers, Integers], numbers: Integers) -> tuple[Bools, Bools]:
        """Say of rows of two runs at one time whether that of the one comes first, and whether this is sure.

        It is where neither run has another event at that time.
        """
        sure = np.ones(len(numbers), np.bool_)
        keys = []
        texts = sorted(self.texts)
        order = np.empty(len(texts), np.int64)
        order[[self.texts[text] for text in texts]] = np.arange(len(texts))
        for side, (table, own) in enumerate(zip(self.tables, rows, strict=True)):
            after = self.rows[side].at(numbers + 1)
            sure &= (after == NOWHERE) | (table.times[after] != table.times[own])
            codes = table.codes[own]
            ranks = np.array([self._rank(one.kind, one.rule) for one in table.categories], np.int64)
            keys.append((ranks[codes], table.occurrences[own], order[self.types[side][codes]], *_marks(table, own)))
        first, even = np.zeros_like(sure), np.ones_like(sure)
        for mine, theirs in zip(*keys, strict=False):  # rows of one type have as many marks
            first |= even & (mine < theirs)
            even &= mine == theirs
        return first, sure & ~even

    def _rank(self, kind: str, rule: str) -> int:
        if rule in self.program.numbers:
            return self.program.rules[self.program.numbers[rule]].rank
        return -1 if kind == "scheduled" else -2


def _marks(table: EventTable, rows: Integers) -> Iterator[Floats]:
    """Give the first marks that rows of events have, then the second, and so on; -inf where a row has not so many."""
    counts = np.array([one.marks if one.kind in CHANGING else 0 for one in table.categories], np.int64)
    for number in range(int(counts.max())):
        there = (counts > number)[table.codes[rows]]
        found = np.full(len(rows), -np.inf)
        found[there] = table.marks[table.offsets[rows[there]] + number]
        yield found


def _whole(table: EventTable) -> Bools:
    last = np.array([one.kind == "ended" and one.note != LIMIT_OF_EVENTS for one in table.categories], np.bool_)
    found: Bools = last[table.codes[table.starts[1:] - 1]]
    return found


@dataclass(frozen=True, eq=False, kw_only=True)
class _Firsts:
    """The first differences of pairs, in the columns of `Divergences`; `open` are those that must be walked."""

    kind: Integers
    times: Floats
    sequences: Integers
    open: Bools
    kinds: dict[Kind, int] = field(default_factory=dict)

    @staticmethod
    def of(pairs: _Pairs) -> "_Firsts":
        count = len(pairs.whole)
        numbers = first_numbers(*pairs.rows)
        rows = pairs.rows[0].at(numbers), pairs.rows[1].at(numbers)
        times = tuple(
            np.where(own == NOWHERE, np.inf, table.times[own]) for table, own in zip(pairs.tables, rows, strict=True)
        )
        found = _Firsts(
            kind=np.full(count, NONE), times=np.zeros(count), sequences=np.full((count, 2), NONE),
            open=np.zeros(count, np.bool_),
        )  # fmt: skip
        sides = np.where(times[0] < times[1], 0, 1)
        parted = pairs.whole & ((rows[0] != NOWHERE) | (rows[1] != NOWHERE))
        tied = np.flatnonzero(parted & (times[0] == times[1]))
        if len(tied):
            first, sure = pairs.is_first(rows, numbers)
            sides[tied] = np.where(first[tied], 0, 1)
            found.open[tied] = ~sure[tied]
        for side in (0, 1):
            chosen = np.flatnonzero(parted & (sides == side) & ~found.open)
            if len(chosen):
                found._find(pairs, side, chosen, (rows[side][chosen], rows[1 - side][chosen]), numbers[chosen])
        return found

    def put(self, place: int, found: Difference | None) -> None:
        """Take in what the walk found of a pair."""
        if found is not None:
            self.kind[place] = self._place(kind_of(found))
            self.times[place] = found.time
            self.sequences[place] = found.one_sequence, found.other_sequence

    def _place(self, kind: Kind) -> int:
        return self.kinds.setdefault(kind, len(self.kinds))

    def _find(
        self, pairs: _Pairs, side: int, chosen: Integers, rows: tuple[Integers, Integers], numbers: Integers
    ) -> None:
        """Find the differences of the chosen pairs: the first row is one of this side, which has it alone."""
        mine, theirs = rows
        table, other = pairs.tables[side], pairs.tables[1 - side]
        times = table.times[mine]
        last = pairs.rows[1 - side].last[chosen]
        notes = [pairs.notes[one][pairs.tables[one].codes[pairs.ends[one][chosen]]] for one in (0, 1)]
        horizon = pairs.texts.get(HORIZON, NONE)
        over = (theirs == NOWHERE) & ((last == NOWHERE) | (other.times[last] <= times)) & (notes[1 - side] != horizon)
        rules = pairs.rules[side][table.codes[mine]]
        occurrences = np.asarray(table.occurrences[mine], np.int64)
        twins = _counterparts(pairs, 1 - side, chosen, theirs, (rules, occurrences))
        types = pairs.types[side][table.codes[mine]]
        met = twins != NOWHERE
        others = np.where(met, pairs.types[1 - side][other.codes[twins]], 0)
        how = np.full(len(chosen), MARKS)
        how[met & (other.times[twins] != times)] = TIME
        how[met & (others != types)] = CHOICE
        how[~met] = ONLY + side
        columns = [types, others] if side == 0 else [others, types]
        sequences = [table.sequences[mine], np.where(met, other.sequences[twins], NONE)]
        self.sequences[chosen] = np.stack(sequences if side == 0 else sequences[::-1], axis=1)
        ends = [pairs.tables[one].times[pairs.ends[one][chosen]] for one in (0, 1)]
        ended = [np.where(note != horizon, end, np.inf) for note, end in zip(notes, ends, strict=True)]
        until = np.where(over, np.minimum(*ended), times)
        how[over] = END
        for one in (0, 1):
            columns[one] = np.where(over, notes[one], columns[one])
            last_row = pairs.tables[one].sequences[pairs.ends[one][chosen]]
            self.sequences[chosen, one] = np.where(over, last_row, self.sequences[chosen, one])
        self.times[chosen] = until - pairs.scenarios[0].start
        rules = np.where(over, 0, rules)
        events = FirstEvents(pairs=chosen, times=until, numbers=numbers, rules=rules, types=types, texts=[*pairs.texts])
        causes, behind = Sources(pairs.influences, pairs.scenarios, pairs.rows, pairs.assumed).behind(events)
        self.open[chosen] = ((rules == 0) & ~over) | (behind == NONE)
        self._name(pairs, chosen, [how, rules, *columns, behind], causes)

    def _name(self, pairs: _Pairs, chosen: Integers, kinds: Sequence[Integers], causes: Sequence[Causes]) -> None:
        """Number the kinds of the chosen pairs that need no walk."""
        known = np.flatnonzero(~self.open[chosen])
        first, places = distinct_lines([column[known] for column in kinds], len(known))
        texts = [*pairs.texts]
        names = []
        for place in known[first].tolist() if len(known) else ():
            how, rule, one, other, source = (int(column[place]) for column in kinds)
            kind = Kind(HOWS[how], texts[rule], texts[one], texts[other], causes[source])
            names.append(self._place(kind))
        self.kind[chosen[known]] = np.array([*names, NONE], np.int64)[places]


def _counterparts(
    pairs: _Pairs, side: int, chosen: Integers, first: Integers, wanted: tuple[Integers, Integers]
) -> Integers:
    """Return the rows of a side, from a first one on, that are the firings of the wanted rules' occurrences."""
    table, found = pairs.tables[side], np.full(len(chosen), NOWHERE)
    left = np.flatnonzero((first != NOWHERE) & (wanted[0] != 0))
    lengths = pairs.ends[side][chosen[left]] + 1 - first[left]
    owner = np.repeat(left, lengths)
    rows = np.arange(len(owner)) + np.repeat(first[left] - np.cumsum(lengths) + lengths, lengths)
    same = pairs.rules[side][table.codes[rows]] == wanted[0][owner]
    same &= table.occurrences[rows] == wanted[1][owner]
    places = np.flatnonzero(same)[::-1]  # of several the first is written last
    found[owner[places]] = rows[places]
    return found


def _fired(one: TableSide, other: TableSide) -> tuple[Integers, list[tuple[str, ...]]]:
    """Return the sets of rules that fired in a run while the other's scenario disables them, and each pair's set."""
    mine, theirs = one[1].stops(), other[1].stops()
    count = len(one[2].runs)
    names = sorted({*mine, *theirs}) if mine != theirs else []
    hits = np.zeros((count, len(names)), np.bool_)
    for (_, _, table), stops in ((one, theirs), (other, mine)):
        for place, name in enumerate(names):
            own = np.array([item.rule == name for item in table.categories], np.bool_)
            if name not in stops or not own.any():
                continue
            rows = np.flatnonzero(own[table.codes])
            times = table.times[rows]
            stopped = np.zeros(len(rows), np.bool_)
            for since, until in stops[name]:
                stopped |= (since <= times) & (times < until)
            hits[np.searchsorted(table.starts, rows[stopped], side="right") - 1, place] = True
    first, places = distinct_lines(hits.T.astype(np.int64), count)
    sets = [tuple(name for name, hit in zip(names, hits[place].tolist(), strict=True) if hit) for place in first]
    return places, sets


def _ended_otherwise(one: TableSide, other: TableSide) -> Bools:
    """Return of which pairs the first endings are not the same; of none where one had come before the branch."""
    count = len(one[2].runs)
    if any(first_ending(program.model, scenario.past) for program, scenario, _ in (one, other)):
        return np.zeros(count, np.bool_)
    texts: dict[str, int] = {HORIZON: 0}
    mine, theirs = (_endings(program.model, table, texts) for program, _, table in (one, other))
    found: Bools = mine != theirs
    return found


def _endings(model: Model, table: EventTable, texts: dict[str, int]) -> Integers:
    """Return the number, among some texts, of each run's first ending."""
    is_one = [
        one.kind == "outcome" and one.type in model.outcomes and model.outcomes[one.type].ending
        for one in table.categories
    ]
    types = np.array([texts.setdefault(one.type, len(texts)) for one in table.categories], np.int64)
    rows = np.flatnonzero(np.array(is_one, np.bool_)[table.codes])[::-1]  # the first of a run is written last
    found = np.zeros(len(table.runs), np.int64)
    found[np.searchsorted(table.starts, rows, side="right") - 1] = types[table.codes[rows]]
    return found
