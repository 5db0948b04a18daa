"""What is written out before text is shown, and what is left as it is."""

import os
import shutil
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.language.visible import columns, isolated, quoted, visible, visible_line

ACTING = [
    ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
    ("\x1b[2J", r"\x1b[2J"),
    ("\x9b31m", r"\x9b31m"),
    ("a\rb\tc\0\x7f", r"a\rb\tc\x00\x7f"),
    ("\x85\u2028\u2029", r"\x85\u2028\u2029"),
    ("\u202eabc\u2066", r"\u202eabc\u2066"),
    ("\u200e\u200f\u061c", r"\u200e\u200f\u061c"),
    ("coup\u200b\u2060\ufeff\u00ad", r"coup\u200b\u2060\ufeff\xad"),
    ("a\u200db\u200c", r"a\u200db\u200c"),
    ("\udcff\ud800", r"\xff\ud800"),
    ("\ufffe\ufdd0\U0010ffff", r"\ufffe\ufdd0\U0010ffff"),
    ("\u3164\U000e0041", r"\u3164\U000e0041"),
    ("\ufe0fx x\ufe0f\ufe0f", r"\ufe0fx x" + "\ufe0f" + r"\ufe0f"),
]
SEEN = [
    "37 % ± 1, “talks” – é, ñ, Lesotho’s",
    "two lines\nof text",
    "ש\u05c1\u05c8ל\u05b8ום עולם",  # Hebrew with points
    "السلام عليكم، ١٧ أغسطس",
    "می\u200cخواهم",  # Persian, with the joiner that it is spelt with
    "क्\u200dष",
    "👩\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 👍🏽",
    "会談は成功する 葛\U000e0100城",
    "\ue000",  # private use: a box, or a letter of the reader's font
]


@pytest.mark.parametrize(("text", "written"), ACTING)
def test_what_acts_on_a_terminal_or_cannot_be_seen_is_written_out(text: str, written: str) -> None:
    assert visible(text) == written


@pytest.mark.parametrize("text", SEEN)
def test_letters_of_every_script_stay(text: str) -> None:
    assert visible(text) == text


def test_only_line_feeds_of_all_control_characters_and_surrogates_and_turning_marks_stay() -> None:
    acting = [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "BN")
    ]

    assert [letter for letter in acting if visible(letter) == letter] == ["\n"]
    assert visible_line("a\nb") == "a b"


@given(st.text(st.characters() | st.sampled_from("\u200c\u200d\ufe0f\u200b\x1b 👩ابא\n\ud800\udcff")))
def test_text_that_is_visible_stays_as_it_is(text: str) -> None:
    once = visible(text)

    assert visible(once) == once
    once.encode()


@pytest.mark.parametrize(
    ("text", "wide"), [("peace", 5), ("会談", 4), ("e\u0301té", 3), ("של\u05b8ום", 4), ("👩\u200d👧", 4)]
)
def test_columns_are_those_of_a_terminal(text: str, wide: int) -> None:
    assert columns(text) == wide


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("under 'שלום עולם' 37 % to 45 %", "under '\u2068שלום עולם\u2069' 37 % to 45 %"),
        ("שלום, 17 באוגוסט 2014", "\u2068שלום, 17 באוגוסט\u2069 2014"),
        ("שלום  עולם\nעולם", "\u2068שלום\u2069  \u2068עולם\u2069\n\u2068עולם\u2069"),  # columns of a table
        ("no such letter, é", "no such letter, é"),
    ],
)
def test_what_is_written_from_right_to_left_is_kept_apart_from_figures(text: str, shown: str) -> None:
    assert isolated(text) == shown


@given(st.text(st.characters() | st.sampled_from("אב \n1,\u202e\u2066")))
def test_every_isolate_has_its_end_in_its_line(text: str) -> None:
    for line in isolated(visible(text)).split("\n"):
        marks = [letter for letter in line if letter in "\u2066\u2067\u2068\u2069\u202d\u202e"]
        assert marks == ["\u2068", "\u2069"] * (len(marks) // 2)


ODD = ["a b", "it's", "a\\b", "x\n\x1b[31my", "\u202e", "\x85", "\udcff", "$HOME"]
names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1) | st.sampled_from(ODD)


@pytest.mark.skipif(shutil.which("bash") is None, reason="it is bash that reads $'...'")
@given(
    st.lists(
        names | st.sampled_from(["a b", "it's", "a\\b", "x\n\x1b[31my", "\u202e", "\x85", "\udcff", "$HOME"]),
        max_size=8,
    )
)
def test_a_shell_reads_a_quoted_name_as_it_is_and_nothing_of_it_acts(words: list[str]) -> None:
    line = " ".join(map(quoted, words))
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"],
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )

    assert visible(line) == line
    assert "\n" not in line
    assert done.stdout == b"".join(os.fsencode(word) + b"\0" for word in words) or not words
