"""A small model that is right, and what is said when a part of it is changed: for the tests of building."""

from sim.build.model import loads_model
from sim.language.diagnostics import LanguageError
from sim.model.model import Model

HEAD = """\
model: quarrel
title: A quarrel of two houses
time: {unit: day, origin: 2030-01-01}
"""
PARTS = {
    "factions": "{north: {title: N}, south: {title: S}}",
    "state": "{calm: {type: bool, initial: true}, trust: {type: real, range: [0, 1], initial: 0.5}}",
    "events": "{shots_fired: {by: north, marks: {deaths: int}, effects: {calm: false}}, peace_made: {by: south}}",
    "rules": "{south_gives_in: {faction: south, when: not calm, clock: {rate: 1 per day}, emits: peace_made}}",
}


def text(**changed: str) -> str:
    """Return the model's file, with some of its parts changed or added; `head` is what stands before them."""
    head = changed.pop("head", HEAD)
    return head + "".join(f"{key}: {value}\n" for key, value in {**PARTS, **changed}.items() if value)


def built(**changed: str) -> Model:
    return loads_model(text(**changed))


def said(**changed: str) -> list[str]:
    """Return `CODE message` of each complaint about the changed model."""
    try:
        built(**changed)
    except LanguageError as error:
        return [f"{item.code} {item.message}" for item in error.diagnostics]
    return []


def state(more: str) -> str:
    return PARTS["state"][:-1] + ", " + more + "}"


def events(more: str) -> str:
    return PARTS["events"][:-1] + ", " + more + "}"


def rule(**changed: str) -> str:
    parts = {"faction": "south", "when": "not calm", "clock": "{rate: 1 per day}", "emits": "peace_made", **changed}
    return "{one: {" + ", ".join(f"{key}: {value}" for key, value in parts.items() if value) + "}}"


def parameter(inner: str) -> str:
    return "{p: {" + inner + ", basis: {judgement: a guess}}}"
