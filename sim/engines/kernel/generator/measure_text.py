"""The text of a run's measures: the lines of each at every moment that matters to it, and those that close them."""

from collections.abc import Iterator, Mapping

from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.lines import function
from sim.engines.kernel.generator.quantity_text import FormulaText, quantity_text
from sim.model.measuring.formulas import formulas_in_order, read_by


class MeasureText:
    """Writes the lines that keep a model's measures up to date, and the functions that begin and close them."""

    def __init__(self, expressions: Expressions) -> None:
        self.layout = expressions.layout
        self.measures = expressions.layout.program.model.measures
        self.texts = [quantity_text(expressions, index, one) for index, one in enumerate(self.measures.values())]

    def functions(self) -> Iterator[str]:
        for text in self.texts:
            yield from text.functions()
        yield function("pass_time", [line for text in self.texts for line in text.passed()], "now: float")
        yield function("elapse", self.passed(), "now: float")
        yield function("look", [line for text in self.texts for line in text.begun()], "now: float")
        yield function("look_again", [line for text in self.texts for line in text.looked_again()], "now: float")
        yield self._close()

    def _close(self) -> str:
        closed = [line for text in self.texts for line in text.closed()]
        known = [text for text in self.texts if not isinstance(text, FormulaText)]
        results = [f"f[at + {text.number}] = {text.result()}" for text in known]
        at = "at = n[MEASURES_AT] + n[DONE] * n[MEASURES]"
        head = ["pass_time(f, n, f[LAST])", *closed, at]
        return function("measured", [*head, *results, *self._worked_out()])

    def _worked_out(self) -> Iterator[str]:
        """Yield the lines that work out formulas, each after what it reads, which they find in the measures' cells."""
        texts = dict(zip(self.measures, self.texts, strict=True))
        formulas = formulas_in_order(self.measures)
        read = {name for formula in formulas for name in read_by(formula)}
        for name in sorted(read - {formula.name for formula in formulas}):
            yield f"{texts[name].value} = f[at + {texts[name].number}]"
        for formula in formulas:
            text = texts[formula.name]
            assert isinstance(text, FormulaText), "a formula is worked out"
            yield from text.worked_out([self.layout.measure(name) for name in read_by(formula)])
            yield f"f[at + {text.number}] = {text.value}"

    def before(self, event: str) -> list[str]:
        """Return the lines that come before an event's effects: time passes, amounts are counted."""
        return [*self.passed(), *(line for text in self.texts for line in text.counted(event))]

    def passed(self) -> list[str]:
        """Return the lines that let time pass."""
        return ["pass_time(f, n, now)"] if any(text.takes_time for text in self.texts) else []

    def after(self, bits: Mapping[int, int]) -> list[str]:
        """Return the lines that look at the state after an event whose changed targets are `bits`."""
        return [line for text in self.texts for line in text.looked(bits)]
