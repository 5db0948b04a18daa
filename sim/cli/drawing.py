"""Rich's console, for text that others wrote: it is made visible before it is laid out, and is nothing but text."""

from typing import Any, TextIO

from rich.console import Console

from sim.cli import output_streams


class Drawing(Console):
    """A console on a stream. Marks such as [red] and :bomb: in a text are text."""

    def __init__(self, stream: TextIO, *, width: int | None, soft_wrap: bool = False, colours: bool = True) -> None:
        super().__init__(
            file=output_streams.drawn(stream), width=width, soft_wrap=soft_wrap, highlight=False, markup=False,
            emoji=False, color_system="auto" if colours else None,
        )  # fmt: skip
        self.stream = stream

    def fit(self, text: str) -> str:
        """Return text as it will stand in the stream."""
        return output_streams.writable(text, self.stream)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print texts and what rich draws; the cells of a table must be made fit before."""
        super().print(*(self.fit(one) if isinstance(one, str) else one for one in objects), **options)
