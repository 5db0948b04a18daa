"""Tables on a terminal keep their figures, whatever the titles above them are, and look as they do as text."""

from hypothesis import given
from hypothesis import strategies as st

from sim.cli.terminal import console, drawn_table, print_lines, show
from sim.language.visible import visible
from sim.report.table import Table

LONG = "If the mediator stays in the country until the end of the year, from 8 September 2014 to 15 February 2015"
WORDS = st.text("ab 漢é", max_size=30).map(str.strip)


def test_a_long_title_above_a_column_leaves_the_others_their_width(capsys) -> None:
    show(Table("", [("outcome", "left"), (LONG, "right")], [("Parliament opens on the day", "12.3 %")]))

    shown = capsys.readouterr().out
    assert "Parliament opens on the day" in shown
    assert max(map(len, shown.splitlines())) <= 80


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(st.tuples(WORDS.filter(bool), st.sampled_from(["left", "right"])), min_size=1, max_size=4))
    row = st.tuples(*[WORDS] * len(columns))
    return Table("", columns, draw(st.lists(row, min_size=1, max_size=5)))


@given(tables())
def test_a_table_that_fits_looks_the_same_drawn_by_rich_and_as_text(table: Table) -> None:
    wide = console(width=500)
    with wide.capture() as captured:
        wide.print(drawn_table(table))

    lines = captured.get().removesuffix("\n").split("\n")
    assert [line.rstrip() for line in lines] == str(table).split("\n")


def test_a_line_is_broken_as_wide_as_it_will_stand_on_the_terminal(capsys, monkeypatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "40")

    print_lines("marks that turn the text: \u202eone\u202c \u202etwo\u202c \u202ethree\u202c and no more of them")

    assert max(len(visible(line)) for line in capsys.readouterr().out.splitlines()) <= 40
