"""Warnings about what a document may say but seldom means: a module for each kind; `gathered` collects them."""

from sim.language.diagnostics import Diagnostic, Span


def warning(code: str, message: str, span: Span, *notes: str) -> Diagnostic:
    """Return a warning about what stands at a span."""
    return Diagnostic(code=code, message=message, span=span, notes=notes)
