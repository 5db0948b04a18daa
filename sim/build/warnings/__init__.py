"""Warnings about what a document may say but seldom means: a module for each kind; `gathered` collects them."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from sim.language.diagnostics import Diagnostic, Span
from sim.language.expressions.tree import Expression
from sim.language.shapes.load import Loaded

Files: TypeAlias = Sequence[Loaded[Any]]  # the model's, and after it those of a scenario


def warning(code: str, message: str, span: Span, *notes: str) -> Diagnostic:
    """Return a warning about what stands at a span."""
    return Diagnostic(code=code, message=message, span=span, notes=notes)


def span_of(expression: Expression, files: Files) -> Span:
    """Return where an expression stands that was read from one of these files."""
    path = expression.location.rsplit(":", 2)[0]
    document = next((loaded.document for loaded in files if loaded.document.path == path), files[0].document)
    return document.span_of(expression.location, expression.text)
