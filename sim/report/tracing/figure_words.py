"""A figure in words: its value with its interval, the numbers of the runs behind it, and the commands that show it."""

from collections.abc import Mapping, Sequence

from sim.analysis import labels
from sim.language.counts import counted
from sim.report import assumption_notes
from sim.report.comparison_tables import difference, with_interval
from sim.report.result_tables import bounds
from sim.report.table import as_a_list
from sim.statistics.estimates import Estimate
from sim.study.traced_figure import FigureSide, TracedFigure

MOST_RUNS = 10  # runs that are named
MOST_PAIRS = 3  # pairs of runs that are told with what they differ by


def figure_lines(figure: TracedFigure) -> list[str]:
    """Return the figure with its interval, the numbers of the runs behind it, and the commands that show one of them
    and give the figure again.
    """
    asked, place = figure.asked, figure.last.case.place(figure.asked)
    lines = [
        f"{called(figure)}{_in_which(figure)}: {_value(figure)}",
        f"It is the {asked.kind} {asked.name} [{place}].",
    ]
    lines += _runs_behind(figure)
    if figure.versus is not None and not figure.versus.paired:
        lines += [f"The runs are not pairs: {figure.versus.reason}."]
    lines += [*_logs(figure), f"The figure again: {'; '.join(figure.queries)}", ""]
    assumed = assumption_notes.beside(side.results.scenario for side in figure.sides)
    return [*lines, assumed, ""] if assumed else lines


def called(figure: TracedFigure) -> str:
    """Return what tables call the figure, in quotation marks."""
    model, name = figure.last.results.model, figure.asked.name
    if figure.counted is None:
        return f"'{labels.measure_title(model, name)}'"
    return f"'{labels.short(model, name, first=figure.counted.first)}'"


def _in_which(figure: TracedFigure) -> str:
    titles = [f"'{side.results.scenario.title}'" for side in figure.sides]
    return f" under {titles[0]}" if len(titles) == 1 else f" under {titles[1]}, against {titles[0]}"


def _value(figure: TracedFigure) -> str:
    """Return the figure with its interval."""
    if any(side.results.withheld for side in figure.sides):
        return "not given, as too many runs failed"
    name, versus = figure.asked.name, figure.versus
    if versus is None and figure.counted is not None:
        found = figure.last.results.share(figure.counted)
        return f"{with_interval(found)}, {found.hits:,} of {found.runs:,} runs"
    if versus is None:
        spread = figure.last.results.measures[name]
        return f"mean {_mean(figure, spread.mean)}, over {spread.runs:,} of {spread.runs + spread.missing:,} runs"
    if figure.counted is not None:
        change = versus.change(figure.counted)
        return f"{difference(change)} points, from {with_interval(change.one)} to {with_interval(change.other)}"
    if not versus.paired:
        means = [_mean(figure, side.results.measures[name].mean) for side in figure.sides]
        return f"mean {means[1]}, against {means[0]}"
    shift = versus.shifts[name]
    return (
        f"{_mean(figure, shift.difference, '+.4g')}, from mean {_mean(figure, shift.one)} to "
        f"{_mean(figure, shift.other)}, over {shift.difference.runs:,} pairs that have it"
    )


def _mean(figure: TracedFigure, found: Estimate, form: str = ".4g") -> str:
    if found.value is None:
        return "not known"
    return f"{found.value:{form}}{labels.unit_of(figure.last.results.model, figure.asked.name)} ({bounds(found, form)})"


def _runs_behind(figure: TracedFigure) -> list[str]:
    """Return the lines that number the runs behind the figure: of a difference those that only one side has."""
    if figure.counted is None:
        return [*(_ends(figure, side) for side in figure.sides if side.runs), *_farthest(figure)]
    if figure.versus is None:
        return [_numbered(figure.last.runs, "It came true")]
    titles = [side.results.scenario.title for side in figure.sides]
    runs = _apart(figure) if figure.versus.paired else tuple(side.runs for side in figure.sides)
    alone = " alone" if figure.versus.paired else ""
    return [_numbered(one, f"It came true under '{title}'{alone}") for one, title in zip(runs, titles, strict=True)]


def _numbered(runs: Sequence[int], said: str) -> str:
    if not runs:
        return f"{said} in no run."
    shown = ", ".join(map(str, runs[:MOST_RUNS]))
    more = f" and {len(runs) - MOST_RUNS:,} more, which --json lists" if len(runs) > MOST_RUNS else ""
    return f"{said} in {counted(len(runs), 'run')}: {shown}{more}."


def _ends(figure: TracedFigure, side: FigureSide) -> str:
    """Return the least, the middle and the greatest value of a measure, each with its run."""
    values = _values(figure, side)
    order = sorted(values, key=lambda run: (values[run], run))
    ends = {"least": order[0], "middle": order[len(order) // 2], "greatest": _greatest(values)}
    said = as_a_list([f"{word} {values[run]:.4g} in run {run}" for word, run in ends.items()])
    return f"Under '{side.results.scenario.title}', of {counted(len(side.runs), 'run')} that have it: {said}."


def _farthest(figure: TracedFigure) -> list[str]:
    """Return in how many pairs a measure differs, and in which the most; nothing where there are no pairs."""
    if figure.versus is None or not figure.versus.paired:
        return []
    order, both = _pairs_apart(figure), [_values(figure, side) for side in figure.sides]
    said = f"It differs in {len(order):,} of {counted(figure.versus.pairs, 'pair')}"
    most = [f"{both[1][run] - both[0][run]:+.4g} in run {run}" for run in order[:MOST_PAIRS]]
    return [f"{said}, the most by {as_a_list(most)}." if most else f"{said}."]


def _pairs_apart(figure: TracedFigure) -> list[int]:
    """Return the pairs in which a measure differs, those first in which it does so most."""
    one, other = (_values(figure, side) for side in figure.sides)
    shared = [run for run in one if run in other and one[run] != other[run]]
    return sorted(shared, key=lambda run: (-abs(other[run] - one[run]), run))


def _values(figure: TracedFigure, side: FigureSide) -> Mapping[int, float]:
    """Return the values of a measure by run, of the runs that have it."""
    column = side.results.runs.measures[figure.asked.name]
    return {run: float(column[run]) for run in side.runs}


def _greatest(values: Mapping[int, float]) -> int:
    """Return the first run with the greatest value."""
    return min(values, key=lambda run: (-values[run], run))


def _apart(figure: TracedFigure) -> tuple[Sequence[int], ...]:
    """Return the runs that have an outcome on one side alone."""
    one, other = (frozenset(side.runs) for side in figure.sides)
    return tuple(sorted(one - other)), tuple(sorted(other - one))


def _logs(figure: TracedFigure) -> list[str]:
    """Return the commands that show a run behind the figure: of a difference the same run on both sides."""
    if figure.counted is None:
        last = [_greatest(_values(figure, side)) if side.runs else None for side in figure.sides]
        shared = _pairs_apart(figure)[:1] if len(figure.sides) == 2 else []
    else:
        last = [next(iter(side.runs), None) for side in figure.sides]
        shared = [run for runs in _apart(figure) for run in runs][:1] if len(figure.sides) == 2 else []
    found = [(side.results.source, shared[0] if shared else run)
             for side, run in zip(figure.sides, last, strict=True)]  # fmt: skip
    return [
        f"One of them: sim log {source.ensemble[:12]} --run {run}{source.in_ledger}"
        for source, run in found if run is not None
    ]  # fmt: skip
