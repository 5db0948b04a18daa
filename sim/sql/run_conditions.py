"""Conditions on runs in words, such as `ending = peace and deaths > 10 and not shots_fired`, and what they mean in SQL.

    condition   NAME                       an event type or an outcome: the run has it after its branch
                NAME < DATE                and has it first before that date; also <=, >, >= and =
                times(NAME) > NUMBER       an event type: how often the run has it
                NAME > NUMBER              a measure, in the model's units, or a parameter, in its author's
                ending = NAME              the first ending, or what ended the run where it has none; also !=
                ended = NAME               what ended the run: an outcome, horizon
                events > NUMBER            how many events its log has
                failed                     the run could not go on
                not X, X and Y, X or Y, (X)

A text that begins with SELECT or WITH is SQL, over the tables of `query_tables`; its column `run` says which runs.
"""

import math
import re
from dataclasses import dataclass
from typing import NoReturn

from sim.language.diagnostics import Diagnostic, LanguageError, Span
from sim.language.suggest import did_you_mean
from sim.ledger.ledger import Ledger
from sim.model.event import HORIZON, LIMIT_OF_EVENTS
from sim.model.scenario import Scenario
from sim.sql.answer import Answer, query

SHOWN = "--where"
FORM = "expected such as: ending = NAME, MEASURE > 10, EVENT, not EVENT, EVENT < 2030-02-01, times(EVENT) > 2"
_TOKEN = re.compile(
    r"""\s*(?:(?P<date>\d{4}-\d\d?-\d\d?(?:T[\d:]+)?)|(?P<number>[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>[A-Za-z_][\w.]*(?:\[[^\]\s]*\])?)|(?P<quoted>'[^']*'|"[^"]*")|(?P<sign><=|>=|==|!=|<>|[<>=()])
    |(?P<other>\S))""",
    re.VERBOSE,
)
MOST_NESTED = 50  # brackets and words 'not' around one another
_SIGNS = {"==": "=", "<>": "!="}
_WORDS = frozenset({"and", "or", "not"})
_ENDINGS = {"ending": "first_ending", "ended": "ended"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    start: int


def runs_where(ledger: Ledger, ensemble: str, scenario: Scenario, text: str) -> list[int]:
    """Return the numbers of the runs of an ensemble for which a condition holds, in order.

    Raise LanguageError E046 for words that are not a condition, UsageError E008 for SQL that cannot be answered, E046
    for SQL without a column of runs' numbers, and what `query` raises.
    """
    if re.match(r"\s*(select|with)\b", text, re.IGNORECASE):
        answer = query(text, ledger, [ensemble])
        return _numbers(answer, text)
    condition = _Reader(text, scenario).read()
    return [row[0] for row in query(f"SELECT run FROM runs WHERE {condition} ORDER BY run", ledger, [ensemble]).rows]  # noqa: S608


def _numbers(answer: Answer, text: str) -> list[int]:
    """Return the numbers of runs in the column `run` of an answer to SQL. Raise LanguageError E046 if it has none."""
    has = f"it has the columns {', '.join(answer.columns)}"
    if "run" in answer.columns:
        place = answer.columns.index("run")
        found = {row[place] for row in answer.rows if row[place] is not None}
        wrong = [one for one in found if not isinstance(one, int) or isinstance(one, bool)]
        if not wrong:
            return sorted(found)
        has = f"expected numbers of runs in the column 'run', got {min(map(repr, wrong))}"
    message, expected = (
        "this SQL does not say which runs it means",
        "expected a column 'run': SELECT run FROM runs WHERE ...",
    )
    raise LanguageError([Diagnostic(code="E046", message=message, span=_span(text, 0, 6), notes=(expected, has))])


def _span(text: str, start: int, length: int) -> Span:
    line = text.replace("\n", " ")
    return Span(path=SHOWN, line=1, column=start + 1, length=max(1, length), text=line)


class _Reader:
    """Reads one condition in words into SQL, of which names and numbers of the model alone become parts."""

    def __init__(self, text: str, scenario: Scenario) -> None:
        self.text = text
        self.scenario = scenario
        self.model = scenario.model
        self.tokens = [
            _Token(str(found.lastgroup), found[str(found.lastgroup)], found.start(str(found.lastgroup)))
            for found in _TOKEN.finditer(text)
        ]
        self.place = 0
        self.nested = 0

    def read(self) -> str:
        if not self.tokens:
            self._refuse("no condition is given", _Token("end", "", 0), FORM)
        found = self._either()
        if self.place < len(self.tokens):
            token = self._peek()
            self._refuse(f"'{token.text}' stands where the condition has ended", token, "expected 'and' or 'or'")
        return found

    def _either(self) -> str:
        parts = [self._both()]
        while self._took("or"):
            parts.append(self._both())
        return " OR ".join(parts) if len(parts) == 1 else f"({' OR '.join(parts)})"

    def _both(self) -> str:
        parts = [self._negated()]
        while self._took("and"):
            parts.append(self._negated())
        return " AND ".join(parts)

    def _negated(self) -> str:
        token = self._peek()
        is_not = self._took("not")
        if not is_not and not self._took("("):
            return self._compared()
        self.nested += 1
        if self.nested > MOST_NESTED:
            self._refuse(f"more than {MOST_NESTED} brackets and 'not' stand around one another", token)
        found = self._negated() if is_not else self._either()
        if not is_not and not self._took(")"):
            self._refuse("a bracket is not closed", self._peek(), "expected ')'")
        self.nested -= 1
        return f"NOT ({found})" if is_not else f"({found})"

    def _compared(self) -> str:
        token = self._peek()
        if token.kind not in ("name", "quoted") or token.text.lower() in _WORDS:
            what = f"got '{token.text}'" if token.text else "got nothing"
            self._refuse(f"expected a name, {what}", token, FORM)
        self.place += 1
        name, model = token.text.strip("'\""), self.model
        if name == "times" and self._took("("):
            return self._counted()
        if name in _ENDINGS:
            return self._ended(name, token)
        if name == "events":
            return f"events {self._sign(token)} {self._number(1.0)}"
        if name == "failed":
            return "failed"
        if name in model.measures:
            return self._valued("measure", name, 1.0, token)
        if name in model.parameters:
            return self._valued("parameter", name, model.parameters[name].scale, token)
        if name in model.outcomes or name in model.events:
            return self._happened(name)
        known = {*model.outcomes, *model.events, *model.measures, *model.parameters, *_ENDINGS, "events", "failed"}
        measures = f"its measures are {', '.join(model.measures)}" if model.measures else "it has no measures"
        notes = did_you_mean(name, known) or (measures, FORM)
        return self._refuse(f"the model has no event, outcome, measure or parameter '{name}'", token, *notes)

    def _valued(self, kind: str, name: str, scale: float, token: _Token) -> str:
        """Read what a measure, or a parameter, is compared with; `scale` turns its unit into the model's."""
        compared = f"value {self._sign(token)} {self._number(scale)}"
        return f"run IN (SELECT run FROM {kind}s WHERE {kind} = {_quoted(name)} AND {compared})"  # noqa: S608

    def _counted(self) -> str:
        token = self._next()
        if token.text not in self.model.events:
            notes = did_you_mean(token.text, self.model.events)
            self._refuse(f"the model has no event type '{token.text}'", token, *notes)
        if not self._took(")"):
            self._refuse("a bracket is not closed", self._peek(), "expected ')'")
        return f"(SELECT count(*) FROM {self._rows(token.text)}) {self._sign(token)} {self._number(1.0)}"  # noqa: S608

    def _ended(self, name: str, token: _Token) -> str:
        sign = self._sign(token)
        if sign not in ("=", "!="):
            self._refuse(f"'{name}' is compared by = or !=", token, f"expected {name} = NAME")
        value = self._next()
        known = {HORIZON, LIMIT_OF_EVENTS, *self.model.outcomes}
        ending = value.text.strip("'\"")
        if ending not in known and not re.fullmatch(r"E\d+", ending):
            names = [outcome for outcome, one in self.model.outcomes.items() if one.ending or one.ends_run]
            notes = did_you_mean(ending, [*names, HORIZON]) or (f"there are {', '.join([*names, HORIZON])}",)
            self._refuse(f"no run ends with '{ending}'", value, *notes)
        return f"{_ENDINGS[name]} {sign} {_quoted(ending)}"

    def _happened(self, name: str) -> str:
        if self._peek().kind != "sign" or self._peek().text in ("(", ")"):
            return f"EXISTS (SELECT 1 FROM {self._rows(name)})"  # noqa: S608
        sign = self._sign(self._peek())
        token, calendar = self._next(), self.model.calendar
        try:
            first, last = (
                (calendar.at(token.text), calendar.closing(token.text)) if calendar.origin else (float(token.text),) * 2
            )
            if not math.isfinite(first):
                raise ValueError
        except ValueError:
            expected = "a date such as 2030-02-01" if calendar.origin else "a time, which is a number"
            self._refuse(f"'{token.text}' is not a time", token, f"expected {expected}: {name} happens once or more")
        low, high = (repr(time - self.scenario.start) for time in (first, last))
        compared = {
            "<": f"< {low}", "<=": f"<= {high}", ">": f"> {high}", ">=": f">= {low}",
            "=": f"BETWEEN {low} AND {high}", "!=": f"NOT BETWEEN {low} AND {high}",
        }[sign]  # fmt: skip
        return f"coalesce((SELECT min(seen.time) FROM {self._rows(name)}) {compared}, false)"  # noqa: S608

    def _rows(self, name: str) -> str:
        """Return the rows of a run's log that are events of a type, or an outcome where one has the name."""
        if name in self.model.outcomes:
            return f"outcomes AS seen WHERE seen.run = runs.run AND seen.outcome = {_quoted(name)}"
        kinds = "seen.kind IN ('fired', 'scheduled')"
        return f"events AS seen WHERE seen.run = runs.run AND {kinds} AND seen.event = {_quoted(name)}"

    def _sign(self, before: _Token) -> str:
        token = self._peek()
        if token.kind != "sign" or token.text in ("(", ")"):
            self._refuse(f"'{before.text}' must be compared with something", token, "expected <, <=, =, >= or >")
        self.place += 1
        return _SIGNS.get(token.text, token.text)

    def _number(self, scale: float) -> str:
        token = self._next()
        if token.kind != "number":
            self._refuse(f"'{token.text}' is not a number" if token.text else "a number is missing", token)
        number = float(token.text.replace("_", "")) * scale
        if not math.isfinite(number):
            self._refuse(f"'{token.text}' is too great a number", token)
        return repr(number)

    def _peek(self) -> _Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else _Token("end", "", len(self.text))

    def _next(self) -> _Token:
        token = self._peek()
        self.place += 1
        return token

    def _took(self, text: str) -> bool:
        """Take the next token if it is this word or sign."""
        if self._peek().text.lower() == text and self._peek().kind in ("name", "sign"):
            self.place += 1
            return True
        return False

    def _refuse(self, message: str, token: _Token, *notes: str) -> NoReturn:
        span = _span(self.text, token.start, len(token.text))
        raise LanguageError([Diagnostic(code="E046", message=message, span=span, notes=notes)])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
