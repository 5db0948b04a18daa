"""Expressions made up by the grammar of the language, typed or mistyped, and written in more ways than one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hypothesis import strategies as st

# How tightly each form binds: what binds more loosely than its place needs brackets there.
CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, MINUS, POWER, ATOM = range(10)
MOST_BRACKETS = 5

# What stands alone, by its kind, in the scope of `sentences`.
ATOMS: Mapping[str, tuple[str, ...]] = {
    "bool": ("ceasefire", "true", "false", "up[0]", "up[i]", "up[i + 1]", "any(up)", "all(up)", "up[dead]",
             "up[first(up, 0)]", "any(up[j] for j in -1..1 if j != i)", "h != south"),
    "enum": ("talks", "none", "signed"),
    "int": ("dead", "0", "3", "17", "i", "count(up)", "first(up)", "argmin(trust * j for j in 1..3)",
            "sum(dead * j for j in 1..2)", "count(dates[p] < deadline for p in {north, south})"),
    "real": ("trust", "pi", "0.5", "2e3", ".25", "grain[h]", "grain[south]", "sum(grain)", "max(grain)", "grain[side]"),
    "duration": ("patience", "3 days", "1.5 weeks", "36 h"),
    "instant": ("deadline", "2030-01-05", "2030-01-05T12:00", "dates[north]"),
    "rate": ("pace", "0.2 per day", "3 per week"),
    "soldiers": ("army", "40 soldier"),
}  # fmt: skip
KINDS = tuple(ATOMS)
ORDERED = ("int", "real", "duration", "instant", "rate", "soldiers")


@dataclass(frozen=True)
class Node:
    """A form of the grammar: its texts, and its parts with how tightly each must bind."""

    level: int
    parts: "tuple[str | tuple[Node, int], ...]"

    def text(
        self, level: int = CHOICE, more: Callable[[], bool] = lambda: False, space: Callable[[], str] = str
    ) -> str:
        """Write it with the brackets that it needs, and some `more`, and `space` between its parts."""
        pieces = [part if isinstance(part, str) else part[0].text(part[1], more, space) for part in self.parts]
        whole = "".join(piece + space() if number < len(pieces) - 1 else piece for number, piece in enumerate(pieces))
        for _ in range(MOST_BRACKETS if self.level < level or more() else 0):
            whole = f"({space()}{whole}{space()})"
            if not more():
                break
        return whole


def form(level: int, *parts: str | tuple[Node, int]) -> Node:
    return Node(level, parts)


@st.composite
def expressions(
    draw: st.DrawFn, kind: str, *, deep: int = 4, typos: bool = False, atoms: Mapping[str, tuple[str, ...]] = ATOMS
) -> Node:
    """Draw an expression of a kind. With `typos` some of its parts are of another kind."""

    def of(kind: str, level: int) -> tuple[Node, int]:
        if typos and draw(st.integers(0, 9)) == 0:
            kind = draw(st.sampled_from(KINDS))
        return draw(expressions(kind, deep=deep - 1, typos=typos, atoms=atoms)), level

    if deep == 0 or draw(st.integers(0, 3)) == 0:
        return form(ATOM, draw(st.sampled_from(atoms[kind])))
    if draw(st.integers(0, 5)) == 0:
        return form(CHOICE, of(kind, OR), " if ", of("bool", OR), " else ", of(kind, CHOICE))
    if kind == "bool":
        return draw(_condition(of))
    if kind == "enum":
        return form(ATOM, draw(st.sampled_from(atoms[kind])))
    if kind == "instant":
        operator = draw(st.sampled_from([" + ", " - "]))
        moved = form(SUM, of(kind, SUM), operator, of("duration", PRODUCT))
        return moved if draw(st.booleans()) else form(ATOM, "max(", of(kind, CHOICE), ", ", of(kind, CHOICE), ")")
    return draw(_number(of, kind))


@st.composite
def _condition(draw: st.DrawFn, of: Callable[[str, int], tuple[Node, int]]) -> Node:
    match draw(st.sampled_from(["and", "or", "not", "order", "between", "equal"])):
        case "and":  # three in a row are one form, so what is bracketed in it stays bracketed
            return form(AND, of("bool", NOT), " and ", of("bool", NOT))
        case "or":
            return form(OR, of("bool", AND), " or ", of("bool", AND))
        case "not":
            return form(NOT, "not ", of("bool", NOT))
        case "order":
            kind = draw(st.sampled_from(ORDERED))
            sign = draw(st.sampled_from(["<", "<=", ">", ">=", " == ", "!="]))
            return form(COMPARISON, of(kind, SUM), sign, of(kind, SUM))
        case "between":
            kind = draw(st.sampled_from(ORDERED))
            return form(COMPARISON, of(kind, SUM), "<", of(kind, SUM), "<=", of(kind, SUM))
    kind = draw(st.sampled_from(["enum", "bool"]))
    return form(COMPARISON, of(kind, SUM), draw(st.sampled_from(["==", "!="])), of(kind, SUM))


@st.composite
def _number(draw: st.DrawFn, of: Callable[[str, int], tuple[Node, int]], kind: str) -> Node:
    plain = kind in ("int", "real")
    forms = ["sum", "sum", "scaled", "minus", "extreme", "abs"] + ["power"] * plain + ["whole"] * (kind == "int")
    forms += ["wave"] * (kind == "real")
    match draw(st.sampled_from(forms)):
        case "sum":
            return form(SUM, of(kind, SUM), draw(st.sampled_from([" + ", " - "])), of(kind, PRODUCT))
        case "scaled":
            factor = "int" if kind in ("int", "soldiers") else "real"
            sign = "*" if factor == "int" else draw(st.sampled_from(["*", " / "]))
            return form(PRODUCT, of(kind, PRODUCT), sign, of(factor, MINUS))
        case "minus":
            return form(MINUS, draw(st.sampled_from("-+")), of(kind, MINUS))
        case "power":
            return form(POWER, of(kind, ATOM), "**", (form(ATOM, draw(st.sampled_from("023"))), MINUS))
        case "whole":
            return form(PRODUCT, of("int", PRODUCT), draw(st.sampled_from(["//", " % "])), of("int", MINUS))
        case "wave":
            angle = of(draw(st.sampled_from(["int", "real"])), CHOICE)
            return form(ATOM, draw(st.sampled_from(["sin(", "cos("])), angle, ")")
        case "abs":
            return form(ATOM, "abs(", of(kind, CHOICE), ")")
    name = draw(st.sampled_from(["min(", "max(", "clamp("]))
    if name == "clamp(":  # whose ends are in order
        low = of(kind, CHOICE)
        return form(ATOM, name, of(kind, CHOICE), ",", low, ",", "max(", low, ",", of(kind, CHOICE), ")", ")")
    return form(ATOM, name, of(kind, CHOICE), ",", of(kind, CHOICE), ")")
