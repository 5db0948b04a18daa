"""The list of faults, each of which the suite must notice. They stand in `faults/`, a file for each part of `sim`."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tests.mutants.fault import Fault


def read(text: str) -> Iterator[Fault]:
    """Yield the faults of a file: a title, then blocks of a place with its tests and the faults there."""
    for block in text.strip().split("\n\n")[1:]:
        heading, *lines = block.split("\n")
        place, _, tests = heading.partition(" noticed by ")
        kinds = groupby(lines, key=lambda line: line[:2] if line[:2] in ("- ", "+ ") else "")
        code = {"": "", "- ": "", "+ ": ""}
        for kind, found in kinds:
            if not kind and code["- "]:
                yield Fault(code[""], place, code["- "], code["+ "], tuple(tests.split()))
                code = dict.fromkeys(code, "")
            code[kind] = "\n".join(line.removeprefix(kind) for line in found)
        yield Fault(code[""], place, code["- "], code["+ "], tuple(tests.split()))


FAULTS = tuple(
    fault
    for file in sorted((Path(__file__).parent / "faults").glob("*.txt"))
    for fault in read(file.read_text(encoding="utf-8"))
)
