"""How results, comparisons and answers print themselves: as text, and as HTML in notebooks.

Importing this module registers the forms with `sim.analysis.shown`.
"""

from collections.abc import Sequence
from typing import TypeAlias

from sim.analysis.comparison import Comparison
from sim.analysis.results import Results
from sim.analysis.shown import html_of, text_of
from sim.report import answers, comparisons, results, words
from sim.report.table import Table, as_html
from sim.sql.answer import Answer

Printed: TypeAlias = Results | Comparison | Answer


def parts(shown: Printed) -> tuple[Sequence[Table], Sequence[str]]:
    """Return the tables, and the paragraphs that stand below them."""
    match shown:
        case Results():
            lines = [f"{shown.count:,} runs. {shown.covers}", *map(str, shown.source.warnings)]
            return results.tables(shown), ["\n".join(lines)]
        case Comparison():
            texts = (comparisons.legend(shown), words.paragraph(shown))
            return comparisons.tables(shown), [text for text in texts if text]
        case Answer():
            return [answers.table(shown)], []


def _as_text(shown: Printed) -> str:
    tables, paragraphs = parts(shown)
    return "\n\n".join([*map(str, tables), *paragraphs])


def _as_html(shown: Printed) -> str:
    tables, paragraphs = parts(shown)
    return as_html(tables, *(line for text in paragraphs for line in text.splitlines()))


for printed in (Results, Comparison, Answer):
    text_of.register(printed, _as_text)
    html_of.register(printed, _as_html)
