"""Reads the files of a scenario: its own and those that it extends. `scenario` says what they mean."""

from dataclasses import dataclass, field
from pathlib import Path

from sim.build.context import nearest
from sim.build.named_files import LONGEST_CHAIN, beside, is_file, real
from sim.language.diagnostics import Complaints
from sim.language.shapes.documents import ScenarioShape
from sim.language.shapes.load import Loaded, load_rest


@dataclass
class Reading:
    """A scenario's file and those that it extends, the last first read; `whole` if none of them could not be read."""

    complaints: Complaints
    chain: list[Loaded[ScenarioShape]] = field(default_factory=list)
    whole: bool = True

    def follow(self, path: Path, shown: str) -> None:
        """Read the file at `path`, and those that it extends."""
        following: tuple[Path, str] | None = (path, shown)
        while following is not None:
            loaded = load_rest(following[0], ScenarioShape, self.complaints, following[1])
            if loaded is None:
                self.whole = False
                return
            self.chain.append(loaded)
            following = self.extended(loaded)

    def extended(self, last: Loaded[ScenarioShape]) -> tuple[Path, str] | None:
        """Return the path of the file that one extends, and how messages call it."""
        if last.document.is_refused(("extends",)):
            self.whole = False
        if last.shape.extends is None or not self.whole:
            return None
        named = last.shape.extends
        following = last.path.parent / named
        span = last.document.value_span(("extends",))
        self.whole = False
        if any(real(following) == real(loaded.path) for loaded in self.chain):
            self.complaints.add("E506", "a scenario cannot extend itself", span)
        elif len(self.chain) >= LONGEST_CHAIN:
            self.complaints.add("E506", f"a chain of more than {LONGEST_CHAIN} scenarios", span)
        elif is_file(following, named, f"there is no file '{named}' beside this one", span, self.complaints):
            self.whole = True
            return following, beside(last.document.path, named)
        return None

    def names(self, key: str) -> bool:
        """Return whether some file of the chain names a file under `key`, or may."""
        return nearest(self.chain, key) is not None or self.doubts(key)

    def doubts(self, key: str) -> bool:
        """Return whether what would give this key may be among what could not be read."""
        return not self.whole or any(loaded.document.is_refused((key,)) for loaded in self.chain)

    def named(self, key: str) -> tuple[Path, str] | None:
        """Return the path that the nearest file of the chain gives under `key`, and how messages call it."""
        naming = [loaded for loaded in self.chain if getattr(loaded.shape, key) is not None]
        if not naming:
            if not self.doubts(key):
                span, note = self.chain[0].document.key_span(()), f"expected {key}: {key}.yaml"
                self.complaints.add("E105", f"the key '{key}' is missing in this file", span, note)
            return None
        paths = {real(loaded.path.parent / getattr(loaded.shape, key)) for loaded in naming}
        first = naming[0]
        if first.document.is_refused((key,)):
            return None
        given = getattr(first.shape, key)
        span = first.document.value_span((key,))
        if key == "model" and len(paths) > 1:
            self.complaints.add("E501", "this is not the model of the scenario that it extends", span)
            return None
        path = first.path.parent / given
        fit = is_file(path, given, f"there is no {key} file '{given}'", span, self.complaints)
        return (path, beside(first.document.path, given)) if fit else None
