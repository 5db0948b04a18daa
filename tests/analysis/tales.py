"""Small tales to compare: a model written for each, loaded under several scenarios, and a run of one of them."""

from sim.build.scenario import load_scenario
from sim.engines.reference import ReferenceEngine
from sim.model.program import compile_model

HEAD = """
model: tale
title: A tale
time: {unit: abstract}
horizon: 30
factions: {f: {title: F}}
parameters:
  idle: {value: 1, basis: {judgement: nothing reads it}}
  speed: {value: 1, basis: {judgement: a guess}}
  odds: {value: 0.5, basis: {judgement: a guess}}
"""
IDLE = "parameters: {idle: 2}"


def side(scenario, seed, run):
    program = compile_model(scenario.model)
    return program, scenario, ReferenceEngine(program, scenario, seed).run(run)


def load(folder, body, *texts):
    """Return the scenarios of these texts, of a model with this body, from files in a folder."""
    (folder / "model.yaml").write_text(HEAD + body, encoding="utf-8")
    found = []
    for number, text in enumerate(texts):
        file = folder / f"{number}.yaml"
        file.write_text(f"scenario: s{number}\nmodel: model.yaml\n{text}\n", encoding="utf-8")
        found.append(load_scenario(file).scenario)
    return found


def tale(state, rules, **more):
    """Return a model: state variables that are false, an event that sets each, and rules, by their events."""
    variables = "".join(f"  {name}: {{type: bool, initial: false}}\n" for name in state)
    events = {**{f"{name}_comes": f"{name}: true" for name in state}, **more}
    kinds = "".join(f"  {name}: {{exogenous: true, effects: {{{effect}}}}}\n" for name, effect in events.items())
    acts = "".join(f"  {event}_rule: {{faction: f, {rule}, emits: {event}}}\n" for event, rule in rules.items())
    return (
        f"state:\n{variables}events:\n{kinds}rules:\n{acts}"
        "outcomes: {done: {when: end, ends_run: true}, nothing: {otherwise: true}}\n"
    )


def assumed(*events):
    return "events: [" + ", ".join(f"{{at: {time}, event: {event}}}" for time, event in events) + "]"
