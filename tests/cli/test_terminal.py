"""Tables on a terminal keep their figures, whatever the titles above them are."""

from hypothesis import given
from hypothesis import strategies as st

from sim.cli.terminal import WIDEST_HEADING, folded, print_table

LONG = "If the mediator stays in the country until the end of the year, from 8 September 2014 to 15 February 2015"


@given(st.lists(st.text("abc", min_size=1, max_size=WIDEST_HEADING), max_size=20))
def test_a_heading_is_broken_at_its_spaces_alone(words: list[str]) -> None:
    lines = folded(" ".join(words)).splitlines()

    assert " ".join(lines).split() == words
    assert all(len(line) <= WIDEST_HEADING for line in lines)


def test_a_long_title_above_a_column_leaves_the_others_their_width(capsys) -> None:
    print_table("", [("outcome", "left"), (LONG, "right")], [("Parliament opens on the day", "12.3 %")])

    shown = capsys.readouterr().out
    assert "Parliament opens on the day" in shown
    assert max(map(len, shown.splitlines())) <= 80
