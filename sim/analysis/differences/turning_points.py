"""The turning points of pairs that ended otherwise, as values, and ranked by kind. `sim.explain.pairs` finds them.

A turning point is an event that, undone in its run, sends that run to the other's end. An assumption weighs as much as
the share of pairs in which the end goes back to the baseline's when it alone is taken away.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.statistics.estimates import Proportion, proportion

How: TypeAlias = Literal["only in one", "only in other", "other time", "other choice", "other marks", "other end"]
To: TypeAlias = Literal["other end", "third end", "same end"]  # where a run goes that is made again otherwise
MOST_EXPLAINED = (
    100  # pairs of a comparison whose turning points are looked for: the first of those that ended otherwise
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPoint:
    """Where a pair of runs turned: the event's time since the branch, rule, type and number in each ("" and -1: none).

    An `other end` is an end that no event of one run alone brought about: `one` and `other` are then the endings of the
    runs, or `horizon`. `undone` says where the run goes when the event is undone; `assumed` is whether it is itself an
    event that a scenario assumes. `causes` are the assumptions without any one of which the other run ends otherwise,
    first those without which it ends as the baseline's; if there is none, those of the sets that are `enough` on which
    the ends rest: one at least. `without`
    says of each assumption where the other run goes without it; it is empty where there is but one. `enough` are, where
    no assumption is needed by itself, the least sets of them with which alone the other run ends as it does.
    """

    run: int
    time: float
    how: How
    rule: str
    one: str
    other: str
    one_sequence: int
    other_sequence: int
    undone: To
    assumed: bool
    causes: tuple[str, ...]
    without: tuple[tuple[str, To], ...] = ()
    enough: tuple[tuple[str, ...], ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The causes without any one of which the other run ends as the baseline's."""
        gone = dict(self.without)
        return tuple(name for name in self.causes if gone.get(name, "other end") == "other end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """An assumption behind turning points of one kind: in how many of their `pairs` the end goes `back` without it.

    `third` is in how many it then is a third, `enough` in how many no one assumption changes it and this one alone
    leads to it, `named` in how many it is a cause.
    """

    name: str
    back: int
    third: int
    enough: int
    named: int
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTurn:
    """One kind of turning point, and in what share of the pairs that were looked at it is the one.

    `causes` are ranked by their weight. `undone` and `third` count the pairs in which the event, undone, sends its run
    to the other's end, or to a third. `example` is the first run of that kind.
    """

    how: How
    rule: str
    one: str
    other: str
    causes: tuple[Weight, ...]
    share: Proportion
    undone: int
    third: int
    example: int


def ranked_turns(found: Sequence[TurningPoint]) -> tuple[RankedTurn, ...]:
    """Rank the kinds of turning points by how many of the pairs have each."""
    kinds: dict[tuple[How, str, str, str], list[TurningPoint]] = {}
    for item in found:
        kinds.setdefault((item.how, item.rule, item.one, item.other), []).append(item)
    order = sorted(kinds.items(), key=lambda kind: (-len(kind[1]), kind[0]))
    return tuple(
        RankedTurn(
            how=how, rule=rule, one=one, other=other, causes=weights(items), share=proportion(len(items), len(found)),
            undone=sum(item.undone == "other end" for item in items),
            third=sum(item.undone == "third end" for item in items), example=min(item.run for item in items),
        )
        for (how, rule, one, other), items in order
    )  # fmt: skip


def weights(items: Iterable[TurningPoint]) -> tuple[Weight, ...]:
    """Return the assumptions behind turning points, the weightiest first, without those that do nothing alone."""
    listed = [*items]
    named = Counter(name for item in listed for name in item.causes)
    back = Counter(name for item in listed for name in item.needed)
    third = Counter(name for item in listed for name, to in item.without if to == "third end")
    enough = Counter(names[0] for item in listed for names in item.enough if len(names) == 1)
    order = sorted(named, key=lambda name: (-back[name], -named[name], name))
    found = [
        Weight(name=name, back=back[name], third=third[name], enough=enough[name], named=named[name], pairs=len(listed))
        for name in order
    ]
    return tuple(one for one in found if one.back or one.third or one.enough) or tuple(found)
