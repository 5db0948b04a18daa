"""What users of other languages write in expressions, and what to write instead.

Owns the words of these remedies; `grammar`, `typing` and `scope` find the mistakes.
"""

import keyword
import re
from collections.abc import Mapping

LANGUAGE = {"and", "or", "not", "if", "else"}
RESERVED = frozenset(word.lower() for word in keyword.kwlist) - LANGUAGE - {"true", "false", "none", "is", "in"}

OPERATORS: Mapping[str, tuple[str, str]] = {
    "BitAnd": ("&", "write 'and'"),
    "BitOr": ("|", "write 'or'"),
    "BitXor": ("^", "a power is written x ** 2; for 'the one or the other, not both' write a != b"),
    "Invert": ("~", "write 'not'"),
    "MatMult": ("@", "a product is written x * y"),
    "LShift": ("<<", "write x * 2 ** n"),
    "RShift": (">>", "write x / 2 ** n"),
}
FUNCTIONS: Mapping[str, str] = {
    "pow": "a power is written x ** 2",
    "power": "a power is written x ** 2",
    "mod": "the remainder of whole numbers is written n % 2",
    "div": "the whole quotient of whole numbers is written n // 2",
    "ln": "the natural logarithm is log(x)",
    "log10": "write log(x) / log(10)",
    "log2": "write log(x) / log(2)",
    "round": "write floor(x + 0.5)",
    "int": "write floor(x)",
    "float": "leave it out: whole numbers become numbers where they must",
    "len": "count(family) says of how many members a condition is true",
    "avg": "write sum(family) divided by the number of members",
    "mean": "write sum(family) divided by the number of members",
    "tan": "write sin(x) / cos(x)",
    "random": "what happens when is random by the clocks, which event by `choose`, a mark by a law such as poisson(2)",
    "rand": "what happens when is random by the clocks, which event by `choose`, a mark by a law such as poisson(2)",
    "sigmoid": "write logistic(x)",
}
SIGNS: Mapping[str, str] = {
    "&&": "write 'and' where other languages write '&&'",
    "||": "write 'or' where other languages write '||'",
    "+=": "an effect is the whole new value: write x + 1 under the name x, not += 1",
    "-=": "an effect is the whole new value: write x - 1 under the name x, not -= 1",
    "*=": "an effect is the whole new value: write x * 2 under the name x, not *= 2",
    "/=": "an effect is the whole new value: write x / 2 under the name x, not /= 2",
    "++": "an effect is the whole new value: write x + 1 under the name x, not x++",
    "--": "an effect is the whole new value: write x - 1 under the name x, not x--",
    ":=": "a value is computed here, nothing is assigned: leave ':=' and what is before it out",
    "<>": "write '!=' where other languages write '<>'",
    "=<": "write '<=', not '=<'",
    "=>": "write '>=', not '=>'",
    "≤": "write '<=' for ≤",
    "≥": "write '>=' for ≥",
    "≠": "write '!=' for ≠",
    "×": "write '*' for ×",
    "·": "write '*' for ·",
    "÷": "write '/' for ÷",
    "−": "write '-' for the longer sign −",
    "–": "write '-' for the longer sign –",
    "²": "a power is written x ** 2",
    "³": "a power is written x ** 3",
    "∞": "there is no such number; leave the bound out",
    "“": "write an enum's value without quotes",
    "‘": "write an enum's value without quotes",
    "!": "write 'not' where other languages write '!'",
    "?": "write 'x if c else y' where other languages write 'c ? x : y'",
    "=": "write '==' where other languages write '='",
}
NOT_A_NUMBER = {"nan", ".nan", "na", "n/a"}
ENDLESS = {"inf", "infinity", ".inf", "oo", "∞", "infinite", "unbounded", "none", "null"}


def reserved_word(text: str) -> re.Match[str] | None:
    """Return the first word of an expression that is reserved and has no meaning here, such as lambda or class."""
    for found in re.finditer(r"(?<![\w.])[a-z]+(?!\w)", text):
        if found.group() in RESERVED:
            return found
    return None


def capital_word(text: str) -> re.Match[str] | None:
    """Return the first word that joins conditions and is not in small letters, such as AND."""
    return re.search(r"(?<!\w)(?:AND|And|OR|Or|NOT|Not|IF|If|ELSE|Else)(?!\w)", text)


def remedy_of_sign(text: str) -> str:
    """Return what to write instead of a sign of other languages that stands in a text; "" if there is none."""
    bare = re.sub(r"[!=<>]=(?![<>])|\*\*", "  ", text) if not any(sign in text for sign in ("=<", "=>")) else text
    return next((remedy for sign, remedy in SIGNS.items() if sign in (text if len(sign) > 1 else bare)), "")
