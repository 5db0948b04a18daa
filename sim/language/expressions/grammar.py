"""The text of an expression to Python's syntax tree, of which only a small closed part is let through.

Nothing is ever evaluated as Python. Quantities (`21 days`, `0.02 per day`), dates, percentages and the ends of an index
(`1..5`) are replaced by names of the same length before Python's parser sees the text, so every column stays true.
`typing` decides what names and types mean.
"""

import ast
import re
import warnings
from dataclasses import dataclass, field

from sim.language.diagnostics import Complaints, Span
from sim.language.expressions.dates import meant_as_date, why_no_date
from sim.language.expressions.operations import ONE_OF, OVER_FAMILIES
from sim.language.expressions.types import DATE, TIME_WORDS
from sim.language.expressions.typos import OPERATORS, SIGNS, capital_word, remedy_of_sign, reserved_word
from sim.language.yaml.parser import MOST_DIGITS, Document, Keys

MOST_CHARACTERS = 1000
MOST_DEPTH = 40
MOST_LATEST = 200  # texts whose syntax is kept

_NUMBER = r"[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?"
LITERAL = re.compile(
    rf"(?<![\w.])(?:(?P<date>{DATE})(?![\w-])"
    rf"|(?P<number>{_NUMBER})(?:\s*(?P<percent>%)(?=\s*(?:within\b|$|[,)]))"
    rf"|\s+per\s+(?P<per>[a-z_]+)\b|\s*(?P<unit>[a-z_]+)\b))"
)
_CHOICE = re.compile(rf"(?<![\w.]){ONE_OF}\s*$")
_COUNTED = re.compile(r"(?<=\bin )\s*-?[0-9]{1,6}\s*\.\.\s*-?[0-9]{1,6}(?![0-9.])")
_BARE_NUMBER = re.compile(rf"(?<![\w.])(?:{_NUMBER})(?![\w.])")
_KEYWORDS = {"and", "or", "not", "if", "else", "in", "is", "for", "within", "while"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit word, or a date, as written."""

    number: float
    unit: str = ""
    per: str = ""
    date: str = ""

    @property
    def unit_word(self) -> str:
        """The unit as the key `unit` has it: `1/day` of 0.2 per day; "" for none."""
        word = self.unit or self.per
        return ("1/" if self.per else "") + TIME_WORDS.get(word, word)


@dataclass
class Text:
    """An expression's text and where it stands, so that any stretch of it can be pointed at.

    `source` is what Python's parser reads; `weighing` are the places of the colons before weights, commas in it.
    """

    text: str
    document: Document
    start: int
    quantities: dict[int, Quantity] = field(default_factory=dict)
    counted: dict[int, str] = field(default_factory=dict)  # what an index runs over, by the column where it stands
    source: str = ""
    weighing: tuple[int, ...] = ()
    refused: bool = False  # complained of already, so there is nothing to check
    keys: Keys = ()  # of the scalar in its document

    def span(self, node: ast.AST | None = None) -> Span:
        if node is None or not hasattr(node, "col_offset"):
            return self.stretch(0, max(1, len(self.text)))
        return self.stretch(self.column(node.col_offset), self.column(getattr(node, "end_col_offset", 0) or 0))

    def stretch(self, begin: int, end: int) -> Span:
        """Return the span of some of the text's characters."""
        return self.document.span(self.start + begin, self.start + end)

    def column(self, bytes_before: int) -> int:
        """Turn Python's byte column into a character column."""
        return len(self.source.encode()[:bytes_before].decode(errors="ignore"))

    def quantity(self, node: ast.Name) -> Quantity | None:
        """Return the quantity that a name stands in for, if it does."""
        return self.quantities.get(self.column(node.col_offset))

    def weighed(self, argument: ast.expr, following: ast.expr | None, call: ast.Call) -> bool:
        """Return whether a colon stands after an argument of a call, before the following one or the call's end."""
        first = self.column(argument.end_col_offset or 0)
        last = self.column(call.end_col_offset or 0 if following is None else following.col_offset)
        return any(first <= place < last for place in self.weighing)

    def piece(self, node: ast.AST) -> str:
        begin = self.column(getattr(node, "col_offset", 0))
        return self.text[begin : self.column(getattr(node, "end_col_offset", 0) or 0)]


def text_at(document: Document, keys: Keys) -> Text:
    """Return the expression that stands as the scalar at `keys`; an empty one if that was refused."""
    if document.is_refused(keys):
        return Text(text="", document=document, start=0, refused=True)
    place = document.offsets[keys]
    written = place.text or ""
    stripped = written.lstrip()
    return Text(text=stripped, document=document, start=place.text_start + len(written) - len(stripped), keys=keys)


def part(text: Text, begin: int, end: int) -> Text:
    """Return a stretch of an expression's text, without the spaces around it, as an expression of its own."""
    piece = text.text[begin:end]
    lead = len(piece) - len(piece.lstrip())
    return Text(text=piece.strip(), document=text.document, start=text.start + begin + lead, keys=text.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parsed:
    """What was found in a text of the small language; it depends on the text alone."""

    tree: ast.expr
    quantities: dict[int, Quantity]
    counted: dict[int, str]
    source: str
    weighing: tuple[int, ...]


_latest: dict[str, _Parsed] = {}  # by their texts: members of a family have one text


def parse(text: Text, complaints: Complaints) -> ast.expr | None:
    """Parse the text; return None after complaining (E2) if it is not in the small language."""
    known = _latest.get(text.text)
    if known is not None:
        text.quantities, text.counted = known.quantities, known.counted
        text.source, text.weighing = known.source, known.weighing
        return known.tree
    tree = _parsed(text, complaints)
    if tree is not None:
        while len(_latest) >= MOST_LATEST:
            del _latest[next(iter(_latest))]
        _latest[text.text] = _Parsed(
            tree=tree, quantities=text.quantities, counted=text.counted, source=text.source, weighing=text.weighing
        )
    return tree


def _parsed(text: Text, complaints: Complaints) -> ast.expr | None:
    if len(text.text) > MOST_CHARACTERS:
        complaints.add("E204", f"an expression of {len(text.text)} characters; at most {MOST_CHARACTERS}", text.span())
        return None
    depth = deepest = 0
    for character in text.text:
        depth += (character in "([") - (character in ")]")
        deepest = max(deepest, depth)
    if deepest > MOST_DEPTH:
        complaints.add("E204", f"brackets nested deeper than {MOST_DEPTH}", text.span())
        return None
    for number in _BARE_NUMBER.finditer(text.text):
        if sum(character.isdigit() for character in number.group()) > MOST_DIGITS:
            complaints.add("E204", f"a number of more than {MOST_DIGITS} digits", text.stretch(*number.span()))
            return None
    if "#" in text.text:
        at = text.text.index("#")
        note = "comments stand outside of expressions"
        complaints.add("E202", "'#' is not part of this language", text.stretch(at, at + 1), note)
        return None
    text.weighing = _weighing(text.text)
    written = "".join("," if place in text.weighing else character for place, character in enumerate(text.text))
    date = meant_as_date(written)
    if date is not None:
        complaints.add("E317", why_no_date(date.group()), text.stretch(*date.span()))
        return None
    whole = _COUNTED.sub(lambda match: _count(match, text), written)
    text.source = LITERAL.sub(lambda match: _replace(match, text), whole).replace("\u00a0", " ")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.source, mode="eval").body
    except (SyntaxError, ValueError) as error:
        _complain_of_syntax(text, error, complaints)
        return None
    except (RecursionError, MemoryError):
        complaints.add("E204", "the expression is nested too deeply", text.span())
        return None
    return tree if _allowed(tree, text, complaints) else None


def _weighing(text: str) -> tuple[int, ...]:
    """Return the places of the colons directly within the brackets of a choice, those within dates left out."""
    if ONE_OF not in text:
        return ()
    plain = LITERAL.sub(lambda match: "_" * len(match.group()), text)
    found = []
    choices: list[bool] = []  # for each open bracket, whether it is that of a choice
    for place, character in enumerate(plain):
        if character in "([{":
            choices.append(character == "(" and _CHOICE.search(plain[:place]) is not None)
        elif character in ")]}" and choices:
            choices.pop()
        elif character == ":" and choices and choices[-1] and plain[place + 1 : place + 2] != "=":
            found.append(place)
    return tuple(found)


def _count(match: re.Match[str], text: Text) -> str:
    written = match.group()
    lead = len(written) - len(written.lstrip())
    text.counted[match.start() + lead] = written.strip()
    return " " * lead + "_" * (len(written) - lead)


def _replace(match: re.Match[str], text: Text) -> str:
    written = match.group()
    if match["date"]:
        text.quantities[match.start()] = Quantity(0.0, date=match["date"])
    elif match["percent"]:
        text.quantities[match.start()] = Quantity(float(match["number"]) / 100)
    else:
        word = match["unit"] or match["per"]
        if word in _KEYWORDS or (word in ("e", "j") and match["unit"]):
            return written
        text.quantities[match.start()] = Quantity(float(match["number"]), match["unit"] or "", match["per"] or "")
    return "_" * len(written)


def _complain_of_syntax(text: Text, error: Exception, complaints: Complaints) -> None:
    word = reserved_word(text.text)
    if word is not None:
        note = "nothing may have a reserved word as its name: choose another one where it is declared"
        complaints.add("E202", f"'{word.group()}' is a reserved word, and no name", text.stretch(*word.span()), note)
        return
    span = text.span()
    if isinstance(error, SyntaxError) and error.offset and error.lineno == 1:
        at = min(error.offset - 1, max(len(text.text) - 1, 0))
        span = text.stretch(at, at + 1)
    notes = ["expected an expression such as tension > 0.6 and not armoury_emptied"]
    capital, sign = capital_word(text.text), remedy_of_sign(text.text)
    if capital is not None:
        span = text.stretch(*capital.span())
        notes.append(f"write '{capital.group().lower()}': words are written in small letters")
    elif sign:
        notes.append(sign)
    elif text.text.count("(") != text.text.count(")"):
        notes.append(f"a bracket is not {'closed' if text.text.count('(') > text.text.count(')') else 'opened'}")
    complaints.add("E201", "this is not an expression", span, *notes)


_OPERATORS = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.USub, ast.UAdd, ast.Not, ast.And,
    ast.Or, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip
_NODES = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name, ast.Constant, ast.Subscript)


def _allowed(tree: ast.expr, text: Text, complaints: Complaints) -> bool:
    """Walk the tree without recursion; complain of the first thing in each branch that is not allowed."""
    fine = True
    pending: list[tuple[ast.AST, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > MOST_DEPTH * 3:
            complaints.add("E204", "the expression is nested too deeply", text.span())
            return False
        if isinstance(node, (*_OPERATORS, ast.expr_context)):
            continue
        if not isinstance(node, _NODES) or _odd(node):
            refused, instead = _refused(node)
            complaints.add("E202", f"{refused} is not part of this language", text.span(node), instead)
            fine = False
            continue
        pending.extend((child, depth + 1) for child in _parts(node))
    return fine


def _parts(node: ast.AST) -> list[ast.AST]:
    """Return the parts of a node that are expressions: of a member its indices, of a function what it goes over."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
        return [node.value, *node.slice.elts]
    if isinstance(node, ast.Call) and goes_over(node) is not None:
        over, *others = node.args
        assert isinstance(over, ast.GeneratorExp), "what a function goes over"
        return [node.func, *others, over.elt, *(test for each in over.generators for test in each.ifs)]
    return list(ast.iter_child_nodes(node))


def goes_over(node: ast.Call) -> ast.GeneratorExp | None:
    """Return what a function goes over, as in sum(x[j] for j in 1..3); None if it takes something else."""
    known = isinstance(node.func, ast.Name) and node.func.id in OVER_FAMILIES
    first = node.args[0] if known and node.args else None
    return first if isinstance(first, ast.GeneratorExp) else None


def _odd(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, bool) or not isinstance(value, int | float)
        case ast.Call(func=function, keywords=keywords):
            return not isinstance(function, ast.Name) or bool(keywords)
        case ast.Subscript(value=value):
            return not isinstance(value, ast.Name)
        case ast.BinOp(op=operator) | ast.UnaryOp(op=operator):
            return not isinstance(operator, _OPERATORS)
        case ast.Compare(ops=operators):
            return not all(isinstance(operator, _OPERATORS) for operator in operators)
    return False


_REFUSED = {
    ast.Attribute: "a dot after a name",
    ast.Call: "such a call",
    ast.Dict: "a mapping",
    ast.GeneratorExp: "'for' in this place",
    ast.JoinedStr: "text",
    ast.Lambda: "lambda",
    ast.List: "a list",
    ast.NamedExpr: "':='",
    ast.Starred: "'*'",
    ast.Subscript: "such an index",
}


def _refused(node: ast.AST) -> tuple[str, str]:
    """Return what a node is called, and what to write instead of it."""
    instead = "expected numbers, names, arithmetic, comparisons, and, or, not, x if c else y, and known functions"
    match node:
        case ast.Constant(value=value):
            if isinstance(value, bool):
                instead = f"write '{str(value).lower()}'"
            elif isinstance(value, str):
                instead = f"write an enum's value without quotes: {value}"[:80]
            return f"{value!r}"[:40], instead
        case ast.Compare():
            return "'in' or 'is'", "write '==', and for several values: talks == open or talks == signed"
        case ast.BinOp(op=operator) | ast.UnaryOp(op=operator):
            sign, remedy = OPERATORS.get(type(operator).__name__, ("", instead))
            return f"the operator '{sign}'" if sign else "this operator", remedy
        case ast.Call(keywords=[_, _, *_]) | ast.Call(args=[_, *_], keywords=[_]):
            return "'=' in brackets", "a function's arguments stand in their order, without names: gamma(2, 3)"
        case ast.Call(keywords=[_]):
            return "'=' in brackets", SIGNS["="]
        case ast.GeneratorExp():
            instead = f"it may stand in {', '.join(sorted(OVER_FAMILIES))}: sum(x[j] for j in 1..3)"
        case ast.Tuple():
            return "a comma here", "a fraction is written with a point, 1.5, and thousands without a sign, 1000"
    return _REFUSED.get(type(node), "this"), instead
