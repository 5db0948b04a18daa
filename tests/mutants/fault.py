"""What a fault is: one small slip in one file of `sim`, which a test must notice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """A slip: in `file`, below `sim/`, the text `old` is replaced by `new`.

    `name` says what is then wrong. `old` stands in the file once; where it stands there more often, `place` says
    which of them is meant, from 0. `tests` are the paths that are likeliest to notice it: they are run first.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    place: int | None = None

    def planted(self, text: str) -> str:
        """Return the file's text with the fault in it. Raise ValueError if `old` does not stand there as said."""
        parts = text.split(self.old)
        found = len(parts) - 1
        if self.place is None and found != 1:
            raise ValueError(f"'{self.name}': its old text stands {found} times in {self.file}, not once")
        place = self.place or 0
        if place >= found:
            raise ValueError(f"'{self.name}': its old text stands only {found} times in {self.file}")
        return self.old.join(parts[: place + 1]) + self.new + self.old.join(parts[place + 1 :])
