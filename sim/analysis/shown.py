"""How results print themselves: where their text and their HTML are asked for, and registered.

The forms are written by `sim.report.forms`, which registers them when it is imported, as `sim` does with the functions
that give results. Without it results print as dataclasses do, with long values cut.
"""

from dataclasses import fields, is_dataclass
from functools import singledispatch
from reprlib import repr as cut


@singledispatch
def text_of(shown: object) -> str:
    """Return results as text: in the form that is registered for their class, else field by field."""
    assert is_dataclass(shown), "what prints itself is a dataclass"
    values = (f"{field.name}={cut(getattr(shown, field.name))}" for field in fields(shown) if field.repr)
    return f"{type(shown).__name__}({', '.join(values)})"


@singledispatch
def html_of(_: object) -> str | None:
    """Return results as HTML in the form that is registered for their class, else None: notebooks take the text."""
    return None


class Shown:
    """A dataclass that prints itself in the form that is registered for it."""

    def __repr__(self) -> str:
        return text_of(self)

    def _repr_html_(self) -> str | None:
        return html_of(self)
