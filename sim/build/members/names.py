"""The full names of what is named by itself, such as an event type or a rule: `up[2]` for `up[i]` (E312)."""

import ast
import warnings

from sim.build.context import Context, Indices
from sim.language.expressions.indices import member_of
from sim.language.yaml.parser import Keys


def resolve(context: Context, text: str, indices: Indices, keys: Keys, *, key: bool = False) -> str | None:
    """Return the full name that `text` stands for, such as `up[2]` for `up[i]`; None after complaining."""
    name, _, rest = text.partition("[")
    if not rest:
        return name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            member = member_of(ast.parse(rest.rstrip("]").strip(), mode="eval").body, indices)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        member = None
    if member is None:
        message = f"'{rest.rstrip(']')}' names no member"
        context.complain("E312", message, keys, "expected an index, a number or a word", key=key)
        return None
    return f"{name}[{member}]"
