"""A drawing in SVG: shapes and texts put on a sheet one after another, which renders itself and is written whole.

Owns the SVG text. What is drawn where is left to the modules that lay pictures out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from sim.language.visible import isolated, visible_line
from sim.report.pictures.picture import SCALE, checked, renderer, written_whole
from sim.report.pictures.style import INK
from sim.report.pictures.text_width import FONT

ENDINGS = (".svg", ".png", ".pdf")
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True)
class VectorPicture:
    """A finished drawing. The same numbers give the same SVG and PNG, on every machine."""

    title: str
    text: str

    def svg(self) -> str:
        return self.text

    def png(self, scale: float = SCALE) -> bytes:
        return bytes(renderer().svg_to_png(self.text, scale=scale))

    def pdf(self) -> bytes:
        return bytes(renderer().svg_to_pdf(self.text))

    def save(self, path: Path | str) -> Path:
        """Write it as the ending of `path` says, and return the path. Raise UsageError E015 as `Picture.save` does."""
        target = checked(path, ENDINGS)
        ending = target.suffix.lower()
        written_whole(
            target, self.png() if ending == ".png" else self.pdf() if ending == ".pdf" else self.text.encode()
        )
        return target


@dataclass
class Sheet:
    """What has been drawn so far, in pixels from the left and from the top."""

    parts: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, words: str, size: float, *, colour: str = INK, bold: bool = False,
        anchor: Anchor = "start", upright: bool = False,
    ) -> None:  # fmt: skip
        """Write one line whose base is at y; an `upright` one runs from the bottom to the top."""
        if not words:
            return
        turned = f' transform="rotate(-90 {n(x)} {n(y)})"' if upright else ""
        weight = ' font-weight="bold"' if bold else ""
        placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
        shown = escape(isolated(visible_line(words)))
        self.parts.append(
            f'<text x="{n(x)}" y="{n(y)}" font-size="{n(size)}" fill="{colour}"{weight}{placed}{turned}>{shown}</text>'
        )

    def lines(self, x: float, y: float, texts: Iterable[str], size: float, *, colour: str = INK,
              bold: bool = False, anchor: Anchor = "start") -> float:  # fmt: skip
        """Write lines one below the other, the first with its top at y; return where the last one ends."""
        for words in texts:
            y += size * 1.25
            self.text(x, y - size * 0.3, words, size, colour=colour, bold=bold, anchor=anchor)
        return y

    def box(
        self, x: float, y: float, width: float, height: float, *, fill: str = "none", stroke: str = "none",
        thick: float = 1.0, round_by: float = 0.0, dash: str = "", hint: str = "",
    ) -> None:  # fmt: skip
        """Draw a box; `hint` is shown where a pointer rests on it."""
        corner = f' rx="{n(round_by)}"' if round_by else ""
        shape = f'<rect x="{n(x)}" y="{n(y)}" width="{n(width)}" height="{n(height)}"{corner} fill="{fill}"'
        self._add(shape + _stroke(stroke, thick, dash), hint, "rect")

    def path(self, course: str, *, stroke: str = "none", thick: float = 1.0, dash: str = "", fill: str = "none",
             opacity: float = 1.0, hint: str = "") -> None:  # fmt: skip
        """Draw along a course as SVG writes it."""
        faint = f' opacity="{n(opacity)}"' if opacity < 1.0 else ""
        self._add(f'<path d="{course}" fill="{fill}"{faint}' + _stroke(stroke, thick, dash), hint, "path")

    def line(self, start: tuple[float, float], end: tuple[float, float], *, stroke: str, thick: float = 1.0) -> None:
        (x, y), (to_x, to_y) = start, end
        self.path(f"M{n(x)} {n(y)}L{n(to_x)} {n(to_y)}", stroke=stroke, thick=thick)

    def circle(self, x: float, y: float, radius: float, *, fill: str = "none", stroke: str = "none",
               thick: float = 1.0) -> None:  # fmt: skip
        shape = f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" fill="{fill}"'
        self._add(shape + _stroke(stroke, thick, ""), "", "circle")

    def finished(self, title: str, width: float, height: float) -> VectorPicture:
        """Return the drawing on white paper of this size."""
        size = f'width="{n(width)}" height="{n(height)}" viewBox="0 0 {n(width)} {n(height)}"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family={quoteattr(FONT)} role="img">'
        named = f"<title>{escape(visible_line(title))}</title>"
        paper = f'<rect width="{n(width)}" height="{n(height)}" fill="white"/>'
        return VectorPicture(visible_line(title), "\n".join([head, named, paper, *self.parts, "</svg>", ""]))

    def _add(self, shape: str, hint: str, tag: str) -> None:
        end = f"><title>{escape(visible_line(hint))}</title></{tag}>" if hint else "/>"
        self.parts.append(shape + end)


def _stroke(colour: str, thick: float, dash: str) -> str:
    if colour == "none":
        return ""
    return f' stroke="{colour}" stroke-width="{n(thick)}"' + (f' stroke-dasharray="{dash}"' if dash else "")


def n(value: float) -> str:
    """Write a number of pixels, to a tenth."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
