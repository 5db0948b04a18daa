"""Numbers in expressions that own up to being guesses: what about(median, factor) says, and where it stands.

Owns their names. The two numbers are checked, and made a parameter's prior, where a model is built.
"""

import ast
from dataclasses import dataclass, field

from sim.language.diagnostics import Span
from sim.language.expressions.tree import Tree
from sim.language.expressions.types import Real

ABOUT = "about"
TAKES = ("a median", "the factor within which 90 % of it lies")


@dataclass(frozen=True, slots=True, kw_only=True)
class UncertainNumber:
    """What is written as about(median, factor): an unnamed parameter, called after the place where it stands.

    `group`, `owner` and `place` say where that is, such as rules, `north_probes` and `rate`. Where there are several in
    one place, `number` counts them from 1. `written` is the median as a number and its unit word, if that is all.
    """

    group: str
    owner: str
    place: str
    number: int
    type: Real
    median: Tree
    written: tuple[float, str] | None
    factor: Tree
    median_span: Span
    factor_span: Span

    @property
    def name(self) -> str:
        """What the parameter is called: `north_probes.rate`, and the second one there `north_probes.rate.2`."""
        return f"{self.owner}.{self.place}" + (f".{self.number}" if self.number > 1 else "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where uncertain numbers may stand: in `place` of the `owner`, a rule, an event type or a derived quantity.

    What is found there goes into `found`, by name.
    """

    group: str
    owner: str
    place: str
    found: dict[str, UncertainNumber] = field(compare=False)


def numbered(parsed: ast.expr) -> dict[ast.AST, int]:
    """Return the calls of about() in an expression that has some, numbered from 1 in the order of the text."""
    calls = [node for node in ast.walk(parsed) if isinstance(node, ast.Call) and _is_about(node)]
    calls.sort(key=lambda node: (node.lineno, node.col_offset))
    return {node: number for number, node in enumerate(calls, 1)}


def _is_about(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == ABOUT
