"""What stands above and below every picture of a model: its title, the legend of its signs, and notes."""

from collections.abc import Sequence

from sim.report.model_pictures.graph_look import DASHES, WORDS, Manner, draw_sign
from sim.report.model_pictures.vector_drawing import Sheet, n
from sim.report.pictures.style import FOOT, INK, SOFT, TEXT, TITLE
from sim.report.pictures.text_width import width as width_of
from sim.report.pictures.text_width import wrapped

MARGIN = 22.0
LEGEND = 10.5
SAMPLE = 34.0


def draw_head(sheet: Sheet, title: str, subtitle: str, shown: Sequence[Manner], width: float, *,
              lines: bool = True) -> float:  # fmt: skip
    """Write title, subtitle and legend, of signs alone or with their lines; return where what is drawn may begin."""
    room = width - 2 * MARGIN
    y = sheet.lines(MARGIN, MARGIN - 6, wrapped(title, room, TITLE, bold=True), TITLE, bold=True)
    if subtitle:
        y = sheet.lines(MARGIN, y + 3, wrapped(subtitle, room, TEXT), TEXT, colour=SOFT)
    y += 12
    x = MARGIN
    for manner in shown:
        sample = SAMPLE if lines else 8.0
        needed = sample + 8 + width_of(WORDS[manner], LEGEND) + 22
        if x > MARGIN and x + needed > width - MARGIN + 22:
            x, y = MARGIN, y + 18
        middle = y + 6
        if lines:
            course = f"M{n(x)} {n(middle)}L{n(x + sample - 4)} {n(middle)}"
            sheet.path(course, stroke=INK, thick=1.3, dash=DASHES[manner])
        draw_sign(sheet, manner, x + sample - 2, middle, scale=1.1)
        sheet.text(x + sample + 8, middle + 3.6, WORDS[manner], LEGEND, colour=SOFT)
        x += needed
    return y + (26 if shown else 6)


def draw_foot(sheet: Sheet, notes: Sequence[str], y: float, width: float) -> float:
    """Write notes below what is drawn; return the height of the whole sheet."""
    for note in notes:
        y = sheet.lines(MARGIN, y, wrapped(note, width - 2 * MARGIN, FOOT), FOOT, colour=SOFT) + 2
    return y + MARGIN - 8
