"""Comparisons with the beginning of a day where the whole day may be meant (W323).

Owns the warning and what to write instead; which types can be compared is left to `typing`.
"""

import ast

from sim.language.diagnostics import Complaints
from sim.language.expressions.grammar import Text
from sim.language.expressions.tree import Literal, Read, Tree
from sim.language.expressions.types import day_after, is_day


def warn_of_days(
    text: Text, complaints: Complaints, name: str, one: tuple[ast.expr, Tree], other: tuple[ast.expr, Tree]
) -> None:
    """Warn of a comparison, by its operation's name, of which one side is a day and the other is not written out."""
    for (day, _), (node, tree), doubtful in ((one, other, ("ge", "lt")), (other, one, ("le", "gt"))):
        quantity = text.quantity(day) if isinstance(day, ast.Name) else None
        if quantity is None or not is_day(quantity.date) or isinstance(tree, Literal):
            continue
        if name in doubtful or (name in ("eq", "ne") and isinstance(tree, Read) and tree.scope == "time"):
            complaints.warn(
                "W323",
                f"this compares with the beginning of {quantity.date}, not with the whole day",
                text.span(day),
                *_for_the_whole_day(text.piece(node), name, quantity.date),
                f"write {quantity.date}T00:00 if the beginning is meant",
            )


def _for_the_whole_day(what: str, comparison: str, day: str) -> tuple[str, ...]:
    """Return how to write what is meant where `what` is compared with a whole day."""
    following = day_after(day)
    if following is None:
        return ()
    if comparison in ("le", "ge"):
        return (f"for 'by the end of {day}' write {what} < {following}",)
    if comparison in ("gt", "lt"):
        return (f"for 'after {day}' write {what} >= {following}",)
    return (f"for 'on {day}' write {day} <= {what} < {following}",)
