"""A trace of a name as lines, tables and data: what depends on it, and what it depends on."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sim.explain.graph.graph_walks import Reached, Walk
from sim.explain.graph.model_graph import Kind, Link, Node
from sim.explain.graph.support import Passage, resting_on
from sim.explain.graph.traced_case import TracedCase
from sim.report.cited_sources import CitedSource, as_data, cited_sources, source_lines
from sim.report.table import Table, as_a_list, sided
from sim.report.tracing.walk_trees import called, plural, singular, supported, tree_lines
from sim.study.tracing import Trace

WHAT_IT_MEANS = (
    "To depend on something is to read it in the model, or to rest on it, directly or through others. That does not "
    "say how much."
)
TRIED = "To try how much a parameter matters: sim compare SCENARIO --set 'NAME=VALUE'"


def trace_lines(trace: Trace) -> list[str]:
    """Return a trace as lines, an empty one between its parts."""
    case, subject = trace.case, trace.subject
    lines = [_head(trace), ""]
    if trace.down.reached:
        lines.append(f"What depends on it in {case.named}, up to {_steps(trace.down.depth)} away:")
        lines += [*_trees(case, trace.down), *_more(trace.down), ""]
    elif subject.passage is None:
        lines += [f"Nothing in {case.named} depends on it.", ""]
    else:
        lines += [f"Nothing in {case.named} rests on it.{_cited(trace)}", ""]
    if trace.as_a_whole:
        lines += [_as_a_whole(trace), ""]
    if trace.up.reached:
        lines.append(f"What it depends on, up to {_steps(trace.up.depth)} away:")
        lines += [*_trees(case, trace.up), *_more(trace.up), ""]
    return lines


def answers_table(trace: Trace) -> Table | None:
    """Return the outcomes and measures that depend on what is traced, each with the shortest way; None if none does."""
    found = trace.down.answers()
    if not found:
        return None
    rows = [(node.name, node.kind, str(trace.down.steps[node]), _way(trace.down.way(node))) for node in found]
    columns = [*sided(["name", "kind"], ["steps"]), *sided(["a shortest way"], [])]
    title = "Outcomes and measures that depend on it, the nearest first"
    tried, passage = TRIED, trace.subject.passage
    if passage is not None:
        tried = f"What changes without it: sim trace SCENARIO --without {_as_argument(passage)}"
    return Table(title=title, columns=columns, rows=rows, caption=f"{WHAT_IT_MEANS}\n{tried}")


def trace_data(trace: Trace) -> dict[str, Any]:
    """Return a trace as JSON-ready data; `reached` has all that depends on it, however far away."""
    case = trace.case
    return {
        "traced": trace.subject.text,
        "nodes": [_node(case, node) for node in trace.subject.nodes],
        "paragraphs": list(trace.subject.passage.paragraphs) if trace.subject.passage else [],
        "sources": as_data(_asked_about(trace)),
        "resting": [
            {**_node(case, one.node), "with": [str(piece) for piece in one.left], "alone": one.alone}
            for one in trace.resting
        ],
        "cited_as_a_whole": [_node(case, node) for node in trace.as_a_whole],
        "down": [_tree(case, root) for root in trace.down.roots],
        "up": [_tree(case, root) for root in trace.up.roots],
        "reached": _reached(trace.down),
        "reached_up": _reached(trace.up),
        "answers": [
            {"kind": node.kind, "name": node.name, "steps": trace.down.steps[node],
             "way": [one.name for one in trace.down.way(node)]}
            for node in trace.down.answers()
        ],
    }  # fmt: skip


def sources_table(case: TracedCase) -> Table:
    """Return the sources of a case, each with how many rules, parameters, base rates and events rest on it."""
    rows = []
    for name in sorted(case.sources):
        resting = resting_on(case.supports, [Passage(name)])
        numbers = sorted({piece.paragraph for one in resting for piece in one.covered if piece.paragraph})
        alone = sum(one.alone for one in resting)
        counts = _counts(one.node for one in resting)
        rows.append((name, case.source_title(name), spans(numbers), counts, str(alone)))
    columns = [*sided(["source", "title", "paragraphs cited", "what rests on it"], ["on it\nalone"])]
    caption = "What rests on one of them: sim trace CASE SOURCE, or SOURCE:14 for a paragraph."
    return Table(title=f"The sources of {case.named}", columns=columns, rows=rows, caption=caption, spared=(2,))


def sources_data(case: TracedCase) -> list[dict[str, Any]]:
    """Return the sources of a case as JSON-ready data."""
    found = []
    for name in sorted(case.sources):
        resting = resting_on(case.supports, [Passage(name)])
        listed = [{**_node(case, one.node), "alone": one.alone} for one in resting]
        place = case.place(Node("source", name))
        found.append({"source": name, "title": case.source_title(name), "place": place, "resting": listed})
    return found


def _trees(case: TracedCase, walk: Walk) -> Iterator[str]:
    """Yield the trees of a walk, one below the other; where there is only one, its root is named already."""
    for root in walk.roots:
        if root.below or root.elsewhere:
            yield from tree_lines(case, root, walk.direction, named=len(walk.roots) > 1)


def spans(numbers: Sequence[int]) -> str:
    """Write numbers that are in order, those that follow one another as a span.

    >>> spans([1, 2, 3, 5, 8, 9])
    '1-3, 5, 8, 9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)


def _as_argument(passage: Passage) -> str:
    """Write a passage as commands take it: `SOURCE:14,15`."""
    return f"{passage.source}:{','.join(map(str, passage.paragraphs))}" if passage.paragraphs else passage.source


def _head(trace: Trace) -> str:
    passage, nodes = trace.subject.passage, trace.subject.nodes
    if passage is not None:
        plural_s = "s" if len(passage.paragraphs) > 1 else ""
        numbers = [*map(str, passage.paragraphs)]
        which = f"Paragraph{plural_s} {as_a_list(numbers)} of " if numbers else ""
        head = f"{which}{called(trace.case, nodes[0])}"
        lines = [line for cited in _asked_about(trace) for line in source_lines(cited)[1:]]
        return "\n".join([f"{head[0].upper()}{head[1:]}", *lines])
    pieces = [piece for node in nodes for piece in trace.case.supports.get(node, ())]
    lines = [called(trace.case, node) for node in nodes]
    said = "\n".join(f"{line[0].upper()}{line[1:]}" for line in lines)
    judgements = [piece.judgement for piece in pieces if piece.judgement]
    if pieces:
        said += f"\nIt rests on {supported(pieces)}" + "".join(f"; it says: {one}" for one in judgements)
    return said


def _asked_about(trace: Trace) -> list[CitedSource]:
    passage = trace.subject.passage
    return [] if passage is None else cited_sources((trace.case.sources, [passage]))


def _cited(trace: Trace) -> str:
    """Return which paragraphs of the source are cited, where none of those that are asked about is."""
    assert trace.subject.passage is not None, "only what is asked of a source comes here"
    whole = resting_on(trace.case.supports, [Passage(trace.subject.passage.source)])
    numbers = sorted({piece.paragraph for one in whole for piece in one.covered if piece.paragraph})
    if not trace.subject.passage.paragraphs or not whole:
        return ""
    return f" Cited of this source: {spans(numbers) or 'no paragraph, only the whole'}."


def _as_a_whole(trace: Trace) -> str:
    names = as_a_list([f"{singular(node.kind)} {node.name}" for node in trace.as_a_whole])
    return f"Not followed, because they cite the source without a paragraph: {names}."


def _more(walk: Walk) -> Iterable[str]:
    counted = f"In all {_counts(walk.reached)}."
    if not walk.hidden:
        return [counted]
    return [f"{counted} {len(walk.hidden):,} of them lie farther away: --depth {walk.depth + 1} shows more."]


def _counts(nodes: Iterable[Node]) -> str:
    """Count names by kind: `5 rules, 12 event types and 1 outcome`."""
    counts: Counter[Kind] = Counter(node.kind for node in nodes)
    parts = [f"{count} {singular(kind) if count == 1 else plural(kind)}" for kind, count in sorted(counts.items())]
    return as_a_list(parts) if parts else "nothing"


def _steps(depth: int) -> str:
    return f"{depth} step{'' if depth == 1 else 's'}"


def _way(nodes: Sequence[Node]) -> str:
    return " -> ".join(node.name for node in nodes)


def _node(case: TracedCase, node: Node) -> dict[str, Any]:
    rests = [str(piece) for piece in case.supports.get(node, ())]
    data = {"kind": node.kind, "name": node.name, "title": case.title(node), "place": case.place(node)}
    return {**data, "rests_on": rests} if rests else data


def _tree(case: TracedCase, one: Reached) -> dict[str, Any]:
    return {
        **_node(case, one.node), "how": [_link(link) for link in one.links],
        "below": [_tree(case, child) for child in one.below],
        "elsewhere": [
            {**_link(link), "from": link.origin.name, "to": link.target.name} for link in one.elsewhere
        ],
    }  # fmt: skip


def _link(link: Link) -> dict[str, Any]:
    return {"how": link.how, "paragraphs": list(link.paragraphs)}


def _reached(walk: Walk) -> list[dict[str, Any]]:
    return [{"kind": node.kind, "name": node.name, "steps": walk.steps[node]} for node in walk.reached]
