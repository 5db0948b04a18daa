"""The divergences of many pairs of runs in columns: what counts and ranks are made from.

One pair's divergence is a `Divergence`; `walked` and `in_columns` find them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt

from sim.analysis.differences.turning_points import How
from sim.analysis.divergence import Difference, Divergence
from sim.statistics.arrays import Bools, Floats

T = TypeVar("T")
Integers: TypeAlias = npt.NDArray[np.int64]
NONE = -1


class Kind(NamedTuple):
    """What first differences of one kind have in common: see `Difference`."""

    how: How
    rule: str
    one: str
    other: str
    causes: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Divergences(Sequence[Divergence]):
    """Divergences of pairs in order of their `runs`, one entry a pair in each column.

    `kind` is a place in `kinds`, NONE where a pair has no first difference; `times` are since the branch, `sequences`
    have a line for each pair. `fired` is a place in `sets` of rules. As a sequence it gives the pairs one by one.
    """

    runs: Integers
    ended_otherwise: Bools
    kinds: Sequence[Kind]
    kind: Integers
    times: Floats
    sequences: Integers
    sets: Sequence[tuple[str, ...]]
    fired: Integers

    @staticmethod
    def of(items: Sequence[Divergence]) -> "Divergences":
        """Return divergences that were found one by one in columns."""
        kinds, sets = dict[Kind, int](), dict[tuple[str, ...], int]()
        found = [item.first for item in items]
        return Divergences(
            runs=np.array([item.run for item in items], np.int64),
            ended_otherwise=np.array([item.ended_otherwise for item in items], np.bool_),
            kind=np.array([NONE if one is None else _place(kinds, kind_of(one)) for one in found], np.int64),
            kinds=[*kinds],
            times=np.array([0.0 if one is None else one.time for one in found], np.float64),
            sequences=np.array(
                [(NONE, NONE) if one is None else (one.one_sequence, one.other_sequence) for one in found], np.int64
            ).reshape(len(items), 2),
            fired=np.array([_place(sets, item.fired) for item in items], np.int64),
            sets=[*sets],
        )  # fmt: skip

    @staticmethod
    def joined(parts: Iterable["Divergences"]) -> "Divergences":
        """Return those of several parts, one behind the other."""
        listed = [*parts]
        if not listed:
            return Divergences.of(())
        kinds, sets = dict[Kind, int](), dict[tuple[str, ...], int]()
        return Divergences(
            runs=np.concatenate([part.runs for part in listed]),
            ended_otherwise=np.concatenate([part.ended_otherwise for part in listed]),
            kind=np.concatenate([_renumbered(kinds, part.kinds, part.kind) for part in listed]),
            kinds=[*kinds],
            times=np.concatenate([part.times for part in listed]),
            sequences=np.concatenate([part.sequences for part in listed]),
            fired=np.concatenate([_renumbered(sets, part.sets, part.fired) for part in listed]),
            sets=[*sets],
        )

    @property
    def parted(self) -> int:
        """How many pairs have a first difference."""
        return int((self.kind != NONE).sum())

    def fired_in(self) -> Mapping[str, int]:
        """Return in how many pairs each rule fired that the other's scenario disables."""
        counts = np.bincount(self.fired, minlength=len(self.sets)).tolist()
        found = dict[str, int]()
        for names, count in zip(self.sets, counts, strict=True):
            for name in names:
                found[name] = found.get(name, 0) + count
        return found

    def by_kind(self) -> list[tuple[Kind, int, int]]:
        """Return the kinds of first differences, each with how many pairs have it, and the first run that has."""
        parted = np.flatnonzero(self.kind != NONE)
        places, first, counts = np.unique(self.kind[parted], return_index=True, return_counts=True)
        runs = self.runs[parted[first]].tolist()
        return [
            (self.kinds[kind], many, run)
            for kind, many, run in zip(places.tolist(), counts.tolist(), runs, strict=True)
        ]

    def __len__(self) -> int:
        return len(self.runs)

    @overload
    def __getitem__(self, index: int) -> Divergence: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Divergence]: ...

    def __getitem__(self, index: int | slice) -> Divergence | Sequence[Divergence]:
        if isinstance(index, slice):
            return [self._at(place) for place in range(*index.indices(len(self)))]
        return self._at(range(len(self))[index])

    def __iter__(self) -> Iterator[Divergence]:
        return map(self._at, range(len(self)))

    def _at(self, place: int) -> Divergence:
        kind = int(self.kind[place])
        first = None
        if kind != NONE:
            mine, theirs = self.sequences[place].tolist()
            known = self.kinds[kind]._asdict()
            first = Difference(time=float(self.times[place]), one_sequence=mine, other_sequence=theirs, **known)
        fired = self.sets[int(self.fired[place])]
        return Divergence(int(self.runs[place]), first, bool(self.ended_otherwise[place]), fired)


def kind_of(found: Difference) -> Kind:
    """Return the kind of a first difference."""
    return Kind(found.how, found.rule, found.one, found.other, found.causes)


def _place(known: dict[T, int], value: T) -> int:
    return known.setdefault(value, len(known))


def _renumbered(known: dict[T, int], values: Sequence[T], places: Integers) -> Integers:
    """Return places in a list of values as places in what is known, to which those are added."""
    table = np.array([*(_place(known, value) for value in values), NONE], np.int64)
    found: npt.NDArray[np.int64] = table[places]  # NONE is the last place of all
    return found
