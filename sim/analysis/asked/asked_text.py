"""Reads what is asked of measures: a text such as `P(deaths <= 10)` to a statistic, or to errors with their place.

The text is read by the parser of all expressions, so numbers have units (`10 days`) and dates as in a model file, and
are checked against the measure's own. What a statistic comes to is in `figures`.
"""

import ast
import math
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate
from typing import TypeVar

from sim.analysis.asked.statistic import (
    EXPECTED,
    FUNCTIONS,
    MEANT,
    TURNED,
    Bound,
    Histogram,
    RatioOfMeans,
    Relation,
    Share,
    Statistic,
    Variance,
)
from sim.language.diagnostics import Complaints
from sim.language.expressions.grammar import Text, parse, part
from sim.language.expressions.scope import KNOWN_ALREADY, Scope, Wrong
from sim.language.expressions.types import INT, PLAIN, TIME, Bool, Instant, Number, Real, Type, product
from sim.language.expressions.typing import check
from sim.language.suggest import did_you_mean, named_or_near
from sim.language.yaml.parser import Document
from sim.model.expression import Fault, evaluate
from sim.model.measuring.quantities import CountOf, Integral, Measure, TimeUntil, TimeWhile
from sim.model.model import Model
from sim.model.scenario import Scenario

SHOWN = "what is asked"  # how messages call a text that stands in no file
MOST_EDGES = 50
_RELATIONS: dict[type[ast.cmpop], Relation] = {
    ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">", ast.Eq: "==",
}  # fmt: skip
R = TypeVar("R")


def read_statistic(text: str, scenario: Scenario) -> Statistic:
    """Read what is asked of the measures of a scenario's runs. Raise LanguageError as `read_statistics` does."""
    (found,) = read_statistics([text], scenario)
    return found


def read_statistics(texts: Sequence[str], scenario: Scenario) -> list[Statistic]:
    """Read all that is asked of the measures of a scenario's runs.

    Raise LanguageError with every complaint, each with its place, the number of its text as the line. E041 is what
    cannot be asked, E301 an unknown measure, E519 a time that no run reaches; numbers and their units have the errors
    of any expression.
    """
    complaints = Complaints()
    lines = [" ".join(text.split()) for text in texts]
    starts = [*accumulate((len(line) + 1 for line in lines), initial=0)]
    document = Document(path=SHOWN, text="\n".join(lines), line_starts=starts)
    found = [
        _Reader(Text(text=line, document=document, start=start), scenario, complaints).read()
        for line, start in zip(lines, starts, strict=False)
    ]
    complaints.raise_any()
    return [one for one in found if one is not None]


def type_of(measure: Measure, model: Model) -> Type:
    """Return the type of a measure's numbers, with their unit."""
    match measure.quantity:
        case TimeUntil() | TimeWhile():
            return model.calendar.duration()
        case CountOf():
            return INT
        case Integral(expression):
            unit = expression.type.unit if isinstance(expression.type, Number) else PLAIN
            return Real(unit if model.calendar.abstract else product(unit, TIME))
    found = measure.expression.type if measure.expression is not None else INT
    return INT if isinstance(found, Bool) else found


class _Reader:
    def __init__(self, text: Text, scenario: Scenario, complaints: Complaints) -> None:
        self.text, self.scenario, self.complaints = text, scenario, complaints
        self.model = scenario.model

    def read(self) -> Statistic | None:
        """Return the statistic, None after complaining."""
        try:
            if not self.text.text:
                raise Wrong("E041", "nothing is asked", ast.Pass(), f"expected {EXPECTED}")
            tree = parse(self.text, self.complaints)
            return None if tree is None else self.statistic(tree)
        except Wrong as wrong:
            self.complain(wrong)
            return None

    def complain(self, wrong: Wrong) -> None:
        if wrong.code != KNOWN_ALREADY:
            self.complaints.add(wrong.code, wrong.message, self.text.span(wrong.node), *wrong.notes)

    def each(self, *parts: Callable[[], R]) -> list[R]:
        """Return what each part comes to, so that the complaint of each is heard before the first of them counts."""
        found, wrong = [], None
        for read in parts:
            try:
                found.append(read())
            except Wrong as error:
                self.complain(error)
                wrong = error
        if wrong is not None:
            raise Wrong(KNOWN_ALREADY, "", wrong.node)
        return found

    def statistic(self, tree: ast.expr) -> Statistic:
        match tree:
            case ast.Call(func=ast.Name(id="P"), args=[ast.Compare() as compared]):
                return self.share(compared)
            case ast.Call(func=ast.Name(id="variance"), args=[of]):
                return Variance(self.measure(of))
            case ast.Call(func=ast.Name(id="histogram"), args=[of, *edges]):
                return self.histogram(of, edges)
            case ast.BinOp(op=ast.Div(), left=above, right=below):
                return RatioOfMeans(*self.each(partial(self.mean_of, above), partial(self.mean_of, below)))
        raise self.none_of_the_forms(tree)

    def none_of_the_forms(self, tree: ast.expr) -> Wrong:
        """Return what is wrong with a text that has none of the forms, with the one that it may have been meant to."""
        expected = f"expected {EXPECTED}"
        match tree:
            case ast.Call(func=ast.Name(id="P")):
                return Wrong("E041", "P() takes a comparison of one measure", tree, "expected such as P(deaths <= 10)")
            case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
                return Wrong("E041", f"{name}() takes a measure", tree, f"expected {name}(MEASURE)")
            case ast.Call(func=ast.Name(id="mean")) | ast.Name() | ast.Subscript():
                note = "the mean and the quantiles of each measure stand in the table of measures"
                return Wrong("E041", "a measure by itself asks for nothing", tree, expected, note)
            case ast.Call(func=ast.Name(id=name) as function):
                usual = MEANT.get(name.lower())
                meant = (f"did you mean '{usual}'?",) if usual else did_you_mean(name, FUNCTIONS)
                return Wrong("E041", f"'{name}' is not a statistic", function, expected, *meant)
            case ast.Compare():
                return Wrong("E041", "a comparison is asked about with P()", tree, f"expected P({self.text.text})")
        return Wrong("E041", "this cannot be asked of measures", tree, expected)

    def measure(self, node: ast.expr) -> str:
        name = self.text.piece(node).replace(" ", "")
        if name in self.model.measures:
            return name
        if not self.is_word(node):
            note = "a figure of an expression is one of a measure: --measure 'NAME: EXPRESSION', and ask about NAME"
            raise Wrong("E041", f"expected the name of a measure, got '{self.text.piece(node)}'", node, note)
        notes = named_or_near(name, self.model.measures) if self.model.measures else ("there are no measures",)
        if name in self.model.outcomes:
            note = "its probability stands in the table of outcomes"
            raise Wrong("E041", f"'{name}' is an outcome, and not a measure", node, note, *notes)
        raise Wrong("E301", f"unknown measure '{name}'", node, *notes)

    def is_word(self, node: ast.expr) -> bool:
        """Return whether a part of the text is a name, and not a number with a unit or a date."""
        return isinstance(node, ast.Subscript) or (isinstance(node, ast.Name) and self.text.quantity(node) is None)

    def mean_of(self, node: ast.expr) -> str:
        """Return the measure of `deaths` or of `mean(deaths)`."""
        match node:
            case ast.Call(func=ast.Name(id="mean"), args=[of]):
                return self.measure(of)
        return self.measure(node)

    def share(self, compared: ast.Compare) -> Share:
        operands = [compared.left, *compared.comparators]
        words = [index for index, node in enumerate(operands) if self.is_word(node)]
        if len(words) != 1 or len(operands) > 3 or (len(operands) == 3 and words != [1]):
            expected = "expected such as P(deaths <= 10) or P(5 <= deaths <= 10)"
            raise Wrong("E041", "P() compares one measure with one number, or with two", compared, expected)
        relations = [_RELATIONS[type(sign)] for sign in compared.ops if type(sign) in _RELATIONS]
        one_way = len(relations) < 2 or {*relations} <= {"<=", "<"} or {*relations} <= {">=", ">"}
        if len(relations) < len(compared.ops) or not one_way:
            raise Wrong("E041", "this does not say between what a measure lies", compared, "expected <=, <, >= or >")
        (word,) = words
        measure = self.measure(operands[word])
        before = [(operands[0], TURNED[relations[0]])] if word == 1 else []
        after = [(operands[-1], relations[-1])] if word < len(operands) - 1 else []
        bounds = self.each(*(partial(self.bound, node, relation, measure) for node, relation in [*before, *after]))
        bounds = sorted(bounds, key=lambda bound: bound.relation, reverse=True)
        if len(bounds) == 2 and not _leave_room(*bounds):
            raise Wrong("E041", "no number lies between these two", compared, "expected the smaller one first")
        return Share(measure, tuple(bounds))

    def bound(self, node: ast.expr, relation: Relation, measure: str) -> Bound:
        number, length = self.number(node, measure), self.scenario.horizon - self.scenario.start
        if isinstance(self.model.measures[measure].quantity, TimeUntil) and number > length:
            calendar = self.model.calendar
            message = (
                f"this asks about {calendar.length(number)} after the branch, and no run goes on beyond the horizon, "
                f"which is {calendar.length(length)} after it"
            )
            raise Wrong("E519", message, node, "lengthen the horizon, or ask for less")
        return Bound(relation, number, self.text.piece(node))

    def number(self, node: ast.expr, measure: str) -> float:
        """Return a number, or a date, that stands in the text, in the unit of a measure."""
        kind = type_of(self.model.measures[measure], self.model)
        wanted = kind if isinstance(kind, Instant) else Real(kind.unit if isinstance(kind, Number) else PLAIN)
        begin, end = self.text.column(node.col_offset), self.text.column(node.end_col_offset or 0)
        scope = Scope(calendar=self.model.calendar, names={}, what="a number")
        found = check(part(self.text, begin, end), scope, wanted, self.complaints)
        if found is None:
            raise Wrong(KNOWN_ALREADY, "", node)
        try:
            value = float(evaluate(found.tree))
        except Fault as fault:
            raise Wrong("E319", f"this has no value: {fault}", node) from None
        if not math.isfinite(value):
            raise Wrong("E204", "this number is too large", node)
        return value

    def histogram(self, of: ast.expr, edges: Sequence[ast.expr]) -> Histogram:
        measure = self.measure(of)
        if len(edges) > MOST_EDGES:
            raise Wrong("E041", f"{len(edges)} edges of bins", of, f"expected at most {MOST_EDGES}")
        known = self.each(*(partial(self.number, node, measure) for node in edges))
        for node, before, number in zip(edges[1:], known, known[1:], strict=False):
            if not before < number:
                raise Wrong("E041", "the edges of bins rise", node, f"expected more than {before:g}")
        return Histogram(measure, tuple(known), tuple(self.text.piece(node) for node in edges))


def _leave_room(low: Bound, high: Bound) -> bool:
    """Return whether a number can lie above one bound and below the other."""
    return low.number < high.number or (low.number == high.number and (low.relation, high.relation) == (">=", "<="))
