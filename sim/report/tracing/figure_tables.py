"""What is behind a figure, as tables and data: what led to it in its runs, parameters, and paragraphs of sources."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from sim.build.words.assumptions import drawn
from sim.explain.graph.model_graph import Kind, Node
from sim.explain.graph.support import Support
from sim.language.counts import counted
from sim.report.table import Table, as_a_list, sided
from sim.report.tracing.figure_words import called
from sim.report.tracing.walk_trees import singular, supported
from sim.statistics.estimates import Estimate, Proportion
from sim.study.traced_figure import FigureSide, TracedFigure

MOST_NAMED = 3  # of what reads a parameter or rests on a paragraph
NOTHING_LED = "No event of a run and no documented one led to it, and it reads no parameter."
ORDER: Sequence[Kind] = ("rule", "event", "documented")
WHAT_IT_MEANS = (
    "What led to it made it possible, directly or through others: its condition, a guard, or an event that was waited "
    "for. What only made an event likelier or faster is not followed. `sim trace CASE NAME` shows all that a model "
    "reads, and `sim trace SCENARIO --without SOURCE` what changes without a source."
)
T = TypeVar("T")


def figure_tables(figure: TracedFigure) -> list[Table]:
    """Return what led to the figure, the parameters behind it, and the paragraphs behind these, as far as there are."""
    tables = [_led(figure), _parameters(figure), _paragraphs(figure)]
    found = [table for table in tables if table.rows]
    if found or not any(side.runs for side in figure.sides):
        return found
    outcome = figure.last.results.model.outcomes.get(figure.asked.name)
    otherwise = figure.counted is not None and outcome is not None and outcome.otherwise
    why = "It comes true where no other outcome has by the horizon: no event leads to it." if otherwise else NOTHING_LED
    return [Table(title=why, columns=[], rows=[])]


def figure_data(figure: TracedFigure) -> dict[str, Any]:
    """Return the figure and what is behind it as JSON-ready data, with the numbers of all its runs."""
    return {
        "figure": {"kind": figure.asked.kind, "name": figure.asked.name, "title": called(figure)},
        "difference": None if (found := _difference(figure)) is None else asdict(found),
        "paired": None if figure.versus is None else figure.versus.paired,
        "sides": [_side_data(figure, side) for side in figure.sides],
        "queries": list(figure.queries),
    }


def _side_data(figure: TracedFigure, side: FigureSide) -> dict[str, Any]:
    grounds, case = side.grounds, side.case
    return {
        "scenario": side.results.scenario.name, "ensemble": side.results.source.ensemble, "of_runs": side.results.count,
        "value": asdict(_estimate(figure, side)), "runs": list(side.runs),
        "led": [
            {"kind": node.kind, "name": node.name, "runs": grounds.led[node], "place": case.place(node),
             "rests_on": [str(piece) for piece in case.supports.get(node, ())]}
            for node in _listed(grounds.led, [grounds.led])
        ],
        "parameters": [
            {"name": node.name, "runs": grounds.parameters[node], "place": case.place(node),
             "read_by": [one.name for one in grounds.readers[node]],
             "rests_on": [str(piece) for piece in case.supports.get(node, ())]}
            for node in _listed(grounds.parameters, [grounds.parameters])
        ],
        "support": [
            {"source": piece.source, "paragraph": piece.paragraph, "runs": grounds.support[piece],
             "resting": [{"kind": node.kind, "name": node.name} for node in grounds.resting[piece]]}
            for piece in sorted(grounds.support)
        ],
    }  # fmt: skip


def _led(figure: TracedFigure) -> Table:
    case, counts = figure.last.case, [side.grounds.led for side in figure.sides]
    rows = [
        (_led_by(node), supported(_support(figure, node)), *_counts(node, counts),
         case.place(node) or figure.sides[0].case.place(node))
        for node in _listed({node for one in counts for node in one}, counts)
    ]  # fmt: skip
    columns = [*sided(["what led to it", "it rests on"], _headings(figure)), *sided(["place"], [])]
    title = f"What led to it{_of_runs(figure)}"
    return Table(title=title, columns=columns, rows=rows, caption=WHAT_IT_MEANS, spared=(len(columns) - 1,))


def _led_by(node: Node) -> str:
    """Return what a name is called as what led to a figure; an event type counts there only as it came at given times,
    and its firings count for the rules that emitted it.
    """
    return f"{singular(node.kind)} {node.name}{', at a given time' if node.kind == 'event' else ''}"


def _parameters(figure: TracedFigure) -> Table:
    counts = [side.grounds.parameters for side in figure.sides]
    rows = []
    for node in _listed({node for one in counts for node in one}, counts):
        case = next(side.case for side in figure.sides[::-1] if node.name in side.case.model.parameters)
        readers = dict.fromkeys(one for side in figure.sides[::-1] for one in side.grounds.readers.get(node, ()))
        known = drawn(case.model.parameters[node.name])
        support = supported(_support(figure, node))
        rows.append((node.name, known, _few(readers), support, *_counts(node, counts), case.place(node)))
    columns = [*sided(["parameter", "what it is", "read by", "it rests on"], _headings(figure)), *sided(["place"], [])]
    title = "Parameters that what led to it reads"
    return Table(title=title, columns=columns, rows=rows, spared=(1, len(columns) - 1))


def _paragraphs(figure: TracedFigure) -> Table:
    counts = [side.grounds.support for side in figure.sides]
    listed = sorted({piece for one in counts for piece in one}, key=lambda piece: (-_most(piece, counts), piece))
    rows = []
    for piece in listed:
        resting = dict.fromkeys(node for side in figure.sides for node in side.grounds.resting.get(piece, ()))
        rows.append((str(piece), figure.last.case.source_title(piece.source), _few(resting), *_counts(piece, counts)))
    columns = sided(["paragraph, or source", "title", "what rests on it"], _headings(figure))
    source = figure.last.results.source
    says = [
        f"What one of them says, and what else rests on it: sim trace {source.ensemble[:12]} "
        f"{piece.source}{f':{piece.paragraph}' if piece.paragraph else ''}{source.in_ledger}"
        for piece in listed[:1]
    ]
    caption = "\n".join([*_judged(figure), *says])
    return Table(title="Paragraphs behind it", columns=columns, rows=rows, caption=caption, spared=(1,))


def _judged(figure: TracedFigure) -> list[str]:
    """Return the line that names what is behind the figure and rests on a judgement alone; none if nothing does."""
    behind = {node for side in figure.sides for node in (*side.grounds.led, *side.grounds.parameters)}
    judged = [node for node in sorted(behind) if (found := _support(figure, node)) and not any(p.source for p in found)]
    names = as_a_list([f"{singular(node.kind)} {node.name}" for node in judged]) if judged else ""
    return [f"On a judgement alone rest: {names}."] if judged else []


def _support(figure: TracedFigure, node: Node) -> Sequence[Support]:
    return next((side.case.supports[node] for side in figure.sides[::-1] if node in side.case.supports), ())


def _listed(nodes: Iterable[Node], counts: Sequence[Mapping[Node, int]]) -> list[Node]:
    """Return names by kind, those behind most runs first."""
    kinds = (*ORDER, "parameter")
    return sorted(nodes, key=lambda node: (kinds.index(node.kind), -_most(node, counts), node.name))


def _most(one: T, counts: Sequence[Mapping[T, int]]) -> int:
    return max(found.get(one, 0) for found in counts)


def _counts(one: T, counts: Sequence[Mapping[T, int]]) -> list[str]:
    return [f"{found.get(one, 0):,}" for found in counts]


def _headings(figure: TracedFigure) -> list[str]:
    return ["runs"] if len(figure.sides) == 1 else ["A, runs", "B, runs"]


def _of_runs(figure: TracedFigure) -> str:
    """Return in how many runs of which scenarios; of two the first is A and the second B."""
    if len(figure.sides) == 1:
        return f", in {counted(figure.last.grounds.runs, 'run')}"
    (one, first), (other, second) = ((side.results.scenario.title, side.grounds.runs) for side in figure.sides)
    return f", in {counted(first, 'run')} of '{one}' (A) and {second:,} of '{other}' (B)"


def _few(nodes: Iterable[Node]) -> str:
    names = [f"{singular(node.kind)} {node.name}" for node in nodes]
    more = len(names) - MOST_NAMED
    return as_a_list(names if more <= 0 else [*names[:MOST_NAMED], f"{more} more"])


def _difference(figure: TracedFigure) -> Estimate | None:
    """Return the difference between two sides; None of a measure over runs that are not pairs."""
    versus = figure.versus
    if versus is None:
        return None
    if figure.counted is not None:
        return versus.change(figure.counted).difference
    found = versus.shifts.get(figure.asked.name)
    return None if found is None else found.difference


def _estimate(figure: TracedFigure, side: FigureSide) -> Proportion | Estimate:
    if figure.counted is not None:
        return side.results.share(figure.counted)
    return side.results.measures[figure.asked.name].mean
