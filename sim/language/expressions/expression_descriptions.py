"""What each name, operator and function of expressions is in words, with an example and its trap.

The reference pages and `sim explain` show these. Which there are is in `operations`; what they mean in `typing`.
Random functions are described with the other distributions, in `sim.distributions.law_descriptions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpressionDescription:
    """What a part of expressions is. `written` shows how it is called, `types` what goes in and what comes out."""

    written: str
    meaning: str
    types: str
    example: str
    trap: str = ""


# The examples read: tension and trust (real, 0 to 1), troops (int), talks (none, open, signed), deadline (a date),
# calm[i] and force[i] for i in 1..3; the events talks_opened and shots_fired, the outcome peace.
NAMES: Mapping[str, ExpressionDescription] = {
    "names of the model": ExpressionDescription(
        written="tension",
        meaning="A state variable, a parameter, a derived quantity, or a mark of the event at hand.",
        types="the type and the unit that it is declared with",
        example="tension > 0.6",
        trap="Where a name may stand depends on the place: marks only in effects, weights and measures of their event.",
    ),
    "numbers with units": ExpressionDescription(
        written="21 days, 0.02 per day, 30 %",
        meaning="A number with a unit: a length of time, a rate, a percentage.",
        types="the units are second, minute, hour, day, week, and those under `units`",
        example="3 days + 12 hours > 3 days",
        trap="Units are checked: 5 where a length of time is wanted is an error (E303). 0 fits every unit. A percent "
        "stands alone, or before `within`, a comma or a closing bracket; elsewhere write 0.3.",
    ),
    "dates": ExpressionDescription(
        written="2014-09-12, 2014-09-12T14:30",
        meaning="A day, which is its beginning, or a moment of it.",
        types="a date minus a date is a length of time; a date can be moved by one",
        example="deadline < 2030-03-01 + 2 days",
        trap="`deadline <= 2030-03-01` leaves out all of that day but 00:00; write `deadline < 2030-03-02` (W323).",
    ),
    "pi": ExpressionDescription(
        written="pi",
        meaning="The ratio of a circle's circumference to its diameter, 3.14159...: half a turn in radians.",
        types="a number without a unit",
        example="sin(2 * pi * tension) > 0",
        trap="A variable, a parameter or a mark of the model that is called pi is meant instead, where there is one.",
    ),
    "true, false": ExpressionDescription(
        written="true, false",
        meaning="The two values of a condition.",
        types="a condition",
        example="true",
        trap="In YAML, `no` and `yes` are words here, not conditions.",
    ),
    "values of enums": ExpressionDescription(
        written="signed",
        meaning="One of the words that an enum is declared with.",
        types="the enum that it is compared with",
        example="talks == signed",
        trap="Enums have no order: only == and != compare them.",
    ),
    "time": ExpressionDescription(
        written="time",
        meaning="The present moment. Guards, rates, speeds, outcomes and measures follow it as it passes; effects, "
        "marks, weights and the laws of clocks read it when the event happens or the clock starts.",
        types="a date; in abstract time a number",
        example="deadline - time > 2 days",
        trap="What is not of a moment cannot read it (E308): initial values, ranges, what a variable relaxes to. "
        "Compare it with < <= > >=: equal to something it is for no time at all (E335).",
    ),
    "members of families": ExpressionDescription(
        written="calm[2], calm[i], calm[i + 1], calm[troops % 3 + 1]",
        meaning="A member of a family: by number, by word, by the index at hand, or by a whole number that the state "
        "has. A family of words is chosen from by an enum with these words.",
        types="the type of the family",
        example="calm[troops % 3 + 1] and not calm[2]",
        trap="Between braces an expression with brackets needs quotes. An index that no member has in the course of a "
        "run is a run error (E604).",
    ),
}

OPERATORS: Mapping[str, ExpressionDescription] = {
    "and, or, not": ExpressionDescription(
        written="a and b, a or b, not a",
        meaning="Both, at least one, the opposite.",
        types="conditions to a condition",
        example="tension > 0.6 and not talks == signed",
        trap="`not` binds more tightly than `and`, and `and` than `or`.",
    ),
    "comparisons": ExpressionDescription(
        written="== != < <= > >=",
        meaning="Compares two values; a chain holds if each step does.",
        types="two values of one type and unit to a condition",
        example="0.2 < tension <= 0.6",
        trap="Equality has two signs, ==. Conditions and enums have no order.",
    ),
    "arithmetic": ExpressionDescription(
        written="a + b, a - b, a * b, a / b, -a",
        meaning="Arithmetic; / always gives a real number.",
        types="numbers; + and - want one unit, * and / make the product's or the quotient's",
        example="(1 - trust) * tension / 2 < 0.3",
        trap="Division by zero is a run error (E604): guard it, x / y if y > 0 else 0.",
    ),
    "whole division": ExpressionDescription(
        written="a // b, a % b",
        meaning="The whole quotient, rounded down, and what is left.",
        types="whole numbers to a whole number",
        example="troops % 2 == 0",
        trap="For real numbers write floor(x / y).",
    ),
    "powers": ExpressionDescription(
        written="a ** b",
        meaning="A power.",
        types="a whole exponent, up to 64, raises the unit, too; any other wants numbers without a unit",
        example="tension ** 2 < 0.25",
        trap="A negative number to a power that is not whole is a run error (E604).",
    ),
    "if ... else": ExpressionDescription(
        written="a if condition else b",
        meaning="The first where the condition holds, else the second.",
        types="two values of one type",
        example="(1 if talks == open else 0) + troops > 0",
        trap="It binds more loosely than all others: put it in brackets inside a sum.",
    ),
}

FUNCTIONS: Mapping[str, ExpressionDescription] = {
    "abs": ExpressionDescription(
        written="abs(x)",
        meaning="How far a number is from 0.",
        types="a number to one of the same unit",
        example="abs(tension - 0.5) < 0.1",
    ),
    "all": ExpressionDescription(
        written="all(family), all(condition for i in 1..3)",
        meaning="True if every member of a family of conditions holds, or a condition for each value of an index.",
        types="a family of conditions",
        example="all(calm[i] or force[i] > 0.2 for i in 1..3)",
        trap="It takes the family's bare name. For two conditions write `and`.",
    ),
    "any": ExpressionDescription(
        written="any(family), any(condition for i in 1..3)",
        meaning="True if a member of a family of conditions holds, or a condition for a value of an index.",
        types="a family of conditions",
        example="any(calm)",
    ),
    "argmax": ExpressionDescription(
        written="argmax(family), argmax(x for i in 1..3)",
        meaning="The index of the greatest member of a family; of equal ones the smallest index.",
        types="a family of numbers to a whole number",
        example="calm[argmax(force)]",
        trap="The index must be one number: of two indices fix one, `argmax(edge[1, j] for j in 1..3)`.",
    ),
    "argmin": ExpressionDescription(
        written="argmin(family), argmin(x for i in 1..3)",
        meaning="The index of the least member of a family; of equal ones the smallest index.",
        types="a family of numbers to a whole number",
        example="argmin(force) == 1",
    ),
    "ceil": ExpressionDescription(
        written="ceil(x)",
        meaning="The least whole number that is not below x.",
        types="a number without a unit to a whole one",
        example="ceil(tension) == 1",
    ),
    "clamp": ExpressionDescription(
        written="clamp(x, least, greatest)",
        meaning="x, kept between two bounds.",
        types="three numbers of one unit",
        example="clamp(tension + 0.2, 0, 1) > 0.9",
        trap="A state variable can keep itself within its range: `at_bounds: saturate`.",
    ),
    "cos": ExpressionDescription(
        written="cos(x)",
        meaning="The cosine of an angle in radians.",
        types="a number without a unit, up to 4294967296 either way, to a number from -1 to 1",
        example="cos(2 * pi * tension) < 0.5",
        trap="A whole turn is 2 * pi, not 360. The same bits on every machine, within one unit of the last place.",
    ),
    "count": ExpressionDescription(
        written="count(family), count(condition for i in 1..3)",
        meaning="How many members of a family of conditions hold, or for how many values of an index a condition does.",
        types="a family of conditions to a whole number",
        example="count(calm) >= 2",
    ),
    "exp": ExpressionDescription(
        written="exp(x)",
        meaning="e to the power of x.",
        types="a number without a unit",
        example="exp(-2 * tension) < 0.5",
        trap="Beyond x = 709 it passes what numbers can be: a run error (E604).",
    ),
    "first": ExpressionDescription(
        written="first(family), first(condition for i in 1..3), first(family, otherwise)",
        meaning="The least index whose condition holds. The second argument is what it is where none holds.",
        types="a family of conditions to a whole number",
        example="first(calm, 0) > 0",
        trap="Without a second argument it is a run error (E604) where no condition holds. What stands before `for` "
        "needs brackets of its own beside a second argument: `first((force[i] > 1 for i in 1..3), 0)`.",
    ),
    "floor": ExpressionDescription(
        written="floor(x)",
        meaning="The greatest whole number that is not above x.",
        types="a number without a unit to a whole one",
        example="floor(10 * tension) >= 6",
    ),
    "log": ExpressionDescription(
        written="log(x)",
        meaning="The natural logarithm.",
        types="a number above 0 without a unit",
        example="log(1 + tension) < 0.5",
        trap="Of 0 or less it is a run error (E604).",
    ),
    "logistic": ExpressionDescription(
        written="logistic(x)",
        meaning="Turns any number into a chance between 0 and 1: 1 / (1 + exp(-x)).",
        types="a number without a unit",
        example="logistic(3 * (trust - 0.5)) > 0.5",
    ),
    "max": ExpressionDescription(
        written="max(a, b, ...), max(family), max(x for i in 1..3)",
        meaning="The greatest of two or more numbers, of a family, or of what is given for each value of an index.",
        types="numbers of one unit",
        example="max(tension, trust) < 0.9",
    ),
    "min": ExpressionDescription(
        written="min(a, b, ...), min(family), min(x for i in 1..3)",
        meaning="The least of two or more numbers, of a family, or of what is given for each value of an index.",
        types="numbers of one unit",
        example="min(force) > 0.1",
    ),
    "sin": ExpressionDescription(
        written="sin(x)",
        meaning="The sine of an angle in radians: for what comes and goes, such as seasons.",
        types="a number without a unit, up to 4294967296 either way, to a number from -1 to 1",
        example="sin(2 * pi * tension) > 0.5",
        trap="A whole turn is 2 * pi, not 360. Beyond 4294967296 it is a run error (E604).",
    ),
    "sqrt": ExpressionDescription(
        written="sqrt(x)",
        meaning="The square root.",
        types="a number of at least 0; its unit must be a square",
        example="sqrt(tension) < 0.8",
    ),
    "sum": ExpressionDescription(
        written="sum(family), sum(x for i in 1..3)",
        meaning="The sum of a family of numbers, or of a number for each value of an index. "
        "`for i in 1..3 for j in 1..3 if i != j` goes over two indices and leaves some values out; `for p in {north, "
        "south}` goes over words.",
        types="a family of numbers",
        example="sum(force[i] if calm[i] else 0 for i in 1..3) > 1.5",
        trap="What stands after `if` compares indices alone: a condition on the state stands before `for`.",
    ),
}

MOMENTS: Mapping[str, ExpressionDescription] = {
    "since": ExpressionDescription(
        written="since(event), since(event, before)",
        meaning="How long ago the event last happened, in the run or in its past; before it has happened the second "
        "value.",
        types="an event type, and a length of time, to a length of time",
        example="since(shots_fired, 30 days) > 10 days",
        trap="Without a second value it has none before the event has happened, and what reads it then is a run error "
        "(E604).",
    )
}

UNCERTAIN: Mapping[str, ExpressionDescription] = {
    "about": ExpressionDescription(
        written="about(median, factor)",
        meaning="A number that nobody knows: it is as likely above the median as below it, and 90 % of it lies between "
        "the median divided by the factor and the median times the factor.",
        types="two constants, the median above 0 and the factor above 1, to a real number with the median's unit",
        example="about(0.1, 2) * tension",
        trap="It stands in a rule's clock, weights and marks, in effects and in derived quantities, and nowhere else "
        "(E354). It is drawn once a run, as an unnamed parameter that is called after its place, such as "
        "`north_probes.rate`. It has no upper bound: where only numbers up to 1 make sense, write "
        "min(about(0.6, 2), 1).",
    )
}

OCCURRENCES: Mapping[str, ExpressionDescription] = {
    "happened": ExpressionDescription(
        written="happened(event)",
        meaning="True if the event has happened so far, in the run or in its past.",
        types="an event type, or a family of them, to a condition",
        example="happened(talks_opened)",
        trap="Only checks can look back (E322). In a guard read a state variable that the event sets.",
    ),
    "times": ExpressionDescription(
        written="times(event)",
        meaning="How many times the event has happened so far, in the run and in its past.",
        types="an event type, or a family of them, to a whole number",
        example="times(shots_fired) >= 2",
        trap="Only checks can look back (E322). In a guard read a state variable that counts.",
    ),
    "reached": ExpressionDescription(
        written="reached(outcome)",
        meaning="True if the outcome has come true.",
        types="an outcome to a condition",
        example="reached(peace)",
        trap="Only checks can look back (E322).",
    ),
}
