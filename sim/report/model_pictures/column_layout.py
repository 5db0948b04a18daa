"""Where the boxes of a picture in columns stand: in an order with few crossings, and near to what they are linked with.

Owns the two last steps of a layered drawing (Sugiyama, Tagawa and Toda, IEEE Trans. Syst. Man Cybern. 11, 1981): order
by barycentres, and places as near to the neighbours as the room allows, by least squares. The columns are given, and
links lead from one to the next alone. Nothing is random.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeAlias

Key: TypeAlias = int  # a box, by its number in its column
Edge: TypeAlias = tuple[Key, Key]  # from a box of one column to a box of the next

SWEEPS = 12


@dataclass(frozen=True)
class Box:
    """What stands in a column: how high it is, and of which group; boxes of one group stand together."""

    height: float
    group: str = ""


@dataclass(frozen=True)
class Spacing:
    """The gaps between boxes, in pixels: within a group, and between groups, whose heading needs room, too."""

    within: float
    between: float
    heading: float


@dataclass(frozen=True)
class Placed:
    """The order of a column's boxes from the top, and the top of each box by its number."""

    order: tuple[Key, ...]
    tops: Mapping[Key, float]


def layout(columns: Sequence[Sequence[Box]], edges: Sequence[Sequence[Edge]], spacing: Spacing) -> list[Placed]:
    """Return where the boxes of each column stand; `edges[i]` lead from column i to the next.

    Without links boxes keep their order. The top of the highest box, or of its heading, is at 0.
    """
    orders = _ordered(columns, edges)
    middles = _placed(columns, edges, orders, spacing)
    tops = [
        {key: middle - columns[index][key].height / 2 for key, middle in found.items()}
        for index, found in enumerate(middles)
    ]
    least = min(
        (top - (spacing.heading if columns[index][key].group else 0.0) for index, found in enumerate(tops)
         for key, top in found.items()), default=0.0,
    )  # fmt: skip
    return [
        Placed(order, {key: top - least for key, top in found.items()})
        for order, found in zip(orders, tops, strict=True)
    ]


def crossings(before: Sequence[Key], behind: Sequence[Key], edges: Iterable[Edge]) -> int:
    """Count the pairs of edges that cross between two columns in these orders."""
    place_before = {key: place for place, key in enumerate(before)}
    place_behind = {key: place for place, key in enumerate(behind)}
    ordered = sorted((place_before[origin], place_behind[target]) for origin, target in edges)
    seen = [0] * (len(behind) + 1)  # a binary indexed tree of the places that earlier edges end at
    count = 0
    for number, (_, place) in enumerate(ordered):
        at, lower = place + 1, 0
        while at:
            lower += seen[at]
            at &= at - 1
        count += number - lower
        at = place + 1
        while at < len(seen):
            seen[at] += 1
            at += at & -at
    return count


def _ordered(columns: Sequence[Sequence[Box]], edges: Sequence[Sequence[Edge]]) -> list[tuple[Key, ...]]:
    """Return the best order of each column that sweeps to and fro come by."""
    orders = [_by_barycentre(column, range(len(column)), (), ()) for column in columns]
    best, fewest = list(orders), _all_crossings(orders, edges)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for index in range(1, len(columns)) if forth else range(len(columns) - 2, -1, -1):
            other = index - 1 if forth else index
            near = [(target, origin) if forth else (origin, target) for origin, target in edges[other]]
            fixed = orders[index - 1 if forth else index + 1]
            orders[index] = _by_barycentre(columns[index], orders[index], near, fixed)
        count = _all_crossings(orders, edges)
        if count < fewest:
            best, fewest = list(orders), count
    return best


def _all_crossings(orders: Sequence[Sequence[Key]], edges: Sequence[Sequence[Edge]]) -> int:
    return sum(crossings(orders[index], orders[index + 1], found) for index, found in enumerate(edges))


def _by_barycentre(
    column: Sequence[Box], order: Sequence[Key], near: Iterable[Edge], fixed: Sequence[Key]
) -> tuple[Key, ...]:
    """Order a column by the mean place of each box's neighbours in the next; groups, as a whole, by those of all."""
    place = {key: number / max(1, len(fixed) - 1) for number, key in enumerate(fixed)}
    found: dict[Key, list[float]] = {key: [] for key in order}
    for key, neighbour in near:
        found[key].append(place[neighbour])
    stands = {key: number / max(1, len(order) - 1) for number, key in enumerate(order)}
    mean = {key: sum(places) / len(places) if places else stands[key] for key, places in found.items()}
    groups: dict[str, list[Key]] = {}
    for key in order:
        groups.setdefault(column[key].group or f"\n{key}", []).append(key)
    ranked = sorted(groups.values(), key=lambda keys: sum(mean[key] for key in keys) / len(keys))
    return tuple(key for keys in ranked for key in sorted(keys, key=lambda one: mean[one]))


def _placed(
    columns: Sequence[Sequence[Box]], edges: Sequence[Sequence[Edge]], orders: Sequence[Sequence[Key]], spacing: Spacing
) -> list[dict[Key, float]]:
    """Return the middle of each box: first packed around 0, then drawn to its neighbours again and again."""
    distances = [_distances(column, order, spacing) for column, order in zip(columns, orders, strict=True)]
    middles: list[dict[Key, float]] = []
    for order, apart in zip(orders, distances, strict=True):
        packed = [sum(apart[: number + 1]) for number in range(len(order))]
        shift = (packed[0] + packed[-1]) / 2 if packed else 0.0
        middles.append({key: place - shift for key, place in zip(order, packed, strict=True)})
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for index in range(len(columns)) if forth else range(len(columns) - 1, -1, -1):
            wanted: dict[Key, list[float]] = {key: [] for key in orders[index]}
            if index > 0:
                for origin, target in edges[index - 1]:
                    wanted[target].append(middles[index - 1][origin])
            if index < len(columns) - 1:
                for origin, target in edges[index]:
                    wanted[origin].append(middles[index + 1][target])
            aims = [sum(found) / len(found) if (found := wanted[key]) else middles[index][key] for key in orders[index]]
            groups = [columns[index][key].group for key in orders[index]]
            bound = [bool(group) and group == before for before, group in zip(["", *groups], groups, strict=False)]
            middles[index] = dict(zip(orders[index], spread(aims, distances[index], bound), strict=True))
    return middles


def _distances(column: Sequence[Box], order: Sequence[Key], spacing: Spacing) -> list[float]:
    """Return for each box in order how far its middle must be from that of the one before; 0 for the first."""
    found = [0.0] if order else []
    for above, below in pairwise(order):
        one, other = column[above], column[below]
        together = one.group == other.group
        gap = spacing.within if together else spacing.between + (spacing.heading if other.group else 0.0)
        found.append((one.height + other.height) / 2 + gap)
    return found


def spread(aims: Sequence[float], distances: Sequence[float], bound: Sequence[bool]) -> list[float]:
    """Return the places nearest to the aims, by least squares, that keep their order and these distances.

    The distances are each from the place before, that of the first is of no account; a place that is `bound` has that
    very distance. Taking them off leaves the problem of isotonic regression, which pooling adjacent violators solves
    (Barlow and others, 1972).
    """
    offsets, total = [], 0.0
    for number, distance in enumerate(distances):
        total += distance if number else 0.0
        offsets.append(total)
    blocks: list[tuple[float, int]] = []  # the sum of what is bound together, and how many
    for aim, offset, joins in zip(aims, offsets, bound, strict=True):
        before, count = blocks.pop() if joins else (0.0, 0)
        blocks.append((before + aim - offset, count + 1))
    pools: list[tuple[float, int]] = []
    for block in blocks:
        pools.append(block)
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            (late, more), (early, count) = pools.pop(), pools.pop()
            pools.append((early + late, count + more))
    places = [total / count for total, count in pools for _ in range(count)]
    return [place + offset for place, offset in zip(places, offsets, strict=True)]


def grouped(column: Sequence[Box], order: Sequence[Key]) -> list[tuple[str, list[Key]]]:
    """Return the runs of boxes of one group, in order; each box without a group by itself."""
    runs = groupby(order, key=lambda key: column[key].group or f"\n{key}")
    return [(group if not group.startswith("\n") else "", [*keys]) for group, keys in runs]
