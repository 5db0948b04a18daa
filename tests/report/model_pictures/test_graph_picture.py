import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest

from sim.errors import UsageError
from sim.explain.graph.graph_views import OPTIONAL
from sim.report.model_pictures.graph_look import Names
from sim.report.model_pictures.graph_picture import Wanted, drawn, part_of
from sim.report.pictures.text_width import width
from sim.study.case_files import case_of_files

LESOTHO = Path(__file__).parents[3] / "scenarios/lesotho-2014"
SVG = "{http://www.w3.org/2000/svg}"
WANTED = {
    "whole": Wanted(),
    "whole in columns": Wanted(layout="columns"),
    "whole with all": Wanted(kinds=tuple(OPTIONAL)),
    "around tension": Wanted(around=("tension",)),
    "two steps around tension": Wanted(around=("tension",), depth=2),
    "a faction with what it rests on": Wanted(factions=("commander",), kinds=("parameters", "sources", "outcomes")),
    "around an event": Wanted(around=("event coup_attempted",), kinds=("events", "checks")),
    "a part as a grid": Wanted(around=("commander",), layout="grid", kinds=("parameters", "outcomes")),
    "a source": Wanted(around=("powell-thyne-list",), depth=2, kinds=("parameters",)),
}


@pytest.fixture(scope="module")
def lesotho():
    return case_of_files(LESOTHO)


@pytest.fixture(scope="module")
def whole(lesotho):
    return lesotho.graph


def read(svg):
    return ET.fromstring(svg)  # noqa: S314 - it was just made here


def texts(svg):
    """Yield each text with the box that it takes: left, top, right, bottom."""
    for one in read(svg).iter(f"{SVG}text"):
        x, y, size = float(one.get("x")), float(one.get("y")), float(one.get("font-size"))
        long = width("".join(one.itertext()), size, bold=one.get("font-weight") == "bold")
        if one.get("transform"):
            yield "".join(one.itertext()), (x - size * 0.75, y - long, x + size * 0.2, y)
        else:
            yield "".join(one.itertext()), (x, y - size * 0.75, x + long, y + size * 0.2)


@pytest.mark.parametrize("name", WANTED)
def test_no_text_overlaps_another_or_leaves_the_sheet(name, lesotho, whole):
    part = part_of(whole, lesotho.model, WANTED[name])
    svg = drawn(part, whole, lesotho.model, lesotho.history).svg()
    root = read(svg)
    wide, high = float(root.get("width")), float(root.get("height"))
    placed = sorted(texts(svg), key=lambda one: one[1])

    assert len(placed) > 5
    for words, (left, top, right, bottom) in placed:
        assert left >= 0, words
        assert top >= 0, words
        assert right <= wide, words
        assert bottom <= high, words
    for number, (words, box) in enumerate(placed):
        for other, near in placed[number + 1 :]:
            if near[0] >= box[2]:
                break
            apart = near[1] >= box[3] - 0.5 or near[3] <= box[1] + 0.5
            assert apart, (words, other)


@pytest.mark.parametrize("name", WANTED)
def test_every_node_of_a_part_is_drawn_and_no_title_is_cut(name, lesotho, whole):
    part = part_of(whole, lesotho.model, WANTED[name])
    names = Names.of(whole, lesotho.model, lesotho.history)
    svg = drawn(part, whole, lesotho.model, lesotho.history).svg()
    said = " ".join(words for words, _ in texts(svg))

    assert {names.title(node).split()[0] for node in part.graph.nodes} <= set(re.split(r"[\s\u2068\u2069]+", said))
    assert "…" not in said


def test_a_picture_is_the_same_each_time(lesotho, whole):
    part = part_of(whole, lesotho.model, WANTED["around tension"])
    again = part_of(case_of_files(LESOTHO).graph, lesotho.model, WANTED["around tension"])

    assert drawn(part, whole, lesotho.model).svg() == drawn(again, whole, lesotho.model).svg()


def test_columns_have_all_links_of_the_part_and_no_other(lesotho, whole):
    part = part_of(whole, lesotho.model, WANTED["two steps around tension"])
    steps = [(set(one), set(other)) for one, other in pairwise(part.columns)]

    assert part.layout == "columns"
    for link in part.graph.links:
        assert any(link.origin in one and link.target in other for one, other in steps)


def test_a_whole_model_of_many_links_is_a_grid_and_a_small_part_is_not(lesotho, whole):
    assert part_of(whole, lesotho.model, Wanted()).layout == "grid"
    assert part_of(whole, lesotho.model, Wanted(factions=("king",))).layout == "columns"


def test_a_cell_of_the_grid_tells_what_is_read_from_what_is_written(lesotho, whole):
    svg = drawn(part_of(whole, lesotho.model, Wanted()), whole, lesotho.model).svg()
    hints = [one.text for one in read(svg).iter(f"{SVG}title")]

    assert "Tension eases with time – Tension: writes, guard" in hints
    assert "General tries again – Share of the army's striking force that obeys the general: clock, guard" in hints


def test_each_wrong_word_is_refused_with_what_could_be_meant(lesotho, whole):
    for wanted, code, hint in (
        (Wanted(around=("patiense",)), "E051", "did you mean 'patience'?"),
        (Wanted(factions=("sdac",)), "E051", "did you mean 'sadc'?"),
        (Wanted(kinds=("parameter",)), "E013", "did you mean 'parameters'?"),
    ):
        with pytest.raises(UsageError, match=code) as error:
            part_of(whole, lesotho.model, wanted)
        assert hint in str(error.value)
