from sim.report.pictures.text_width import shortened, width, wrapped


def test_lines_are_no_wider_than_there_is_room():
    text = "Lesotho, 2014: a prime minister, a general who will not go, and a parliament that stays shut"

    lines = wrapped(text, 200, 12)

    assert " ".join(lines) == text
    assert len(lines) == 3
    assert all(width(line, 12) <= 200 for line in lines)


def test_a_word_that_is_too_long_is_shortened_and_nothing_is_no_line():
    assert wrapped("W" * 50, 100, 12) == ["WWWWWWW…"]
    assert wrapped("", 100, 12) == []


def test_text_is_cut_at_a_space_if_one_is_near():
    assert shortened("The general moves his troops", 110, 12) == "The general…"
    assert shortened("short", 110, 12) == "short"
    assert width(shortened("x" * 100, 110, 12), 12) <= 110


def test_widths_are_those_of_the_font():
    assert width("Hello", 1000) == 722 + 556 + 222 + 222 + 556
    assert width("Hello", 1000, bold=True) > width("Hello", 1000)


def test_no_line_begins_with_a_per_cent_sign():
    for room in range(40, 200, 3):
        lines = wrapped("a bound of 95 % of the runs and of 5 % of the draws", room, 12)

        assert all(not line.startswith("%") and width(line, 12) <= room for line in lines)
