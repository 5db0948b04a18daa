"""The reference pages of expressions and of checks, from `sim.language.expressions` and `sim.build`."""

from collections.abc import Mapping

from sim.build.checks import CLAIMS
from sim.build.words.claim_descriptions import CLAIMS as CLAIM_WORDS
from sim.docs.markdown import block, facts, page, section, table
from sim.language.expressions.expression_descriptions import (
    FUNCTIONS,
    MOMENTS,
    NAMES,
    OCCURRENCES,
    OPERATORS,
    UNCERTAIN,
    ExpressionDescription,
)
from sim.language.expressions.operations import FUNCTIONS as KNOWN
from sim.language.expressions.operations import OCCURRENCES as LOOKING_BACK
from sim.language.expressions.types import TIME_WORDS
from sim.language.shapes.claims import CheckShape

_TOPICS = {
    "numbers with units": "units, unit", "dates": "date", "values of enums": "enum",
    "members of families": "family, families, index", "whole division": "remainder, modulo",
    "and, or, not": "and, or, not",
    "powers": "power", "if ... else": "if, else", "true, false": "true, false",
    "names of the model": "name",
}  # fmt: skip


def files() -> dict[str, str]:
    """Return the pages by path."""
    return {
        "reference/expressions.md": _expressions(),
        "reference/functions.md": _functions(),
        "reference/checks.md": _checks(),
    }


def _expressions() -> str:
    words = ", ".join(f"`{word}`" for word in TIME_WORDS)
    return page(
        "Expressions",
        "An expression is a condition, a number, a date or a word, computed from the state. Guards, rates, effects, "
        "weights, outcomes, measures and checks are expressions. They look like Python and are never run as Python. "
        "Types and units are checked when the file is loaded.",
        "The examples on this page belong to the [sample model](sample.md).",
        "## Names and numbers",
        *(_entry(name, known, 3) for name, known in NAMES.items()),
        f"The words for units of time: {words}.",
        "## Operators",
        *(_entry(name, known, 3) for name, known in OPERATORS.items()),
        "## Functions",
        f"There are {len(KNOWN)} [functions](functions.md), {len(LOOKING_BACK)} more in checks, "
        "[`about`](functions.md#about) for numbers that nobody knows, and [random marks](marks.md) in what a rule "
        "emits. There are no others.",
        "## What YAML does to expressions\n<!-- topics: quotes, quoting -->",
        "Between braces, an expression that has a comma or square brackets needs quotes: "
        '`{when: "calm[1] and max(tension, trust) < 1"}`. So does text with `: ` or ` #` in it. '
        "On a line of its own an expression needs none.",
        topics="expression",
    )


def _entry(name: str, known: ExpressionDescription, level: int = 2) -> str:
    example = block("text", known.example)
    return section(
        name,
        known.meaning,
        facts(written=f"`{known.written}`", types=known.types),
        f"Example:\n\n{example}",
        facts(take_care=known.trap),
        topics=_TOPICS.get(name, ""),
        level=level,
    )


def _functions() -> str:
    both: Mapping[str, ExpressionDescription] = {**FUNCTIONS, **MOMENTS, **UNCERTAIN, **OCCURRENCES}
    rows = [(f"[`{known.written}`](#{name})", known.meaning) for name, known in both.items()]
    return page(
        "Functions of expressions",
        "Numbers in, numbers or conditions out. The examples belong to the [sample model](sample.md).",
        table(["function", "what it gives"], rows),
        *(_entry(name, known) for name, known in both.items()),
        topics="function",
    )


def _checks() -> str:
    fields = CheckShape.model_fields
    parts = []
    for name in CLAIMS:
        known = CLAIM_WORDS[name]
        example = f"checks:\n  {known.example}"
        keys = [(f"`{key}`", (fields[key].description or "")) for key in (name, *CLAIMS[name])]
        parts.append(
            section(name, known.meaning, table(["key", "what it holds"], keys), facts(tried=known.tried),
                    f"Example:\n\n{block('yaml', example)}", facts(take_care=known.trap))
        )  # fmt: skip
    return page(
        "Claims of checks",
        "A check is a claim about every run, with its reason under `because`. `sim test` tries to break it, and shows "
        "the shortest history that does. Each check makes exactly one claim. That no run fails (`no_run_fails`) is "
        "claimed of every model.",
        "The examples belong to the [sample model](sample.md); [Test the rules of a model](../how-to/rule-tests.md) "
        "shows how to use them.",
        table(["claim", "what it says"], [(f"[`{name}`](#{name})", CLAIM_WORDS[name].meaning) for name in CLAIMS]),
        *parts,
        topics="claim, claims, check",
    )
