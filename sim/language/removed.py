"""What is said where a model still names what it removed of the model that it extends, or of a part (E342)."""

from collections.abc import Mapping

from sim.language.yaml.parser import Document, Keys

KINDS: Mapping[str, str] = {
    "factions": "faction", "state": "state variable", "parameters": "parameter", "derived": "derived quantity",
    "events": "event type", "rules": "rule", "timetable": "timetable", "outcomes": "outcome", "measures": "measure",
    "checks": "check", "base_rates": "base rate",
}  # fmt: skip


def still_named(document: Document, name: str, keys: Keys) -> tuple[str, str, str]:
    """Return the message and the notes about a part, at `keys`, that names what was removed."""
    where = document.removed[name]
    reader = "the model"
    if keys and keys[0] == "timetable":
        reader = "an entry of the timetable"
    elif len(keys) > 1 and keys[0] in KINDS:
        reader = f"the {KINDS[str(keys[0])]} '{keys[1]}'"
    remedy = f"remove or replace {reader}, too, or `replace` '{name}' instead of removing it"
    return f"{reader} still names '{name}', which is removed", f"removed at {where}", remedy
