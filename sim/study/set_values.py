"""Values tried without a file: texts such as `word_kept=0.7` or `demand_delay=pert(2, 5, 15)`, as lines of a scenario.

Owns how such a text is read, and where in it a complaint points: users never see the line that it amounts to. That it
makes a scenario which extends another, and is kept with the ensemble, is left to `plan`.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from sim.analysis.added_questions import extending
from sim.build.cases.case import COMMAND_LINE, Case
from sim.distributions.priors import PRIORS
from sim.errors import UsageError
from sim.language.diagnostics import Diagnostic, LanguageError, Span
from sim.language.expressions.operations import FUNCTIONS
from sim.language.expressions.uncertain import ABOUT
from sim.language.visible import visible

SUFFIX = "-set"  # what the name of such a scenario ends with
_SETTING = re.compile(r"\s*([a-z][a-z0-9_]*(?:\.[a-z0-9_]+(?:\[[^\[\]=]+\])?)*)\s*=\s*(\S.*?)\s*", re.IGNORECASE)
_CALL = re.compile(r"([a-z_]\w*)\s*\((.*)\)", re.IGNORECASE)
_EXPECTED = "expected NAME=VALUE, such as word_kept=0.7, 'demand_delay=2 weeks' or 'demand_delay=pert(2, 5, 15)'"
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True)
class SetValue:
    """A parameter that is set by a text; `option` is how messages call the text.

    `line` sets it in a scenario file. `places` has for each character of the line where it stands in the text, or -1.
    """

    option: str
    text: str
    name: str
    line: str
    places: tuple[int, ...]

    @property
    def shown(self) -> str:
        """What is set, as a title has it."""
        return f"{self.name} = {' '.join(self.text.partition('=')[2].split())}"

    def span(self, column: int, length: int) -> Span:
        """Return the stretch of the text that a stretch of the line was made of; all of it if none was."""
        of = self.places[column - 1 : column - 1 + max(length, 1)]
        found = [place for place in of if place >= 0] or [0, len(self.text) - 1]
        first, last = min(found), max(found)
        return Span(path=self.option, line=1, column=first + 1, length=last + 1 - first, text=self.text)


def set_values(texts: Sequence[str]) -> tuple[SetValue, ...]:
    """Read texts, each NAME=VALUE; a value is an expression, a prior with its numbers, or YAML between { and }.

    Raise UsageError E040 for one that is not so, or that sets what another sets; LanguageError for braces that hold no
    YAML.
    """
    found: dict[str, SetValue] = {}
    for number, text in enumerate(texts, 1):
        option = f"--set #{number}"
        match = _SETTING.fullmatch(text)
        if match is None or not text.isprintable():
            written = visible(text).replace("\n", "\\n")
            raise UsageError("E040", f"{option}: '{written}' sets no parameter", _EXPECTED)
        name = match[1]
        if name in found:
            note = f"{found[name].option} is '{found[name].text}': leave one of them out"
            raise UsageError("E040", f"{option}: '{text}' sets '{name}' a second time", note)
        found[name] = _set_value(option, text, match)
        if match[2].startswith("{"):
            _refuse_broken(found[name])
    return tuple(found.values())


def text_setting(values: Sequence[SetValue], case: Case) -> str:
    """Return the text of a scenario file that extends a case's own by values, and by what extends that already."""
    title = ", ".join([case.scenario.title, *(value.shown for value in values)])
    lines = ["parameters:", *(value.line for value in values)]
    return extending(case, lines, f"{case.scenario.name}{SUFFIX}", title)


def pointing(error: LanguageError, values: Iterable[SetValue]) -> LanguageError:
    """Return the complaints with those about the lines of values pointing into their texts."""
    values = tuple(values)
    return LanguageError([pointed(found, values) for found in error.diagnostics])


def pointed(found: Diagnostic, values: Sequence[SetValue]) -> Diagnostic:
    """Return a complaint about the line of a value as one about its text, and any other as it is."""
    span = found.span
    if span is None or span.path != COMMAND_LINE:
        return found
    of = next((value for value in values if value.line == span.text), None)
    return found if of is None else replace(found, span=of.span(span.column, span.length))


def _refuse_broken(value: SetValue) -> None:
    """Raise LanguageError, by itself, for a value whose braces hold no YAML: it would break the lines of the others."""
    try:
        from sim.language.yaml.parser import parse

        parse(value.line, COMMAND_LINE)
    except LanguageError as error:
        raise pointing(error, [value]) from None


class _Line:
    """A line in the making, with the place in the text of each of its characters."""

    def __init__(self) -> None:
        self.text = ""
        self.places: list[int] = []

    def add(self, written: str) -> None:
        """Add what stands in no text."""
        self.text += written
        self.places += [-1] * len(written)

    def take(self, text: str, first: int, end: int, *, quoted: bool = True) -> None:
        """Add a stretch of the text, as YAML writes it between quotation marks or as it is."""
        self.add('"' if quoted else "")
        for place in range(first, end):
            written = json.dumps(text[place], ensure_ascii=False)[1:-1] if quoted else text[place]
            self.text += written
            self.places += [place] * len(written)
        self.add('"' if quoted else "")


def _set_value(option: str, text: str, match: re.Match[str]) -> SetValue:
    line, (first, end) = _Line(), match.span(2)
    line.add("  ")
    line.take(text, *match.span(1), quoted="[" in match[1])
    line.add(": ")
    call = _CALL.fullmatch(text, first, end)
    if text[first] == "{":
        line.take(text, first, end, quoted=False)
    elif call is not None and _is_prior(call):
        line.add("{prior: {")
        line.take(text, *call.span(1))
        line.add(": [")
        for number, (begins, ends) in enumerate(_arguments(text, *call.span(2))):
            line.add(", " if number else "")
            line.take(text, begins, ends)
        line.add("]}}")
    else:
        within = len(match[2]) > 2 and match[2][0] == match[2][-1] and match[2][0] in "'\""
        line.take(text, first + within, end - within)
    return SetValue(option=option, text=text, name=match[1], line=line.text, places=tuple(line.places))


def _is_prior(call: re.Match[str]) -> bool:
    """Return whether a call is that of a prior, known or misspelt, and the whole value: log(2) * log(3) is none."""
    depths = [0, *_depths(call[2])]
    return (call[1] in PRIORS or call[1] not in (*FUNCTIONS, ABOUT)) and min(depths) == depths[-1] == 0


def _arguments(text: str, first: int, end: int) -> list[tuple[int, int]]:
    """Return from where to where in the text each argument between two places stands, without spaces around it."""
    inside = text[first:end]
    if not inside.strip():
        return []
    commas = [place for place, depth in enumerate(_depths(inside)) if inside[place] == "," and depth == 0]
    starts, ends = [0, *(comma + 1 for comma in commas)], [*commas, len(inside)]
    found = []
    for begins, finishes in zip(starts, ends, strict=True):
        piece = inside[begins:finishes]
        lead = sum(1 for _ in takewhile(str.isspace, piece)) if piece.strip() else 0
        found.append((first + begins + lead, first + begins + max(lead, len(piece.rstrip()))))
    return found


def _depths(text: str) -> list[int]:
    """Return within how many brackets each character stands; a closing one counts as outside."""
    found, depth = [], 0
    for letter in text:
        depth += (letter in _OPENING) - (letter in _CLOSING)
        found.append(depth)
    return found
