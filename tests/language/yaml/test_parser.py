from pathlib import Path
from typing import Any

import pytest

from sim.language.diagnostics import LanguageError
from sim.language.files import MOST_BYTES
from sim.language.yaml.parser import MOST_DEPTH, MOST_DIGITS, MOST_NODES, parse, read
from tests.effort import soon


def complaints(text: str) -> list[tuple[str, int, int]]:
    """Return the code, line and column of each complaint about a text, which must come soon."""
    found: list[LanguageError] = []

    def act() -> None:
        try:
            parse(text, "a.yaml")
        except LanguageError as error:
            str(error)
            found.append(error)

    soon(act, len(text))
    return [
        (item.code, item.span.line, item.span.column) if item.span else (item.code, 0, 0)
        for error in found
        for item in error.diagnostics
    ]


def codes(text: str) -> list[str]:
    return [code for code, _, _ in complaints(text)]


def messages(text: str) -> list[str]:
    """Return what is said about a text."""
    with pytest.raises(LanguageError) as error:
        parse(text, "a.yaml")
    return [f"{item.code} {item.message}" for item in error.value.diagnostics]


def data(text: str) -> Any:
    return parse(text, "a.yaml").data


def refused(path: Path) -> str:
    with pytest.raises(LanguageError) as caught:
        read(path, path.name)
    return str(caught.value)


def test_no_is_text_and_only_true_and_false_are_not() -> None:
    assert data("[no, yes, on, off, y, True, true, false]") == ["no", "yes", "on", "off", "y", "True", True, False]


def test_dates_and_times_and_sexagesimals_stay_text() -> None:
    assert data("[2030-01-03, 2030-01-03T04:00, 12:30:00]") == ["2030-01-03", "2030-01-03T04:00", "12:30:00"]


def test_numbers_are_numbers_but_not_in_other_bases() -> None:
    assert data("[1, -2, 0.5, .5, 1e3, 0x10, 0o7, 1_000, .inf, .nan]") == [
        1, -2, 0.5, 0.5, 1000.0, "0x10", "0o7", "1_000", ".inf", ".nan",
    ]  # fmt: skip


def test_what_stands_in_quotes_is_text() -> None:
    assert data("""["1", 'true', "null", "", null, ~]""") == ["1", "true", "null", "", None, None]


def test_an_empty_value_is_nothing() -> None:
    assert data("a:\nb: 1") == {"a": None, "b": 1}


def test_windows_line_ends_change_no_place() -> None:
    text = "a: 1\nb: &x [1,\n  *x]\n"

    assert complaints(text) == complaints(text.replace("\n", "\r\n")) == [("E103", 2, 4), ("E103", 3, 3)]


def test_a_byte_order_mark_changes_no_place(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: &x 1\n")

    assert "a.yaml:1:4: error E103" in refused(file)


@pytest.mark.parametrize("before", ["Tšooana", "🎉🎉", "Ωmega \u00e9", "e\u0301"])
def test_columns_count_characters_not_bytes(before: str) -> None:
    assert complaints(f"{{a: {before}, b: &x 1}}") == [("E103", 1, 10 + len(before))]


def test_the_line_breaks_of_old_are_refused_because_no_editor_counts_them() -> None:
    assert [codes(f"a: x{strange}b: 1") for strange in "\x85\u2028\u2029"] == [["E109"]] * 3


def test_a_byte_order_mark_in_the_middle_is_refused() -> None:
    assert complaints("a: 1\n\ufeffb: 2") == [("E109", 2, 1)]


def test_a_key_that_stands_twice_is_refused_where_it_stands_again() -> None:
    assert complaints("a: 1\nb: {c: 1, c: 2}\na: 2") == [("E102", 2, 11), ("E102", 3, 1)]


def test_anchors_aliases_merges_and_tags_are_refused_all_at_once() -> None:
    assert complaints("a: &x {y: 1}\nb: *x\nc: {<<: *x}\nd: !!str 1\ne: !python/object 1") == [
        ("E103", 1, 4), ("E103", 2, 4), ("E103", 3, 5), ("E103", 3, 9), ("E103", 4, 4), ("E103", 5, 4),
    ]  # fmt: skip


def test_an_alias_as_a_key_is_one_complaint() -> None:
    assert complaints("*a : 1\nb: 2") == [("E103", 1, 1)]


def test_a_mapping_as_a_key_is_refused() -> None:
    assert codes("? {a: 1}\n: 2") == ["E103"]


def test_a_second_document_is_refused() -> None:
    assert complaints("a: 1\n---\nb: 2") == [("E103", 2, 1)]


def test_a_tab_as_indentation_is_explained() -> None:
    with pytest.raises(LanguageError, match="never with tabs"):
        parse("a:\n\tb: 1", "a.yaml")


@pytest.mark.parametrize("text", ["", " \n\n", "# only a comment\n", "\n# one\n# two"])
def test_a_file_without_a_value_is_empty(text: str) -> None:
    assert codes(text) == ["E109"]


@pytest.mark.parametrize("strange", ["\x00", "\x07", "\x1b", "\ud800", "\ufffe"])
def test_control_characters_are_refused(strange: str) -> None:
    assert complaints(f"a: b{strange}") == [("E109", 1, 5)]


def test_levels_have_a_limit() -> None:
    assert codes("[" * MOST_DEPTH + "]" * MOST_DEPTH) == []
    assert complaints("[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1)) == [("E107", 1, MOST_DEPTH + 1)]


def test_five_thousand_brackets_are_refused_at_once() -> None:
    too_deep = [f"E107 nested deeper than {MOST_DEPTH} levels"]

    assert messages("a: " + "[" * 5000 + "]" * 5000) == too_deep
    assert messages("a: " + "{b: " * 5000) == too_deep
    assert messages("\n".join(" " * level + "a:" for level in range(1000))) == too_deep


def test_values_have_a_limit() -> None:
    assert codes("[" + "1," * (MOST_NODES - 2) + "]") == []
    assert codes("[" + "1," * MOST_NODES + "]") == ["E107"]


def test_digits_have_a_limit() -> None:
    assert data("a: " + "1" * MOST_DIGITS) == {"a": int("1" * MOST_DIGITS)}
    assert codes("a: " + "1" * (MOST_DIGITS + 1)) == codes("a: 0." + "1" * MOST_DIGITS) == ["E107"]
    assert codes("a: " + "1" * 100_000) == ["E107"]


def test_a_billion_laughs_are_refused_before_they_grow() -> None:
    laughs = [f"a{level}: &a{level} [" + f"*a{level - 1}, " * 10 + "]" for level in range(1, 10)]

    assert set(codes("\n".join(["a0: &a0 ha", *laughs]))) == {"E103"}


def test_a_hundred_thousand_aliases_in_one_line_are_refused_at_once() -> None:
    assert set(codes("a: [" + "*a," * 90_000 + "]")) == {"E103"}


def test_files_have_a_limit_of_bytes(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_bytes(b"a: 1\n" * 2_000_000)

    assert f"{MOST_BYTES:,}" in refused(file)
    soon(lambda: refused(file), 1000)


def test_the_largest_file_that_is_read_is_refused_soon(tmp_path: Path) -> None:
    text = "a: '" + "x" * (MOST_BYTES - 40) + "'\nb: &x 1\n"

    assert complaints(text) == [("E103", 2, 4)]


def test_a_binary_file_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\x80\x81\x82")
    (tmp_path / "b.yaml").write_bytes(b"PK\x03\x04\x00\x00")

    assert "byte 0 is not UTF-8 text" in refused(tmp_path / "a.yaml")
    assert "is this a binary one?" in refused(tmp_path / "b.yaml")


def test_a_directory_is_called_one(tmp_path: Path) -> None:
    assert "this is a directory, not a file" in refused(tmp_path)


def test_a_missing_file_is_called_so_with_those_beside_it(tmp_path: Path) -> None:
    (tmp_path / "model.yaml").write_text("a: 1")

    assert "error E108: there is no such file\n   = files beside it: model.yaml" in refused(tmp_path / "modell.yaml")
    assert "there is no such file" in refused(tmp_path / "no" / "such" / "folder.yaml")


@pytest.mark.parametrize("name", ["x" * 300 + ".yaml", "a\0b.yaml"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    assert "E108" in refused(tmp_path / name)


def test_places_are_those_of_keys_and_values() -> None:
    document = parse("rules:\n  one: {when: calm}\n  two:\n", "a.yaml")

    assert document.value_span(("rules", "one", "when")).location == "a.yaml:2:15"
    assert document.key_span(("rules", "one", "when")).location == "a.yaml:2:9"
    assert document.value_span(("rules", "two")).location == "a.yaml:3:3"
    assert document.value_span(("rules", "one", "faction")).location == "a.yaml:2:8"
