"""Rules in sentences: who acts, while what holds, after what time, and what happens then.

Owns the words for clocks, choices, marks and memory. What a clock comes to at a branch is for `sim.explain`.
"""

import re
from collections.abc import Iterator
from typing import assert_never

from sim.language.expressions.tree import Expression, Read
from sim.model.model import AtDate, Clock, Emission, Every, Immediately, LawClock, Rate, Rule
from sim.report.sentences.conditions import always, condition
from sim.report.sentences.formula_texts import text_of
from sim.report.sentences.terms import Terms, sentence

_LAWS = {
    "exponential": "an exponential", "weibull": "a Weibull", "gamma": "a gamma", "lognormal": "a lognormal",
    "loglogistic": "a log-logistic", "uniform": "a uniform", "triangular": "a triangular",
}  # fmt: skip
_MEMORY = {
    "keep": "While its condition does not hold its clock stands still, and goes on from there.",
    "repeat": "Each time that its condition holds again, its clock starts anew with the same draw.",
}


def rule_sentence(rule: Rule, terms: Terms) -> str:
    """Return a rule in one sentence, such as 'While "The talks are open", the envoy will act at once: ...'."""
    begins = []
    if rule.on:
        begins.append(f"after {terms.events(rule.on)}")
    if not always(rule.guard):
        begins.append(f"while {condition(rule.guard, terms)}")
    before = f"{', '.join(begins)}, " if begins else "at any time "
    return sentence(
        f"{before}{terms.faction(rule.faction)} will act {clock_phrase(rule.clock, terms)}: {_then(rule, terms)}"
    )


def further_sentences(rule: Rule) -> list[str]:
    """Return what else there is to say of a rule: what its clock keeps, whose clocks it restarts, who comes first."""
    found = [_MEMORY[rule.memory]] if rule.memory in _MEMORY else []
    if rule.restarts:
        names = ", ".join(f"'{name}'" for name in rule.restarts)
        found.append(f"When it fires it starts the clock{'s' if len(rule.restarts) > 1 else ''} of {names} again.")
    if rule.priority:
        found.append(f"Of what falls due at one time it comes by its priority, {rule.priority}.")
    return found


def clock_phrase(clock: Clock, terms: Terms) -> str:
    """Return when a rule acts once its condition holds: 'after a gamma time (shape 3, mean `delay`)'."""
    match clock:
        case Rate(argument=argument):
            if " within " in argument.text:
                return f"with a chance of {' '.join(argument.text.split())}"
            return f"at the rate {text_of(argument)}"
        case LawClock(law=law, form=form, arguments=arguments, speed=speed):
            aging = "" if speed is None else f", which passes {text_of(speed)} times as fast"
            if form.parameters == ("value",):
                return f"after {_argument(arguments[0])}{aging}"
            named = (f"{name} {_argument(one)}" for name, one in zip(form.parameters, arguments, strict=True))
            return f"after {_LAWS[law.name]} time ({', '.join(named)}){aging}"
        case AtDate(argument=argument):
            read = argument.tree
            known = isinstance(read, Read) and read.scope == "state" and terms.model.variables[read.name].title
            return f'on the date of "{known}"' if known else f"on the date {_argument(argument)}"
        case Every(argument=argument):
            return f"every {_argument(argument).removeprefix('1 ')}"
        case Immediately():
            return "at once"
        case _:
            assert_never(clock)


def _argument(given: Expression) -> str:
    """Return a number as it is written, and anything else as a formula."""
    text = " ".join(given.text.split())
    return text if re.fullmatch(r"[\d.]+(?: ?%| [a-z]+)?", text) else text_of(given)


def _then(rule: Rule, terms: Terms) -> str:
    if not rule.weights:
        (emission,) = rule.emissions
        return _emitted(emission, terms)
    chosen = (
        f"{_emitted(emission, terms)} (weight {_argument(weight)})"
        for emission, weight in zip(rule.emissions, rule.weights, strict=True)
    )
    return f"one of these by chance, {' or '.join(chosen)}"


def _emitted(emission: Emission, terms: Terms) -> str:
    marks = [*_marks(emission, terms)]
    return terms.event(emission.event) + (f" with {' and '.join(marks)}" if marks else "")


def _marks(emission: Emission, terms: Terms) -> Iterator[str]:
    names = terms.model.events[emission.event].marks
    for name, mark in zip(names, emission.marks, strict=True):
        yield f"{name} = {_argument(mark)}"
