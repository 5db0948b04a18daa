"""Tables of text line up, whatever people wrote into them."""

from hypothesis import given
from hypothesis import strategies as st

from sim.report.table import WIDEST_HEADING, Table, as_html, folded


def test_tables_line_up_and_leave_no_mark_up_in_what_people_wrote():
    table = Table("T < U", (("a\nb", "left"), ("n", "right")), (("x", "1"), ("<b>", "22")), "c & d")

    assert str(table) == "T < U\na\nb     n\n-------\nx     1\n<b>  22\nc & d"
    html = as_html([table], "e > f")
    assert "T &lt; U" in html
    assert "&lt;b&gt;" in html
    assert html.endswith("<p>c &amp; d</p><p>e &gt; f</p>")


@given(st.lists(st.text("abc", min_size=1, max_size=WIDEST_HEADING), max_size=20))
def test_a_heading_is_broken_at_its_spaces_alone(words: list[str]) -> None:
    lines = folded(" ".join(words)).splitlines()

    assert " ".join(lines).split() == words
    assert all(len(line) <= WIDEST_HEADING for line in lines)
