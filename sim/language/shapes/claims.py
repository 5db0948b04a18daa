"""The shapes of what a model claims of itself: its checks, and the file that keeps a history which broke one."""

from typing import Annotated

from pydantic import Field

from sim.language.shapes.shape import (
    Bases,
    Expr,
    Indexed,
    Instant,
    Listed,
    Name,
    ParameterName,
    Sentence,
    Shape,
    Slug,
    one,
    optional,
)


class CheckShape(Shape):
    """A claim about every run, which `sim test` tries to break. Exactly one kind of claim."""

    because: Sentence = one("Why it must be so.")
    always: Expr | None = optional("A condition that holds before any event and after each.")
    never: Expr | None = optional("A condition that never holds, before any event or after one.")
    after: Listed = one(
        "Event types: when one of them has happened, `holds`, `happened` or `leads_to` says what is true.", default=[]
    )
    before: Listed = one("Event types: when one of them is about to happen, `holds` says what is true.", default=[])
    when: Expr | None = optional("For `leads_to`: the condition from whose first time of being true it counts.")
    holds: Expr | None = optional(
        "What is true right `after` the events, or right `before` them; may read their marks and `time`."
    )
    happened: Listed = one("Event types: each of them has happened before, in the run or in its past.", default=[])
    leads_to: Expr | None = optional(
        "A condition that comes true `within` a time. With a probability each run counts once, from its first "
        "beginning after the branch."
    )
    within: Expr | None = optional("For `leads_to`: the length of time, counted from the first such event.")
    probability: Expr | None = optional(
        "For `leads_to`: the probability that it has at least, tested on simulated runs; a run that ends first has not "
        "led to it. Without a probability: always, unless the run ends first."
    )
    never_falls: Expr | None = optional("A number that no event makes smaller.")
    never_rises: Expr | None = optional("A number that no event makes larger.")
    unchanged_by: Listed = one("Event types that leave the `value` as it is.", default=[])
    changed_only_by: Listed = one("Event types; all others leave the `value` as it is.", default=[])
    value: Expr | None = optional("For `unchanged_by` and `changed_only_by`: the value that they are about.")
    monotone: Name | None = optional(
        "A parameter with a prior: raising it `never_lowers` or `never_raises` the probability of an outcome, tested "
        "on paired runs."
    )
    never_lowers: Name | None = optional("For `monotone`: the outcome.")
    never_raises: Name | None = optional("For `monotone`: the outcome.")
    reachable: Annotated[Listed, Field(min_length=1)] | None = optional(
        "Rules and outcomes that can happen at all, or `all` for every one of the model."
    )


class BaseRateShape(Shape):
    """A count of comparable cases that an outcome of the model is held against by `sim test`. It changes no run."""

    title: Sentence | None = optional("What was counted, in words.")
    outcome: Indexed = one("The outcome of this model that stands for what was counted in those cases.")
    within: Expr = one(
        "Within which time it happened in those cases. In the model it counts from the branch, under the status quo."
    )
    count: int = one("In how many of the cases it happened.")
    of: int = one("How many comparable cases were looked at: all of them, whatever became of them.")
    basis: Bases = one("Where the count comes from: sources by paragraph, or a judgement with its reason.")
    note: Sentence | None = optional("What makes those cases comparable, and what else a reader should know.")


class ClaimsShape(Shape):
    """Checks that stand in no model file."""

    checks: dict[Name, CheckShape] = one("The checks.")


class StepShape(Shape):
    """One event of a counterexample: of a rule, or of a timetable where there is no rule."""

    time: float = one("When it happens, in the model's unit since its origin.")
    date: Instant | None = optional("The same as a date, for the reader.")
    rule: Indexed | None = optional("The rule that fires.")
    event: Indexed = one("The event type.")
    choice: int | None = optional("Which of the rule's events it is, from 0, where several are of this type.")
    draws: list[float] = one("The uniforms, in (0, 1], of its random marks.", default=[])


class CounterexampleShape(Shape):
    """A history that broke a check: `sim test` replays it before it looks for others."""

    counterexample: Slug = one("Its id.")
    check: Name = one("The check that it broke.")
    because: Sentence = one("How it broke the check, in words.")
    scenario: Sentence = one("The path of the scenario or model file, seen from this file.")
    begins: Slug = one("Where it begins: `beginning`, `branch`, or the id of the last documented event that stands.")
    parameters: dict[ParameterName, float] = one("The parameters that are not at their central values.", default={})
    events: list[StepShape] = one("The events, in order.", default=[])
