"""How wide text is in the pictures' font, and how it is broken into lines or shortened to fit.

Text is measured and cut as it will be drawn: `visible`.
"""

from collections.abc import Iterable
from itertools import accumulate, takewhile

from sim.language.visible import visible, visible_line

# The font comes with vl-convert, so that text is there on a machine without fonts; Arial has the same widths.
FONT = "Liberation Sans, Arial, sans-serif"

_WIDTHS = {
    191: "'", 222: "ijl", 260: "|", 278: "\ufdd0 !,./:;I[\\]ft", 333: "()-`r", 334: "{}", 355: '"', 389: "*",
    469: "^", 500: "Jcksvxyz", 556: "#$0123456789?L_abdeghnopqu", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY",
    722: "CDHNRUw", 778: "GOQ", 833: "Mm", 889: "%", 944: "W", 1000: "…→", 1015: "@",
}  # fmt: skip
_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_TIED = "\ufdd0"  # stands for a space at which no line is broken; no visible text has it
_OTHER, _WIDE, _BOLD = 600, 1000, 1.08


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how many pixels a line of text takes; a little too many for letters with accents."""
    return _measured(visible_line(text), size, bold=bold)


def _measured(text: str, size: float, *, bold: bool) -> float:
    return sum(map(_share, text)) * size / 1000 * (_BOLD if bold else 1)


def _share(letter: str) -> float:
    return _OF.get(letter, _WIDE if ord(letter) > 0x2E80 else _OTHER)


def widest(texts: Iterable[str], size: float, *, bold: bool = False) -> float:
    return max((width(text, size, bold=bold) for text in texts), default=0.0)


def shortened(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Cut text with an ellipsis, at a space if one is near, so that it takes no more than `room` pixels."""
    return _cut(visible_line(text), room, size, bold=bold)


def _cut(text: str, room: float, size: float, *, bold: bool) -> str:
    if _measured(text, size, bold=bold) <= room:
        return text
    left = room - _measured("…", size, bold=bold)
    ends = accumulate(_measured(letter, size, bold=bold) for letter in text)
    kept = text[: sum(1 for _ in takewhile(lambda end: end <= left, ends))]
    whole, _, part = kept.rpartition(" ")
    return (whole if whole and len(part) < 8 else kept).rstrip(" ,;:-\u200c\u200d") + "…"


def shortened_before(kept: str, text: str, room: float, size: float) -> str:
    """Cut text as `shortened` does, but keep whole what it ends with, where that is `kept`."""
    if not text.endswith(kept):
        return shortened(text, room, size)
    return shortened(text.removesuffix(kept), room - width(kept, size), size) + kept


def wrapped(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """Break text into lines of no more than `room` pixels, at spaces; a longer word stands by itself, shortened."""
    lines = [""]
    for word in visible(text).replace(" %", f"{_TIED}%").split():
        longer = f"{lines[-1]} {word}".strip()
        if _measured(longer, size, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines.append(_cut(word, room, size, bold=bold))
    return [line.replace(_TIED, " ") for line in lines if line]
