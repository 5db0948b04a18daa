"""A line of a document that a message quotes can be read, and its mark stands below what is meant."""

import pytest

from sim.language.diagnostics import WIDEST_LINE, Diagnostic, Span


def shown(line: str, part: str) -> tuple[str, str]:
    """The quoted line and the one below it, of a complaint about a part of a line."""
    at = line.index(part)
    lines = str(Diagnostic("E101", "wrong", Span("a.yaml", 7, at + 1, len(part), line))).splitlines()
    return lines[2].removeprefix("7 | "), lines[3].removeprefix("  | ")


@pytest.mark.parametrize(
    ("line", "part", "quoted", "mark"),
    [
        ("title: wrong", "wrong", "title: wrong", "       ^^^^^"),
        ("\ttitle: wrong", "wrong", r"\ttitle: wrong", "         ^^^^^"),
        ("a\x1b[2J: wrong", "wrong", r"a\x1b[2J: wrong", "          ^^^^^"),
        ("a: \u202ewrong", "\u202ewrong", r"a: \u202ewrong", "   ^^^^^^^^^^^"),
        ("会談: wrong", "wrong", "会談: wrong", "      ^^^^^"),
        ("e\u0301: wrong", "wrong", "e\u0301: wrong", "   ^^^^^"),
    ],
)
def test_what_cannot_be_seen_is_written_out_and_the_mark_moves_with_it(
    line: str, part: str, quoted: str, mark: str
) -> None:
    assert shown(line, part) == (quoted, mark)


def test_of_a_long_line_the_part_around_the_mark_is_quoted() -> None:
    quoted, mark = shown("x" * 300 + "\x07wrong" + "y" * 300, "wrong")

    assert quoted.startswith("...x")
    assert quoted.endswith("y...")
    assert quoted[mark.index("^") :].startswith("wrong")
    assert mark.count("^") == 5
    assert len(quoted) <= WIDEST_LINE + 10
