"""How a card is laid out: labels in a column, texts broken beside them, commands and curves whole."""

from hypothesis import given
from hypothesis import strategies as st

from sim.explain.graph.model_graph import Link, Node
from sim.language.visible import columns
from sim.report.named.card import Card, Entry, entries
from sim.report.named.link_texts import readers, shortened
from tests.examples import fewer


def card(*given, title="A title"):
    return Card(name="haste", kind="parameter", case="siege", title=title, entries=given)


def test_a_card_has_its_name_its_title_and_labels_in_a_column():
    shown = card(*entries(("unit", "1/day"), ("read by", ["rule one", "rule two"])))

    assert [*shown.lines(80)] == [
        "haste: parameter of siege", "A title", "", "unit     1/day", "read by  rule one", "         rule two",
    ]  # fmt: skip


def test_an_entry_without_a_text_is_left_out():
    assert entries(("a", ""), ("b", []), ("c", ["", "d"])) == (Entry("c", ("d",)),)


def test_a_long_text_goes_on_below_itself_and_a_command_stays_whole():
    shown = card(*entries(("in runs", ["one two three four five", "sim explain haste --ensemble ID"])), title="")

    assert [*shown.lines(24)][3:] == [
        "in runs  one two three", "           four five", "         sim explain haste --ensemble ID",
    ]  # fmt: skip


WORDS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=8), max_size=20
).map(" ".join)
LABELS = st.sampled_from(["basis", "at the branch"])


@fewer
@given(
    st.lists(st.tuples(st.sampled_from(["basis", "at the branch"]), WORDS.map(" ".join)), max_size=5),
    st.integers(40, 120),
)
def test_no_line_is_wider_than_asked_whatever_the_texts(given, width):
    shown = card(*entries(*given), title="")

    for line in shown.lines(width):
        assert columns(line) <= width
        assert not [sign for sign in line if ord(sign) < 32 or 127 <= ord(sign) < 160]


def test_what_reads_at_several_places_is_one_line():
    origin = Node("parameter", "haste")
    links = [Link(origin, Node("rule", "b"), "guard"), Link(origin, Node("rule", "b"), "clock"),
             Link(origin, Node("outcome", "a"), "condition")]  # fmt: skip

    assert readers(links) == ["rule b (clock, condition)", "outcome a (condition)"]
    assert readers(links, but=("clock",)) == ["rule b (condition)", "outcome a (condition)"]


def test_long_lists_are_cut_and_the_others_counted_but_never_a_single_one():
    assert shortened(["a", "b", "c"], 2) == ["a", "b", "c"]
    assert shortened(["a", "b", "c", "d"], 2) == ["a", "b", "and 2 more; --json has all"]
