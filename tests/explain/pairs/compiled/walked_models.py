"""Random models that compiled code can walk over."""

from sim.build.model import loads_model
from sim.testing.models import model_data, text_of

MIXED = "uniform_real(0, 1) + heat"  # a draw and the state in one mark


def _within(data):
    for rule in data["rules"].values():
        if "memory" in rule:
            rule["memory"] = "fresh"
        if isinstance(rule["clock"], dict):
            rule["clock"] = {form: given for form, given in rule["clock"].items() if form != "speed"}
        for emission in (rule["emits"], *rule.get("choose", ())) if "emits" in rule else rule["choose"]:
            if isinstance(emission, dict) and emission.get("force") == MIXED:
                emission["force"] = "heat"
    return loads_model(text_of(data), "generated.yaml")


def walked_models():
    """Draw models in which nothing moves between events, and every clock starts afresh at a speed of one."""
    return model_data(may_move=False).map(_within)
