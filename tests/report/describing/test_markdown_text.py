import pytest

from sim.report.describing.markdown_text import Section, bullets, document, prose, table


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("2 * 3 and `2 * 3`", r"2 \* 3 and `2 * 3`"),
        ("a_name of _emphasis_", r"a_name of \_emphasis\_"),
        ("one ` alone", r"one \` alone"),
        ("see https://a.org/x_y_(z); there", "see <https://a.org/x_y_(z>); there"),
        ("1. is no list", r"1\. is no list"),
        ("- is no list", r"\- is no list"),
        ("two\nlines", "two lines"),
        ("<b> & [x]", r"\<b\> \& \[x\]"),
    ],
)
def test_text_means_nothing_to_markdown(text: str, markdown: str):
    assert prose(text) == markdown


def test_a_table_escapes_what_would_end_a_cell():
    assert table(["a", "b"], [("`x | y`", "z")]) == "| a | b |\n| --- | --- |\n| `x \\| y` | z |"
    assert table(["a"], []) == ""


def test_sections_have_numbers_and_empty_ones_are_left_out():
    text = document("T", ["H"], [Section("Empty", [""]), Section("Whole", [], [Section("No"), Section("Yes", ["B"])])])

    assert text == (
        "# T\n\nH\n\n## Contents\n\n- [1 Whole](#section-whole)\n  - [1.1 Yes](#section-whole-1)\n\n"
        '<a id="section-whole"></a>\n\n## 1 Whole\n\n<a id="section-whole-1"></a>\n\n### 1.1 Yes\n\nB\n'
    )


def test_an_item_is_set_in_below_the_one_before_it():
    assert bullets(["a", "  b"]) == "- a\n  - b"
