"""Which text writes the functions of a rule's clock."""

from collections.abc import Sequence
from typing import assert_never

from sim.engines.kernel.generator.clock_text import BeatText, ClockText, DateText, ImmediateText, LawText, RateText
from sim.engines.kernel.generator.expressions import Expressions
from sim.engines.kernel.generator.paced_text import PacedText
from sim.model.model import AtDate, Every, Immediately, LawClock, Rate
from sim.model.program import RuleProgram


def clock_text(expressions: Expressions, rule: RuleProgram, nodes: Sequence[Expressions]) -> ClockText:
    """Return what writes the functions of a rule's clock; `nodes` write rates by roles."""
    match rule.clock:
        case Rate() as given:
            return PacedText(expressions, rule, nodes) if rule.moves else RateText(expressions, rule, given)
        case LawClock(speed=None) as given:
            return LawText(expressions, rule, given)
        case LawClock():
            return PacedText(expressions, rule, nodes)
        case AtDate(date):
            return DateText(expressions, rule, date)
        case Every(step):
            return BeatText(expressions, rule, step)
        case Immediately():
            return ImmediateText(expressions, rule)
        case _:
            assert_never(rule.clock)
