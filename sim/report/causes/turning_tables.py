"""What made two scenarios' runs end differently, and where they first part, as tables by kind.

Owns the tables. Their words are for `sim.report.comparison_words`, what is found for `sim.explain.pairs`.
"""

from collections.abc import Sequence

from sim.analysis.comparison import Versus
from sim.language.counts import counted
from sim.report.comparison_words import because, because_of, turning_in_words
from sim.report.table import Table, sided
from sim.statistics.estimates import Proportion, proportion

MOST_SHOWN = 5
UNDONE = (
    "Undone: in how many of these pairs the run ends as the other did, or as neither, once the event comes as the "
    "other run has it; where the other has none, it does not come, nor does its rule fire again."
)


def turning_tables(versus: Versus) -> list[Table]:
    """Return the turning points by kind: what the runs do without the event, and what is assumed behind it."""
    if not (found := versus.turning):
        return []
    count, every = len(versus.turning_points), versus.ended_otherwise
    rows: list[tuple[str, ...]] = [
        (turning_in_words(item, versus.baseline, versus.other), because_of(item, versus),
         f"{item.undone:,} / {item.third:,}", f"{item.share} ({item.share.interval})", str(item.example))
        for item in found[:MOST_SHOWN]
    ]  # fmt: skip
    rows += _rest([item.share for item in found], count, 3)
    which = "whose first ending was another" if versus.baseline.model.goes_on else "that ended otherwise"
    pairs = f"first {count:,} of {every:,} pairs" if count < every else counted(count, "pair")
    title = f"What made the difference: the turning point in the {pairs} {which}"
    columns = sided(["what", "because of"], ["undone: as the other /\nas neither", "share", "see run"])
    caption = UNDONE
    if versus.weighs:
        caption += f" Needed: in how many it ends as '{versus.baseline.scenario.title}' without this assumption alone."
        caption += " Enough: in how many none is needed, and this one alone leads to the end."
    return [Table(title=title, columns=columns, rows=rows, caption=caption, spared=(4,))]


def first_tables(versus: Versus) -> list[Table]:
    """Return where runs first part, by kind."""
    if not (found := versus.first):
        return []
    models, parted = (versus.baseline.model, versus.other.model), sum(item.share.hits for item in found)
    rows: list[tuple[str, ...]] = [
        (turning_in_words(item, versus.baseline, versus.other, then=True), because(item, *models),
         f"{item.share} ({item.share.interval})", str(item.example))
        for item in found[:MOST_SHOWN]
    ]  # fmt: skip
    rows += _rest([item.share for item in found], parted, 2)
    title = f"Where the runs first part, in the {counted(parted, 'pair')} that do"
    return [Table(title=title, columns=sided(["what", "because of"], ["share", "see run"]), rows=rows, spared=(3,))]


def _rest(shares: Sequence[Proportion], pairs: int, place: int) -> list[tuple[str, ...]]:
    """Return the row of the kinds that are not shown, with their share at this place, if there are any."""
    if len(shares) <= MOST_SHOWN:
        return []
    share = proportion(sum(one.hits for one in shares[MOST_SHOWN:]), pairs)
    return [(counted(len(shares) - MOST_SHOWN, "more kind"), *[""] * (place - 1), f"{share} ({share.interval})", "")]
