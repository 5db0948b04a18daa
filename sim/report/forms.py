"""How results, comparisons and answers print themselves: as text, and as HTML in notebooks.

Importing this module registers the forms with `sim.analysis.shown`.
"""

from collections.abc import Sequence
from typing import TypeAlias

from sim.analysis.asked.figures import Figure
from sim.analysis.comparison import Comparison
from sim.analysis.results import Results
from sim.analysis.shown import html_of, text_of
from sim.analysis.unfollowed import too_many
from sim.report import (
    answer_tables,
    asked_tables,
    assumption_notes,
    comparison_tables,
    comparison_words,
    result_tables,
    unfollowed_notes,
)
from sim.report.differing import difference_forms
from sim.report.table import Table, as_html
from sim.sql.answer import Answer
from sim.study.diff import Differences

Printed: TypeAlias = Results | Comparison | Answer | Figure


def first(shown: Printed) -> list[str]:
    """Return what stands before all figures: which runs failed or were stopped; nothing if none did."""
    match shown:
        case Results():
            return unfollowed_notes.before(shown, None)
        case Comparison():
            return [line for one in shown.everyone for line in unfollowed_notes.before(one, None)]
        case Figure():
            return list(shown.unfinished)
        case Answer():
            return [unfollowed_notes.of_query(part) for part in shown.covers if too_many(part.failed, part.runs)]


def parts(shown: Printed) -> tuple[Sequence[Table], Sequence[Sequence[str]]]:
    """Return the tables, and the paragraphs that stand below them, each as what stands in it one below the other."""
    match shown:
        case Results():
            lines = [f"{shown.count:,} runs. {shown.covers}", *map(str, shown.source.warnings)]
            return result_tables.tables(shown), [*filter(None, [assumption_notes.head(shown.scenario)]), lines]
        case Comparison():
            assumed = assumption_notes.beside(one.scenario for one in shown.everyone)
            texts = (comparison_tables.legend(shown), assumed, comparison_words.paragraph(shown))
            return comparison_tables.tables(shown), [text.splitlines() for text in texts if text]
        case Figure():
            return asked_tables.tables([shown]), [asked_tables.lines([shown])]
        case Answer():
            return [answer_tables.table(shown)], []


def _as_text(shown: Printed) -> str:
    tables, paragraphs = parts(shown)
    return "\n\n".join(filter(None, ["\n".join(first(shown)), *map(str, tables), *map("\n".join, paragraphs)]))


def _as_html(shown: Printed) -> str:
    tables, paragraphs = parts(shown)
    return as_html(tables, *(line for lines in paragraphs for line in lines), before=first(shown))


for printed in (Results, Comparison, Answer, Figure):
    text_of.register(printed, _as_text)
    html_of.register(printed, _as_html)
text_of.register(Differences, difference_forms.as_text)
html_of.register(Differences, difference_forms.as_page)
