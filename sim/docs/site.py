"""The static site: the pages, and an order for them, given to the generator of the extra `docs`."""

from pathlib import Path


def build(out: Path) -> None:
    raise NotImplementedError
