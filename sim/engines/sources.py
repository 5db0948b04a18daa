"""A digest of sources: what is made from other sources may be other."""

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable


def digest_of_sources(package: Traversable, names: Iterable[str]) -> str:
    """Return the SHA-256 of the files and folders of a package that have these names, in hexadecimal."""
    found = hashlib.sha256()
    for name in names:
        for path, file in _files(package / name, name):
            found.update(f"{path}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()


def _files(place: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    """Yield what is Python or LLVM's language, by its path, in the order of names."""
    if place.is_dir():
        for inner in sorted(place.iterdir(), key=lambda one: one.name):
            yield from _files(inner, f"{path}/{inner.name}")
    elif path.endswith((".py", ".ll")):
        yield path, place
