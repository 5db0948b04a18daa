"""A page of Markdown as a terminal shows it. What rich needs for that is loaded for `sim explain` alone."""

from typing import ClassVar

from rich import markdown
from rich.console import Console, ConsoleOptions, RenderResult


class _Heading(markdown.Heading):
    """A heading that begins where the text does; rich would put it in the middle, and the first in a box."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class Page(markdown.Markdown):
    """Markdown with all headings at the left, and links as text."""

    elements: ClassVar[dict[str, type[markdown.MarkdownElement]]] = {
        **markdown.Markdown.elements,
        "heading_open": _Heading,
    }

    def __init__(self, text: str) -> None:
        super().__init__(text, code_theme="bw", hyperlinks=False)
