"""How results print themselves: by `sim.report.forms`, which is imported by its name when one is first printed."""

from functools import singledispatch
from importlib import import_module

FORMS = "sim.report.forms"


@singledispatch
def text_of(shown: object) -> str:
    """Return results as text, in the form that is registered for their class."""
    import_module(FORMS)
    assert text_of.dispatch(type(shown)) is not text_of.dispatch(object), f"{FORMS} has no form for {type(shown)}"
    return text_of(shown)


@singledispatch
def html_of(shown: object) -> str:
    """Return results as HTML, in the form that is registered for their class."""
    import_module(FORMS)
    assert html_of.dispatch(type(shown)) is not html_of.dispatch(object), f"{FORMS} has no form for {type(shown)}"
    return html_of(shown)


class Shown:
    """What prints itself in the form that is registered for its class."""

    def __repr__(self) -> str:
        return text_of(self)

    def _repr_html_(self) -> str:
        return html_of(self)
