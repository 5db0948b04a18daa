"""The text of a run's outcomes, as `sim.model.outcomes` has them."""

from collections.abc import Iterator, Mapping

from sim.engines.kernel.generator.changed_bits import tested
from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.lines import function, indented, when
from sim.language.expressions.tree import Expression
from sim.model.model import FirstTime


class OutcomeText:
    """Writes the functions of a model's outcomes."""

    def __init__(self, expressions: Expressions) -> None:
        self.expressions = expressions
        self.layout = expressions.layout
        self.program = self.layout.program
        model = self.program.model
        known = model.goes_on and any(outcome.otherwise for outcome in model.outcomes.values())
        # The endings that `otherwise` asks about at the horizon; it does not come up where a run was ended before.
        self.remembered = {item.number for item in self.program.outcomes if known and item.outcome.goes_on}

    def functions(self) -> Iterator[str]:
        for item in self.program.outcomes:
            if isinstance(item.outcome.comes, FirstTime):
                yield self._reached(item.number, item.outcome.comes)
        yield self._watch()

    def _reached(self, number: int, first: FirstTime) -> str:
        """Write the function that returns whether an open outcome comes true; one that can no longer is closed."""
        close = f"n[{self.layout.open + number}] = 0"
        body, late = [], []
        if first.within is not None:
            late += [f"now - f[BEGAN] > {first.within!r}"]
        if first.by is not None:
            late += [f"now > {first.by!r}"]
        if late:
            body += [f"if {' or '.join(late)}:", f"    {close}", "    return False"]
        reached = [f"n[{self.layout.open + number}] = CAME" if number in self.remembered else close, "return True"]
        if first.when is not None:
            test = self.expressions.text(first.when.tree)
            reached = [*self._site("AT_OUTCOME", number, first.when), f"if {test}:", *indented(reached)]
        body += ["if heard:", *indented(reached)] if first.on else reached
        if first.safe is not None:
            test = self.expressions.text(first.safe.tree)
            body += [*self._site("AT_WHILE", number, first.safe), f"if not {test}:", f"    {close}"]
        heard = ["heard: bool"] if first.on else []
        return function(f"reached_{number}", [*body, "return False"], "now: float", *heard, result="bool")

    def _site(self, site: str, number: int, condition: Expression) -> list[str]:
        """Say where a condition that may have no value is looked at."""
        return [f"n[SITE] = {site} + {number}"] if self.expressions.may_fault(condition.tree) else []

    def _candidates(self, numbers: list[tuple[int, str, bool]]) -> list[str]:
        """Write the lines that look at outcomes, in order of names, and then write down those that came true.

        If one has no value the run ends with none of them. A run ends once: with the first in order of names.
        """
        looked, came, end = [], [], []
        for number, test, heard in numbers:
            outcome = self.program.outcomes[number].outcome
            is_open = "== OPEN" if number in self.remembered else "!= 0"
            looked += [
                f"came{number} = False",
                f"if n[{self.layout.open + number}] {is_open}{f' and {test}' if test else ''}:",
                f"    came{number} = reached_{number}(f, n, now{f', {heard}' if outcome.on else ''})",
            ]
            code, ended = self.layout.codes["outcome", outcome.name], 0
            if outcome.ends_run:
                ended = self.layout.codes["ended", outcome.name]
                end = ["if n[ENDED] != 0:", "    row(f, n, n[ENDED], now, 0)"]
            came += [f"if came{number}:", f"    come_true(f, n, now, {code}, {ended})"]
        return [*looked, *came, *end]

    def following(self, event: str | None, bits: Mapping[int, int]) -> list[str]:
        """Return the lines that follow an event of a type, or the flip of a flag, whose changed slots are `bits`."""
        listeners = () if event is None else self.program.outcome_listeners[event]
        masks: dict[int, int] = dict.fromkeys(listeners, 0)
        for slot, bit in bits.items():
            for number in self.program.outcome_readers.get(slot, ()):
                masks[number] = masks.get(number, 0) | bit
        numbers = [
            (number, "" if number in listeners else tested(mask), number in listeners)
            for number, mask in sorted(masks.items())
        ]
        return when("n[WATCHED] != 0", self._candidates(numbers))

    def _watch(self) -> str:
        numbers = [
            (item.number, "", False)
            for item in self.program.outcomes
            if not item.outcome.on and not item.outcome.otherwise
        ]
        return function("watch", self._candidates(numbers), "now: float")

    def horizon(self) -> list[str]:
        """Return the lines that end a run at its horizon. `otherwise` comes true if no ending came true before."""
        rows = [
            f"row(f, n, {self.layout.codes['outcome', item.outcome.name]}, now, 0)"
            for item in self.program.outcomes
            if item.outcome.otherwise
        ]
        if rows and self.remembered:
            none_came = " and ".join(f"n[{self.layout.open + number}] != CAME" for number in sorted(self.remembered))
            rows = [f"if {none_came}:", *indented(rows)]
        return ["f[TIME] = now", *rows, "row(f, n, n[HORIZON_ROW], now, 0)", "n[ENDED] = 1"]
