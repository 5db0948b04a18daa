"""A model as the text of its functions, in the kernel's subset: what `parts` promises, and what those need.

The same text is run by CPython, in tests, and compiled. It depends on the model alone, not on a scenario: parameters,
the past, the timetable and the horizon are data.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import inf
from typing import Any

from sim.engines.kernel.generator.clock_text import ClockText, RateText
from sim.engines.kernel.generator.clock_texts import clock_text
from sim.engines.kernel.generator.event_text import EventText, FiringText, bounded
from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.layout import ROLES, Layout, is_real, ordered
from sim.engines.kernel.generator.lines import MANY, dispatch, function, in_parts
from sim.engines.kernel.generator.measure_text import MeasureText
from sim.engines.kernel.generator.motion_text import MotionText
from sim.engines.kernel.generator.outcome_text import OutcomeText
from sim.engines.kernel.generator.shared_text import SharedText
from sim.engines.kernel.runtime import linked, memory_map
from sim.language.expressions.tree import reads
from sim.model.model import Parameter
from sim.model.priors.joint_prior import priors_in_code
from sim.model.program import AssignedParameter, RuleProgram
from sim.numerics import cells, relaxation


class ModelText:
    """The text of one model's kernel. So `many` parts that differ in numbers alone share one text."""

    def __init__(self, layout: Layout, *, many: int = MANY) -> None:
        self.layout = layout
        self.many = many
        self.program = layout.program
        self.expressions = Expressions(layout=layout)
        self.nodes = tuple(Expressions(layout=layout, role=role) for role in range(ROLES))

    @property
    def source(self) -> str:
        """All functions of the model, as Python."""
        return "\n\n".join(self._shared.functions)

    @cached_property
    def _shared(self) -> SharedText:
        texts = list(self._functions())
        parts = [*self.expressions.parts, *(part for each in self.nodes for part in each.parts)]
        return SharedText([*parts, *texts], self.many)

    def _functions(self) -> Iterator[str]:
        outcomes = OutcomeText(self.expressions)
        measures = MeasureText(self.expressions)
        clocks = {rule.number: clock_text(self.expressions, rule, self.nodes) for rule in self.program.rules}
        firings = [FiringText(self.expressions, rule) for rule in self.program.rules]
        emitters: dict[str, list[RuleProgram]] = {name: [] for name in self.program.model.events}
        for rule in self.program.rules:
            for name in dict.fromkeys(one.event for one in rule.emitters):
                emitters[name].append(rule)
        events = [
            EventText(self.expressions, kind, clocks, outcomes, measures, emitters[kind.name])
            for kind in self.program.model.events.values()
        ]
        for clock in clocks.values():
            yield from clock.functions()
        for firing in firings:
            if not firing.plain:
                yield firing.function()
        for event in events:
            yield from event.functions()
        yield from self._readers(clocks)
        yield from outcomes.functions()
        yield from measures.functions()
        priors = [(number, self._prior(item)) for number, item in enumerate(priors_in_code(self.program.model))]
        yield dispatch("depend", "prior", priors, "prior: int", "copy: int", "u: float")
        yield from MotionText(self.expressions, clocks, outcomes, measures).functions()
        yield from self._initial()
        yield function("start", [clock.follows("f[TIME]") for clock in clocks.values() if not clock.waits])
        deferrable = [clock for clock in clocks.values() if isinstance(clock, RateText) and clock.deferrable]
        yield self._moderate(deferrable)
        # The clocks that a turn may concern: their guard or rate, or their law, date or beat, or that they start again.
        woken = {self.program.numbers[name] for name in self.program.model.woken}
        followers = woken.union(*self.program.followers.values())
        renewals = set().union(*self.program.renewals.values())
        followed = [(one, clock.followed()) for one, clock in clocks.items() if one in followers]
        renewed = [(one, clock.renewed()) for one, clock in clocks.items() if one in renewals]
        yield dispatch("follow", "rule", followed, "rule: int", "now: float")
        yield dispatch("renew", "rule", renewed, "rule: int", "now: float")
        yield function("rates", [line for clock in deferrable for line in clock.given_rate()])
        assigned = [(number, self._assigned(given)) for number, given in enumerate(self.program.assigned) if given]
        yield dispatch("assign", "change", assigned, "change: int")
        yield function("horizon", outcomes.horizon(), "now: float")
        by_rank = sorted(firings, key=lambda firing: firing.rule.rank)
        yield dispatch("fire", "rank", [(one.rule.rank, one.call()) for one in by_rank], "rank: int", "now: float")
        data = ("event: int", "now: float", "at: int")
        scheduled = [(event.number, event.scheduled()) for event in events]
        yield dispatch("happen", "event", scheduled, *data)
        given = [(event.number, event.from_data("fired", "code", "occurrence")) for event in events]
        yield dispatch("happened", "event", given, *data, "fired: int", "code: int", "occurrence: int")

    def _readers(self, clocks: Mapping[int, ClockText]) -> Iterator[str]:
        """The clocks that read a variable, for events after which too many are to follow to write them out."""
        for slot, numbers in self.program.readers.items():
            followed = [clocks[one].follows() for one in numbers if not self.program.rules[one].moves]
            yield function(f"readers_{slot}", followed, "now: float")

    def _moderate(self, deferrable: list[RateText]) -> str:
        """Look at the parameters that the rates read which may be left for the end of the past."""
        parameters = sorted({name for clock in deferrable for name in reads(clock.rate_tree, "parameter")})
        body = ["n[RATES_DEFERRED] = 1"]
        for name in parameters:
            value = self.layout.as_real(self.program.slots["parameter", name], self.program.model.parameters[name].type)
            body += [f"if not 0.0 <= {value} <= MODERATE:", "    n[RATES_DEFERRED] = 0"]
        return function("moderate", body)

    def _assigned(self, given: Sequence[AssignedParameter]) -> list[str]:
        """Give parameters the values of expressions, all of them on the frame before; one that cannot be is refused."""
        body, stored = [], []
        for index, item in enumerate(given):
            value, kind = f"value{index}", item.parameter.type
            body += [f"{value} = {self.expressions.stored(item.expression.tree)}"]
            low, high = item.parameter.domain
            real = is_real(kind)
            if ordered(kind):
                bounds = [f"{value} >= {low!r}" if low > -inf else "", f"{value} <= {high!r}" if high < inf else ""]
                bounds += [f"{value} > -inf", f"{value} < inf"] if real else []
                tests = " and ".join(test for test in bounds if test)
                body += [f"if not ({tests}):", "    raise ValueError('a parameter')"] if tests else []
            stored += [f"{self.layout.cell(item.slot, kind)} = {value}"]
            stored += [] if real else [f"f[{self.layout.real(item.slot)}] = float({value})"]
        return [*body, *stored]

    def _prior(self, parameter: Parameter) -> list[str]:
        """Draw a parameter from a prior that reads others; a prior or a value that cannot be is refused."""
        cell = self.layout.cell(self.program.slots["parameter", parameter.name], parameter.type)
        low, high = parameter.domain
        body = [f"value{index} = {self.expressions.real(one.tree)}" for index, one in enumerate(parameter.given)]
        values = ", ".join(f"value{index}" for index in range(len(parameter.given)))
        return [
            *body,
            f"lay_{parameter.prior}(f, n[ARGUMENTS_AT], {values})",
            f"drawn = quantile_{parameter.prior}(f, n[ARGUMENTS_AT], u)",
            f"if not {low!r} <= drawn <= {high!r}:",
            "    raise ValueError('a parameter')",
            f"{cell} = drawn",
            "f[copy] = drawn",
        ]

    def _initial(self) -> Iterator[str]:
        """Give every state variable its initial value; an infinite one is none."""
        parts = []
        for index, (slot, _) in enumerate(self.program.initial):
            variable = self.program.variables[slot]
            value = f"value{index}"
            lines = [f"{value} = {self.expressions.stored(variable.initial.tree)}"]
            finite = f" and {value} < inf and {value} > -inf" if is_real(variable.type) else ""
            lines += bounded(value, variable, finite) if ordered(variable.type) else []
            parts.append([*lines, f"{self.layout.cell(slot, variable.type)} = {value}"])
        body, functions = in_parts("initial", parts)
        yield from functions
        yield function("initial", [*body, "begin_motion(f, n)"] if self.program.anything_moves else body)

    def names(self) -> dict[str, Any]:
        """Return what the names in the text mean: places, tables, and the functions of the runtime."""
        known = {name: value for name, value in vars(memory_map).items() if name.isupper()}
        known |= {
            name: value for module in (cells, relaxation) for name, value in vars(module).items() if name.isupper()
        }
        return {**known, **self._shared.tables, **linked.NAMED, "inf": float("inf")}
