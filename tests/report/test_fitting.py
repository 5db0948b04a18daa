"""Tables that fit a terminal: what is broken, left out, cut or made into blocks, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language.visible import columns
from sim.report.fitting import broken, fitting
from sim.report.table import GAP, Table, folded, sided

words = st.text(st.sampled_from("abcdefgh é中"), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "a"
)
figures = st.sampled_from(["15.5 % (11.1 % to 21.2 %)", "below 1.5 %", "+13.0 (+7.9 to +17.9)", "1,028", ""])


@st.composite
def tables(draw) -> Table:
    left, right = draw(st.integers(1, 3)), draw(st.integers(0, 5))
    columns_ = sided([f"c{n}" for n in range(left)], [draw(words) for _ in range(right)])
    row = st.tuples(*[words] * left, *[figures] * right)
    spared = draw(st.sampled_from([(), tuple(range(left, left + right))[-2:]]))
    return Table(
        title="t", columns=columns_, rows=draw(st.lists(row, min_size=1, max_size=4)), caption="c", spared=spared,
        grid=draw(st.booleans()),
    )  # fmt: skip


def least(table: Table) -> int:
    """The columns that a table needs where words are broken at spaces, words of 16 letters kept together."""
    needs = []
    for index, (heading, side) in enumerate(table.columns):
        cells = [line for row in table.rows for line in row[index].split("\n")]
        if side == "left":
            cells = [cell[:16] if " " in cell else cell for cell in cells]
            cells += [word for row in table.rows for word in row[index].split()]
        needs.append(max(map(columns, [*folded(heading).split("\n"), *cells])))
    return sum(needs) + GAP * (len(needs) - 1)


@given(tables(), st.integers(60, 120))
def test_what_is_shown_fits_or_is_lines_that_can_be_broken(table, width):
    for part in fitting(table, width):
        assert least(part) <= width or part.columns == [("", "left")] or len(part.columns) == 2


@given(tables(), st.integers(20, 200))
def test_every_figure_is_shown_whole_or_named_as_left_out(table, width):
    parts = fitting(table, width)
    shown = " ".join(" ".join(cell.split()) for part in parts for row in part.rows for cell in row)
    note = " ".join(part.caption for part in parts)
    for row in table.rows:
        for index, cell in enumerate(row):
            left_out = index in table.spared and "Not shown in" in note
            assert " ".join(cell.split()) in shown or left_out


@given(tables())
def test_a_table_that_fits_is_left_as_it_is(table):
    assert fitting(table, 10_000) == [table]


def test_intervals_are_broken_off_before_a_column_is_left_out():
    table = Table(
        title="", columns=sided(["outcome"], ["A", "B", "pairs"]), caption="",
        rows=[["Talks succeed", "15.5 % (11.1 % to 21.2 %)", "28.5 % (22.7 % to 35.1 %)", "1 / 27"]], spared=(3,),
    )  # fmt: skip

    (wide,) = fitting(table, 90)
    (narrow,) = fitting(table, 70)
    (narrowest,) = fitting(table, 58)

    assert wide == table
    assert narrow.rows == [["Talks succeed", "15.5 %\n(11.1 % to 21.2 %)", "28.5 %\n(22.7 % to 35.1 %)", "1 / 27"]]
    assert [heading for heading, _ in narrowest.columns] == ["outcome", "A", "B"]
    assert narrowest.caption == "Not shown in 58 columns: pairs. In a wider window they are."


def test_a_grid_is_cut_into_even_parts_each_with_the_first_column():
    rows = [[name, *["28.5 (22.7 to 35.1)"] * 5] for name in ("Status quo", "Talks hold")]
    table = Table(title="t", columns=sided(["scenario"], list("ABCDE")), rows=rows, caption="c", grid=True)

    parts = fitting(table, 70)

    assert [[heading for heading, _ in part.columns] for part in parts] == [
        ["scenario", "A", "B"],
        ["scenario", "C", "D", "E"],
    ]
    assert [(part.title, part.caption) for part in parts] == [("t", ""), ("", "c")]


def test_what_fits_in_no_other_way_is_a_block_for_each_row():
    table = Table(title="t", columns=sided(["name"], ["median", "mean"]), rows=[["Deaths", "4.39 days", "5.1 days"]])

    (block,) = fitting(table, 20)

    assert block.rows == [["Deaths"], ["  median: 4.39 days"], ["  mean: 5.1 days"]]


@given(st.lists(words, min_size=1, max_size=12).map(" ".join), st.integers(35, 80))
def test_lines_are_broken_at_spaces_and_nothing_is_lost(text, width):
    lines = list(broken(text, width))

    assert " ".join(" ".join(lines).split()) == " ".join(text.split())
    assert all(columns(line) <= width or len(line.split()) == 1 for line in lines)


@pytest.mark.parametrize("width", range(8, 40))
def test_a_number_keeps_its_sign_of_per_cent(width):
    lines = list(broken("rises from 15.5 % to 28.5 % of the runs", width))

    assert not any(line.strip().startswith("%") for line in lines)


def test_a_column_in_which_nothing_stands_is_no_obstacle():
    table = Table(title="", columns=sided(["", "words"], []), rows=[("", "many words " * 9)])

    assert fitting(table, 30)
