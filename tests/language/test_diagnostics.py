import json

import pytest

from sim.language.diagnostics import MOST_KEPT, MOST_SHOWN, WIDEST_LINE, Complaints, Diagnostic, LanguageError, Span


def test_a_complaint_is_the_place_the_line_a_caret_and_notes() -> None:
    span = Span("model.yaml", 41, 11, 7, "    when: tensoin > 0.6")

    assert str(Diagnostic("E301", "unknown name 'tensoin'", span, ("did you mean 'tension'?",))) == (
        "model.yaml:41:11: error E301: unknown name 'tensoin'\n"
        "   |\n"
        "41 |     when: tensoin > 0.6\n"
        "   |           ^^^^^^^\n"
        "   = did you mean 'tension'?"
    )


@pytest.mark.parametrize("column", [1, 50, 200, 999])
def test_a_long_line_is_cut_around_the_caret(column: int) -> None:
    text = "." * (column - 1) + "X" + "." * (1000 - column)
    shown = str(Diagnostic("E301", "x", Span("a.yaml", 1, column, 1, text))).splitlines()

    assert shown[2][shown[3].index("^")] == "X"
    assert len(shown[2]) < WIDEST_LINE + 12


def test_letters_that_cannot_be_shown_leave_the_caret_where_it_is() -> None:
    shown = str(Diagnostic("E301", "x", Span("a.yaml", 1, 3, 1, "\t\x1bX"))).splitlines()

    assert shown[2][shown[3].index("^")] == "X"
    assert "\x1b" not in shown[2]


def test_complaints_come_in_the_order_of_the_file_and_each_once() -> None:
    complaints = Complaints()
    for line in (3, 1, 3, 2):
        complaints.add("E301", "x", Span("a.yaml", line, 1, 1, "x"))
    with pytest.raises(LanguageError) as caught:
        complaints.raise_any()

    assert [item.span.line for item in caught.value.diagnostics if item.span] == [1, 2, 3]


def test_after_twenty_complaints_the_rest_is_counted() -> None:
    error = LanguageError([Diagnostic("E301", f"number {number}", None, (), "a.yaml") for number in range(23)])

    assert f"number {MOST_SHOWN - 1}" in str(error)
    assert str(error).endswith("and 3 more\n\n23 errors in 1 file; more: sim explain E301")


def test_a_pass_ends_when_hundreds_of_complaints_are_found() -> None:
    endless = (Diagnostic("E301", f"number {number}", None, (), "a.yaml") for number in range(10 * MOST_KEPT))
    with pytest.raises(LanguageError) as caught:
        Complaints().extend(endless)

    assert len(caught.value.diagnostics) == MOST_KEPT


def test_a_complaint_as_data_is_json() -> None:
    data = Diagnostic("E301", "x", Span("a.yaml", 2, 3, 4, "text"), ("note",)).as_data()

    assert json.loads(json.dumps(data)) == {
        "code": "E301", "severity": "error", "message": "x", "path": "a.yaml", "line": 2, "column": 3, "length": 4,
        "notes": ["note"],
    }  # fmt: skip
