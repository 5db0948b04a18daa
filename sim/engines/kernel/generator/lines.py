"""Lines of text made into functions."""

from collections.abc import Iterable, Sequence

INDENT = "    "
MANY = 64  # parts that are alike share a text, if there are so many


def indented(lines: Iterable[str], depth: int = 1) -> list[str]:
    return [INDENT * depth + line for line in lines]


def when(condition: str, lines: Sequence[str]) -> list[str]:
    """Return lines that are for a condition; nothing where there are none."""
    return [f"if {condition}:", *indented(lines)] if lines else []


def function(name: str, body: Iterable[str], *parameters: str, result: str = "None") -> str:
    """Return a function of the kernel's arrays and other parameters, as text."""
    head = f"def {name}({', '.join(('f: Reals', 'n: Ints', *parameters))}) -> {result}:"
    return "\n".join([head, *indented(list(body) or ["return"])]) + "\n"


def dispatch(name: str, on: str, cases: Iterable[tuple[int, Iterable[str]]], *parameters: str) -> str:
    """Return a function that does one of several things, by a number."""
    body = [f"match {on}:"]
    for number, lines in cases:
        body += [f"    case {number}:", *indented(lines, 2)]
    return function(name, body if len(body) > 1 else ["return"], *parameters)


def in_parts(name: str, parts: Sequence[list[str]]) -> tuple[list[str], list[str]]:
    """Return the lines of parts that come one after another, and functions that they call: many are one function each.

    A part is a few lines for one of a model's variables, say, and gives no name that another one reads.
    """
    if len(parts) < MANY:
        return [line for part in parts for line in part], []
    functions = [function(f"{name}_{number}", part) for number, part in enumerate(parts)]
    return [f"{name}_{number}(f, n)" for number in range(len(parts))], functions
