"""What the parts of a model are called within a sentence: by their titles, and by their names where they have none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sim.language.expressions.tree import Read, Tree
from sim.model.model import Model
from sim.report.table import as_a_list

ARTICLES = ("The ", "A ", "An ")


@dataclass(frozen=True)
class Terms:
    """The words for the parts of one model."""

    model: Model

    @cached_property
    def derived(self) -> Mapping[int, str]:
        """The names of derived quantities by the identity of their trees, which whatever reads them shares."""
        return {id(one.tree): name for name, one in self.model.derived.items() if not isinstance(one.tree, Read)}

    def derived_name(self, tree: Tree) -> str | None:
        """Return the name of the derived quantity that this very tree is, if it is one."""
        return self.derived.get(id(tree))

    def quantity(self, name: str) -> str:
        """Return a state variable, a derived quantity or a parameter as its title in double quotes.

        What has no title is called by its name, in single quotes.
        """
        title = self._title(name)
        return f'"{title}"' if title else f"'{name}'"

    def _title(self, name: str) -> str:
        model = self.model
        if name in model.variables:
            title, _, suffix = model.variables[name].title, *name.partition("[")[1:]
            return f"{title} [{suffix}" if title and suffix else title
        if name in model.derived:
            return model.derived_titles.get(name, "")
        return model.parameters[name].title if name in model.parameters else ""

    def event(self, name: str) -> str:
        """Return an event type as its title in double quotes."""
        found = self.model.events.get(name)
        return f'"{found.title}"' if found else f"'{name}'"

    def events(self, names: Iterable[str], *, joined: str = "or") -> str:
        """Return several event types, with a word before the last."""
        return listed([self.event(name) for name in names], joined)

    def outcome(self, name: str) -> str:
        """Return an outcome as its title in double quotes."""
        found = self.model.outcomes.get(name)
        return f'"{found.title}"' if found else f"'{name}'"

    def faction(self, name: str) -> str:
        """Return who acts, as it stands within a sentence."""
        return mid_sentence(self.model.factions.get(name) or name)


def listed(items: Iterable[str], joined: str = "and") -> str:
    """Write items one after another with a word before the last."""
    found = list(items)
    if joined == "and":
        return as_a_list(found)
    *before, last = found
    return f"{', '.join(before)} {joined} {last}" if before else last


def mid_sentence(title: str) -> str:
    """Return a title as it stands within a sentence: its article in small letters, and all else as it is.

    >>> mid_sentence("The general"), mid_sentence("SADC")
    ('the general', 'SADC')
    """
    return title[0].lower() + title[1:] if title.startswith(ARTICLES) else title


def sentence(text: str) -> str:
    """Return a text with a capital letter at its beginning and a full stop at its end."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"
